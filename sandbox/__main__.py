"""`python -m sandbox`: serve a small world until Ctrl-C, and print its addresses."""

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
    """Return a world with a guild, two coaches, a member, a manager and an installed application, and its bot token."""
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
    parser.add_argument(
        "--keep", type=pathlib.Path, help="a file to save the world to at the end and load it from at the start"
    )
    given = parser.parse_args()
    keep: pathlib.Path | None = given.keep
    world = load(keep) if keep is not None and keep.exists() else small_world(given.token)[0]
    asyncio.run(_serve(world, given.host, given.port))
    if keep is not None:
        save(world, keep)


async def _serve(world: World, host: str, port: int) -> None:
    stop_requested = _stop_event()
    sandbox = await Sandbox.start(host, port, world=world)
    addresses = {
        "rest_url": sandbox.rest_url,
        "cdn_url": sandbox.cdn_url,
        "token": next(iter(world.applications.values())).token,
        **{user.username: str(user.id) for user in world.users.values()},
    }
    print(orjson.dumps(addresses, option=orjson.OPT_INDENT_2).decode(), flush=True)  # noqa: T201 - its one output
    try:
        await stop_requested.wait()
    finally:
        await sandbox.stop()


def _stop_event() -> asyncio.Event:
    """Return an event that SIGINT and SIGTERM set."""
    stop_requested = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(number, stop_requested.set)
    return stop_requested


if __name__ == "__main__":
    main()
