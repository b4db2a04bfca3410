"""Cards in Discord: making the messages, changing them, and finding out which are there."""

import contextlib
import dataclasses
import datetime
import urllib.parse
from collections.abc import AsyncGenerator, Collection, Generator, Iterable, Iterator, Sequence
from typing import Final

import aiohttp
import hikari
import structlog

from bot import replies
from bot.discord.messages import hashes_in, plan_in
from bot.discord.rest_client import RateLimitedError
from bot.domain.values import (
    Card,
    CardFailure,
    CardWork,
    ChannelId,
    ChartFile,
    FoundMessage,
    LackingPicture,
    MessageId,
    ShownCard,
)
from bot.service.charts import ChartService

LOOK_BACK: Final = datetime.timedelta(minutes=10)
"""How much earlier than a try began by our clock its message may be dated by Discord's."""
MOST_SEEN: Final = 500
"""Messages that a search for a card goes through."""
NEWEST: Final = 100
"""Messages that Discord lists at once (Get Channel Messages)."""

_UNKNOWN_CHANNEL: Final = 10003
_UNKNOWN_MESSAGE: Final = 10008
_SHUT: Final = (50083, 160005)
"""Discord's codes (Opcodes and Status Codes): of a thread that is archived, and of one that is locked."""

_log = structlog.get_logger(__name__)


class CardError(Exception):
    """What came of a request, where that is not what was asked for."""


class NoMessageError(CardError):
    """The message is gone."""


class RefusedError(CardError):
    """Discord refuses, and would again."""

    def __init__(self, failure: CardFailure, why: str) -> None:
        super().__init__(why)
        self.failure = failure


class PauseError(CardError):
    """Discord wants a pause."""

    def __init__(self, haste: RateLimitedError) -> None:
        super().__init__(str(haste))
        self.seconds = haste.seconds
        self.is_for_all = haste.is_for_all


class UncertainError(CardError):
    """No answer came, or none that says whether the request was carried out."""


@dataclasses.dataclass(frozen=True, slots=True)
class MessagePage:
    """Messages of a channel, the newest first."""

    cards: Sequence[FoundMessage]
    """The bot's own messages that look like cards."""
    newest: MessageId | None
    """None: there is no message."""
    before: MessageId | None
    """The oldest message of a full page: there may be more before it."""


class CardMessages:
    """The messages that show plans. Each method raises what a `CardError` is."""

    def __init__(self, rest: hikari.api.RESTClient, charts: ChartService) -> None:
        self._rest = rest
        self._charts = charts
        self._me: hikari.Snowflake | None = None

    async def create(self, work: CardWork) -> ShownCard:
        """Make the message; made twice with the same nonce within minutes it is one message."""
        charts = await self._kept(work)
        reply = replies.card(work.plan, charts)
        with _telling():
            made = await self._rest.create_message(work.card.channel_id, nonce=work.nonce, **reply)
        return ShownCard(MessageId(made.id), _lacking(charts))

    async def edit(self, work: CardWork, message_id: MessageId) -> ShownCard:
        """Let the message show the plan as it is; an archived thread is opened meanwhile, where the bot may."""
        try:
            return await self._change(work, message_id)
        except RefusedError as refusal:
            if refusal.failure is not CardFailure.ARCHIVED:
                raise
        async with self._opened(work.card.channel_id):
            return await self._change(work, message_id)

    async def _change(self, work: CardWork, message_id: MessageId) -> ShownCard:
        """Let the message show the plan as it is; pictures that it shows already are not sent again."""
        charts = await self._kept(work)
        names = {replies.upload_name(each) for each in charts}
        shown = await self._message(work.card.channel_id, message_id) if charts else None
        there = [each for each in _uploaded(shown.components) if each.filename in names] if shown else []
        try:
            await self._edit(work, message_id, charts, there)
        except RefusedError as refusal:
            if not there or refusal.failure is not CardFailure.REFUSED:
                raise
            await self._edit(work, message_id, charts, ())
        return ShownCard(message_id, _lacking(charts))

    async def find(self, work: CardWork, since: datetime.datetime) -> MessageId | None:
        """The message of a card that was perhaps made at about that time; None: it was not."""
        with _telling():
            me = await self._my_id()
            newer = self._rest.fetch_messages(work.card.channel_id, after=since - LOOK_BACK).limit(MOST_SEEN)
            async for message in newer:
                if message.author.id == me and plan_in(message) == work.plan.id:
                    return MessageId(message.id)
        return None

    async def missing(self, channel_id: ChannelId, cards: Collection[Card]) -> list[MessageId]:
        """Return the channel's cards whose messages were deleted."""
        with _telling():
            listed = {MessageId(message.id) async for message in self._rest.fetch_messages(channel_id).limit(NEWEST)}
        there = [card.message_id for card in cards if card.message_id]
        return [each for each in there if each not in listed and not await self.is_there(channel_id, each)]

    async def page(self, channel_id: ChannelId, before: MessageId | None = None) -> MessagePage:
        """Return the newest messages of a channel, or those before one: which of them look like cards of ours."""
        older = hikari.UNDEFINED if before is None else hikari.Snowflake(before)
        with _telling():
            me = await self._my_id()
            messages = [each async for each in self._rest.fetch_messages(channel_id, before=older).limit(NEWEST)]
        cards = [
            FoundMessage(MessageId(each.id), channel_id, plan_id, hashes_in(each))
            for each in messages
            if each.author.id == me and each.webhook_id is None and (plan_id := plan_in(each))
        ]
        ids = [MessageId(each.id) for each in messages]
        return MessagePage(cards, ids[0] if ids else None, ids[-1] if len(ids) == NEWEST else None)

    async def delete(self, channel_id: ChannelId, message_id: MessageId) -> None:
        """Delete a message of ours."""
        with _telling():
            await self._rest.delete_message(channel_id, message_id)

    async def is_there(self, channel_id: ChannelId, message_id: MessageId) -> bool:
        """Return whether a message is in a channel."""
        try:
            await self._message(channel_id, message_id)
        except NoMessageError:
            return False
        return True

    @contextlib.asynccontextmanager
    async def _opened(self, thread_id: ChannelId) -> AsyncGenerator[None]:
        """Open an archived thread, and archive it again in the end, where the bot may do that too."""
        try:
            with _telling():
                await self._rest.edit_channel(thread_id, archived=False)
        except RefusedError as refusal:
            raise RefusedError(CardFailure.ARCHIVED, str(refusal)) from refusal
        try:
            yield
        finally:
            try:
                with _telling():
                    await self._rest.edit_channel(thread_id, archived=True)
            except CardError as error:
                _log.info("thread not archived", channel_id=thread_id, why=str(error))

    async def _edit(
        self,
        work: CardWork,
        message_id: MessageId,
        charts: Sequence[ChartFile],
        there: Sequence[hikari.Attachment],
    ) -> None:
        reply = replies.card(work.plan, charts, {each.filename for each in there})
        with _telling():
            await self._rest.edit_message(work.card.channel_id, message_id, attachments=list(there) or None, **reply)

    async def _message(self, channel_id: ChannelId, message_id: MessageId) -> hikari.Message:
        with _telling():
            return await self._rest.fetch_message(channel_id, message_id)

    async def _kept(self, work: CardWork) -> Sequence[ChartFile]:
        if work.plan.deleted_at is not None:
            return ()
        return await self._charts.files(work.plan, replies.chart_pages(work.plan)[0])

    async def _my_id(self) -> hikari.Snowflake:
        if self._me is None:
            self._me = (await self._rest.fetch_my_user()).id
        return self._me


def _lacking(charts: Iterable[ChartFile]) -> tuple[LackingPicture, ...]:
    return tuple(each.lacking for each in charts if each.lacking)


def _uploaded(components: Iterable[hikari.PartialComponent]) -> Iterator[hikari.Attachment]:
    """The files that galleries show, by their links: Discord lists them nowhere else where components show them.

    A link ends with the attachment's id and the file's name.
    """
    for component in components:
        if isinstance(component, hikari.ContainerComponent):
            yield from _uploaded(component.components)
        if isinstance(component, hikari.MediaGalleryComponent):
            for item in component.items:
                *_, attachment_id, name = ("", *urllib.parse.urlsplit(item.media.url).path.split("/"))
                if attachment_id.isdecimal():
                    yield _attachment(int(attachment_id), name, item.media.url)


def _attachment(attachment_id: int, name: str, url: str) -> hikari.Attachment:
    """A file that a message is to keep: of all this, Discord is told the id and the name."""
    return hikari.Attachment(
        id=hikari.Snowflake(attachment_id),
        filename=name,
        url=url,
        proxy_url=url,
        title=None,
        description=None,
        media_type=None,
        size=0,
        height=None,
        width=None,
        is_ephemeral=False,
        duration=None,
        waveform=None,
    )


@contextlib.contextmanager
def _telling() -> Generator[None]:
    """Make a `CardError` of what Discord and the network say."""
    try:
        yield
    except RateLimitedError as haste:
        raise PauseError(haste) from haste
    except hikari.NotFoundError as error:
        raise _not_found(error) from error
    except hikari.UnauthorizedError as error:
        raise UncertainError(error.message) from error
    except hikari.ClientHTTPResponseError as error:
        raise RefusedError(_failure_of(error), error.message) from error
    except (hikari.HikariError, aiohttp.ClientError, OSError, TimeoutError) as error:
        raise UncertainError(str(error) or type(error).__name__) from error


def _failure_of(error: hikari.ClientHTTPResponseError) -> CardFailure:
    if error.code in _SHUT:
        return CardFailure.ARCHIVED
    return CardFailure.CLOSED if isinstance(error, hikari.ForbiddenError) else CardFailure.REFUSED


def _not_found(error: hikari.NotFoundError) -> CardError:
    if error.code == _UNKNOWN_MESSAGE:
        return NoMessageError(error.message)
    if error.code == _UNKNOWN_CHANNEL:
        return RefusedError(CardFailure.NO_CHANNEL, error.message)
    return UncertainError(error.message)
