"""Each way from nothing to an answered `/plan post`: as a container, and as a service.

Both have one environment, which the Dockerfile's steps make of nothing: pip builds the wheel and installs it there.
"""

import asyncio
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.conftest import Discord, Room
from tests.hosting.dockerfile import PlainFolder
from tests.hosting.unit import Unit
from tests.notify_socket import NotifySocket
from tests.processes import BotProcess, free_port


def settings_of(discord: Discord) -> dict[str, str]:
    """Return the settings for a bot on a local Discord, but not where its files are."""
    given = discord.settings()
    return {name: given[name] for name in given if name.startswith("COACHBOOK_") and "STORAGE" not in name}


async def run(command: Sequence[str], env: Mapping[str, str], folder: Path) -> BotProcess:
    """Start the bot in a clean environment."""
    pipe, devnull = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    started = await asyncio.create_subprocess_exec(
        "/usr/bin/env", *command, cwd=folder, env=env, stdin=devnull, stdout=pipe, stderr=asyncio.subprocess.STDOUT
    )
    return BotProcess(started)


async def post_and_stop(bot: BotProcess, room: Room, text: str) -> None:
    """Post a plan, and end the bot."""
    await room.dana.slash("plan post", text=text)
    await room.shows(text)
    assert await bot.stop() == 0, bot.output


def assert_stored_in(folder: Path) -> None:
    """Check that the database and the spool are in the one folder that is mounted or kept."""
    assert (folder / "data" / "coachbook.db").is_file()
    assert list(folder.glob("spool-*"))


async def run_as_container(image: PlainFolder, discord: Discord, room: Room) -> None:
    """Run the bot with the image's environment, and a secret as compose.yaml has it."""
    secret = image.root / "secret"
    secret.write_text(f"{discord.application.token}\n", encoding="utf-8")
    port = {"COACHBOOK_HEALTH__PORT": str(free_port())}  # the container has a network of its own
    env = image.environment | settings_of(discord) | {"DISCORD_TOKEN_FILE": str(secret)} | port

    bot = await (await run(image.command, env, image.folder)).ready()
    check = await run(image.health_check, env, image.folder)
    assert await check.ended() == 0, check.output
    await post_and_stop(bot, room, "from a container")
    assert (await (await run(image.health_check, env, image.folder)).ended()) == 1

    assert_stored_in(image.folder)


async def run_as_service(image: PlainFolder, discord: Discord, room: Room) -> None:
    """Run what the unit names, with all that systemd makes for it."""
    unit = Unit.read()
    state, credentials = Path(image.path(unit.one("WorkingDirectory"))), image.root / "credentials"
    assert unit.one("WorkingDirectory") == f"/var/lib/{unit.one('StateDirectory')}"
    for folder in (state, credentials):
        folder.mkdir(mode=0o700, parents=True)
    name, _, _ = unit.one("LoadCredential").partition(":")
    (credentials / name).write_text(discord.application.token, encoding="utf-8")
    manager = await NotifySocket.open(image.root)
    env = {
        **dict(each.split("=", 1) for each in unit.all("Environment")),
        **settings_of(discord),
        "PATH": "/usr/bin:/bin",
        "STATE_DIRECTORY": str(state),
        "CREDENTIALS_DIRECTORY": str(credentials),
        "NOTIFY_SOCKET": manager.address,
        "WATCHDOG_USEC": f"{unit.one('WatchdogSec')}000000",
    }

    bot = await run(shlex.split(image.path(unit.one("ExecStart"))), env, state)
    await manager.until("READY=1")
    await post_and_stop(bot, room, "from a service")

    manager.close()
    assert_stored_in(state)


@pytest.mark.slow
async def test_a_plan_is_posted_by_a_container_and_by_a_service_that_are_made_of_nothing(
    own_discord: Discord, own_room: Room
):
    image = PlainFolder(own_discord.folder / "image")
    await asyncio.to_thread(image.build)

    await run_as_container(image, own_discord, own_room)
    await run_as_service(image, own_discord, own_room)
