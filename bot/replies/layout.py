"""The parts that messages and modals are laid out from, each within Discord's limits."""

import dataclasses
import datetime
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

import hikari
from hikari.impl import (
    ContainerComponentBuilder,
    InteractiveButtonBuilder,
    MediaGalleryComponentBuilder,
    MessageActionRowBuilder,
    SectionComponentBuilder,
    SelectMenuBuilder,
    TextSelectMenuBuilder,
    ThumbnailComponentBuilder,
)

from bot.domain import markdown
from bot.domain.characters import cut

Reply: TypeAlias = dict[str, Any]
"""Keyword arguments for a context's `respond` or `update`."""
Button: TypeAlias = InteractiveButtonBuilder

MESSAGE_TEXT: Final = 4000
"""Characters in all text displays of a message. These numbers: Discord's Component Reference."""
_COVER: Final = "\N{HORIZONTAL ELLIPSIS}"
"""In a preview, for the content of a spoiler."""
BUTTON_LABEL: Final = 80
BUTTONS: Final = 5
"""In a row."""
OPTION_LABEL: Final = 100
OPTIONS: Final = 25
MODAL_TITLE: Final = 45
INPUT_LABEL: Final = 45
INPUT_TEXT: Final = 4000
MESSAGE_FILES: Final = 10
"""Files in a message; Discord's documentation, Uploading Files."""
MESSAGE_BYTES: Final = 24 * 2**20
"""Of all files in a message: a request has 25 MiB at most (Discord's documentation, Uploading Files)."""

NOTHING_TO_SEE: Final = "\u200b"
"""A blank text is replaced by this: Discord refuses an empty text display."""

LIVE: Final = hikari.Color(0x2E7D32)
CHANGED: Final = hikari.Color(0xFFB300)
GONE: Final = hikari.Color(0x757575)
REFUSED: Final = hikari.Color(0xC62828)


def public(components: Sequence[Any]) -> Reply:
    """Return a message for everyone."""
    return {"components": components}


def private(components: Sequence[Any]) -> Reply:
    """Return a message for the user of the interaction."""
    return {"components": components, "flags": hikari.MessageFlag.EPHEMERAL}


def container(color: hikari.Color, *texts: str) -> ContainerComponentBuilder:
    """Return a framed block with these texts."""
    block = ContainerComponentBuilder(accent_color=color)
    for text in texts:
        block.add_text_display(shown(text))
    return block


def shown(text: str) -> str:
    """Return the text, or for a blank one what Discord accepts instead."""
    return text if text.strip() else NOTHING_TO_SEE


@dataclasses.dataclass(frozen=True, slots=True)
class Picture:
    """A picture in a gallery."""

    file: hikari.Resourceish
    description: str
    """Its alternative text."""
    is_spoiler: bool = False
    """True: hidden until a reader opens it."""


def gallery(pictures: Sequence[Picture]) -> MediaGalleryComponentBuilder:
    """Return a gallery of 1 to 10 pictures."""
    block = MediaGalleryComponentBuilder()
    for each in pictures:
        description = each.description if each.description.strip() else hikari.UNDEFINED
        block.add_media_gallery_item(each.file, description=description, spoiler=each.is_spoiler)
    return block


def section(picture: Picture, *texts: str) -> SectionComponentBuilder:
    """Return 1 to 3 texts with a small picture beside them."""
    thumbnail = ThumbnailComponentBuilder(
        media=picture.file, description=picture.description or hikari.UNDEFINED, spoiler=picture.is_spoiler
    )
    block = SectionComponentBuilder(accessory=thumbnail)
    for text in texts:
        block.add_text_display(text)
    return block


def row(*components: InteractiveButtonBuilder | SelectMenuBuilder) -> MessageActionRowBuilder:
    """Return a row of buttons, or of one select."""
    return MessageActionRowBuilder(components=list(components))


def button(
    label: str,
    custom_id: str,
    style: hikari.ButtonStyle = hikari.ButtonStyle.SECONDARY,
    *,
    is_disabled: bool = False,
) -> Button:
    """Return a button for a route."""
    return InteractiveButtonBuilder(
        style=style, custom_id=custom_id, label=cut(label, BUTTON_LABEL), is_disabled=is_disabled
    )


def select(
    custom_id: str, placeholder: str, options: Sequence[tuple[str, str]], chosen: str | None = None
) -> TextSelectMenuBuilder[Any]:
    """Return a menu to choose one of the first 25 `options`, pairs of label and value; `chosen` is the current one."""
    menu = TextSelectMenuBuilder(custom_id=custom_id, placeholder=placeholder, min_values=1, max_values=1)
    for label, value in options[:OPTIONS]:
        menu.add_option(cut(label, OPTION_LABEL), value, is_default=value == chosen)
    return menu


def page_buttons(
    label_before: str, label_after: str, number: int, pages: int, route: Callable[[int], str]
) -> list[Button]:
    """Return the buttons to the pages before and after this one, if there are several; `route` takes a page."""
    turns = ((label_before, number - 1), (label_after, number + 1)) if pages > 1 else ()
    return [button(label, route(to), is_disabled=not 1 <= to <= pages) for label, to in turns]


def escape(text: str) -> str:
    """Return the text on one line, with Discord's markdown escaped; links still work."""
    return markdown.escaped(" ".join(text.split()))


def covered(text: str) -> str:
    """Return the text with the content of each spoiler replaced."""
    return markdown.covered(text, _COVER)


def preview(text: str, max_length: int) -> str:
    """Return the first `max_length` characters of the text, on one line, with Discord's markdown escaped.

    Spoilers are covered, as nobody can open them there.
    A link that is cut is escaped too, as it would lead elsewhere.
    """
    line = " ".join(covered(text).split())
    shown = cut(line, max_length)
    if shown == line:
        return markdown.escaped(line)
    end = len(shown) - 1
    start = next((start for start, stop in markdown.links(line) if start < end < stop), end)
    return markdown.escaped(shown[:start]) + markdown.unlinked(shown[start:], begins_line=not start)


def hidden(text: str, max_length: int | None = None) -> str:
    """Return the text, or its first `max_length` characters, on one line as a spoiler without other marks."""
    line = " ".join(text.split())
    return f"||{markdown.unlinked(line if max_length is None else cut(line, max_length), begins_line=False)}||"


def timestamp(moment: datetime.datetime, style: str = "f") -> str:
    """Return a time that each reader sees in their own time zone; styles: Discord's Message Formatting page."""
    return f"<t:{int(moment.timestamp())}:{style}>"


def units(text: str) -> int:
    """Return the length in UTF-16 code units, never less than in characters: Discord may count either."""
    return len(text) + sum(character > "\uffff" for character in text)
