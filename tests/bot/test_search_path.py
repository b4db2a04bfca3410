"""Modules in the folder that the bot is started in, with both ways to start it as an installed program."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from bot import VERSION
from tests import plugin_code
from tests.processes import DEADLINE, ROOT, environment

EXTRA = "mine_plugin,broken_plugin"


@pytest.fixture
def start_folder(tmp_path: Path) -> Path:
    """A folder with plugins, and with packages that are called like this program's own."""
    folder = tmp_path / "start"
    for name in ("plugins", "storage", "demo"):
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text("raise SystemExit('this is not of the program')")
    (folder / "mine_plugin.py").write_text(plugin_code.ONE)
    (folder / "broken_plugin.py").write_text("import nothing_of_this_name")
    return folder


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """The command `coachbook` as an installer writes it."""
    [entry] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"].values()
    module, function = entry.split(":")
    file = tmp_path / "coachbook"
    file.write_text(f"import sys\nfrom {module} import {function}\nsys.exit({function}())\n")
    return file


def run(*command: str, folder: Path, **variables: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, *command, "plugins"],
        cwd=folder,
        env=environment(**{"PYTHONPATH": str(ROOT), "COACHBOOK_PLUGINS__EXTRA": EXTRA} | variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    return done.returncode, done.stdout


def test_plugins_of_the_start_folder_are_found_and_shadow_nothing(start_folder: Path, script: Path):
    as_module, as_command = run("-m", "bot", folder=start_folder), run(str(script), folder=start_folder)

    assert as_module == as_command
    status, listed = as_command
    assert status == 1
    assert f"plans {VERSION}" in listed
    assert "\nmine\n" in listed
    assert "broken_plugin.py, line 1: ModuleNotFoundError" in listed
    assert "not of the program" not in listed


def test_a_start_folder_in_the_search_path_shadows_nothing_either(start_folder: Path, script: Path):
    path = os.pathsep.join((str(start_folder), str(ROOT)))

    _, listed = run(str(script), folder=start_folder, PYTHONPATH=path)

    assert f"plans {VERSION}" in listed
    assert "not of the program" not in listed
