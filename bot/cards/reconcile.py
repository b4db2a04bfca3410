"""Makes cards and Discord agree after events, lost ones included.

Events report deletions and changes, but they can be lost, and the database may be unavailable when they come. So
listeners only leave notes here. A task carries the notes out, retrying until it succeeds, and looks for the cards in
each channel that is in doubt. At long intervals all channels are in doubt.
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
from bot.cards.retry_pauses import backoff
from bot.domain.errors import DatabaseUnavailableError
from bot.domain.values import Card, CardFailure, ChannelId, GuildId, MessageId
from bot.service.card_channels import CardChannelService

SETTLE_SECONDS: Final = 0.2
"""Events are gathered for so long before they are carried out: some come in great numbers."""
RETRY_SECONDS: Final = 1.0
"""Between two tries to carry out notes while the database is unavailable."""
SLOW_SECONDS: Final = 900.0
"""Between two searches of all channels, and of a channel that the bot can't read."""
MAX_SEARCHES: Final = 4
"""Channels that are searched at a time."""
MAX_NOTED: Final = 10_000
"""Deleted messages in the notes; if there are more, all cards are looked for."""

_log = structlog.get_logger(__name__)


@dataclasses.dataclass(slots=True)
class _Notes:
    """Events that are to be carried out."""

    deleted: set[MessageId] = dataclasses.field(default_factory=set[MessageId])
    deleted_channels: set[ChannelId] = dataclasses.field(default_factory=set[ChannelId])
    """With threads."""
    opened: set[ChannelId] = dataclasses.field(default_factory=set[ChannelId])
    """Threads that are no longer archived or locked."""
    reopened_guilds: set[GuildId] = dataclasses.field(default_factory=set[GuildId])
    """Guilds in which the bot may have gained permissions."""
    reopened_channels: set[ChannelId] = dataclasses.field(default_factory=set[ChannelId])
    """Channels in which the bot may have gained permissions."""
    guilds: set[GuildId | None] = dataclasses.field(default_factory=set[GuildId | None])
    """Guilds in which messages of cards may have been deleted; None: all."""
    channels: set[ChannelId] = dataclasses.field(default_factory=set[ChannelId])
    """Channels in which messages of cards may have been deleted."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Doubt:
    """A channel in which messages of cards may have been deleted."""

    cards: tuple[Card, ...]
    at: float
    """The time of its search, by the monotonic clock."""
    not_before: float = 0.0
    """The earliest time of a search after a failure, whatever happens."""
    failures: int = 0
    """Failed searches in a row."""


class Reconciler:
    """Carries out the listeners' notes, and looks for the cards that are in doubt."""

    def __init__(self, channels: CardChannelService, publisher: Publisher) -> None:
        self._channels = channels
        self._publisher = publisher
        self._notes = _Notes()
        self._doubts: dict[ChannelId, _Doubt] = {}
        self._searches: dict[ChannelId, asyncio.Task[None]] = {}
        self._lost: set[GuildId] = set()
        """Guilds that send no events."""
        self._slots = asyncio.Semaphore(MAX_SEARCHES)
        self._noted = asyncio.Event()
        self._slow_at = time.monotonic() + SLOW_SECONDS
        self._has_logged_outage = False
        self._work: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start reconciling."""
        self._work = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop reconciling."""
        tasks = [*self._searches.values(), *([self._work] if self._work else [])]
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def messages_deleted(self, messages: Collection[MessageId]) -> None:
        """Note deleted messages."""
        self._notes.deleted.update(messages)
        if len(self._notes.deleted) > MAX_NOTED:
            self._notes.deleted.clear()
            self._notes.guilds.add(None)
        self._noted.set()

    def channel_deleted(self, guild_id: GuildId, channel_id: ChannelId) -> None:
        """Note a deleted channel, with all its threads, or a deleted thread."""
        self._notes.deleted_channels.add(channel_id)
        self._notes.guilds.add(guild_id)  # the channel of a thread is not always known
        self._noted.set()

    def channel_changed(self, channel_id: ChannelId) -> None:
        """Note that the bot's view of a channel or its permissions there may have changed."""
        self._notes.reopened_channels.add(channel_id)
        self._notes.channels.add(channel_id)
        self._noted.set()

    def thread_opened(self, thread_id: ChannelId) -> None:
        """Note that a thread is neither archived nor locked."""
        self._notes.opened.add(thread_id)
        self._noted.set()

    def guild_changed(self, guild_id: GuildId) -> None:
        """Note that a guild is available again, or that the bot's view or permissions in it have changed."""
        self._lost.discard(guild_id)
        self._notes.reopened_guilds.add(guild_id)
        self._notes.guilds.add(guild_id)
        self._noted.set()

    def guild_lost(self, guild_id: GuildId) -> None:
        """Note that a guild sends no more events, by an outage or as the bot was removed."""
        self._lost.add(guild_id)

    def everything_changed(self) -> None:
        """Note that any event may have been lost until now."""
        self._lost.clear()
        self._notes.guilds.add(None)
        self._noted.set()

    async def unverified(self, guild_id: GuildId) -> int:
        """Return the number of the guild's recent cards that are in doubt.

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
            self._start_searches()
            again_at = self._slow_at if is_done else time.monotonic() + RETRY_SECONDS
            until = min([again_at, *(doubt.at for doubt in self._waiting().values())])
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, until - time.monotonic())):
                    await self._noted.wait()

    async def _try_to_carry_out(self) -> bool:
        """Carry the notes out; return false if that failed."""
        try:
            await self._carry_out()
        except DatabaseUnavailableError as error:
            if not self._has_logged_outage:
                _log.warning("database unavailable; cards not reconciled", why=error.reason)
            self._has_logged_outage = True
            return False
        except Exception as error:  # noqa: BLE001 - the next try must come
            _log.error("reconciling cards failed", exc_info=error)
            return False
        self._has_logged_outage = False
        return True

    async def _carry_out(self) -> None:
        """Carry the notes out, removing each when it is done."""
        notes = self._notes
        if deleted := tuple(notes.deleted):
            await self._publisher.deleted(deleted)
            notes.deleted.difference_update(deleted)
        if channels := tuple(notes.deleted_channels):
            await self._channels.channels_gone(channels)
            notes.deleted_channels.difference_update(channels)
            self._publisher.nudge()
        for thread_id in tuple(notes.opened):
            await self._channels.thread_opened(thread_id)
            notes.opened.discard(thread_id)
            self._publisher.nudge()
        guilds, reopened = tuple(notes.reopened_guilds), tuple(notes.reopened_channels)
        if guilds or reopened:
            await self._publisher.reopened(guilds, reopened)
            notes.reopened_guilds.difference_update(guilds)
            notes.reopened_channels.difference_update(reopened)
        if notes.guilds or notes.channels:
            await self._doubt()

    async def _doubt(self) -> None:
        """Put the noted channels in doubt, with their cards."""
        guilds, channels = tuple(self._notes.guilds), tuple(self._notes.channels)
        known = [each for each in guilds if each is not None]
        cards = await self._channels.recent(None if len(known) < len(guilds) else known, channels)
        self._notes.guilds.difference_update(guilds)
        self._notes.channels.difference_update(channels)
        by_channel: dict[ChannelId, list[Card]] = {}
        for card in cards:
            by_channel.setdefault(card.channel_id, []).append(card)
        now = time.monotonic()
        for channel_id, channel_cards in by_channel.items():
            earlier = self._doubts.get(channel_id, _Doubt((), now))
            at = max(now, earlier.not_before)
            self._doubts[channel_id] = dataclasses.replace(earlier, cards=tuple(channel_cards), at=at)

    def _waiting(self) -> dict[ChannelId, _Doubt]:
        """Return the doubts without a search in progress, in guilds that send events."""
        return {
            channel_id: doubt
            for channel_id, doubt in self._doubts.items()
            if channel_id not in self._searches and doubt.cards[0].guild_id not in self._lost
        }

    def _start_searches(self) -> None:
        now = time.monotonic()
        for channel_id, doubt in self._waiting().items():
            if doubt.at <= now:
                self._searches[channel_id] = asyncio.create_task(self._search(channel_id, doubt))

    async def _search(self, channel_id: ChannelId, doubt: _Doubt) -> None:
        """Look for the cards in a channel. It stays in doubt after a failure, or an event in the meantime."""
        try:
            async with self._slots:
                await self._publisher.verify(channel_id, doubt.cards)
        except RefusedError as refusal:
            _log.warning("cards not searched", channel_id=channel_id, why=str(refusal))
            if refusal.failure is CardFailure.NO_CHANNEL:
                self._notes.deleted_channels.add(channel_id)
                self._doubts.pop(channel_id, None)
            else:
                self._fail(channel_id, doubt, SLOW_SECONDS)
        except (CardError, DatabaseUnavailableError) as error:
            why = error.reason if isinstance(error, DatabaseUnavailableError) else str(error)
            _log.warning("cards not searched", channel_id=channel_id, why=why)
            self._fail(channel_id, doubt)
        except Exception as error:  # noqa: BLE001 - the next search must come
            _log.error("searching cards failed", channel_id=channel_id, exc_info=error)
            self._fail(channel_id, doubt)
        else:
            if self._doubts.get(channel_id) is doubt:
                del self._doubts[channel_id]
        finally:
            del self._searches[channel_id]
            self._noted.set()

    def _fail(self, channel_id: ChannelId, doubt: _Doubt, pause: float | None = None) -> None:
        """Schedule the next search after a pause; None: the next longer one. An event in the meantime shortens it."""
        newest = self._doubts.get(channel_id, doubt)
        failures = doubt.failures + 1
        now = time.monotonic()
        not_before = now + backoff(failures)
        at = not_before if pause is None or newest is not doubt else now + pause
        self._doubts[channel_id] = _Doubt(newest.cards, at, not_before, failures)
