"""The parts of a message in Discord that a plan takes: text, pictures and source."""

import dataclasses
from typing import Final

import hikari

from bot.discord.message_content import files_of, shown_texts, text_of
from bot.domain.errors import NothingToSaveError
from bot.domain.values import Attachment, ChannelId, MessageId, PlanId, Source, UserId
from bot.replies.custom_ids import RouteId, UnknownRouteError, number_in, with_custom_ids
from bot.replies.phrases import shown_hashes

_OF_CARDS: Final = ("plans.more", "history.show")
"""Routes of buttons, one of which each card has; their first argument is the plan."""
_TEXT_FILE: Final = ".txt"


@dataclasses.dataclass(frozen=True, slots=True)
class Quote:
    """The parts of a message that a plan takes."""

    text: str
    """Empty: the message has no text."""
    text_file: Attachment | None
    """The rest of the text: Discord makes a file of a text that is too long for a message."""
    pictures: tuple[Attachment, ...]
    """The other files, in order: fetching shows which of them are pictures."""
    source: Source


def quote_of(message: hikari.Message) -> Quote:
    """Return the text and pictures of the message, or of the one that it forwards.

    Raises:
        NothingToSaveError: it has neither text nor files.
    """
    text, files = text_of(message), files_of(message)
    if not text and not files:
        raise NothingToSaveError(may_be_text=True)
    text_file = next((file for file in files if file.filename.lower().endswith(_TEXT_FILE)), None)
    pictures = tuple(file for file in files if file is not text_file)
    source = Source(ChannelId(message.channel_id), MessageId(message.id), _writer(message))
    return Quote(text, text_file, pictures, source)


def pictures_of(message: hikari.Message) -> tuple[Attachment, ...]:
    """Return the files of the message, and of the one that it forwards.

    Raises:
        NothingToSaveError: it has none.
    """
    files = files_of(message)
    if not files:
        raise NothingToSaveError(may_be_text=False)
    return files


def plan_in(message: hikari.Message) -> PlanId | None:
    """Return the plan whose card the message is, by the routes of its buttons; None: it is no card."""
    for component in with_custom_ids(message.components):
        try:
            route = RouteId.parse(component.custom_id)
            if route.action in _OF_CARDS and route.arguments:
                return PlanId(number_in(route.arguments[0]))
        except UnknownRouteError:
            continue
    return None


def hashes_in(message: hikari.Message) -> tuple[str, ...]:
    """Return the possible beginnings of revisions' hashes in the texts of the message."""
    return tuple(shown for text in shown_texts(message) for shown in shown_hashes(text))


def _writer(message: hikari.Message) -> UserId | None:
    """Return the author of the quoted text; None: a forwarded message or one of a webhook."""
    if message.webhook_id is not None or message.message_snapshots:
        return None
    return UserId(message.author.id)
