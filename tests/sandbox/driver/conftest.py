"""The driver is tried with the whole bot: in the room of its tests, not in that of the sandbox's."""

import pytest

from tests.conftest import Discord, Room, make_room


@pytest.fixture
def room(discord: Discord) -> Room:
    """The bot's room."""
    return make_room(discord)
