"""The application behind the page, played by a test, and parts of what it sends."""

from typing import Any

from sandbox.interactions.interaction import Interaction, InteractionKind
from tests.conftest import Discord, Room
from tests.sandbox.raw_clients import Rest

V2 = 1 << 15
"""A message flag: Components V2."""
MODAL, MESSAGE, THINKING, CHOICES = 9, 4, 5, 8
"""Types of callbacks."""


class Application:
    """The application behind the page, whose answers are those that a test wants."""

    def __init__(self, rest: Rest, discord: Discord, room: Room) -> None:
        self.rest = rest
        self.discord = discord
        self.messages = f"/channels/{room.channel.id}/messages"

    async def send(self, **body: Any) -> dict[str, Any]:
        """Send a message; as Discord gives it back."""
        status, sent = await self.rest("POST", self.messages, body)
        assert status == 200, sent
        return sent

    async def register(self, *commands: dict[str, Any]) -> None:
        """Have these commands."""
        path = f"/applications/{self.discord.application.id}/commands"
        status, said = await self.rest("PUT", path, list(commands))
        assert status == 200, said

    async def asked(self, kind: InteractionKind) -> Interaction:
        """The newest interaction of a kind that has no answer; waits for it."""

        def waiting() -> list[Interaction]:
            known = self.discord.sandbox.interactions.by_id.values()
            return [each for each in known if each.kind is kind and each.answer is None]

        await self.discord.sandbox.until(waiting)
        return waiting()[-1]

    async def answer(self, interaction: Interaction, kind: int, **data: Any) -> None:
        """Answer it."""
        path = f"/interactions/{interaction.id}/{interaction.token}/callback"
        status, said = await self.rest("POST", path, {"type": kind, "data": data}, headers={})
        assert status == 204, said

    async def fill(self, interaction: Interaction, **body: Any) -> None:
        """Put the message in the place of "is thinking"."""
        path = f"/webhooks/{interaction.application_id}/{interaction.token}/messages/@original"
        status, said = await self.rest("PATCH", path, body, headers={})
        assert status == 200, said


def text(content: str) -> dict[str, Any]:
    return {"type": 10, "content": content}


def options(*values: str) -> list[dict[str, str]]:
    return [{"label": f"The {value}", "value": value, "description": f"it is {value}"} for value in values]
