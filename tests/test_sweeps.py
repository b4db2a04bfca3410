"""What must hold for every command, route and reply, also for those to come."""

import ast
import importlib
import pkgutil
import re
from pathlib import Path
from typing import Any

import pytest

from bot.config.settings import Config
from bot.domain import errors
from bot.plugin import Plugin
from sandbox.driver import ActionFailedError
from sandbox.world.entities import Command, Upload
from tests import image_samples
from tests.conftest import Discord, Room, use_hidden
from tests.processes import ROOT, BotProcess

MODULES = sorted(module.name for module in pkgutil.iter_modules([str(ROOT / "plugins")]))
PLUGINS: list[Plugin] = [importlib.import_module(f"plugins.{name}").plugin for name in MODULES]
PUBLIC: dict[str, dict[str, Any]] = {
    "today": {},
    "plan show": {},
    "plan list": {},
    "plan search": {"words": "short"},
    "plan drafts": {},
    "chart list": {},
    "history show": {},
    "history diff": {},
    "history at": {"time": "now"},
    "history export": {},
    "plan export": {},
}
"""Commands that every member may use, with the required options."""
GUARDED: dict[str, dict[str, Any]] = {
    "plan post": {},
    "plan edit": {},
    "plan template": {},
    "plan delete": {},
    "plan restore": {},
    "chart add": {"chart1": Upload("chart.png", image_samples.png(seed=1))},
    "chart remove": {"chart": "1"},
    "chart move": {"chart": "1", "to": 1},
    "chart caption": {"chart": "1", "text": "a caption"},
    "history restore": {"revision": 1},
}
"""Commands that a member who is no coach is refused, with the required options."""
ACTIONS: dict[int, set[str]] = {
    2: {"Today's plan"},
    3: {"Save as plan", "Add charts to plan", "Edit plan", "Plan history", "Delete plan"},
}
"""The commands of the Apps menu on a user (2) and on a message (3)."""
MANAGERS: dict[str, dict[str, Any]] = {
    "admin setup": {},
    "admin coach add": {"key": "new", "name": "New"},
    "admin coach edit": {"coach": "d", "name": "New"},
    "admin coach remove": {"coach": "d"},
    "admin coach list": {},
    "admin coach assign": {"coach": "d"},
    "admin coach unassign": {"coach": "d"},
    "admin settings": {},
    "admin session": {"day": "2026-11-27", "kind": "closed"},
    "admin stats": {},
    "admin health": {},
    "admin feed token": {"name": "backtest"},
    "admin feed list": {},
    "admin feed revoke": {"name": "backtest"},
}
"""Commands that members and coaches are not offered, and are refused all the same."""
OPERATORS: dict[str, dict[str, Any]] = {
    "admin plugin list": {},
    "admin plugin load": {"name": "plans"},
    "admin plugin unload": {"name": "plans"},
    "admin plugin reload": {},
    "admin backup": {},
}
"""Commands for operators alone, with the required options."""
COMMANDS = PUBLIC.keys() | GUARDED.keys() | MANAGERS.keys() | OPERATORS.keys()
SAYS: dict[type[errors.CoachbookError], str] = {
    errors.NotInGuildError: "in a server",
    errors.DatabaseUnavailableError: "nothing was saved",
    errors.UnsavedError: "queued, not saved yet",
    errors.DatabaseUnreadableError: "can’t be read right now",
    errors.PicturesUnavailableError: "continue with the text",
    errors.NotManagerError: "Manage Server",
    errors.BackupError: "No backup was made",
    errors.BlankTextError: "needs some text",
    errors.TextTooLongError: "Shorten it by",
    errors.TextFileError: "is too long: a plan can have",
    errors.WhichDayError: "Which one?",
    errors.ClosedDayError: "This server has no session on",
    errors.NoSearchWordError: "There is no word to search for",
    errors.UnknownCoachError: "swingg",
    errors.NoCoachError: "not a coach",
    errors.WhichCoachError: "Which coach?",
    errors.NotThisCoachError: "team can post as this coach",
    errors.RetiredCoachError: "is retired",
    errors.CoachKeyError: "can’t be a coach’s key",
    errors.CoachNameError: "can’t be a coach’s name",
    errors.CoachColorError: "is not a color",
    errors.CoachPictureError: "The coach was not changed",
    errors.NothingToChangeError: "Nothing to change",
    errors.CoachExistsError: "a coach with the key",
    errors.NoMemberGivenError: "Who?",
    errors.AssignEveryoneError: "Everyone in this server could then post",
    errors.MemberAlreadyError: "They can already post as",
    errors.NotMemberError: "They are not assigned",
    errors.TimezoneError: "is not a time zone",
    errors.CloseTimeError: "When does it close?",
    errors.SetAndClearError: "not both at once",
    errors.FeedTokenError: "There is no token named",
    errors.NoPlanError: "no plan",
    errors.NoOwnPlanError: "You have no plan yet",
    errors.DoneAlreadyError: "already saved",
    errors.PlanGoneError: "no longer exists",
    errors.PlanReplacedError: "was deleted, and",
    errors.PlanExistsError: "already has a plan",
    errors.PlanChangedError: "Nothing was overwritten or deleted",
    errors.MergedTextError: "Merged with your text, it would have",
    errors.LongPlanError: "its end would be lost",
    errors.NotYourPlanError: "Only Coach",
    errors.NothingToRestoreError: "nothing to restore",
    errors.RestoreTakenError: "Can’t restore: Coach",
    errors.NothingToSaveError: "can’t be saved",
    errors.NoSuchCardError: "is not a plan, and",
    errors.NotOperatorError: "Only the bot’s operators",
    errors.UnknownPluginError: "There is no plugin",
    errors.PluginFailedError: "can’t be loaded",
    errors.CommandsRefusedError: "rejected the commands",
    errors.PluginBusyError: "Another operation is running",
    errors.PluginLoadedError: "is already loaded",
    errors.PluginNotLoadedError: "is not loaded",
    errors.PluginNeededError: "can’t be unloaded",
    errors.UserDraftsFullError: "drafts are full",
    errors.ServerDraftsFullError: "Every coach can make room",
    errors.DraftGoneError: "already used",
    errors.DraftSentAgainError: "only the newer one counts",
    errors.StoppingError: "restarting",
    errors.TooManyPicturesError: "at most 30 can wait",
    errors.NoPictureAddedError: "No chart was added",
    errors.NotYourTemplatesError: "can see and change its templates",
    errors.NoTemplateError: "no such template",
    errors.TemplateNameError: "name needs 1 to 50",
    errors.TemplateExistsError: "already has a template named",
    errors.TemplateChangedError: "was changed after you opened it. Nothing was overwritten.",
    errors.TooManyTemplatesError: "has 10 templates",
    errors.PicturesUncheckedError: "could be checked",
    errors.TooManyChartsError: "the limit is 10",
    errors.NoChartError: "does not name one chart",
    errors.CaptionTooLongError: "That caption has",
    errors.HistoryHiddenError: "history of deleted plans",
    errors.NoRevisionError: "no text of #",
    errors.SameRevisionError: "nothing to compare",
    errors.CurrentRevisionError: "nothing to revert",
    errors.UndoOutdatedError: "Not undone: ",
    errors.UndoTooLateError: "too late to undo",
    errors.MomentError: "09:31",
    errors.MomentUnsavedError: "still being saved",
    errors.SessionsMissingError: "are not known yet",
    errors.WhichMomentError: "twice",
    errors.BeforeFirstError: "had no plan",
    errors.NothingToExportError: "There are no plans from",
    errors.WrongWayError: "is after",
    errors.ExportTooLargeError: "the limit here is 10",
    errors.TooManyPlansError: "one export holds 2,000",
    errors.ExportBusyError: "You have an export in progress",
    errors.ExportStoppedError: "there is no file",
    errors.ExportChangedError: "changed meanwhile",
    errors.ReadersUncheckedError: "who can read some",
}
"""Words by which the tests through Discord know a refusal."""
ELSEWHERE = {
    ("service", errors.NotInGuildError),
    ("plugins", errors.PicturesUnavailableError),
    ("plugins", errors.CaptionTooLongError),
    ("plugins", errors.TooManyPlansError),
    ("plugins", errors.ExportStoppedError),
    ("plugins", errors.ExportChangedError),
    ("plugins", errors.ReadersUncheckedError),
    ("plugins", errors.MomentUnsavedError),
    ("plugins", errors.SessionsMissingError),
    ("plugins", errors.UndoTooLateError),
    ("service", errors.NothingToSaveError),
}
"""Refusals that can't be met there: what the disk does and where one is, what a message holds, what no client sends,
what programs do, calendars that are computed at the start, what takes minutes or thousands of plans."""
OLD_ROUTES = {"charts.manage", "plans.post_draft", "plans.post_kept"}
"""Of messages and forms of earlier releases."""
REPLIES = [file for file in (ROOT / "bot" / "replies").glob("*.py") if file.stem != "custom_ids"]
COMMAND_LIST = (ROOT / "docs" / "commands.md").read_text()
PLUGIN_GUIDE = (ROOT / "docs" / "plugins.md").read_text()
_UPDATES = re.compile(
    r"ctx\.update\(|views\.refresh\(|flow\.of_receipt\(|panel\.(remove|put_first|caption|undo)\(|setup\.(show|save|set_members|\w*post\w*)\("
)
LIBRARIES_OWN = {
    *("_exit", "_run_exitfuncs", "_shutdown", "_bootstrap", "_module_locks", "_asdict", "_fields"),  # Python's
    *("_meta", "_pragmas", "_make"),  # Peewee's
    *("_started", "_tasks", "_task", "_registered_commands", "_command_invocation_mapping"),  # lightbulb's
    *("_loadables", "_CommandLoadable", "_command", "_resolve_options", "_initial_response_sent"),  # lightbulb's
    *("_dependency_func", "_codegen_dependency_func"),  # linkd's
    *("_listeners", "_request", "_ws"),  # hikari's
}
"""Private names of libraries, where they have no public ones."""


def paths_of(body: dict[str, Any]) -> set[str]:
    """A command's own path, or those of its subcommands, however deep."""
    inner = [each for each in body.get("options") or () if each["type"] in (1, 2)]
    return {f"{body['name']} {path}" for each in inner for path in paths_of(each)} or {body["name"]}


@pytest.fixture
def commands(discord: Discord, bot: BotProcess) -> list[Command]:
    return list(discord.sandbox.world.commands.values())


def test_exactly_these_commands_exist(commands: list[Command]):
    there = {path for each in commands for path in paths_of({**each.body, "name": each.name}) if each.kind == 1}
    actions = {kind: {each.name for each in commands if each.kind == kind} for kind in ACTIONS}

    assert there == COMMANDS
    assert actions == ACTIONS


def test_every_plugin_of_this_program_is_enabled():
    assert set(Config().plugins.enabled) == set(MODULES)


def test_the_tree_of_refusals_in_the_docstring_is_the_tree():
    drawn = re.findall(r"^ {4}([ |]*)\+?-* ?(\w+Error)", errors.__doc__ or "", re.MULTILINE)

    assert [name for _, name in drawn] == [kind.__name__ for kind in _tree_of(errors.CoachbookError)]


@pytest.mark.parametrize("folder", ["service", "plugins"])
def test_every_refusal_is_tested_in_the_service_and_through_discord(folder: str):
    tests = "".join(file.read_text() for file in (ROOT / "tests" / folder).rglob("*.py"))
    own = {"plugins": "e2e/test_run.py", "service": "bot/plugin_host/test_plugin_host.py"}
    tests += (ROOT / "tests" / own[folder]).read_text()

    for kind in _tree_of(errors.CoachbookError):
        if not kind.__subclasses__():
            told = kind.__name__ if folder == "service" else SAYS[kind]
            assert told in tests or (folder, kind) in ELSEWHERE, kind.__name__


def test_every_command_is_for_guilds_only(commands: list[Command]):
    for command in commands:
        assert command.body["contexts"] == [0], command.name
        assert command.body["integration_types"] == [0], command.name


def test_the_documentation_lists_the_commands(commands: list[Command]):
    rows = re.findall(r"^\| `/([a-z ]+)", COMMAND_LIST, re.MULTILINE)
    listed = {path for path in COMMANDS if any(f"{row} ".startswith(f"{path} ") for row in rows)}

    actions = set(re.findall(r"^\| \*([A-Z][^*]+)\* \|", COMMAND_LIST, re.MULTILINE))

    assert listed == COMMANDS
    assert len(rows) == len(COMMANDS)
    assert actions == set.union(*ACTIONS.values())


@pytest.mark.parametrize("path", sorted(GUARDED))
async def test_every_guarded_command_refuses_a_member(room: Room, bot: BotProcess, path: str):
    await room.dana.slash("plan post", text="a plan", chart1=Upload("chart.png", image_samples.png()))
    await room.shows("a plan")
    if path == "plan restore":
        await room.dana.click(await room.dana.slash("plan delete"), "Delete")

    answer = await room.mia.slash(path, coach="d", **GUARDED[path])

    assert answer.ephemeral
    assert not answer.form
    assert "not a coach" in answer.text
    assert "Delete" not in answer.buttons


@pytest.mark.parametrize("path", sorted(MANAGERS))
async def test_every_command_for_managers_is_hidden_from_others_and_refuses_them(
    room: Room, bot: BotProcess, path: str
):
    with pytest.raises(ActionFailedError):
        await room.dana.slash(path, **MANAGERS[path])

    answer = await use_hidden(room.dana, path, **MANAGERS[path])

    assert answer.ephemeral
    assert "Manage Server" in answer.text


@pytest.mark.parametrize("path", sorted(OPERATORS))
async def test_every_command_of_operators_refuses_one_who_manages_the_server(room: Room, bot: BotProcess, path: str):
    answer = await room.max.slash(path, **OPERATORS[path])

    assert answer.ephemeral
    assert "Only the bot’s operators" in answer.text


@pytest.mark.parametrize("path", sorted(PUBLIC))
async def test_every_public_command_answers_a_member(room: Room, bot: BotProcess, path: str):
    await room.dana.slash("plan post", text="a plan")

    assert (await room.mia.slash(path, **PUBLIC[path])).text != (await room.mia.slash("plan post", coach="d")).text


def test_every_route_that_a_reply_names_is_there_and_each_is_named():
    named = {route for file in REPLIES for route in _routes_named_in(file)}

    assert named | OLD_ROUTES == {route for plugin in PLUGINS for route in plugin.routes}


@pytest.mark.parametrize("package", ["bot", "plugins"])
def test_no_module_names_another_place_for_routes(package: str):
    for file in (ROOT / package).rglob("*.py"):
        if file not in (*REPLIES, ROOT / "bot" / "replies" / "custom_ids.py"):
            assert not list(_routes_named_in(file)), file


def test_what_people_read_has_one_kind_of_apostrophe():
    for file in [*REPLIES, *(ROOT / "bot" / "domain" / "errors").glob("*.py"), *(ROOT / "plugins").rglob("*.py")]:
        tree = _tree(file)
        docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        texts = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in docstrings)
        wrong = [text.value for text in texts if re.search(r"[a-z]'[a-z]", str(text.value))]
        assert set(wrong) <= {"Today's plan"}, file  # a command's name: Discord knows it by that


def test_no_plugin_catches_what_belongs_to_the_failures():
    for file in (ROOT / "plugins").rglob("*.py"):
        assert not any(isinstance(node, ast.Try) for node in ast.walk(_tree(file))), file


def test_no_plugin_reads_a_number_itself():
    """Routes, `chosen_number` and options refuse in words text that is not a number."""
    for file in (ROOT / "plugins").rglob("*.py"):
        assert not re.search(r"\b(int|float)\(|\.chosen\b|interaction\.values\b", file.read_text()), file


def test_every_handler_says_what_it_answers_with_first():
    for file in (ROOT / "plugins").rglob("*.py"):
        for node in _tree(file).body:
            source = ast.unparse(node)
            if isinstance(node, ast.ClassDef | ast.AsyncFunctionDef):
                assert ("ctx.replace(" in source) <= ("FirstAnswer.REPLACE" in source), (file, node.name)
                assert ("open_modal(" in source) <= ("FirstAnswer.MODAL" in source), (file, node.name)
                assert bool(_UPDATES.search(source)) == ("FirstAnswer.UPDATE" in source), (file, node.name)


async def test_the_example_of_a_plugin_in_the_documentation_works(own_discord: Discord, own_room: Room):
    example = _example()
    (own_discord.folder / "count_plugin.py").write_text(example)
    variables = own_discord.settings(COACHBOOK_PLUGINS__EXTRA="count_plugin")
    bot = await (await BotProcess.start("run", env=variables, cwd=own_discord.folder)).ready()
    await own_room.dana.slash("plan post", text="a plan")

    assert await bot.logged("counting")
    assert "Plans in this server: 1" in (await own_room.mia.slash("count", day="today")).text
    assert await bot.stop() == 0


@pytest.mark.parametrize("package", ["bot", "plugins", "storage"])
def test_nothing_is_passed_by_a_context_variable(package: str):
    """Callers pass arguments and contexts; one file has tasks leave the variables of lightbulb behind."""
    for file in (ROOT / package).rglob("*.py"):
        if file.stem != "lightbulb_internals":
            assert "contextvars" not in file.read_text(), file
        assert "ContextVar" not in file.read_text(), file


@pytest.mark.parametrize("package", ["bot", "plugins", "storage", "sandbox", "demo", "tests"])
def test_nothing_reads_what_is_private_to_another_module(package: str):
    for file in (ROOT / package).rglob("*.py"):
        assert not _foreign_names(_tree(file), is_strict=package == "tests") - LIBRARIES_OWN, file


@pytest.mark.parametrize(
    "source",
    [
        "class Other:\n    def set_up(self):\n        self._worker = None\ndef test(it):\n    it._worker.kill()",
        "from bot.app import _why",
        "def test(monkeypatch):\n    monkeypatch.setattr(private_copy, '_TRIES', 0)",
        "getattr(store, '_trouble')",
    ],
)
def test_the_sweep_finds_what_is_private(source: str):
    assert _foreign_names(ast.parse(source), is_strict=True)


def _foreign_names(tree: ast.Module, *, is_strict: bool) -> set[str]:
    """The private names read of others; where it is not strict, a module's own classes may read each other's."""
    found: set[str] = set()
    nodes = list(ast.walk(tree))
    own = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    own |= {node.attr for node in nodes if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "self"}
    for node in nodes:
        match node:
            case ast.Attribute(value, name) if ast.unparse(value) not in ("self", "cls", "super()"):
                found |= {name} - (set[str]() if is_strict else own)
            case ast.ImportFrom(_, names):
                found |= {alias.name for alias in names}
            case ast.Call(function, [_, ast.Constant(str(name)), *_]) if ast.unparse(function).endswith("attr"):
                found |= {name}
            case _:
                pass
    return {name for name in found if name.startswith("_") and not name.startswith("__")}


def _tree_of(kind: type[errors.CoachbookError]) -> list[type[errors.CoachbookError]]:
    """The class and all below it, as a tree is drawn."""
    below = [each for each in kind.__subclasses__() if each.__module__.startswith(f"{errors.__name__}.")]
    return [kind, *(leaf for each in below for leaf in _tree_of(each))]


def _example() -> str:
    [example] = re.findall(r"```python\n(.*?)```", PLUGIN_GUIDE, re.DOTALL)
    return example


def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(), str(file))


def _routes_named_in(file: Path) -> list[str]:
    calls = (node for node in ast.walk(_tree(file)) if isinstance(node, ast.Call))
    return [_literal(call.args[0]) for call in calls if _name_of(call) in ("route_id", "fresh_route_id")]


def _name_of(call: ast.Call) -> str | None:
    return call.func.id if isinstance(call.func, ast.Name) else None


def _literal(node: ast.expr) -> Any:
    assert isinstance(node, ast.Constant), "the action of a route is written out, so that it can be found"
    return node.value
