"""Finds messages of the bot that look like cards and belong to no card: copies are deleted, others reported."""

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
"""Between two deletions of copies."""
SEARCH_SECONDS: Final = 600.0
"""Between two searches of the channels."""
PAGE_SECONDS: Final = 1.0
"""Between two requests of a search, which leaves most of Discord's limits to others."""
MAX_PAGES: Final = 20
"""Pages of 100 messages in a search of a channel."""
OVERLAP: Final = (10 * 60 * 1000) << 22
"""Ten minutes that a search reads again, in message ids, which have milliseconds from the 23rd bit on."""

_log = structlog.get_logger(__name__)


class StrayWatch:
    """Searches the channels that have cards, slowly."""

    def __init__(self, gateway: hikari.GatewayBot, strays: StrayService, sleep: Sleep = asyncio.sleep) -> None:
        self._strays = strays
        self._sleep = sleep
        self._is_connected = asyncio.Event()
        self._deleted: set[ChannelId] = set()
        self._closed: set[ChannelId] = set()
        """Channels that could not be read, of which the log has a line."""
        self._read_until: dict[ChannelId, MessageId] = {}
        self._refused: set[MessageId] = set()
        """Messages that Discord did not delete, until the next search."""
        gateway.subscribe(hikari.ShardReadyEvent, self._connected)

    async def run(self, messages: CardMessages) -> None:
        """Delete and search repeatedly until canceled."""
        await asyncio.gather(self._delete_always(messages), self._search_always(messages))

    async def delete(self, messages: CardMessages) -> None:
        """Delete the known copies."""
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

    async def search(self, messages: CardMessages) -> None:
        """Search all channels that have cards, and check the reported messages again."""
        self._refused.clear()
        for guild_id, channel_id in await self._strays.channels():
            if channel_id in self._deleted:
                continue
            try:
                await self._search_channel(messages, guild_id, channel_id)
            except (RefusedError, UncertainError) as error:
                self._note_unread(channel_id, error)
            else:
                self._closed.discard(channel_id)
        for each in await self._strays.reported():
            await self._check_reported(messages, each)

    async def _search_channel(self, messages: CardMessages, guild_id: GuildId, channel_id: ChannelId) -> None:
        """Read a channel's messages from the newest back to the start of the last search."""
        until, newest, before = self._read_until.get(channel_id, 0), None, None
        for _ in range(MAX_PAGES):
            page = await self._page(messages, channel_id, before)
            newest, before = newest or page.newest, page.before
            for each in await self._strays.note(guild_id, page.cards):
                _log.warning("stray message found", is_removable=each.is_removable, **_named(each))
            if before is None or before <= until:
                break
        if newest is not None and not await self._strays.has_open_try(channel_id):
            self._read_until[channel_id] = MessageId(newest - OVERLAP)

    def _note_unread(self, channel_id: ChannelId, error: RefusedError | UncertainError) -> None:
        """Exclude a deleted channel from searches; log another one once."""
        if isinstance(error, RefusedError) and error.failure is CardFailure.NO_CHANNEL:
            self._deleted.add(channel_id)
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

    async def _check_reported(self, messages: CardMessages, message: StrayMessage) -> None:
        """Forget a message that was deleted, perhaps with its channel."""
        await self._sleep(PAGE_SECONDS)
        try:
            exists = await messages.exists(message.channel_id, message.message_id)
        except RefusedError as refusal:
            exists = refusal.failure is not CardFailure.NO_CHANNEL
        except (UncertainError, PauseError):
            return  # the next search tries again
        if not exists:
            await self._strays.message_deleted(message.message_id)

    async def _delete_always(self, messages: CardMessages) -> None:
        while True:
            with _logging_failures():
                try:
                    await self.delete(messages)
                except PauseError as pause:
                    await self._sleep(pause.seconds)
            await self._sleep(DELETE_SECONDS)

    async def _search_always(self, messages: CardMessages) -> None:
        """Search from the first connection on, when Discord answers."""
        await self._is_connected.wait()
        while True:
            with _logging_failures():
                await self.search(messages)
            await self._sleep(SEARCH_SECONDS)

    async def _connected(self, _: hikari.ShardReadyEvent) -> None:
        self._is_connected.set()


@contextlib.contextmanager
def _logging_failures() -> Generator[None]:
    """Log a failure inside the context, so that the loop goes on."""
    try:
        yield
    except DatabaseUnavailableError:
        pass  # logged by the recovery loop
    except Exception as error:  # noqa: BLE001 - the loop must go on
        _log.error("searching stray messages failed", exc_info=error)


def _named(message: StrayMessage) -> dict[str, int]:
    return {"channel_id": message.channel_id, "message_id": message.message_id, "plan_id": message.plan_id}
