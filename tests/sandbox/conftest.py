"""A served sandbox with a guild, its people and a bot."""

import datetime
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest

from sandbox.server import Sandbox
from sandbox.world.entities import Application, Channel, Guild, Role, User
from sandbox.world.permissions import Permissions
from tests.contract import Contract
from tests.sandbox.raw_clients import Rest


class FakeClock:
    """A clock that advances only on request."""

    def __init__(self) -> None:
        """Start at the current time."""
        self.now = datetime.datetime.now(datetime.UTC)

    def __call__(self) -> datetime.datetime:
        """Return the clock's time."""
        return self.now

    def forward(self, **span: float) -> None:
        """Advance the clock: `minutes=15`."""
        self.now += datetime.timedelta(**span)


@dataclass
class Room:
    """The guild of these tests."""

    guild: Guild
    channel: Channel
    dana: User
    mia: User
    coach: Role
    application: Application
    token: str


@pytest.fixture
def clock() -> FakeClock:
    """The sandbox's clock."""
    return FakeClock()


@pytest.fixture
async def sandbox(clock: FakeClock, contract: Contract | None) -> AsyncIterator[Sandbox]:
    """A served, empty sandbox, whose exchanges are checked against Discord's OpenAPI description."""
    async with await Sandbox.start(clock=clock) as served:
        if contract:
            served.exchanges.append(contract.observe)
        yield served
    faults = contract.take_faults() if contract else []
    assert not faults, "\n".join(faults)


@pytest.fixture
def room(sandbox: Sandbox) -> Room:
    """A guild with a coach, a member and an installed bot."""
    world = sandbox.world
    owner = world.add_user("Olga")
    guild = world.add_guild("Trading Room", owner)
    channel = world.add_channel(guild, "plans")
    coach = world.add_role(guild, "Coach", int(Permissions.MANAGE_GUILD), mentionable=True)
    dana, mia = world.add_user("Dana"), world.add_user("Mia")
    world.add_member(guild, dana, [coach])
    world.add_member(guild, mia)
    application, token = world.add_application("Bot", owner)
    world.install(application, guild)
    return Room(guild, channel, dana, mia, coach, application, token)


@pytest.fixture
async def rest(sandbox: Sandbox, room: Room) -> AsyncIterator[Rest]:
    """A plain HTTP client with the bot's token."""
    async with aiohttp.ClientSession() as session:
        yield Rest(session, sandbox.rest_url, room.token)
