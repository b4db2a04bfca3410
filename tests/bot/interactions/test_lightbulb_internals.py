"""Lightbulb's own names: each that the bot relies on is there, and is used in one file alone."""

import ast
import contextvars
import inspect
from pathlib import Path
from typing import Any

import lightbulb
import linkd
import pytest
from lightbulb import context, loaders
from lightbulb.commands import CommandBase
from lightbulb.internal import constants

from bot.interactions import lightbulb_internals
from tests.processes import ROOT

OWNERS: dict[str, Any] = {
    "_resolve_options_and_command": lightbulb.Client,
    "_command_invocation_mapping": lightbulb.Client,
    "_execute_command_context": lightbulb.Client,
    "_execute_autocomplete_context": lightbulb.Client,
    "_force_no_api_call": lightbulb.Client.sync_application_commands,
    "_resolve_options": CommandBase,
    "_tasks": lightbulb.Client,
    "_response_lock": context.MessageResponseMixin,
    "_create_initial_response": context.MessageResponseMixin,
    "_initial_response_sent": lightbulb.AutocompleteContext,
    "_loadables": lightbulb.Loader,
    "_command": loaders._CommandLoadable,  # pyright: ignore[reportPrivateUsage]
    "_guilds": loaders._CommandLoadable,  # pyright: ignore[reportPrivateUsage]
    "_defer_guilds": loaders._CommandLoadable,  # pyright: ignore[reportPrivateUsage]
    "_task": lightbulb.Task,
    "_dependency_func": linkd.AutoInjecting,
    "_codegen_dependency_func": linkd.AutoInjecting,
}
"""The owner of each private name: a class, or a method that takes it as an argument."""
FILE = Path(inspect.getfile(lightbulb_internals))


@pytest.mark.parametrize("name", OWNERS)
def test_lightbulb_has_what_the_bot_relies_on(name: str):
    owner = OWNERS[name]

    names = inspect.signature(owner).parameters if inspect.isfunction(owner) else dir(owner)

    assert name in names, f"{owner.__qualname__} of lightbulb {lightbulb.__version__} lacks {name}: adapt {FILE.name}"


def test_commands_for_all_guilds_are_found_where_lightbulb_has_them():
    assert constants.GLOBAL_COMMAND_KEY == 0


def test_each_name_in_the_file_is_in_the_table():
    assert private_names_in(FILE) == OWNERS.keys()


async def test_a_detached_task_inherits_no_services_of_the_interaction():
    services = contextvars.ContextVar[str]("services", default="none")
    services.set("of an interaction")

    async def work() -> str:
        return services.get()

    assert await lightbulb_internals.create_detached_task(work()) == "none"


class Greet(lightbulb.SlashCommand, name="greet", description="Greet."):
    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context, path: Path) -> None: ...


class Broken(lightbulb.SlashCommand, name="broken", description="Fail."):
    @lightbulb.invoke
    async def invoke(self, ctx: "Nothing") -> None: ...  # pyright: ignore[reportUndefinedVariable] # noqa: F821


def test_the_code_that_injects_the_services_of_a_command_is_compiled_once_for_all_its_calls():
    lightbulb_internals.compile_injection(Greet)
    compiled = compiled_of(Greet)
    lightbulb_internals.compile_injection(Greet)

    assert compiled is not None
    assert compiled_of(Greet) is compiled_of(Greet()) is compiled


def test_a_command_that_can_not_be_compiled_fails_when_it_is_called_and_not_before():
    lightbulb_internals.compile_injection(Broken)

    assert compiled_of(Broken) is None


@pytest.mark.parametrize("package", ["bot", "plugins"])
def test_no_other_file_relies_on_what_lightbulb_keeps_to_itself(package: str):
    lightbulbs = {
        name for file in Path(inspect.getfile(lightbulb)).parent.rglob("*.py") for name in private_names_made_by(file)
    }
    for file in (ROOT / package).rglob("*.py"):
        source = file.read_text().replace(lightbulb_internals.__name__, "")
        if file != FILE and "lightbulb" in source:
            assert not (private_names_in(file) - private_names_made_by(file)) & lightbulbs, file
            assert "lightbulb.internal" not in source, file


def compiled_of(command: type[CommandBase] | CommandBase) -> object:
    """The function that finds the services for a command's handler."""
    invoke: Any = getattr(command, "invoke")  # noqa: B009 - no attribute of all commands
    return invoke._dependency_func


def private_names_in(file: Path) -> set[str]:
    """The private names of others, and perhaps its own, that a module reads, passes or names in a text."""
    found = set[str]()
    for node in ast.walk(ast.parse(file.read_text())):
        match node:
            case ast.Attribute(_, name, ast.Load()) | ast.Constant(str(name)) | ast.keyword(str(name)):
                found.add(name)
            case _:
                pass
    return _private(found)


def private_names_made_by(file: Path) -> set[str]:
    """The private names of a module's own classes and functions, and of their attributes."""
    found = set[str]()
    for node in ast.walk(ast.parse(file.read_text())):
        match node:
            case ast.FunctionDef(name) | ast.AsyncFunctionDef(name) | ast.Name(name, ast.Store()):
                found.add(name)
            case ast.Attribute(ast.Name("self"), name, ast.Store()):
                found.add(name)
            case _:
                pass
    return _private(found)


def _private(names: set[str]) -> set[str]:
    return {name for name in names if name.startswith("_") and name.isidentifier() and not name.startswith("__")}
