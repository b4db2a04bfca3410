"""`.ci/setup`: an environment that has more than is asked for is left as it is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import DEADLINE

SETUP = Path(__file__).parent.parent / ".ci" / "setup"


def set_up(folder: Path, *requirements: str) -> str:
    command = ["sh", str(SETUP), "env", *requirements]
    environment = {**os.environ, "PYTHON": sys.executable}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=DEADLINE, check=True
    )
    return done.stdout


def test_an_environment_is_added_to_and_one_that_has_more_is_left_as_it_is(tmp_path: Path):
    (tmp_path / "run.txt").write_text("# what the bot needs\n")
    (tmp_path / "dev.txt").write_text("# and what tests need\n")
    assert set_up(tmp_path, "run.txt").startswith("Setting up env")
    made = tmp_path / "env" / "made"
    made.touch()

    added = set_up(tmp_path, "dev.txt", "run.txt")
    again = [set_up(tmp_path, "run.txt"), set_up(tmp_path, "dev.txt", "run.txt")]

    assert added.startswith("Setting up env")
    assert again == ["", ""]
    assert made.exists()


@pytest.mark.slow
def test_an_environment_is_made_again_when_what_is_locked_has_changed(tmp_path: Path):
    (tmp_path / "run.txt").write_text("# what the bot needs\n")
    set_up(tmp_path, "run.txt")
    made = tmp_path / "env" / "made"
    made.touch()

    (tmp_path / "run.txt").write_text("# what it needs now\n")
    set_up(tmp_path, "run.txt")

    assert not made.exists()
