"""A local Discord with the real bot on it: one of each for the whole run, and a guild for each test."""

import asyncio
import contextlib
import dataclasses
import datetime
import json
import re
import shutil
import zoneinfo
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import hypothesis
import pytest
import structlog
from coverage import Coverage

from bot import garbage
from sandbox.driver import Driver, Person, Seen, menu
from sandbox.interactions.invoke import FIRST_ANSWER_SECONDS
from sandbox.server import Sandbox
from sandbox.world.entities import Application, Channel, Guild, Role
from sandbox.world.permissions import Permissions
from tests.contract import Contract
from tests.processes import DEADLINE, BotProcess, environment
from tests.rounds import LONG, rounds

# How fast things are is measured in bench/.
_PATIENT = hypothesis.settings(
    deadline=None, max_examples=rounds(30, 1000), suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile("patient", _PATIENT)
hypothesis.settings.load_profile("patient")

# As the bot's own log does; structlog would show the local variables, for which a bot may need seconds.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)

garbage.postpone_full_collections()

_TESTS = Path(__file__).parent
_ONLY_BOTS = ("demo", "e2e", "plugins")
"""Folders whose tests look at bots, and the demo, from outside."""
_DISCORDS = ("discord", "shared_discord", "own_discord")
_TO_NOON = 12 - datetime.datetime.now(datetime.UTC).hour
ANSWER_SECONDS = FIRST_ANSWER_SECONDS if LONG else DEADLINE
"""The wait for a first answer: in the long rounds, where the machine does nothing else, as at Discord."""
NOON_ZONE = f"Etc/GMT{-_TO_NOON:+d}"
"""A time zone in which this run comes nowhere near midnight, so that "today" stays the same day."""


def pytest_report_header() -> str | None:
    """Say that the tests of the page are left out, where they are."""
    browsers = ("chromium", "chromium-browser", "google-chrome")
    has_browser = shutil.which("chromedriver") and any(map(shutil.which, browsers))
    return None if has_browser else "No Chromium with its driver was found: the tests of the page are left out."


def pytest_collection_finish() -> None:
    """Leave what was imported and collected, half a million objects, out of the full garbage collections."""
    garbage.resume_full_collections()


@dataclasses.dataclass
class Discord:
    """A local Discord with an application, and what it takes to run a bot there."""

    sandbox: Sandbox
    application: Application
    contract: Contract | None
    folder: Path

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until a condition holds.

        Raises:
            TimeoutError: it does not in time.
        """
        await self.sandbox.until(condition, DEADLINE)

    def settings(self, book: str = "book.db", **variables: str) -> dict[str, str]:
        """The environment of a bot that keeps its book in a file of this name."""
        users = {user.username: user.id for user in self.sandbox.world.users.values()}
        coaches = [
            {"key": "d", "name": "Coach D (Day Trading)", "users": [users["dana"]]},
            {"key": "i", "name": "Coach I (Intraday)", "users": [users["ivan"], users["both"]]},
            {"key": "s", "name": "Coach S (Swing)", "users": [users["both"]]},
        ]
        return environment(
            **{
                "DISCORD_TOKEN": self.application.token,
                "COACHBOOK_DISCORD__REST_URL": self.sandbox.rest_url,
                "COACHBOOK_DISCORD__CDN_HOSTS": self.sandbox.cdn_url.removeprefix("http://"),
                "COACHBOOK_STORAGE__PATH": str(self.folder / book),
                "COACHBOOK_STORAGE__CHARTS_PATH": str(self.folder / "charts"),
                "COACHBOOK_STORAGE__SPOOL_PATH": str(self.folder / f"spool-{book}"),
                "COACHBOOK_COACHES": json.dumps(coaches),
                "COACHBOOK_DAYS__TIMEZONE": NOON_ZONE,
                "COACHBOOK_DAYS__EXCHANGE": "every_day",
                "COACHBOOK_LIMITS__PLANS_ON_PAGE": "3",
                "COACHBOOK_LIMITS__CHART_SECONDS": str(int(DEADLINE)),
                "COACHBOOK_LIMITS__CHART_WAIT_SECONDS": str(int(DEADLINE)),
                "COACHBOOK_BACKUP__EVERY": "0",
            }
            | variables
        )


@dataclasses.dataclass
class Room:
    """A guild with its people, looking at its channel."""

    discord: Discord
    guild: Guild
    channel: Channel
    dana: Person
    """A member of coach d."""
    ivan: Person
    """A member of coach i."""
    both: Person
    """A member of the coaches i and s."""
    mia: Person
    """A member of the guild and no coach."""
    max: Person
    """A manager and no coach."""

    async def shows(self, *words: str) -> Seen:
        """Wait until a message for everyone in the channel has all these words; the newest that has."""

        def found() -> list[Seen]:
            public = (each for each in self.mia.see() if not each.ephemeral)
            return [each for each in public if all(word in each.text for word in words)]

        await self.discord.until(lambda: bool(found()))
        return found()[-1]

    def cards(self) -> list[Seen]:
        """The cards in the channel, oldest first."""
        return [each for each in self.mia.see() if not each.ephemeral and plan_in(each)]


@pytest.fixture(scope="module", autouse=True)
def coverage_of_bots_alone(request: pytest.FixtureRequest) -> None:
    """Measure no coverage in this process, but in the bots, where nothing of the bot is run here."""
    if Coverage.current() and request.path.relative_to(_TESTS).parts[0] in _ONLY_BOTS:
        request.getfixturevalue("uncovered")


@pytest.fixture(scope="module")
async def uncovered() -> AsyncIterator[None]:
    """A module whose coverage is not measured: with it, Python takes twice as long for all that it does."""
    covering = Coverage.current()
    assert covering
    covering.stop()
    yield
    covering.start()
    # It covers no more the threads that there were.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())


@pytest.fixture(scope="session", autouse=True)
async def no_bot_is_left_running() -> AsyncIterator[None]:
    """Fail a test that leaves a bot running, and end that bot."""
    yield
    left = [each for each in BotProcess.started if each.process.returncode is None]
    for each in left:
        each.process.kill()
    assert not left, [each.output for each in left]


@pytest.fixture(scope="session")
def contract() -> Contract | None:
    """Discord's description of its API; None where it is not at hand."""
    return Contract.load()


@contextlib.asynccontextmanager
async def started_discord(contract: Contract | None, folder: Path) -> AsyncGenerator[Discord]:
    """Serve a local Discord, whose bots keep their data in this folder."""
    async with await Sandbox.start() as sandbox:
        sandbox.interactions.first_answer_seconds = ANSWER_SECONDS
        yield populate(sandbox, contract, folder)


@pytest.fixture(scope="session")
async def discord(contract: Contract | None, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Discord]:
    """The local Discord of the whole run."""
    async with started_discord(contract, tmp_path_factory.mktemp("book")) as started:
        yield started


@pytest.fixture(scope="module")
async def shared_discord(contract: Contract | None, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Discord]:
    """A local Discord for the tests of one file, which run a bot with settings or plugins of their own."""
    async with started_discord(contract, tmp_path_factory.mktemp("shared")) as started:
        yield started


@pytest.fixture
def shared_room(shared_discord: Discord) -> Room:
    """A guild of this test's own in that Discord."""
    return make_room(shared_discord)


@pytest.fixture
async def own_discord(contract: Contract | None, tmp_path: Path) -> AsyncIterator[Discord]:
    """A local Discord for one test alone, which may stop the bot, break connections and lose answers."""
    async with started_discord(contract, tmp_path) as started:
        yield started


@pytest.fixture
def own_room(own_discord: Discord) -> Room:
    """The guild of that Discord."""
    return make_room(own_discord)


@pytest.fixture(scope="session")
async def bot(discord: Discord) -> AsyncIterator[BotProcess]:
    """The bot of the whole run."""
    process = await BotProcess.start("run", env=discord.settings())
    yield await process.ready()
    assert await process.stop() == 0, process.output


@pytest.fixture
def room(discord: Discord) -> Room:
    """A guild of this test's own, with the bot in it."""
    return make_room(discord)


@pytest.fixture
def other_room(discord: Discord) -> Room:
    """Another guild with the same people."""
    return make_room(discord)


def populate(sandbox: Sandbox, contract: Contract | None, folder: Path) -> Discord:
    """Put people and an application into an empty local Discord."""
    owner = sandbox.world.add_user("olga")
    for name in ("dana", "ivan", "both", "mia", "max"):
        sandbox.world.add_user(name)
    application, _ = sandbox.world.add_application("Coachbook", owner)
    if contract:
        sandbox.exchanges.append(contract.observe)
    return Discord(sandbox, application, contract, folder)


def make_room(discord: Discord) -> Room:
    """A new guild with everybody in it."""
    world = discord.sandbox.world
    users = {user.username: user for user in world.users.values()}
    guild = world.add_guild("Opening Bell", users["olga"])
    channel = world.add_channel(guild, "plans")
    manager: Role = world.add_role(guild, "Manager", int(Permissions.MANAGE_GUILD))
    for name in ("dana", "ivan", "both", "mia"):
        world.add_member(guild, users[name])
    world.add_member(guild, users["max"], [manager])
    guild.available = False  # the bot sees it after an outage, and sends its owner no greeting as to a new one
    world.install(discord.application, guild)
    world.end_outage(guild)
    driver = Driver(discord.sandbox)
    people = (driver.person(name, channel) for name in ("dana", "ivan", "both", "mia", "max"))
    return Room(discord, guild, channel, *people)


async def card_of(person: Person, receipt: Seen) -> Seen:
    """Wait until the receipt leads to a card that shows what was done, and look at the card."""
    assert receipt.interaction
    await receipt.interaction.until(lambda: "[See it]" in receipt.text)
    assert receipt.ephemeral
    found = re.search(r"\[See it\]\(https://discord.com/channels/[0-9]+/[0-9]+/([0-9]+)\)", receipt.text)
    assert found
    return Seen(person.sandbox.world.messages[int(found[1])])


def plan_in(seen: Seen) -> int | None:
    """The plan whose card this is, by its buttons; None: it is no card."""
    ids = [each.get("custom_id", "") for each in seen.components]
    named = [each for each in ids if each.startswith(("cb:plans.more:", "cb:history.show:"))]
    return int(named[0].split(":")[2]) if named else None


async def use_hidden(person: Person, path: str, /, **options: menu.Value) -> Seen:
    """Use a command that the person's client does not offer: managers of a guild may show any command to anyone."""
    name, *inner = path.split()
    sandbox = person.sandbox
    [command] = [each for each in sandbox.world.commands.values() if each.name == name]
    filled, uploads = menu.filled_in(command, inner, options)
    sent = await sandbox.interactions.invoke_command(person.user, person.channel, command, filled, uploads)
    return Seen(await sent.filled(), sent)


@pytest.fixture(autouse=True)
def nothing_unknown_or_against_the_contract(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail the test in which the sandbox met what it does not know, or what Discord's description does not have."""
    met = [request.getfixturevalue(name) for name in _DISCORDS if name in request.fixturenames]
    yield
    for discord in met:
        unknown = discord.sandbox.unknown.copy()
        discord.sandbox.unknown.clear()
        assert not unknown, unknown
        if discord.contract:
            faults = discord.contract.take_faults()
            assert not faults, "\n".join(faults)


def today() -> datetime.date:
    """The date in that time zone."""
    return datetime.datetime.now(zoneinfo.ZoneInfo(NOON_ZONE)).date()


def last_sunday_of_change(day: datetime.date) -> datetime.date:
    """The first Sunday of November, when New York's clocks are put back, of this year or the one before."""
    for year in (day.year, day.year - 1):
        first = datetime.date(year, 11, 1)
        sunday = first + datetime.timedelta(days=(6 - first.weekday()) % 7)
        if sunday < day:
            return sunday
    raise AssertionError("one of two years has had one")
