"""`python -m sandbox`: serve a small world until Ctrl-C, and print where it is."""

import argparse
import asyncio
import contextlib
import pathlib
import signal

import orjson

from sandbox.server import Sandbox
from sandbox.world.permissions import Permissions
from sandbox.world.persistence import load, save
from sandbox.world.state import World


def small_world(token: str | None = None) -> tuple[World, str]:
    """A guild with two coaches, a member and a manager, and an installed application; gives its token too."""
    world = World()
    owner = world.add_user("Olga")
    guild = world.add_guild("Trading Room", owner)
    world.add_channel(guild, "plans")
    coach = world.add_role(guild, "Coach")
    manager = world.add_role(guild, "Manager", int(Permissions.MANAGE_GUILD))
    for name, roles in (("Dana", [coach]), ("Ivan", [coach]), ("Mia", []), ("Max", [manager])):
        world.add_member(guild, world.add_user(name), roles)
    application, token = world.add_application("Bot", owner, token=token)
    world.install(application, guild)
    return world, token


def main() -> None:
    """Run the sandbox from the command line."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A local Discord.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--token", help="the bot's token (default: a new one)")
    parser.add_argument("--keep", type=pathlib.Path, help="a file to keep the world in between runs")
    given = parser.parse_args()
    keep: pathlib.Path | None = given.keep
    world = load(keep) if keep is not None and keep.exists() else small_world(given.token)[0]
    asyncio.run(_serve(world, given.host, given.port))
    if keep is not None:
        save(world, keep)


async def _serve(world: World, host: str, port: int) -> None:
    told = _ending()
    sandbox = await Sandbox.start(host, port, world=world)
    where = {
        "rest_url": sandbox.rest_url,
        "cdn_url": sandbox.cdn_url,
        "token": next(iter(world.applications.values())).token,
        **{user.username: str(user.id) for user in world.users.values()},
    }
    print(orjson.dumps(where, option=orjson.OPT_INDENT_2).decode(), flush=True)  # noqa: T201 - its one output
    try:
        await told.wait()
    finally:
        await sandbox.stop()


def _ending() -> asyncio.Event:
    """Is set when the process is told to end."""
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(number, told.set)
    return told


if __name__ == "__main__":
    main()
