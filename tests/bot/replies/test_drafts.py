"""Drafts that are discarded: their text is returned, and pictures are asked about first."""

import dataclasses
from typing import Any

import hikari
import pytest

from bot import replies
from bot.domain.values import Attachment, Chart, DraftId
from bot.replies import layout
from tests.bot.replies.test_replies import accept, draft_of, page_of

CHART = Chart("a" * 64, "nq.png", "image/png", 64, 48, 9)


def texts(block: Any) -> str:
    return "\n".join(each.content for each in block.components if each.type is hikari.ComponentType.TEXT_DISPLAY)


@pytest.mark.parametrize("others", [0, 3])
def test_the_text_of_a_discarded_draft_is_returned_above_the_others(others: int):
    drafts = [draft_of(f"other {number}") for number in range(others)]

    done, block, *menus = replies.drafts(page_of(*drafts), 30, draft_of("my text"))["components"]

    assert done.accent_color == layout.LIVE, "it is no refusal"
    assert texts(done) == "Draft discarded.\n**Your text**\n```\nmy text\n```"
    assert ("Your drafts" if others else "You have no drafts.") in texts(block)
    assert len(menus) == (2 if others else 0)


def test_a_discarded_text_that_does_not_fit_beside_the_others_is_a_file():
    drafts = [dataclasses.replace(draft_of("x" * 60), id=DraftId(number)) for number in range(25)]

    reply = replies.drafts(page_of(*drafts), 30, draft_of("y" * 1500))

    accept(reply)
    assert [each.type for each in reply["components"]].count(hikari.ComponentType.FILE) == 1


def test_a_discarded_draft_says_how_many_pictures_went_with_it():
    pictures = (Attachment("http://cdn/1", "1.png", 5), Attachment("http://cdn/2", "2.png", 5))
    discarded = dataclasses.replace(draft_of(""), pictures=pictures)

    assert texts(replies.drafts(page_of(), 30, discarded)["components"][0]) == "Draft discarded, with its 2 charts."


def test_a_discarded_draft_without_a_text_returns_none():
    assert texts(replies.drafts(page_of(), 30, draft_of(" "))["components"][0]) == "Draft discarded."


@pytest.mark.parametrize(
    ("text", "words"), [("*" * 4000, "\\*\\*"), ("", "its 10 charts? Pictures can’t be brought back.")]
)
def test_pictures_are_asked_about(text: str, words: str):
    reply = replies.ask_discard(dataclasses.replace(draft_of(text), pictures=(CHART,) * 10))

    accept(reply)
    assert words in texts(reply["components"][0])
    assert [each.label for each in reply["components"][1].components] == ["Discard", "Cancel"]
