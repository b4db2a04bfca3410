"""Where the tour takes place: a local Discord with its people, and the bot as a process of its own."""

import asyncio
import contextlib
import json
import os
import sys
import tempfile
from collections.abc import AsyncGenerator, Collection, Generator
from pathlib import Path

from sandbox.driver import Driver, Seen
from sandbox.server import Sandbox
from sandbox.web import Page, PageSetting
from sandbox.world.entities import Application, User
from sandbox.world.permissions import Permissions
from sandbox.world.persistence import load, save
from sandbox.world.state import World

KEPT = Path("data/try")
"""Where the data is kept for the next time."""
PORT = 8484
"""The page's port, unless it is taken: an open page goes on there after a restart."""
START_SECONDS = 30.0
STOP_SECONDS = 6.0
SHOW_SECONDS = 10.0
"""How long the tour waits for a message to be shown to everyone."""
_GUILD = "Opening Bell"
_PEOPLE = ("dana", "ivan", "mia", "max")


class StageError(Exception):
    """The local Discord or the bot did not come up, or the channel stayed as it was; the message says why."""


class Stage:
    """The local Discord, its people, and the bot."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        """Use a served sandbox whose world `furnish` has made."""
        self.sandbox = sandbox
        self.folder = folder
        self.log = folder / "bot.log"
        world = sandbox.world
        self.application: Application = next(iter(world.applications.values()))
        self.guild = next(guild for guild in world.guilds.values() if guild.name == _GUILD)
        channel = next(iter(self.guild.channels.values()))
        driver = Driver(sandbox)
        self.dana, self.ivan, self.mia, self.max = (driver.person(name, channel) for name in _PEOPLE)
        self.olga = driver.person("olga", channel)
        self.page = Page(sandbox, PageSetting(self.guild, self._people(), self.log, self._reload))
        sandbox.page = self.page.handle

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"{self.sandbox.base_url}/"

    def person_named(self, user_id: int) -> str:
        """How a user is called."""
        user = self.sandbox.world.users.get(user_id)
        return (user.global_name or user.username) if user else "?"

    async def shows(self, *words: str) -> Seen:
        """The newest message for everyone in the channel that has all these words; waits until it is there.

        Raises:
            StageError: it did not come in time.
        """
        asked = asyncio.Event()
        told = self.sandbox.exchanges
        told.append(wake := lambda _: asked.set())
        try:
            async with asyncio.timeout(SHOW_SECONDS):
                while not (found := self._public(words)):
                    asked.clear()
                    await asked.wait()
        except TimeoutError:
            raise StageError(f"The channel does not show {', '.join(words)}.") from None
        finally:
            told.remove(wake)
        return found[-1]

    @contextlib.asynccontextmanager
    async def bot(self) -> AsyncGenerator[None]:
        """The bot runs inside, and was stopped after.

        Raises:
            StageError: it ended, or was not there in time.
        """
        ready = asyncio.Event()
        self.sandbox.gateway.observers.append(lambda told: ready.set() if told.payload.get("t") == "READY" else None)
        with self.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "run"),
                env=self._environment(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the tour, which then stops the bot itself
            )
            try:
                await self._until_ready(ready, process)
                yield
            finally:
                await _stop(process)

    def _people(self) -> list[tuple[User, str]]:
        people = (self.dana, self.ivan, self.mia, self.max, self.olga)
        notes = ("a coach", "a coach", "a member", "a manager", "runs the bot")
        return [(person.user, note) for person, note in zip(people, notes, strict=True)]

    async def _reload(self) -> str:
        """Have the one who runs the bot reload all plugins; what the bot says."""
        said = await self.olga.slash("admin plugin reload")
        return said.text

    def _public(self, words: Collection[str]) -> list[Seen]:
        public = (each for each in self.mia.see() if not each.ephemeral)
        return [each for each in public if all(word in each.text for word in words)]

    async def _until_ready(self, ready: asyncio.Event, process: asyncio.subprocess.Process) -> None:
        waiting = {asyncio.create_task(ready.wait()), asyncio.create_task(process.wait())}
        await asyncio.wait(waiting, timeout=START_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()
        if not ready.is_set():
            raise StageError(f"The bot did not start. Its log:\n{self.log.read_text()[-3000:]}")

    def _environment(self) -> dict[str, str]:
        coaches = [
            {"key": "d", "name": "Coach D (Day Trading)", "users": [self.dana.user.id]},
            {"key": "i", "name": "Coach I (Intraday)", "users": [self.ivan.user.id]},
        ]
        inherited = {name: value for name, value in os.environ.items() if not _is_setting(name)}
        return inherited | {
            "DISCORD_TOKEN": self.application.token,
            "COACHBOOK_DISCORD__REST_URL": self.sandbox.rest_url,
            "COACHBOOK_DISCORD__CDN_HOSTS": self.sandbox.cdn_url.removeprefix("http://"),
            "COACHBOOK_STORAGE__PATH": str(self.folder / "coachbook.db"),
            "COACHBOOK_STORAGE__CHARTS_PATH": str(self.folder / "charts"),
            "COACHBOOK_STORAGE__SPOOL_PATH": str(self.folder / "spool"),
            "COACHBOOK_COACHES": json.dumps(coaches),
        }


@contextlib.asynccontextmanager
async def stage(*, keep: bool, port: int | None) -> AsyncGenerator[Stage]:
    """A stage that is up inside; with `keep`, as it was left the last time. `port` None: the usual or any free one.

    Raises:
        StageError: the port is taken.
    """
    with _folder(keep=keep) as folder:
        saved = folder / "discord.json"
        world = load(saved) if saved.exists() else furnish(World())
        sandbox = await _served(world, port)
        try:
            on = Stage(sandbox, folder.absolute())
            try:
                yield on
            finally:
                await on.page.close()
        finally:
            await sandbox.stop()
            if keep:
                save(world, saved)


async def _served(world: World, port: int | None) -> Sandbox:
    if port is None:
        try:
            return await Sandbox.start(port=PORT, world=world)
        except OSError:
            return await Sandbox.start(world=world)
    try:
        return await Sandbox.start(port=port, world=world)
    except OSError as error:
        raise StageError(f"The port {port} can't be used: {error.strerror}. Take another, or 0 for any.") from error


@contextlib.contextmanager
def _folder(*, keep: bool) -> Generator[Path]:
    if keep:
        KEPT.mkdir(parents=True, exist_ok=True)
        yield KEPT
    else:
        with tempfile.TemporaryDirectory(prefix="coachbook-try-") as folder:
            yield Path(folder)


def furnish(world: World) -> World:
    """Put a guild, two coaches, a member, a manager and the bot into an empty world."""
    owner = world.add_user("Olga")
    guild = world.add_guild(_GUILD, owner)
    world.add_channel(guild, "plans")
    manager = world.add_role(guild, "Manager", int(Permissions.MANAGE_GUILD))
    for name in _PEOPLE:
        world.add_member(guild, world.add_user(name.title()), [manager] if name == "max" else [])
    application, _ = world.add_application("Coachbook", owner)
    world.install(application, guild)
    return world


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()


def _is_setting(name: str) -> bool:
    return name.startswith(("COACHBOOK_", "DISCORD_"))
