"""The driver is tested with the whole bot, in the room of the bot's tests."""

import pytest

from tests.conftest import Discord, Room, make_room


@pytest.fixture
def room(discord: Discord) -> Room:
    """The bot's room."""
    return make_room(discord)
