"""The messages of cards in Discord: posted, edited, searched and deleted."""

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
    CardPictures,
    CardWork,
    ChannelId,
    FoundMessage,
    MessageId,
    ShownCard,
)
from bot.replies import layout
from bot.service.charts import ChartService

LOOK_BACK: Final = datetime.timedelta(minutes=10)
"""The greatest lag of Discord's clock behind ours."""
MAX_SEARCHED: Final = 500
"""Messages in a search for a card."""
PAGE_SIZE: Final = 100
"""Messages that Discord lists at once (Get Channel Messages)."""

_UNKNOWN_CHANNEL: Final = 10003
_UNKNOWN_MESSAGE: Final = 10008
_ARCHIVED_OR_LOCKED: Final = (50083, 160005)
"""Codes of errors (page "Opcodes and Status Codes")."""

_log = structlog.get_logger(__name__)


class CardError(Exception):
    """A request that was not carried out, or perhaps not."""


class NoMessageError(CardError):
    """The message is gone."""


class RefusedError(CardError):
    """Discord rejects the request, and would again."""

    def __init__(self, failure: CardFailure, why: str) -> None:
        super().__init__(why)
        self.failure = failure


class PauseError(CardError):
    """Discord limits the rate of requests."""

    def __init__(self, error: RateLimitedError) -> None:
        super().__init__(str(error))
        self.seconds = error.seconds
        self.is_for_all = error.is_for_all


class UncertainError(CardError):
    """There was no answer, or none that shows the outcome of the request."""


@dataclasses.dataclass(frozen=True, slots=True)
class MessagePage:
    """Messages of a channel, the newest first."""

    cards: Sequence[FoundMessage]
    """The bot's own messages that look like cards."""
    newest: MessageId | None
    """None: the channel is empty."""
    before: MessageId | None
    """The oldest message of a full page, before which there may be more; None: the page is the last."""


class CardMessages:
    """The messages that show plans. Each method may raise any `CardError`."""

    def __init__(self, rest: hikari.api.RESTClient, charts: ChartService) -> None:
        self._rest = rest
        self._charts = charts
        self._me: hikari.Snowflake | None = None

    async def create(self, work: CardWork) -> ShownCard:
        """Post the message. Posting again with the same nonce within minutes returns the first message."""
        pictures = await self._pictures(work)
        reply = replies.card(work.plan, pictures, is_changed_today=work.is_changed_today)
        with translate_errors():
            made = await self._rest.create_message(work.card.channel_id, nonce=work.nonce, **reply)
        return ShownCard(MessageId(made.id), pictures.lacking)

    async def edit(self, work: CardWork, message_id: MessageId) -> ShownCard:
        """Make the message show the plan as it is. An archived thread is opened meanwhile, if the bot may."""
        try:
            return await self._change(work, message_id)
        except RefusedError as refusal:
            if refusal.failure is not CardFailure.ARCHIVED:
                raise
        async with self._opened(work.card.channel_id):
            return await self._change(work, message_id)

    async def _change(self, work: CardWork, message_id: MessageId) -> ShownCard:
        """Make the message show the plan as it is, without uploading the pictures that it shows already."""
        pictures = await self._pictures(work)
        names = {replies.upload_name(each) for each in pictures.all}
        shown = await self._message(work.card.channel_id, message_id) if names else None
        uploaded = [each for each in _uploads(shown.components) if each.filename in names] if shown else []
        try:
            await self._edit(work, message_id, pictures, uploaded)
        except RefusedError as refusal:
            if not uploaded or refusal.failure is not CardFailure.REFUSED:
                raise
            await self._edit(work, message_id, pictures, ())
        return ShownCard(message_id, pictures.lacking)

    async def find(self, work: CardWork, since: datetime.datetime) -> MessageId | None:
        """Return the message of a card that may have been posted at about that time; None: it was not posted."""
        with translate_errors():
            me = await self._my_id()
            newer = self._rest.fetch_messages(work.card.channel_id, after=since - LOOK_BACK).limit(MAX_SEARCHED)
            async for message in newer:
                if message.author.id == me and plan_in(message) == work.plan.id:
                    return MessageId(message.id)
        return None

    async def missing(self, channel_id: ChannelId, cards: Collection[Card]) -> list[MessageId]:
        """Return the channel's cards whose messages were deleted."""
        with translate_errors():
            listed = {MessageId(message.id) async for message in self._rest.fetch_messages(channel_id).limit(PAGE_SIZE)}
        ids = [card.message_id for card in cards if card.message_id]
        return [each for each in ids if each not in listed and not await self.exists(channel_id, each)]

    async def page(self, channel_id: ChannelId, before: MessageId | None = None) -> MessagePage:
        """Return the newest messages of a channel, or the newest before one."""
        older = hikari.UNDEFINED if before is None else hikari.Snowflake(before)
        with translate_errors():
            me = await self._my_id()
            messages = [each async for each in self._rest.fetch_messages(channel_id, before=older).limit(PAGE_SIZE)]
        cards = [
            FoundMessage(MessageId(each.id), channel_id, plan_id, hashes_in(each))
            for each in messages
            if each.author.id == me and each.webhook_id is None and (plan_id := plan_in(each))
        ]
        ids = [MessageId(each.id) for each in messages]
        return MessagePage(cards, ids[0] if ids else None, ids[-1] if len(ids) == PAGE_SIZE else None)

    async def delete(self, channel_id: ChannelId, message_id: MessageId) -> None:
        """Delete a message of the bot."""
        with translate_errors():
            await self._rest.delete_message(channel_id, message_id)

    async def exists(self, channel_id: ChannelId, message_id: MessageId) -> bool:
        """Return true if a message is in a channel."""
        try:
            await self._message(channel_id, message_id)
        except NoMessageError:
            return False
        return True

    @contextlib.asynccontextmanager
    async def _opened(self, thread_id: ChannelId) -> AsyncGenerator[None]:
        """Open an archived thread, and archive it again at the end of the block, if the bot may."""
        try:
            with translate_errors():
                await self._rest.edit_channel(thread_id, archived=False)
        except RefusedError as refusal:
            raise RefusedError(CardFailure.ARCHIVED, str(refusal)) from refusal
        try:
            yield
        finally:
            try:
                with translate_errors():
                    await self._rest.edit_channel(thread_id, archived=True)
            except CardError as error:
                _log.info("thread not archived", channel_id=thread_id, why=str(error))

    async def _edit(
        self,
        work: CardWork,
        message_id: MessageId,
        pictures: CardPictures,
        uploaded: Sequence[hikari.Attachment],
    ) -> None:
        names = {each.filename for each in uploaded}
        reply = replies.card(work.plan, pictures, names, is_changed_today=work.is_changed_today)
        with translate_errors():
            await self._rest.edit_message(work.card.channel_id, message_id, attachments=list(uploaded) or None, **reply)

    async def _message(self, channel_id: ChannelId, message_id: MessageId) -> hikari.Message:
        with translate_errors():
            return await self._rest.fetch_message(channel_id, message_id)

    async def _pictures(self, work: CardWork) -> CardPictures:
        """Return the charts that fit into the message, and the coach's picture if there is room for another file."""
        if work.plan.deleted_at is not None:
            return CardPictures()
        charts = await self._charts.files(work.plan, replies.chart_pages(work.plan)[0])
        has_room = len(charts) < layout.MESSAGE_FILES
        return CardPictures(charts, await self._charts.picture_of(work.plan.coach) if has_room else None)

    async def _my_id(self) -> hikari.Snowflake:
        if self._me is None:
            self._me = (await self._rest.fetch_my_user()).id
        return self._me


def _uploads(components: Iterable[hikari.PartialComponent]) -> Iterator[hikari.Attachment]:
    """Yield the files that components show, by their links: Discord does not list these files elsewhere.

    A link ends with the attachment's id and the file's name.
    """
    for url in _shown_urls(components):
        *_, attachment_id, name = ("", *urllib.parse.urlsplit(url).path.split("/"))
        if attachment_id.isdecimal():
            yield _attachment(int(attachment_id), name, url)


def _shown_urls(components: Iterable[hikari.PartialComponent]) -> Iterator[str]:
    for component in components:
        match component:
            case hikari.ContainerComponent():
                yield from _shown_urls(component.components)
            case hikari.SectionComponent():
                yield from _shown_urls([component.accessory])
            case hikari.ThumbnailComponent():
                yield component.media.url
            case hikari.MediaGalleryComponent():
                yield from (item.media.url for item in component.items)
            case _:
                pass


def _attachment(attachment_id: int, name: str, url: str) -> hikari.Attachment:
    """Return a file that stays attached to a message; only its id and name are sent to Discord."""
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
def translate_errors() -> Generator[None]:
    """Translate errors of Discord and the network into a `CardError`."""
    try:
        yield
    except RateLimitedError as error:
        raise PauseError(error) from error
    except hikari.NotFoundError as error:
        raise _not_found(error) from error
    except hikari.UnauthorizedError as error:
        raise UncertainError(error.message) from error
    except hikari.ClientHTTPResponseError as error:
        raise RefusedError(_failure_of(error), error.message) from error
    except (hikari.HikariError, aiohttp.ClientError, OSError, TimeoutError) as error:
        raise UncertainError(str(error) or type(error).__name__) from error


def _failure_of(error: hikari.ClientHTTPResponseError) -> CardFailure:
    if error.code in _ARCHIVED_OR_LOCKED:
        return CardFailure.ARCHIVED
    return CardFailure.CLOSED if isinstance(error, hikari.ForbiddenError) else CardFailure.REFUSED


def _not_found(error: hikari.NotFoundError) -> CardError:
    if error.code == _UNKNOWN_MESSAGE:
        return NoMessageError(error.message)
    if error.code == _UNKNOWN_CHANNEL:
        return RefusedError(CardFailure.NO_CHANNEL, error.message)
    return UncertainError(error.message)
