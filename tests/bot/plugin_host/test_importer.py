"""The import of a plugin in the bot, also where it does what it did not do in the preflight."""

import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.plugin_host.import_errors import PluginImportError
from bot.plugin_host.importer import import_plugin
from bot.plugin_host.trial import Request, describe
from tests import plugin_code
from tests.processes import DEADLINE
from tests.sandbox.raw_clients import eventually

WAITS = "import mine_words, sys\nsys.mine_begun = True\nwhile not hasattr(sys, 'mine_released'): pass"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "mine_words.py").write_text("")
    file = tmp_path / "mine_plugin.py"
    file.write_text(plugin_code.plugin("import mine_words", plugin_code.command()))
    yield file
    monkeypatch.setattr(sys, "mine_released", True, raising=False)
    for thread in threading.enumerate():
        if thread.name == "plugin import":
            thread.join(DEADLINE)
    for name in [name for name in sys.modules if name.startswith("mine_")]:
        del sys.modules[name]


def write(file: Path, source: str) -> None:
    """Change the plugin's file."""
    file.write_text(source)


async def test_importing_leaves_the_modules_that_others_import_as_they_are(file: Path):
    first = await import_plugin("mine_plugin")
    assert not {"mine_plugin", "mine_words"} & sys.modules.keys()
    first.install()

    second = await import_plugin("mine_plugin", first.modules)

    assert second.modules.keys() == first.modules.keys() == {"mine_plugin", "mine_words"}
    assert all(sys.modules[name] is module for name, module in first.modules.items())
    assert all(second.modules[name] is not module for name, module in first.modules.items())


async def test_an_import_that_never_ends_in_the_bot_is_abandoned_and_what_runs_stays(file: Path):
    first = await import_plugin("mine_plugin")
    first.install()
    write(file, WAITS)
    with pytest.raises(PluginImportError, match="its import in the bot had not ended"):
        await import_plugin("mine_plugin", first.modules, seconds=0.2)
    assert all(sys.modules[name] is module for name, module in first.modules.items())

    with pytest.raises(PluginImportError, match="an earlier import of it in the bot still runs: restart the bot"):
        await import_plugin("mine_plugin", first.modules)

    sys.mine_released = True  # pyright: ignore[reportAttributeAccessIssue]
    write(file, plugin_code.ONE)
    await eventually(lambda: not any(each.name == "plugin import" for each in threading.enumerate()))
    assert (await import_plugin("mine_plugin", first.modules)).modules.keys() == {"mine_plugin"}


def test_describing_gives_plain_values_or_the_place_and_reason_of_an_error(file: Path):
    request = Request(module="mine_plugin", others=[], path=[*sys.path], folder="", method="fork", seconds=1)
    answer = describe(request)
    assert "description" in answer
    assert json.loads(json.dumps(answer))["description"]["name"] == "mine"

    del sys.modules["mine_plugin"]
    file.write_text("1 / 0")

    assert describe(request) == {"error": ("mine_plugin.py, line 1", "ZeroDivisionError: division by zero")}
