"""Makes cards and Discord agree again after what may have passed unnoticed.

Events tell what was deleted and what has changed, but they can be lost, and the database may be unavailable when they
come. So listeners only leave notes here. A task carries them out, again until that succeeds, and looks for the cards in
each channel that is in doubt. At a slow pace everything is in doubt.
"""

import asyncio
import contextlib
import dataclasses
import time
from collections.abc import Collection
from typing import Final

import structlog

from bot.cards.messages import CardError, RefusedError
from bot.cards.publisher import Publisher
from bot.domain.errors import DatabaseUnavailableError
from bot.domain.values import Card, CardFailure, ChannelId, GuildId, MessageId
from bot.service.card_channels import CardChannelService

SETTLE_SECONDS: Final = 0.2
"""For which events are gathered before they are acted on: some come in great numbers."""
RETRY_SECONDS: Final = 1.0
"""Between two tries to carry out notes while the database is unavailable."""
FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 30.0
"""Seconds between looks that fail: twice as long each time, up to this."""
SLOW_SECONDS: Final = 900.0
"""Between two looks at everything, and at a channel that the bot can't read."""
AT_ONCE: Final = 4
"""Channels that are looked at."""
MOST_NOTED: Final = 10_000
"""Deleted messages that are remembered; where there are more, all cards are looked for."""

_log = structlog.get_logger(__name__)


@dataclasses.dataclass(slots=True)
class _Notes:
    """Events that were not carried out yet."""

    deleted: set[MessageId] = dataclasses.field(default_factory=set[MessageId])
    gone: set[ChannelId] = dataclasses.field(default_factory=set[ChannelId])
    """Channels and threads that were deleted."""
    opened: set[ChannelId] = dataclasses.field(default_factory=set[ChannelId])
    """Threads that are neither archived nor locked any more."""
    reopened: set[tuple[GuildId, ChannelId | None]] = dataclasses.field(
        default_factory=set[tuple[GuildId, ChannelId | None]]
    )
    """The channel in which the bot may be allowed more than before; None: the whole guild."""
    guilds: set[GuildId | None] = dataclasses.field(default_factory=set[GuildId | None])
    """In which cards may be gone; None: in all."""
    channels: set[ChannelId] = dataclasses.field(default_factory=set[ChannelId])
    """In which cards may be gone."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Doubt:
    """A channel in which cards may be gone."""

    cards: tuple[Card, ...]
    at: float
    """When it is to be looked at, as all times here by the monotonic clock."""
    not_before: float = 0.0
    """When it may be looked at again after a failure, whatever happens."""
    failures: int = 0
    """In a row."""


class Reconciler:
    """Carries out what listeners note, and looks for the cards that are in doubt."""

    def __init__(self, channels: CardChannelService, publisher: Publisher) -> None:
        self._channels = channels
        self._publisher = publisher
        self._notes = _Notes()
        self._doubts: dict[ChannelId, _Doubt] = {}
        self._looks: dict[ChannelId, asyncio.Task[None]] = {}
        self._lost: set[GuildId] = set()
        """Guilds of which nothing is told."""
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._noted = asyncio.Event()
        self._slow_at = time.monotonic() + SLOW_SECONDS
        self._is_told = False
        """True: the log says that the database is unavailable."""
        self._work: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to work."""
        self._work = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Work no more."""
        tasks = [*self._looks.values(), *([self._work] if self._work else [])]
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def messages_deleted(self, messages: Collection[MessageId]) -> None:
        """Note that messages were deleted, by whomever."""
        self._notes.deleted.update(messages)
        if len(self._notes.deleted) > MOST_NOTED:
            self._notes.deleted.clear()
            self._notes.guilds.add(None)
        self._noted.set()

    def channel_deleted(self, guild_id: GuildId, channel_id: ChannelId) -> None:
        """Note that a channel was deleted, with all its threads, or a thread."""
        self._notes.gone.add(channel_id)
        self._notes.guilds.add(guild_id)  # nobody knows of all threads whose they are
        self._noted.set()

    def channel_changed(self, guild_id: GuildId, channel_id: ChannelId) -> None:
        """Note that what the bot sees in a channel, or may do there, may have changed."""
        self._notes.reopened.add((guild_id, channel_id))
        self._notes.channels.add(channel_id)
        self._noted.set()

    def thread_opened(self, thread_id: ChannelId) -> None:
        """Note that a thread is neither archived nor locked."""
        self._notes.opened.add(thread_id)
        self._noted.set()

    def guild_changed(self, guild_id: GuildId) -> None:
        """Note that a guild is there again, or that what the bot sees or may do in it has changed."""
        self._lost.discard(guild_id)
        self._notes.reopened.add((guild_id, None))
        self._notes.guilds.add(guild_id)
        self._noted.set()

    def guild_lost(self, guild_id: GuildId) -> None:
        """Note that nothing is told of a guild any more: of an outage, or as the bot was removed."""
        self._lost.add(guild_id)

    def everything_changed(self) -> None:
        """Note that nobody knows what happened until now."""
        self._lost.clear()
        self._notes.guilds.add(None)
        self._noted.set()

    async def unverified(self, guild_id: GuildId) -> int:
        """Return how many recent cards of the guild were not seen since they may have gone.

        Raises:
            DatabaseUnreadableError: the database can't be read.
        """
        cards = await self._channels.recent([guild_id])
        if guild_id in self._lost or not self._notes.guilds.isdisjoint((guild_id, None)):
            return len(cards)
        return sum(card.channel_id in self._doubts or card.channel_id in self._notes.channels for card in cards)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(SETTLE_SECONDS)
            self._noted.clear()
            if time.monotonic() >= self._slow_at:
                self._slow_at = time.monotonic() + SLOW_SECONDS
                self._notes.guilds.add(None)
            is_done = await self._try_to_carry_out()
            self._begin_looks()
            again_at = self._slow_at if is_done else time.monotonic() + RETRY_SECONDS
            await self._wait(min([again_at, *(doubt.at for doubt in self._waiting().values())]))

    async def _wait(self, until: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, until - time.monotonic())):
                await self._noted.wait()

    async def _try_to_carry_out(self) -> bool:
        """Carry the notes out, and return whether that succeeded."""
        try:
            await self._carry_out()
        except DatabaseUnavailableError as error:
            if not self._is_told:
                _log.warning("database unavailable; cards not reconciled", why=str(error.__cause__))
            self._is_told = True
            return False
        except Exception as error:  # noqa: BLE001 - the next try must come
            _log.error("reconciling cards failed", exc_info=error)
            return False
        self._is_told = False
        return True

    async def _carry_out(self) -> None:
        """Carry the notes out; one is forgotten when it is done."""
        notes = self._notes
        if deleted := tuple(notes.deleted):
            await self._publisher.deleted(deleted)
            notes.deleted.difference_update(deleted)
        if gone := tuple(notes.gone):
            await self._channels.channels_gone(gone)
            notes.gone.difference_update(gone)
            self._publisher.nudge()
        for thread_id in tuple(notes.opened):
            await self._channels.thread_opened(thread_id)
            notes.opened.discard(thread_id)
            self._publisher.nudge()
        for place in tuple(notes.reopened):
            await self._publisher.reopened(*place)
            notes.reopened.discard(place)
        if notes.guilds or notes.channels:
            await self._doubt()

    async def _doubt(self) -> None:
        """Put the channels of what is noted in doubt, with the cards that are to be there."""
        guilds, channels = tuple(self._notes.guilds), tuple(self._notes.channels)
        known = [each for each in guilds if each is not None]
        cards = await self._channels.recent(None if len(known) < len(guilds) else known, channels)
        self._notes.guilds.difference_update(guilds)
        self._notes.channels.difference_update(channels)
        by_channel: dict[ChannelId, list[Card]] = {}
        for card in cards:
            by_channel.setdefault(card.channel_id, []).append(card)
        now = time.monotonic()
        for channel_id, found in by_channel.items():
            earlier = self._doubts.get(channel_id, _Doubt((), now))
            at = max(now, earlier.not_before)
            self._doubts[channel_id] = dataclasses.replace(earlier, cards=tuple(found), at=at)

    def _waiting(self) -> dict[ChannelId, _Doubt]:
        """Return the doubts that nobody looks into, of guilds that can be looked at."""
        return {
            channel_id: doubt
            for channel_id, doubt in self._doubts.items()
            if channel_id not in self._looks and doubt.cards[0].guild_id not in self._lost
        }

    def _begin_looks(self) -> None:
        now = time.monotonic()
        for channel_id, doubt in self._waiting().items():
            if doubt.at <= now:
                self._looks[channel_id] = asyncio.create_task(self._look(channel_id, doubt))

    async def _look(self, channel_id: ChannelId, doubt: _Doubt) -> None:
        """Look for the cards in a channel; it stays in doubt where that fails, or where something happens meanwhile."""
        try:
            async with self._slots:
                await self._publisher.look(channel_id, doubt.cards)
        except RefusedError as refusal:
            _log.warning("cards not searched", channel_id=channel_id, why=str(refusal))
            if refusal.failure is CardFailure.NO_CHANNEL:
                self._notes.gone.add(channel_id)
                self._doubts.pop(channel_id, None)
            else:
                self._fail(channel_id, doubt, SLOW_SECONDS)
        except (CardError, DatabaseUnavailableError) as error:
            _log.warning("cards not searched", channel_id=channel_id, why=str(error))
            self._fail(channel_id, doubt)
        except Exception as error:  # noqa: BLE001 - the next look must come
            _log.error("searching cards failed", channel_id=channel_id, exc_info=error)
            self._fail(channel_id, doubt)
        else:
            if self._doubts.get(channel_id) is doubt:
                del self._doubts[channel_id]
        finally:
            del self._looks[channel_id]
            self._noted.set()

    def _fail(self, channel_id: ChannelId, doubt: _Doubt, pause: float | None = None) -> None:
        """Look again after a pause; None: the next longer one. An event in between brings it forward."""
        newest = self._doubts.get(channel_id, doubt)
        failures = doubt.failures + 1
        now = time.monotonic()
        not_before = now + min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE)
        at = not_before if pause is None or newest is not doubt else now + pause
        self._doubts[channel_id] = _Doubt(newest.cards, at, not_before, failures)
