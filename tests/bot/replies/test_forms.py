"""The forms of plans: what they say will be added, and what will not."""

import datetime

import pytest

from bot import replies
from bot.domain.values import Attachment, Draft, DraftId, DraftKind, GuildId, Limits, PostForm, UserId
from bot.replies.modals import TextField

MIB = 2**20
ONE = ("nq.png", MIB)


def draft_of(*files: tuple[str, int]) -> Draft:
    pictures = tuple(Attachment("https://cdn.example/file", name, size) for name, size in files)
    saved_at = datetime.datetime(2026, 11, 23, 14, 34, tzinfo=datetime.UTC)
    return Draft(
        DraftKind.POST,
        "text",
        pictures=pictures,
        id=DraftId(1),
        guild_id=GuildId(2),
        user_id=UserId(3),
        saved_at=saved_at,
    )


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([], ""),
        ([ONE, ("scan", 0)], "2 charts will be added."),
        ([ONE, ("Plan of Monday.PDF", MIB)], "1 chart will be added. Can’t be added: Plan of Monday.PDF."),
        ([ONE, ("big.png", 10 * MIB), ("huge.png", 10 * MIB + 1)], "2 charts will be added. Can’t be added: huge.png."),
        ([("a.heic", 1), ("b.mov", 1), ("c.csv", 1)], "Can’t be added: a.heic and 2 more."),
        ([ONE] * 11 + [("last.png", 1)], "10 charts will be added. Can’t be added: nq.png and last.png."),
        ([ONE] * 10 + [("n" * 96, 1)] * 2, f"10 charts will be added. Can’t be added: {'n' * 23}… and {'n' * 23}…."),
        (
            [ONE] * 10 + [("n" * 96 + ".pdf", 1)] * 10,
            f"10 charts will be added. Can’t be added: {'n' * 23}… and 9 more.",
        ),
    ],
)
def test_the_form_of_a_draft_says_what_will_be_added_and_what_can_not(files: list[tuple[str, int]], words: str):
    draft = draft_of(*files)

    post = replies.draft_post_modal(draft, PostForm((), None, (), None), Limits())
    edit = replies.draft_edit_modal(draft, 1, Limits())

    for modal in (post, edit):
        field = modal.fields[0]
        assert isinstance(field, TextField)
        assert field.description == words
        assert len(words) <= 100  # a label's description (Discord's documentation, Component Reference)
