"""Finds messages of ours that look like cards and that no card knows: copies are deleted, others are reported."""

import asyncio
import contextlib
from collections.abc import Generator
from typing import Final

import hikari
import structlog

from bot.cards.messages import CardMessages, MessagePage, NoMessageError, PauseError, RefusedError, UncertainError
from bot.cards.publisher import Sleep
from bot.domain.errors import DatabaseUnavailableError
from bot.domain.values import CardFailure, ChannelId, GuildId, MessageId, StrayMessage
from bot.service.strays import StrayService

DELETE_SECONDS: Final = 5.0
"""Between two looks for copies that are to be deleted."""
LOOK_SECONDS: Final = 600.0
"""Between two looks through the channels."""
PAGE_SECONDS: Final = 1.0
"""Between two requests of a look: it takes what is left of Discord's limits."""
MOST_PAGES: Final = 20
"""Pages of 100 messages that a look reads of a channel."""
OVERLAP: Final = (10 * 60 * 1000) << 22
"""Ten minutes in the ids of messages, which have milliseconds from the 23rd bit on: a look reads those again."""

_log = structlog.get_logger(__name__)


class StrayWatch:
    """Looks through the channels that have cards, slowly."""

    def __init__(self, gateway: hikari.GatewayBot, strays: StrayService, sleep: Sleep = asyncio.sleep) -> None:
        self._strays = strays
        self._sleep = sleep
        self._is_connected = asyncio.Event()
        self._gone: set[ChannelId] = set()
        """Channels that were deleted."""
        self._closed: set[ChannelId] = set()
        """Channels that could not be read, as the log says."""
        self._read_until: dict[ChannelId, MessageId] = {}
        self._refused: set[MessageId] = set()
        """Messages that Discord did not delete, until the next look."""
        gateway.subscribe(hikari.ShardReadyEvent, self._connected)

    async def run(self, messages: CardMessages) -> None:
        """Delete and look again and again, until cancelled."""
        await asyncio.gather(self._delete_always(messages), self._look_always(messages))

    async def delete(self, messages: CardMessages) -> None:
        """Delete the copies that are known."""
        for each in await self._strays.removable():
            if each.message_id in self._refused:
                continue
            try:
                await messages.delete(each.channel_id, each.message_id)
            except NoMessageError:
                pass  # somebody else deleted it
            except UncertainError as error:
                _log.warning("stray message not deleted", why=str(error), **_named(each))
                continue
            except RefusedError as refusal:
                if refusal.failure is not CardFailure.NO_CHANNEL:
                    _log.warning("stray message not deleted", why=str(refusal), **_named(each))
                    self._refused.add(each.message_id)
                    continue
            await self._strays.message_deleted(each.message_id)
            _log.info("stray message deleted", **_named(each))

    async def look(self, messages: CardMessages) -> None:
        """Look through all channels that have cards, and once more at the messages that are reported."""
        self._refused.clear()
        for guild_id, channel_id in await self._strays.channels():
            if channel_id in self._gone:
                continue
            try:
                await self._look_through(messages, guild_id, channel_id)
            except (RefusedError, UncertainError) as error:
                self._note_unread(channel_id, error)
            else:
                self._closed.discard(channel_id)
        for each in await self._strays.reported():
            await self._look_at_reported(messages, each)

    async def _look_through(self, messages: CardMessages, guild_id: GuildId, channel_id: ChannelId) -> None:
        """Read a channel's messages from the newest back to where the last look began."""
        until, newest, before = self._read_until.get(channel_id, 0), None, None
        for _ in range(MOST_PAGES):
            page = await self._page(messages, channel_id, before)
            newest, before = newest or page.newest, page.before
            for each in await self._strays.note(guild_id, page.cards):
                _log.warning("stray message found", is_removable=each.is_removable, **_named(each))
            if before is None or before <= until:
                break
        if newest is not None and not await self._strays.has_open_try(channel_id):
            self._read_until[channel_id] = MessageId(newest - OVERLAP)

    def _note_unread(self, channel_id: ChannelId, error: RefusedError | UncertainError) -> None:
        """Read a channel that is gone no more, and log once of another."""
        if isinstance(error, RefusedError) and error.failure is CardFailure.NO_CHANNEL:
            self._gone.add(channel_id)
        elif channel_id not in self._closed:
            self._closed.add(channel_id)
            _log.warning("stray messages not searched", channel_id=channel_id, why=str(error))

    async def _page(self, messages: CardMessages, channel_id: ChannelId, before: MessageId | None) -> MessagePage:
        while True:
            await self._sleep(PAGE_SECONDS)
            try:
                return await messages.page(channel_id, before)
            except PauseError as pause:
                await self._sleep(pause.seconds)

    async def _look_at_reported(self, messages: CardMessages, message: StrayMessage) -> None:
        """Forget a message that somebody deleted, perhaps with its channel."""
        await self._sleep(PAGE_SECONDS)
        try:
            is_there = await messages.is_there(message.channel_id, message.message_id)
        except RefusedError as refusal:
            is_there = refusal.failure is not CardFailure.NO_CHANNEL
        except (UncertainError, PauseError):
            return  # the next look tries again
        if not is_there:
            await self._strays.message_deleted(message.message_id)

    async def _delete_always(self, messages: CardMessages) -> None:
        while True:
            with _going_on():
                try:
                    await self.delete(messages)
                except PauseError as pause:
                    await self._sleep(pause.seconds)
            await self._sleep(DELETE_SECONDS)

    async def _look_always(self, messages: CardMessages) -> None:
        """Look through the channels for the first time when there is a connection, so that Discord answers."""
        await self._is_connected.wait()
        while True:
            with _going_on():
                await self.look(messages)
            await self._sleep(LOOK_SECONDS)

    async def _connected(self, _: hikari.ShardReadyEvent) -> None:
        self._is_connected.set()


@contextlib.contextmanager
def _going_on() -> Generator[None]:
    """Log what fails in a look, so that the next one comes."""
    try:
        yield
    except DatabaseUnavailableError:
        pass  # the recovery loop says so
    except Exception as error:  # noqa: BLE001 - the next look must come
        _log.error("searching stray messages failed", exc_info=error)


def _named(message: StrayMessage) -> dict[str, int]:
    return {"channel_id": message.channel_id, "message_id": message.message_id, "plan_id": message.plan_id}
