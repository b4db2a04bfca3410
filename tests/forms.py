"""Forms of older releases, and the button that opens a new one: what people may have before them."""

import json
from typing import Any

from bot import replies
from sandbox.driver import Seen
from sandbox.driver.seen import form_of
from sandbox.messages.components import number
from sandbox.world.entities import Json, Message, MessageFlag
from tests.conftest import Room


def write_button(room: Room) -> Message:
    """The message of the bot's whose button opens an empty form."""
    world = room.discord.sandbox.world
    components: list[Json] = json.loads(json.dumps([each.build()[0] for each in replies.write_button()["components"]]))
    number(components)
    message = Message(world.new_id(), room.channel.id, room.guild.id, room.discord.application.id, world.now())
    message.flags, message.components = int(MessageFlag.COMPONENTS_V2), components
    return world.post(message)


def old_form(opened: Seen, custom_id: str, *names: str) -> Seen:
    """A form that an older release opened, with texts in rows, in the place of the one that is open now."""
    assert opened.interaction
    inputs: list[dict[str, Any]] = [
        {"type": 4, "custom_id": name, "label": name.title(), "style": 2, "required": False} for name in names
    ]
    components: list[Json] = [{"type": 1, "components": [each]} for each in inputs]
    number(components)
    opened.interaction.modal = {"title": "Post plan", "custom_id": f"{custom_id}~0123abcd", "components": components}
    return Seen(None, opened.interaction, form_of(opened.interaction.modal))
