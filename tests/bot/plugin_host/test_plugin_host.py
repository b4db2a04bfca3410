"""The host of the plugins, in the real bot, which runs in this process against the sandbox."""

import asyncio
import contextlib
import dataclasses
import gc
import sys
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import Any

import hikari
import lightbulb
import pytest
from pydantic import SecretStr

from bot import app
from bot.composition import compose
from bot.config.loader import load_config
from bot.domain.clock import utc_now
from bot.domain.errors import (
    CommandsRefusedError,
    NotOperatorError,
    PluginBusyError,
    PluginFailedError,
    PluginLoadedError,
    PluginNeededError,
    PluginNotLoadedError,
    UnknownPluginError,
)
from bot.domain.values import Actor, Deployment, GuildId, PluginState, UserId
from bot.open_files import OpenFiles
from bot.parts import Parts
from bot.plugin_host.preflight import Preflight
from bot.service_manager import ServiceManager
from sandbox.driver import Driver, Person
from sandbox.world.entities import Command
from storage.chart_files import ChartFiles
from storage.resilient_store import ResilientStore
from storage.spool import SpoolFile
from tests import plugin_code
from tests.conftest import Discord, Room
from tests.processes import DEADLINE
from tests.rounds import rounds


@dataclasses.dataclass
class Running:
    """The bot, and one who runs it."""

    parts: Parts
    room: Room
    file: Path
    operator: Actor
    olga: Person

    @property
    def host(self):
        return self.parts.plugins

    @property
    def client(self):
        return self.parts.client

    def write(self, source: str, name: str = "mine_plugin.py") -> None:
        """Change the plugin's file, or another beside it."""
        self.file.with_name(name).write_text(source)

    async def hello(self) -> str:
        return (await self.room.mia.slash("hello")).text

    def listeners(self) -> int:
        manager: Any = self.parts.gateway.event_manager
        return sum(len(found) for found in manager._listeners.values())

    def counts(self) -> dict[str, int]:
        client = self.client
        return {
            "tasks of plugins": sum("Task._loop" in repr(task) for task in asyncio.all_tasks()),
            "of lightbulb": len(client._tasks),  # pyright: ignore[reportPrivateUsage] - nothing else counts them
            "listeners": self.listeners(),
            "routes": len(list(client.routes)),
            "commands": len(client._registered_commands),  # pyright: ignore[reportPrivateUsage]
            "paths": sum(map(len, client._command_invocation_mapping.values())),  # pyright: ignore[reportPrivateUsage]
            "in flight": len(client.in_flight.subjects),
        }

    async def idle(self) -> dict[str, int]:
        """The counts, once nothing is in hand."""
        await until(lambda: not self.client.in_flight.subjects)
        return self.counts()

    async def has_counts(self, counts: dict[str, int]) -> None:
        """Wait until the bot has exactly these parts; those of the last answer may still be ending."""
        with contextlib.suppress(TimeoutError):
            await until(lambda: self.counts() == counts)
        assert self.counts() == counts


def is_started(client: lightbulb.Client) -> bool:
    return client._started  # pyright: ignore[reportPrivateUsage] - lightbulb tells nobody


async def until(condition) -> None:
    async with asyncio.timeout(DEADLINE):
        while not condition():  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.005)


@pytest.fixture
def file(own_discord: Discord, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.syspath_prepend(str(own_discord.folder))
    file = own_discord.folder / "mine_plugin.py"
    file.write_text(plugin_code.ONE)
    yield file
    for name in [name for name in sys.modules if name.startswith("mine_")]:
        del sys.modules[name]


def write(file: Path, source: str) -> None:
    file.write_text(source)


def install(file: Path, module: str, version: str) -> None:
    """Put what an installed distribution with an entry point leaves behind beside the file."""
    folder = file.with_name("coachbook_mine.dist-info")
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: coachbook-mine\nVersion: {version}\n")
    (folder / "entry_points.txt").write_text(f"[coachbook.plugins]\nmine = {module}\n")


@pytest.fixture
def broken_file(file: Path) -> Path:
    file.write_text("import nothing_of_this_name")
    return file


@contextlib.asynccontextmanager
async def started(
    discord: Discord,
    room: Room,
    file: Path,
    preflight: Preflight,
    extra: str = "mine_plugin",
    first_pause: float = 60.0,
) -> AsyncGenerator[Running]:
    config = load_config(environ=discord.settings(COACHBOOK_PLUGINS__EXTRA=extra))
    store = ResilientStore.serve(config.storage.path)
    files = ChartFiles.open(config.storage.charts_folder, utc_now)
    spool = SpoolFile.open(config.storage.spool_folder)
    token = SecretStr(discord.application.token)
    parts = compose(config, token, OpenFiles(store, files, spool))
    parts.plugins.deployment.first_pause = first_pause
    parts.plugins.preflight, own = preflight, parts.plugins.preflight
    application = app.Application(config, token, parts, ServiceManager({}))
    serving = asyncio.create_task(application.serve())
    await until(lambda: serving.done() or (is_started(parts.client) and parts.gateway.get_me()))
    olga = Driver(discord.sandbox).person("olga", room.channel)
    operator = Actor(GuildId(room.guild.id), UserId(olga.user.id))
    try:
        yield Running(parts, room, file, operator, olga)
    finally:
        parts.plugins.preflight = own  # which ends with the bot; the other one is for the tests that come next
        application.stop(asyncio.get_running_loop())
        await serving
        await store.close()
        spool.close()


@pytest.fixture(scope="module")
async def warm() -> AsyncGenerator[Preflight]:
    """The process of all tests: importing hikari for each would take longer than most of them."""
    preflight = Preflight()
    yield preflight
    await preflight.close()


@pytest.fixture
def preflight(warm: Preflight) -> Preflight:
    warm.seconds = DEADLINE
    return warm


@pytest.fixture
async def bot(own_discord: Discord, own_room: Room, file: Path, preflight: Preflight) -> AsyncGenerator[Running]:
    async with started(own_discord, own_room, file, preflight) as running:
        yield running


async def test_new_code_takes_the_place_of_the_old(bot: Running):
    assert await bot.hello() == "one"

    bot.write(plugin_code.TWO)
    done = await bot.host.reload(bot.operator, "mine")

    assert await bot.hello() == "two"
    assert (done.added, done.removed, done.changed) == ((), (), ())


async def test_a_change_within_the_same_second_and_of_the_same_length_is_seen(bot: Running):
    for number in range(10):
        bot.write(plugin_code.plugin(plugin_code.command(says=str(number))))
        await bot.host.reload(bot.operator, "mine")

        assert await bot.hello() == str(number)


@pytest.mark.parametrize("broken", [plugin_code.BROKEN, plugin_code.ENDLESS], ids=["broken", "endless"])
async def test_whatever_is_wrong_the_old_code_answers_before_during_and_after(
    bot: Running, broken: dict[str, tuple[str, str]]
):
    module, counts = sys.modules["mine_plugin"], await bot.idle()
    if broken is plugin_code.ENDLESS:
        bot.host.preflight.seconds = 1.0
    for fault, (source, words) in broken.items():
        bot.write(source)

        reloading = asyncio.create_task(bot.host.reload(bot.operator, "mine"))
        while not reloading.done():
            assert await bot.hello() == "one", fault
        failure = str(reloading.exception())

        assert words in failure, fault
        assert str(bot.file.parent) not in failure, fault
        assert await bot.hello() == "one", fault
        assert sys.modules["mine_plugin"] is module, fault
        standing = next(each for each in (await bot.host.statuses(bot.operator)).statuses if each.name == "mine")
        assert standing.state is PluginState.LOADED, fault
        assert words in standing.last_error.words, fault  # pyright: ignore[reportOptionalMemberAccess]
        await bot.has_counts(counts)


async def test_a_file_that_is_gone_leaves_the_old_code_running(bot: Running):
    bot.file.unlink()

    with pytest.raises(PluginFailedError) as failed:
        await bot.host.reload(bot.operator, "mine")

    assert "its file was deleted" in str(failed.value)
    assert await bot.hello() == "one"


async def test_a_helper_module_of_the_plugin_is_read_anew_too(bot: Running):
    bot.write("WORDS = 'one'", "mine_words.py")
    code = plugin_code.HEAD + "import mine_words\n" + plugin_code.command().replace('"one"', "mine_words.WORDS")
    bot.write(code)
    await bot.host.reload(bot.operator, "mine")
    old = sys.modules["mine_words"]
    assert await bot.hello() == "one"

    bot.write("WORDS = 'two'", "mine_words.py")
    await bot.host.reload(bot.operator, "mine")
    assert await bot.hello() == "two"
    assert sys.modules["mine_words"] is not old

    new = sys.modules["mine_words"]
    bot.write("WORDS = ", "mine_words.py")
    with pytest.raises(PluginFailedError) as failed:
        await bot.host.reload(bot.operator, "mine")
    assert "mine_words.py, line 1: SyntaxError" in str(failed.value)
    assert await bot.hello() == "two"
    assert sys.modules["mine_words"] is new


async def test_a_task_that_always_fails_goes_on_by_its_trigger_and_is_the_last_error(bot: Running):
    bot.write(plugin_code.plugin(plugin_code.TASK, plugin_code.command(says="two")))
    await bot.host.reload(bot.operator, "mine")

    plugin = sys.modules["mine_plugin"].plugin
    await until(lambda: plugin.last_error)
    first = plugin.last_error

    assert first.words == "always_fails: RuntimeError: not today"
    assert await bot.hello() == "two"
    assert plugin.last_error is first
    assert len(plugin.running_tasks) == 1


async def test_a_listener_that_raises_is_the_last_error_and_commands_answer(bot: Running):
    bot.write(plugin_code.plugin(plugin_code.LISTENER, plugin_code.command(says="two")))
    await bot.host.reload(bot.operator, "mine")

    assert await bot.hello() == "two"
    plugin = sys.modules["mine_plugin"].plugin
    await until(lambda: plugin.last_error)
    assert "not today" in plugin.last_error.words


@pytest.mark.parametrize("place", ["task", "listener", "command"])
async def test_a_plugin_that_exits_while_it_runs_does_not_end_the_bot(bot: Running, place: str):
    parts = {
        "task": plugin_code.TASK.replace('raise RuntimeError("not today")', "sys.exit(1)"),
        "listener": plugin_code.LISTENER.replace('raise RuntimeError("not today")', "sys.exit(1)"),
        "command": plugin_code.command("leave").replace("await ctx", "sys.exit(1); await ctx"),
    }
    bot.write(plugin_code.plugin(parts[place], plugin_code.command(says="two")))
    await bot.host.reload(bot.operator, "mine")

    if place == "command":
        assert "Something went wrong" in (await bot.room.mia.slash("leave")).text

    assert await bot.hello() == "two"


async def test_changed_commands_are_told_to_discord_and_unchanged_ones_are_not(bot: Running, own_discord: Discord):
    sent: list[str] = []
    own_discord.sandbox.exchanges.append(lambda exchange: sent.append(f"{exchange.method} {exchange.path}"))
    bot.write(plugin_code.TWO)
    await bot.host.reload(bot.operator, "mine")
    assert sent == []

    def of_hello():
        return next(each for each in own_discord.sandbox.world.commands.values() if each.name == "hello").body

    text = plugin_code.plugin(plugin_code.command(description="Says another hello."))
    permissions = text.replace(
        "**GUILD_ONLY", "default_member_permissions=hikari.Permissions.BAN_MEMBERS, **GUILD_ONLY"
    )
    option = permissions.replace(
        "    @lightbulb.invoke", "    x = lightbulb.string('x', 'X.', default='')\n    @lightbulb.invoke"
    )
    for source in (text, permissions, option):
        before = dict(of_hello())
        bot.write(source)
        done = await bot.host.reload(bot.operator, "mine")
        assert done.changed == ("/hello",)
        assert of_hello() != before
    assert of_hello()["default_member_permissions"] == str(int(hikari.Permissions.BAN_MEMBERS))
    assert [each.split()[0] for each in sent] == ["PUT"] * 3

    bot.write(plugin_code.plugin(plugin_code.command("goodbye")))
    done = await bot.host.reload(bot.operator, "mine")
    assert (done.added, done.removed) == (("/goodbye",), ("/hello",))
    assert (await bot.room.mia.slash("goodbye")).text == "one"


@pytest.mark.parametrize("status", [400, 403, 500, 429])
async def test_commands_that_discord_refuses_change_nothing(bot: Running, own_discord: Discord, status: int):
    faults = own_discord.sandbox.faults
    if status == 429:
        faults.rate_limit("PUT", "/applications/*", retry_after=60.0, scope="shared", count=50)
        bot.host.commands.seconds = 1.0
    else:
        faults.fail("PUT", "/applications/*", status=status, count=50)
        bot.host.commands.seconds = 3.0
    bot.write(plugin_code.plugin(plugin_code.command(description="Other words.", says="two")))

    reloading = asyncio.create_task(bot.host.reload(bot.operator, "mine"))
    assert await bot.hello() == "one"
    with pytest.raises(CommandsRefusedError) as refused:
        await reloading

    assert refused.value.why
    assert await bot.hello() == "one"
    faults.clear()
    if status != 429:
        await bot.host.reload(bot.operator, "mine")
        assert await bot.hello() == "two"


async def test_a_plugin_that_fails_when_put_in_place_has_its_old_commands_told_again(
    bot: Running, own_discord: Discord
):
    source, _ = plugin_code.BROKEN["a part that fails"]
    bot.write(source.replace("Says hello.", "Other words."))

    with pytest.raises(PluginFailedError):
        await bot.host.reload(bot.operator, "mine")

    described = [
        each.body["description"] for each in own_discord.sandbox.world.commands.values() if each.name == "hello"
    ]
    assert described == ["Says hello."]
    assert await bot.hello() == "one"


async def test_a_second_act_meanwhile_is_refused_in_plain_words(bot: Running):
    begun, released = bot.file.with_name("begun"), bot.file.with_name("released")
    bot.write(plugin_code.plugin(plugin_code.waiting(begun, released), plugin_code.command(says="two")))

    first = asyncio.create_task(bot.host.reload(bot.operator, "mine"))
    await until(begun.exists)
    with pytest.raises(PluginBusyError) as busy:
        await bot.host.reload(bot.operator, "plans")

    assert "reload mine" in str(busy.value)
    released.touch()
    await first
    assert await bot.hello() == "two"
    await bot.host.reload(bot.operator, "plans")


async def test_an_operator_is_required_and_managing_the_server_is_not_enough(bot: Running):
    manager = Actor(bot.operator.guild_id, UserId(bot.room.max.user.id), is_manager=True)

    for act in (bot.host.load, bot.host.unload, bot.host.reload):
        with pytest.raises(NotOperatorError):
            await act(manager, "mine")
    with pytest.raises(NotOperatorError):
        await bot.host.statuses(manager)
    assert bot.host.suggest(manager, "") == []
    assert "mine" in bot.host.suggest(bot.operator, "")


async def test_an_unloaded_plugin_is_gone_from_discord_and_comes_back(bot: Running, own_discord: Discord):
    before = await bot.idle()
    with pytest.raises(PluginLoadedError):
        await bot.host.load(bot.operator, "mine")

    await bot.host.unload(bot.operator, "mine")

    assert "hello" not in [each.name for each in own_discord.sandbox.world.commands.values()]
    assert "mine_plugin" not in sys.modules
    with pytest.raises(PluginNotLoadedError):
        await bot.host.reload(bot.operator, "mine")
    await bot.host.load(bot.operator, "mine")
    assert await bot.hello() == "one"
    await bot.has_counts(before)


async def test_a_command_whose_code_is_gone_is_answered_all_the_same(bot: Running):
    await sys.modules["mine_plugin"].plugin.remove_from_client(bot.client)
    await bot.client.index_commands()

    assert "currently disabled" in await bot.hello()


async def test_commands_that_somebody_changed_in_discord_are_mended_at_the_start(
    own_discord: Discord, own_room: Room, file: Path, preflight: Preflight
):
    async with started(own_discord, own_room, file, preflight):
        pass
    [hello] = [each for each in own_discord.sandbox.world.commands.values() if each.name == "hello"]
    hello.body = {**hello.body, "default_member_permissions": "4"}

    async with started(own_discord, own_room, file, preflight):
        [hello] = [each for each in own_discord.sandbox.world.commands.values() if each.name == "hello"]

        assert hello.body["default_member_permissions"] is None


REFUSED = """
@plugin.command
class Hello(lightbulb.SlashCommand, name="hello", description="Says hello.", **GUILD_ONLY):
    count = lightbulb.integer("count", "How often.", default=1, min_value=-(2**60))

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context) -> None: ...
"""
"""A command that Discord alone knows to be wrong."""


async def test_only_the_extra_plugin_at_fault_is_left_out_at_the_start(
    own_discord: Discord, own_room: Room, file: Path, preflight: Preflight
):
    write(file, plugin_code.plugin(REFUSED))
    other = plugin_code.plugin(plugin_code.command("goodbye")).replace('"mine"', '"other"')
    write(file.with_name("mine_other.py"), other)

    async with started(own_discord, own_room, file, preflight, extra="mine_plugin,mine_other") as bot:
        plugins = {each.name: each for each in (await bot.host.statuses(bot.operator)).statuses}
        [fault] = [each.last_error for each in plugins.values() if each.last_error]

        assert (plugins["mine"].state, plugins["other"].state) == (PluginState.FAILED, PluginState.LOADED)
        assert "hello.options.0.min_value" in fault.words
        assert (await bot.room.mia.slash("goodbye")).text == "one"
        bot.write(plugin_code.ONE)
        await bot.host.load(bot.operator, "mine")
        assert await bot.hello() == "one"


async def test_the_bot_starts_with_the_commands_that_discord_has_and_sends_its_own_later(
    own_discord: Discord, own_room: Room, file: Path, preflight: Preflight
):
    async with started(own_discord, own_room, file, preflight):
        pass
    write(file, plugin_code.plugin(plugin_code.command(says="two"), plugin_code.command("goodbye")))
    own_discord.sandbox.faults.use_up_command_creates()

    async with started(own_discord, own_room, file, preflight, first_pause=0.2) as bot:
        state = bot.host.deployment.state
        assert "Max number of daily application command creates" in (state.failure or "")
        assert state.retry_at
        assert await bot.hello() == "two"
        health = (await bot.room.max.slash("admin health")).text
        assert "Commands are not up to date" in health

        own_discord.sandbox.world.command_creates.clear()

        await until(lambda: bot.host.deployment.state == Deployment())
        assert (await bot.room.mia.slash("goodbye")).text == "one"
        assert "not up to date" not in (await bot.room.max.slash("admin health")).text


async def test_an_activitys_entry_point_stays(own_discord: Discord, own_room: Room, file: Path, preflight: Preflight):
    def launch() -> Command:
        [found] = [each for each in own_discord.sandbox.world.commands.values() if each.kind == 4]
        return found

    entry = add_entry_point(own_discord)
    async with started(own_discord, own_room, file, preflight) as bot:
        assert await bot.hello() == "one"
        assert launch() is entry

        entry = add_entry_point(own_discord, before=entry)  # meanwhile made again, by the operator
        bot.write(plugin_code.plugin(plugin_code.command(description="Other words.", says="two")))
        await bot.host.reload(bot.operator, "mine")

        assert await bot.hello() == "two"
        assert launch() is entry
        assert entry.body["handler"] == 2


def add_entry_point(discord: Discord, before: Command | None = None) -> Command:
    world = discord.sandbox.world
    if before:
        del world.commands[before.id]
    unset = {"name_localizations": None, "description_localizations": None, "default_member_permissions": None}
    body = {**unset, "description": "", "nsfw": False, "handler": 2, "integration_types": [0], "contexts": [0]}
    entry = Command(world.new_id(), discord.application.id, None, 4, "launch", world.new_id(), body)
    world.commands[entry.id] = entry
    return entry


async def test_an_installed_plugin_is_found_by_its_entry_point(
    own_discord: Discord, own_room: Room, file: Path, preflight: Preflight
):
    install(file, "mine_plugin", version="4.5")
    async with started(own_discord, own_room, file, preflight, extra="") as bot:
        [mine] = [each for each in (await bot.host.statuses(bot.operator)).statuses if each.name == "mine"]

        assert (mine.state, mine.version) == (PluginState.LOADED, "4.5")
        assert await bot.hello() == "one"


async def test_what_is_needed_is_not_unloaded(bot: Running):
    bot.write(plugin_code.ONE.replace('"Mine."', '"Mine.", ("history",)'))
    await bot.host.reload(bot.operator, "mine")

    for name in ("admin", "history"):
        with pytest.raises(PluginNeededError):
            await bot.host.unload(bot.operator, name)
    with pytest.raises(UnknownPluginError):
        await bot.host.unload(bot.operator, "nothing")


async def test_a_plugin_of_which_nothing_was_known_at_the_start_can_be_mended_and_loaded(
    own_discord: Discord, own_room: Room, broken_file: Path, preflight: Preflight
):
    async with started(own_discord, own_room, broken_file, preflight) as bot:
        [failed] = [each for each in (await bot.host.statuses(bot.operator)).statuses if each.name == "mine_plugin"]
        assert failed.state is PluginState.FAILED

        bot.write(plugin_code.ONE)
        await bot.host.load(bot.operator, "mine_plugin")

        assert await bot.hello() == "one"
        names = [each.name for each in (await bot.host.statuses(bot.operator)).statuses]
        assert "mine" in names
        assert "mine_plugin" not in names


async def test_running_code_ends_what_it_began(bot: Running):
    slow = plugin_code.command("slow", says="old").replace("await ctx", "await asyncio.sleep(0.4); await ctx")
    bot.write(plugin_code.plugin(plugin_code.command(), slow))
    await bot.host.reload(bot.operator, "mine")
    asking = asyncio.create_task(bot.room.mia.slash("slow"))
    await until(lambda: bot.client.in_flight.subjects)

    bot.write(plugin_code.plugin(plugin_code.command(says="two"), slow.replace('"old"', '"new"')))
    await bot.host.reload(bot.operator, "mine")

    assert (await asking).text == "old"
    assert (await bot.room.mia.slash("slow")).text == "new"


async def test_a_command_that_is_asked_for_before_its_code_is_in_place_waits(bot: Running, own_discord: Discord):
    own_discord.sandbox.faults.slow("PUT", "/applications/*", seconds=0.5)
    bot.write(plugin_code.plugin(plugin_code.command(), plugin_code.command("newer", says="new")))
    world = own_discord.sandbox.world

    reloading = asyncio.create_task(bot.host.reload(bot.operator, "mine"))
    await until(lambda: any(each.name == "newer" for each in world.commands.values()))
    asking = asyncio.create_task(bot.room.mia.slash("newer"))

    assert (await asking).text == "new"
    await reloading


@pytest.mark.slow
async def test_hundreds_of_reloads_leave_nothing_behind(bot: Running):
    parts = (
        plugin_code.TASK.replace("wait_first=False", "wait_first=True"),
        plugin_code.LISTENER,
        plugin_code.command(),
    )

    async def reload(times: int) -> None:
        for number in range(times):
            bot.write(plugin_code.plugin(*parts, f"number = {number}"))
            for name in ("mine", "plans"):
                await bot.host.reload(bot.operator, name)

    await reload(rounds(10, 60))
    gc.collect()
    counts, objects = await bot.idle(), len(gc.get_objects())
    await reload(rounds(20, 300))
    gc.collect()

    await bot.has_counts(counts)
    assert len(gc.get_objects()) < objects + rounds(400, 1000)


HELPED = plugin_code.plugin("import mine_words", plugin_code.command()).replace(
    'replies.note("one")', "replies.note(mine_words.TEXT)"
)
"""A plugin whose words are in a module beside it."""


async def test_the_old_code_keeps_its_modules_while_new_ones_are_read_aside(bot: Running):
    bot.write('TEXT = "one"', "mine_words.py")
    bot.write(HELPED.replace("await ctx", "import mine_words; await ctx"))
    await bot.host.reload(bot.operator, "mine")
    bot.write('TEXT = "two"\nwhile True: pass', "mine_words.py")
    bot.host.preflight.seconds = 1.0

    reloading = asyncio.create_task(bot.host.reload(bot.operator, "mine"))
    while not reloading.done():
        assert await bot.hello() == "one"

    with pytest.raises(PluginFailedError, match="had not ended"):
        await reloading
    assert await bot.hello() == "one"


async def test_a_helper_that_never_ended_can_be_repaired(bot: Running):
    bot.host.preflight.seconds = 1.0
    bot.write("while True: pass", "mine_words.py")
    bot.write(HELPED)
    with pytest.raises(PluginFailedError, match="had not ended"):
        await bot.host.reload(bot.operator, "mine")

    bot.host.preflight.seconds = DEADLINE
    bot.write('TEXT = "two"', "mine_words.py")
    await bot.host.reload(bot.operator, "mine")

    assert await bot.hello() == "two"


async def test_a_package_that_fails_keeps_its_modules_within_it(
    own_discord: Discord, own_room: Room, file: Path, preflight: Preflight
):
    package = file.with_name("mine_package")
    package.mkdir()
    for name in ("words", "more", "others", "last"):
        (package / f"{name}.py").write_text('TEXT = "one"')
    source = HELPED.replace("import mine_words", "import mine_package.words, mine_package.more, mine_package.last")
    source = source.replace("mine_words.TEXT", "mine_package.words.TEXT[0] + mine_package.last.TEXT[1:]")
    (package / "__init__.py").write_text(source)
    async with started(own_discord, own_room, file, preflight, extra="mine_package") as bot:
        for number in range(5):
            (package / "__init__.py").write_text(f"{source}\nimport mine_package.others\n1 / 0  # {number}")

            with pytest.raises(PluginFailedError, match="ZeroDivisionError"):
                await bot.host.reload(bot.operator, "mine")

            assert await bot.hello() == "one"


async def test_a_broken_plugin_that_is_named_like_another_takes_nothing_from_it(
    own_discord: Discord, own_room: Room, broken_file: Path, preflight: Preflight
):
    broken_file.with_name("history.py").write_text("1 / 0")

    async with started(own_discord, own_room, broken_file, preflight, extra="history") as bot:
        shown = (await bot.host.statuses(bot.operator)).statuses

        assert {each.name: each.state for each in shown}["history"] is PluginState.LOADED
        assert [each.name for each in shown if each.state is PluginState.FAILED] == ["history (history)"]
        assert "no plan" in (await own_room.mia.slash("history show", coach="d")).text


ONCE = """
class Once(lightbulb.loaders.Loadable):
    loads = 0
    async def load(self, client):
        self.loads += 1
        if self.loads > {most}: raise RuntimeError("{why}")
    async def unload(self, client): pass
plugin.add(Once())
"""


async def test_old_code_that_can_not_be_put_back_is_told(bot: Running, own_discord: Discord):
    bot.write(plugin_code.plugin(plugin_code.command(says="two"), ONCE.format(most=1, why="once only")))
    await bot.host.reload(bot.operator, "mine")
    bot.write(plugin_code.plugin(plugin_code.command(description="Other."), ONCE.format(most=0, why="the new one")))

    with pytest.raises(PluginFailedError, match=r"the new one; nor could the old code be restored.*once only"):
        await bot.host.reload(bot.operator, "mine")

    shown = {each.name: each.state for each in (await bot.host.statuses(bot.operator)).statuses}
    assert shown["mine"] is PluginState.FAILED
    assert "hello" not in {each.name for each in own_discord.sandbox.world.commands.values()}


async def test_those_who_are_no_operators_leave_no_trace_among_the_actions(bot: Running):
    await bot.host.reload(bot.operator, "mine")

    for _ in range(3):
        assert "Only the bot’s operators" in (await bot.room.max.slash("admin plugin reload", name="x" * 90)).text

    actions = (await bot.host.statuses(bot.operator)).actions
    assert [(action.verb, action.plugin) for action in actions] == [("reload", "mine")]


async def test_the_time_that_a_reload_took_is_told(bot: Running):
    bot.write(plugin_code.plugin("import time; time.sleep(0.6)", plugin_code.command(says="two")))
    done = await bot.host.reload(bot.operator, "mine")
    bot.write(plugin_code.plugin("import time; time.sleep(0.6)", "1 / 0"))

    assert done.seconds > 0.6
    with pytest.raises(PluginFailedError, match=r"It took \d+\.\d s"):
        await bot.host.reload(bot.operator, "mine")
