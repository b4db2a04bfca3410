"""Texts of users, returned to them with an answer."""

from collections.abc import Sequence
from typing import Any, Final

import hikari
from hikari.impl import ContainerComponentBuilder, FileComponentBuilder, TextDisplayComponentBuilder

from bot.replies import layout
from bot.replies.phrases import PART

_FENCE: Final = "```"


def add_texts(block: ContainerComponentBuilder, texts: Sequence[tuple[str, str, str]], room: int) -> list[Any]:
    """Add texts to a block where they fit into so many units, or else return them as files.

    Each is a title, the name of its file, and the text.
    """
    blocks = [f"**{title}**\n{_FENCE}\n{text}\n{_FENCE}" for title, _, text in texts]
    if not any(_FENCE in text for *_, text in texts) and layout.units("".join(blocks)) <= room:
        for each in blocks:
            block.add_text_display(each)
        return []
    files = [hikari.Bytes(text.encode(), name, mimetype="text/plain") for _, name, text in texts]
    return [FileComponentBuilder(file=each) for each in files]


def done_with(done: str, text: str, beside: Sequence[Any] = ()) -> list[Any]:
    """Return a block about what was done, with the user's text; `beside` are the other blocks of the message."""
    block = layout.container(layout.LIVE, done)
    used = sum(layout.units(part.content) for part in _texts([block, *beside]))
    texts = [("Your text", "your-text.txt", text)] if text.strip() else []
    return [block, *add_texts(block, texts, PART - used)]


def _texts(blocks: Sequence[Any]) -> list[TextDisplayComponentBuilder]:
    parts = (part for block in blocks if isinstance(block, ContainerComponentBuilder) for part in block.components)
    return [part for part in parts if isinstance(part, TextDisplayComponentBuilder)]
