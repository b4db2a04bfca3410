"""`bot plugins` and `bot check` name the plugin that can't be loaded, whatever its import does."""

from pathlib import Path

import pytest

from tests import fork_server
from tests.processes import environment

MINE = 'from bot.plugin import Plugin\nplugin = Plugin("mine", "Mine.")\n'


@pytest.mark.parametrize("command", ["plugins", "check"])
def test_a_plugin_that_ends_the_process_is_named(tmp_path: Path, command: str):
    (tmp_path / "mine_plugin.py").write_text("import os\nos._exit(4)\n")
    (tmp_path / "good_plugin.py").write_text(MINE)

    status, said = fork_server.run((command,), tmp_path, extra(tmp_path, "mine_plugin", "good_plugin"))

    assert status == 1, said
    assert "The plugin mine_plugin can’t be loaded. mine_plugin: its import ended the process (exit status 4)." in said
    assert ("mine\n  Mine.\n" in said) is (command == "plugins")


def test_an_import_that_never_ends_is_ended(tmp_path: Path):
    (tmp_path / "endless_plugin.py").write_text("import threading\nthreading.Event().wait()\n")

    status, said = fork_server.run(("plugins",), tmp_path, extra(tmp_path, "endless_plugin"))

    assert status == 1, said
    assert "endless_plugin: its import had not ended after 5 seconds." in said


def test_a_module_that_does_not_exist_has_no_version(tmp_path: Path):
    status, said = fork_server.run(("plugins",), tmp_path, extra(tmp_path, "nosuch_plugin"))

    assert status == 1
    assert "nosuch_plugin\n  The plugin nosuch_plugin can’t be loaded." in said


def extra(folder: Path, *names: str) -> dict[str, str]:
    """Settings with these modules as extra plugins."""
    listed = ", ".join(f'"{name}"' for name in names)
    return environment(COACHBOOK_STORAGE__PATH=str(folder / "book.db"), COACHBOOK_PLUGINS__EXTRA=f"[{listed}]")
