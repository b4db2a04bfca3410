"""Documents say what is there: links lead somewhere, named files exist, all commands are listed, lines are short."""

import importlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import typer.main

from bot.cli.commands import cli
from bot.config.settings import PluginsSection
from bot.discord.commands.sync import builders_of, payload_of
from tests.processes import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINE = 100
"""Characters in a line of prose; rows of tables can't be broken."""
_LINK = re.compile(r"(?:\]\(|src=\")([^)\"\s]+)")
_PATH = re.compile(r"`((?:bot|plugins|storage|sandbox|demo|bench|tests|docs)/[\w/.-]*)`")
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_HOW_TO = re.compile(r"^## (.+?)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_SLASH_COMMAND = re.compile(r"^\| `/([a-z ]+)", re.MULTILINE)
_USAGE = re.compile(r"^\| `/(.+?)` \|", re.MULTILINE)
_TERM = re.compile(r"^\| \*\*(.+?)\*\* \|", re.MULTILINE)

of_each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda each: str(each.relative_to(ROOT)))


def read(*path: str) -> str:
    return ROOT.joinpath(*path).read_text()


def prose(document: Path) -> str:
    """Return the document without its fenced blocks."""
    return _FENCED.sub("", document.read_text())


def anchors(document: Path) -> set[str]:
    """Return the anchors that forges make of the document's headings."""
    headings = re.findall(r"^#+ (.+)$", prose(document), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def dead_links(document: Path) -> Iterator[str]:
    for link in _LINK.findall(prose(document)):
        path, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", path):
            continue
        target = (document.parent / path) if path else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            yield link


def usages(command: Mapping[str, Any]) -> Iterator[str]:
    """Return how each subcommand is used: required options, then others in brackets; numbered ones as a range."""
    options: Sequence[Mapping[str, Any]] = command["options"]
    if any(each["type"] in (1, 2) for each in options):
        for each in options:
            yield from (f"{command['name']} {usage}" for usage in usages(each))
        return
    words = [command["name"], *(each["name"] if each["required"] else f"[{each['name']}]" for each in options)]
    yield re.sub(r"(\w+1)(\]?)(?: \[\w+\d\])* \[(\w+\d)\]", r"\1..\3\2", " ".join(words))


@of_each_document
def test_every_link_leads_somewhere(document: Path):
    assert list(dead_links(document)) == []


def test_a_link_to_a_missing_file_or_heading_is_found(tmp_path: Path):
    document = tmp_path / "page.md"
    document.write_text("# One, two\n[a](page.md#one-two) [b](#three) [c](gone.md) [d](https://example.com/#x)\n")

    assert list(dead_links(document)) == ["#three", "gone.md"]


@of_each_document
def test_every_file_that_a_document_names_exists(document: Path):
    named = set(_PATH.findall(prose(document)))

    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("path", [str(each.relative_to(ROOT)) for each in DOCUMENTS if each.name != "CHANGELOG.md"])
def test_lines_of_prose_are_short(path: str):
    lines = _FENCED.sub("", read(path)).splitlines()

    assert [line for line in lines if len(line) > LINE and not line.startswith(("|", "    ", "<img"))] == []


def test_lines_of_how_tos_are_short_without_exception():
    assert [line for line in read("docs", "operating.md").splitlines() if len(line) > LINE] == []


def test_every_how_to_says_when_it_is_for_and_how_to_see_that_it_worked():
    how_tos = _HOW_TO.findall(read("docs", "operating.md"))

    assert len(how_tos) >= 9
    for title, text in how_tos:
        assert text.startswith("When: "), title
        assert re.search(r"^(It worked|All is well) if ", text, re.MULTILINE), title
        assert f"- [{title}](#" in read("docs", "operating.md"), title


def test_the_readme_names_ten_commands_that_exist():
    named = _SLASH_COMMAND.findall(read("README.md"))

    assert len(named) == 10
    listed = _SLASH_COMMAND.findall(read("docs", "commands.md"))
    assert all(any(f"{each} ".startswith(f"{path} ") for each in listed) for path in named)


async def test_every_option_of_every_command_is_listed():
    modules = [importlib.import_module(f"plugins.{name}") for name in PluginsSection().enabled]
    commands = [payload_of(each) for module in modules for each in await builders_of(module.plugin.registered)]

    listed = _USAGE.findall(read("docs", "commands.md"))

    assert sorted(listed) == sorted(usage for each in commands if each["type"] == 1 for usage in usages(each))


def test_every_command_of_the_command_line_is_listed():
    section = read("docs", "commands.md").partition("## On the command line")[2]
    listed = {
        name for row in re.findall(r"^\| (`.+?) \|", section, re.MULTILINE) for name in re.findall("`(.+?)`", row)
    }

    assert listed == {name for name, each in typer.main.get_group(cli).commands.items() if not each.hidden}


def test_the_glossary_has_each_term_once_in_order():
    terms = _TERM.findall(read("docs", "glossary.md"))

    assert len(terms) >= 25
    assert terms == sorted(set(terms), key=str.lower)


def test_every_decision_says_why_and_what_follows_and_is_listed():
    records = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))

    assert len(records) >= 7
    for record in records:
        headings = re.findall(r"^## (.+)$", record.read_text(), re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequences"], record.name
        assert f"({record.name})" in read("docs", "decisions", "README.md"), record.name
