"""The environment of the tour: a local Discord with users, and the bot in its own process."""

import asyncio
import contextlib
import importlib.util
import json
import os
import socket
import tempfile
from collections.abc import AsyncGenerator, Collection, Generator
from pathlib import Path

from demo.bot_process import BotProcess, running_bot
from demo.errors import SetupError
from demo.world import CHANNEL, GUILD, PEOPLE, populate
from sandbox.driver import Driver, Seen
from sandbox.server import Sandbox
from sandbox.web import Page, PageSetting
from sandbox.world.entities import Application, User
from sandbox.world.persistence import load, save
from sandbox.world.state import World

DATA_FOLDER = Path("data/try")
"""Folder of the data with `KEEP=1`."""
PORT = 8484
"""The page's default port if it is free, so that an open page reconnects after a restart."""
API_PORT = 8080
"""The default port of the API if it is free, so that programs reconnect after a restart."""
_PORT_SETTING = "COACHBOOK_FEED__PORT"
"""The variable that chooses another one; 0 switches the API off."""
SHOW_SECONDS = 10.0
"""Timeout for a public message to appear."""


class Environment:
    """The local Discord, its users, and the bot."""

    def __init__(self, sandbox: Sandbox, folder: Path, *, is_kept: bool) -> None:
        """Use a served sandbox with the world of `populate`; `is_kept`: as it was left the last time."""
        self.sandbox = sandbox
        self.folder = folder
        self.is_kept = is_kept
        self.log = folder / "bot.log"
        self._api_port = os.environ.get(_PORT_SETTING) or str(free_port(API_PORT) if _has_api() else 0)
        world = sandbox.world
        self.application: Application = next(iter(world.applications.values()))
        self.guild = next(guild for guild in world.guilds.values() if guild.name == GUILD)
        channel = next(channel for channel in self.guild.channels.values() if channel.name == CHANNEL)
        driver = Driver(sandbox)
        self.dana, self.ivan, self.mia, self.max = (driver.person(name, channel) for name in PEOPLE)
        self.olga = driver.person("olga", channel)
        self.page = Page(sandbox, PageSetting(self.guild, self._people(), self.log, self._reload))
        sandbox.page = self.page.handle

    @property
    def address(self) -> str:
        """URL of the page."""
        return f"{self.sandbox.base_url}/"

    @property
    def plans_address(self) -> str | None:
        """URL of the plans for programs; None: they are switched off, or not installed."""
        return f"http://127.0.0.1:{self._api_port}/v1/plans" if self._api_port != "0" else None

    def person_named(self, user_id: int) -> str:
        """Return a user's name."""
        user = self.sandbox.world.users.get(user_id)
        return (user.global_name or user.username) if user else "?"

    async def shows(self, *words: str) -> Seen:
        """Wait for a public message in the channel with all these words and return the newest.

        Raises:
            SetupError: none appeared in time.
        """
        changed = asyncio.Event()
        observers = self.sandbox.exchanges
        observers.append(notify := lambda _: changed.set())
        try:
            async with asyncio.timeout(SHOW_SECONDS):
                while not (messages := self._public(words)):
                    changed.clear()
                    await changed.wait()
        except TimeoutError:
            raise SetupError(f"The channel does not show {', '.join(words)}.") from None
        finally:
            observers.remove(notify)
        return messages[-1]

    def bot(self) -> contextlib.AbstractAsyncContextManager[BotProcess]:
        """Return a context inside which the bot runs.

        Raises:
            SetupError: it exited, or was not ready in time.
        """
        return running_bot(self.sandbox, self._environment(), self.log)

    def _people(self) -> list[tuple[User, str]]:
        people = (self.dana, self.ivan, self.mia, self.max, self.olga)
        notes = ("a coach", "a coach", "a member", "a manager", "runs the bot")
        return [(person.user, note) for person, note in zip(people, notes, strict=True)]

    async def _reload(self) -> str:
        """Reload all plugins as the operator and return the bot's response."""
        response = await self.olga.slash("admin plugin reload")
        return response.text

    def _public(self, words: Collection[str]) -> list[Seen]:
        public = (each for each in self.mia.see() if not each.ephemeral)
        return [each for each in public if all(word in each.text for word in words)]

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
            "COACHBOOK_DAYS__EXCHANGE": "every_day",
            _PORT_SETTING: self._api_port,
            "COACHBOOK_FEED__LOCAL_GUILD": str(self.guild.id),
        }


@contextlib.asynccontextmanager
async def running_environment(*, keep: bool, port: int | None) -> AsyncGenerator[Environment]:
    """Run the local Discord inside the context; with `keep`, with the data of the last time.

    Raises:
        SetupError: the port is taken.
    """
    with _folder(keep=keep) as folder:
        saved = folder / "discord.json"
        is_kept = saved.exists()
        world = load(saved) if is_kept else populate(World())
        sandbox = await _served(world, port)
        try:
            environment = Environment(sandbox, folder.absolute(), is_kept=is_kept)
            try:
                yield environment
            finally:
                await environment.page.close()
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
        raise SetupError(
            f"The port {port} can't be used: {error.strerror}. Choose another one, or 0 for any."
        ) from error


@contextlib.contextmanager
def _folder(*, keep: bool) -> Generator[Path]:
    if keep:
        DATA_FOLDER.mkdir(parents=True, exist_ok=True)
        yield DATA_FOLDER
    else:
        with tempfile.TemporaryDirectory(prefix="coachbook-try-") as folder:
            yield Path(folder)


def _has_api() -> bool:
    """Return true if the libraries of the API are installed."""
    return all(map(importlib.util.find_spec, ("starlette", "uvicorn")))


def free_port(preferred: int) -> int:
    """Return the port if no program uses it, or else a free one."""
    try:
        server = socket.create_server(("127.0.0.1", preferred))
    except OSError:
        server = socket.create_server(("127.0.0.1", 0))
    with server:
        return server.getsockname()[1]


def _is_setting(name: str) -> bool:
    return name.startswith(("COACHBOOK_", "DISCORD_"))
