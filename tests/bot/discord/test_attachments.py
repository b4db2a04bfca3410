"""Files as Discord describes them: their true names, what they show, and which are spoilers."""

import hikari
import pytest

from bot.discord.attachments import attachment_of
from bot.domain.values import Attachment

LINK = "https://cdn.discordapp.com/attachments/1/2/file"


def file(name: str, title: str | None = None, description: str | None = None) -> hikari.Attachment:
    return hikari.Attachment(
        id=hikari.Snowflake(2),
        url=LINK,
        filename=name,
        title=title,
        description=description,
        media_type=None,
        size=7,
        proxy_url=LINK,
        height=None,
        width=None,
        is_ephemeral=False,
        duration=None,
        waveform=None,
    )


@pytest.mark.parametrize(
    ("name", "title", "expected", "is_spoiler"),
    [
        ("nq.png", None, "nq.png", False),
        ("nq.png", " ", "nq.png", False),
        ("file.png", "график", "график.png", False),
        ("_1.png", "日経 1.png", "日経 1.png", False),
        ("file", "график", "график", False),
        (".png", "график", "график.png", False),
        ("SPOILER_nq.png", None, "nq.png", True),
        ("SPOILER_.png", "SPOILER_график", "график.png", True),
        ("SPOILER_.png", "график", "график.png", True),
        ("spoiler_nq.png", None, "spoiler_nq.png", False),
    ],
)
def test_a_file_has_the_name_that_its_owner_gave_it(name, title, expected, is_spoiler):
    assert attachment_of(file(name, title)) == Attachment(LINK, expected, 7, None, is_spoiler)


def test_a_file_has_what_its_owner_says_that_it_shows():
    assert attachment_of(file("nq.png", description="the open")).description == "the open"
