"""The project's own files: what is installed, and what is checked before a commit."""

import re
import tomllib
from pathlib import Path

import pytest

import coachbook_client
from bot import VERSION

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "plugins", "storage", "sandbox", "demo", "coachbook_client", "coachbook_mcp")


CLIENT = ROOT / "coachbook_client"


def recipe(target: str) -> list[str]:
    """Return the commands of a target of the Makefile."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8").replace("$(RUN)", ".venv/bin/python")
    match = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", text, re.MULTILINE)
    assert match, f"make {target} is gone"
    return [line.strip().removeprefix("@") for line in match[1].splitlines()]


def test_the_hooks_before_a_commit_are_the_checks_of_make_check():
    hooks = re.findall(r"^ +entry: (.+)$", (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"), re.MULTILINE)

    assert hooks == recipe("check")


@pytest.mark.parametrize("target", ["run", "try"])
def test_running_the_bot_installs_no_development_tools(target: str):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert re.search(rf"^{target}: install ##", makefile, re.MULTILINE)
    assert "$(NEEDED)" in recipe("install")[0]
    assert re.search(r"^NEEDED := requirements/feed\.txt$", makefile, re.MULTILINE)


@pytest.mark.parametrize("target", ["install", "setup"])
def test_the_code_is_compiled_before_the_bot_starts(target: str):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert recipe(target)[-1] == "$(COMPILE)"
    assert re.search(
        r"^COMPILE := \$\(RUN\) -m compileall -q bot plugins storage coachbook_client coachbook_mcp$",
        makefile,
        re.MULTILINE,
    )


def test_what_the_bot_needs_is_locked_the_same_for_development():
    run, feed, client, mcp, dev = (
        set(re.findall(r"^[a-z0-9-]+==[^ ]+", (ROOT / "requirements" / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in ("run.txt", "feed.txt", "client.txt", "mcp.txt", "dev.txt")
    )

    assert run < feed < dev
    assert run < mcp < dev
    assert client < mcp


def test_a_lock_names_no_index():
    for path in (ROOT / "requirements").iterdir():
        assert not re.search(r"://|--(index-url|extra-index-url|find-links)", path.read_text(encoding="utf-8")), path


def test_every_file_beside_the_code_is_packaged():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns: dict[str, list[str]] = project["tool"]["setuptools"]["package-data"]
    packaged = {
        path
        for package, names in patterns.items()
        for folder in ([ROOT / each for each in PACKAGES] if package == "*" else [ROOT / package.replace(".", "/")])
        for name in names
        for path in folder.glob(name)
        if path.is_file()
    }

    beside = {
        path
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"} and path != CLIENT / "pyproject.toml"
    }
    assert beside == packaged
    assert {ROOT / package / "py.typed" for package in PACKAGES} <= packaged


def test_the_client_alone_has_the_version_and_the_needs_that_it_has_as_a_part():
    alone = tomllib.loads((CLIENT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needs = (ROOT / "requirements" / "client.in").read_text(encoding="utf-8").splitlines()

    assert coachbook_client.VERSION == VERSION
    assert alone["dependencies"] == [line for line in needs if not line.startswith("#")]


def test_the_changelog_begins_with_the_version():
    [first, *_] = re.findall(r"^## \[(.+)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert first == VERSION
