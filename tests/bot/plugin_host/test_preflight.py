"""Plugins are tried in a process of its own, which may hang, die and be killed without harm."""

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator, Generator
from pathlib import Path

import pytest

from bot.plugin_host.import_errors import PluginImportError
from bot.plugin_host.preflight import Preflight
from tests import plugin_code
from tests.processes import DEADLINE, ROOT, environment
from tests.sandbox.raw_clients import eventually

ENDLESS = "import os, pathlib, threading\npathlib.Path('begun').write_text(str(os.getpid()))\nthreading.Event().wait()"
"""Tells its process, and never ends."""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A plugin in the folder in which this process runs meanwhile."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    file = tmp_path / "mine_plugin.py"
    file.write_text(plugin_code.ONE)
    return file


@pytest.fixture
async def preflight() -> AsyncIterator[Preflight]:
    preflight = Preflight()
    preflight.seconds = DEADLINE
    yield preflight
    await preflight.close()


def write(file: Path, source: str) -> None:
    """Change the plugin's file."""
    file.write_text(source)


def children(parent: int) -> set[int]:
    files = Path(f"/proc/{parent}/task").glob("*/children")
    return {int(child) for file in files for child in file.read_text().split()}


def workers(parent: int) -> set[int]:
    """The processes of `parent` in which plugins are tried."""
    lines = {child: Path(f"/proc/{child}/cmdline").read_bytes() for child in children(parent)}
    return {child for child, line in lines.items() if b"preflight_worker.py" in line}


def is_over(process: int) -> bool:
    """True: it has ended; its parent may have been too early to collect what is left."""
    stat = Path(f"/proc/{process}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z"


def environment_of(process: int) -> bytes:
    return Path(f"/proc/{process}/environ").read_bytes()


def open_files(process: int) -> set[Path]:
    return {each.resolve() for each in Path(f"/proc/{process}/fd").iterdir()}


@contextlib.contextmanager
def inheritable(file: Path) -> Generator[Path]:
    """Hold a file open in such a way that other programs can inherit it."""
    with file.open("w") as opened:
        os.set_inheritable(opened.fileno(), True)
        yield file


async def process_of(begun: Path) -> int:
    """The process of a plugin that never ends, once it is there."""
    written: list[str] = []
    await eventually(lambda: begun.exists() and written.append(begun.read_text()) is None and written[-1] != "")
    return int(written[-1])


async def test_describing_starts_afresh_each_time_in_a_process_that_stays(preflight: Preflight, file: Path):
    write(file, plugin_code.plugin("assert not hasattr(sys, 'mine')", "sys.mine = True", plugin_code.command()))
    for _ in range(2):
        described = await preflight.describe("mine_plugin")

        assert (described.name, described.requires, described.faults) == ("mine", (), ())
        assert [each["name"] for each in described.commands] == ["hello"]
        assert len(workers(os.getpid())) == 1
    assert "mine_plugin" not in sys.modules


async def test_printing_and_reading_disturb_no_answer(preflight: Preflight, file: Path):
    speaks = "import os\nprint('hello', flush=True)\nos.write(1, b'2\\n{}')\nassert sys.stdin.read() == ''"
    write(file, plugin_code.plugin(speaks, plugin_code.command()))

    assert (await preflight.describe("mine_plugin")).name == "mine"


async def test_the_process_has_neither_the_token_nor_open_files_and_leaves_ctrl_c_to_the_bot(
    preflight: Preflight, file: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DISCORD_TOKEN", "a secret of the bot's")
    with inheritable(file.with_name("book.db")) as book:
        await preflight.describe("mine_plugin")
        [worker] = workers(os.getpid())

        assert b"a secret of the bot's" not in environment_of(worker)
        assert book not in open_files(worker)
    os.kill(worker, signal.SIGINT)
    await preflight.describe("mine_plugin")
    assert workers(os.getpid()) == {worker}
    await preflight.close()
    assert is_over(worker)


async def test_it_works_where_processes_can_only_be_spawned(file: Path):
    preflight = Preflight(method="spawn")
    assert (await preflight.describe("mine_plugin")).name == "mine"

    write(file, "1 / 0")
    with pytest.raises(PluginImportError, match="line 1: ZeroDivisionError"):
        await preflight.describe("mine_plugin")
    await preflight.close()


async def test_waiting_for_no_plugin_ends_the_process_and_the_next_starts_another(file: Path):
    preflight = Preflight(idle_seconds=0)
    await preflight.describe("mine_plugin")
    await eventually(lambda: not workers(os.getpid()))

    assert (await preflight.describe("mine_plugin")).name == "mine"

    await preflight.close()


async def test_a_process_that_was_killed_is_told_and_the_next_starts_another(preflight: Preflight, file: Path):
    write(file, "import os, signal, threading\nos.kill(os.getppid(), signal.SIGKILL)\nthreading.Event().wait()")
    preflight.seconds = 0.5
    with pytest.raises(PluginImportError, match="failed: try again"):
        await preflight.describe("mine_plugin")

    write(file, plugin_code.ONE)
    preflight.seconds = DEADLINE

    assert (await preflight.describe("mine_plugin")).name == "mine"


TRIES = """
import asyncio
from bot.plugin_host.preflight import Preflight
preflight = Preflight()
preflight.seconds = 1000
asyncio.run(preflight.describe("mine_plugin"))
"""


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT])
async def test_an_import_that_never_ends_is_ended_with_the_bot(file: Path, sent: signal.Signals):
    write(file, ENDLESS)
    bot = await asyncio.create_subprocess_exec(
        sys.executable, "-c", TRIES, env=environment(PYTHONPATH=f"{ROOT}:{file.parent}"), stderr=DEVNULL
    )
    trial = await process_of(file.with_name("begun"))
    [worker] = workers(bot.pid)

    bot.send_signal(sent)
    await bot.wait()

    await eventually(lambda: is_over(trial) and is_over(worker))


async def test_an_import_that_never_ends_is_ended_in_time(preflight: Preflight, file: Path):
    write(file, ENDLESS)
    preflight.seconds = 1.0
    with pytest.raises(PluginImportError, match="had not ended after 1 seconds"):
        await preflight.describe("mine_plugin")

    assert is_over(await process_of(file.with_name("begun")))
