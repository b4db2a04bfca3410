"""Colors: names, codes, and the default of a key."""

import pytest

from bot.domain.colors import NAMED, UnknownColorError, default_color, parse_color


@pytest.mark.parametrize(
    ("words", "color"),
    [("blue", 0x1565C0), (" Blue ", 0x1565C0), ("#1565C0", 0x1565C0), ("ffb300", 0xFFB300), ("# FFB300", 0xFFB300)],
)
def test_a_name_and_a_code_are_read(words: str, color: int):
    assert parse_color(words) == color


@pytest.mark.parametrize("words", ["", "#", "bluish", "#12345", "#1234567", "#12345g", "0x123456", "\uff11" * 6])
def test_what_is_no_color_is_refused(words: str):
    with pytest.raises(UnknownColorError):
        parse_color(words)


def test_a_keys_default_is_always_the_same_and_keys_differ():
    defaults = {key: default_color(key) for key in "abcdefghijklmnopqrstuvwxyz"}

    assert defaults == {key: default_color(key) for key in defaults}
    assert len(set(defaults.values())) == 7
    assert set(defaults.values()) < set(NAMED.values())
