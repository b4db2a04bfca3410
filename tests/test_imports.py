"""Who may import whom, as docs/architecture.md says: read from the source, so that late imports count."""

import ast
import dataclasses
import functools
import graphlib
import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "plugins", "storage", "sandbox", "demo", "coachbook_client", "coachbook_mcp")

DOMAIN = "bot.domain"
DATABASE = ("peewee", "playhouse")
DISCORD = ("hikari", "lightbulb")
SERVICE = (DOMAIN, "bot.service", "storage", *DATABASE, "structlog")
BESIDE = (DOMAIN, "bot.replies", "bot.discord", "bot.service", *DISCORD, "structlog")
"""The imports that all modules between an event and an answer share."""
INTERNALS = "bot.interactions.lightbulb_internals"
ROUTES = ("bot.interactions.context", "bot.interactions.modals", "bot.interactions.routes", INTERNALS)
"""The arguments of a plugin's handlers, and their routes: parts of that folder that know of no other."""
FORMS = ("bot.replies.custom_ids", "bot.replies.modals", "bot.discord.modal_fields")
"""Their addresses and fields."""
OUTSIDE = ("sandbox", "demo")
SERVER = ("aiohttp", "orjson", "backports")
LAYERS = (
    *("sandbox.rules", "sandbox.errors", "sandbox.world", "sandbox.rendering", "sandbox.messages"),
    *("sandbox.interactions", "sandbox.gateway", "sandbox.faults", "sandbox.cdn", "sandbox.http"),
    *("sandbox.server", "sandbox.driver", "sandbox.web", "sandbox.__main__"),
)
"""The modules of the local Discord, from below: each imports itself and those before it."""


@dataclasses.dataclass(frozen=True)
class Rule:
    """The imports of a module beside the standard library; the longest `of` that fits a module is its rule."""

    of: str
    """A module, or a package with all within."""
    may: tuple[str, ...] | None
    """Modules, and packages with all within; None: everything but `never`."""
    never: tuple[str, ...] = ()


RULES = (
    Rule(DOMAIN, may=(DOMAIN,)),
    Rule("bot.domain.characters", may=(DOMAIN, "regex")),
    Rule("storage", may=("storage", *DATABASE, "apsw")),
    Rule("bot", may=()),
    Rule("bot.config", may=(DOMAIN, "bot.config", "bot.redaction", "pydantic", "pydantic_core", "pydantic_settings")),
    Rule("bot.logs", may=("bot.config", "bot.redaction", "pydantic", "structlog")),
    Rule("bot.redaction", may=()),
    Rule("bot.service", may=SERVICE),
    Rule("bot.service.records", may=(DOMAIN, "bot.service.records", "storage", *DATABASE)),
    Rule("bot.service.pictures.downloads", may=("aiohttp", "yarl", "storage.private_files")),
    Rule("bot.service.pictures.inspect_worker", may=("bot.service.pictures.inspection",)),
    Rule(
        "bot.service.pictures.inspection",
        may=(
            *("PIL", "bot.domain.image_problems", "bot.service.pictures.formats"),
            *("bot.service.process_limits", "storage.private_files"),
        ),
    ),
    Rule("bot.service.pictures.formats", may=("bot.domain.image_problems", "bot.service.pictures.formats")),
    Rule("bot.service.process_limits", may=()),
    Rule("bot.service.reports.plot", may=()),
    Rule("bot.service.reports.drawing", may=("PIL", "bot.service.reports.plot")),
    Rule(
        "bot.service.reports.plot_worker",
        may=("bot.service.process_limits", "bot.service.reports.drawing", "bot.service.reports.plot"),
    ),
    Rule(
        "bot.service.calendars.calendar_worker",
        may=("holidays", "bot.domain.sessions", "bot.service.process_limits"),
    ),
    *(
        Rule(f"bot.service.transfer.{each}", may=(*SERVICE, "pydantic"))
        for each in ("journal", "journal_reader", "export_worker")
    ),
    Rule("bot.service.recovery", may=(*SERVICE, "pydantic")),
    Rule("bot.replies", may=(DOMAIN, "bot.replies", "hikari")),
    # A card is known by where its buttons lead, and a private message has a reply's form.
    Rule("bot.discord", may=(DOMAIN, "bot.discord", "bot.replies", *DISCORD, "pydantic", "structlog")),
    Rule("bot.discord.rest_client", may=("hikari", "aiohttp", "pydantic")),
    Rule("bot.cards", may=(*BESIDE, "bot.cards", "aiohttp", "pydantic")),
    Rule("bot.interactions", may=(*BESIDE, "bot.cards", "bot.interactions")),
    *(Rule(each, may=(DOMAIN, *FORMS, *ROUTES, *DISCORD)) for each in ROUTES),
    Rule(INTERNALS, may=DISCORD),
    Rule("bot.plugin", may=(DOMAIN, "bot.plugin", *ROUTES, "bot.replies.custom_ids", *DISCORD, "structlog")),
    Rule("bot.plugin_host", may=(*BESIDE, "bot.interactions", "bot.plugin", "bot.plugin_host", "bot.VERSION")),
    Rule("bot.recovery_loop", may=BESIDE),
    Rule(
        "bot.open_files",
        may=(DOMAIN, "bot.config", "bot.service.recovery.spool_contents", "bot.VERSION", "storage", "structlog"),
    ),
    Rule(
        "bot.feed",
        may=(DOMAIN, "bot.feed", "bot.service", "bot.VERSION", "orjson", "starlette", "uvicorn", "structlog"),
    ),
    Rule("bot.health", may=(*BESIDE, "bot.health", "bot.config", "bot.interactions", "aiohttp")),
    Rule("bot.health.metrics", may=("bot.health", "bot.interactions", "prometheus_client")),
    Rule("bot.parts", may=None, never=("bot.composition", "bot.app", "bot.cli", *OUTSIDE)),
    Rule("bot.composition", may=None, never=("bot.app", "bot.cli", *OUTSIDE)),
    Rule("bot.app", may=None, never=("bot.cli", *OUTSIDE)),
    Rule("bot.cli", may=None, never=("sandbox",)),
    Rule("bot.__main__", may=("bot.cli", "bot.search_path")),
    Rule("bot.search_path", may=()),
    Rule("plugins", may=(*BESIDE, "bot.cards", "bot.interactions", "bot.plugin", "bot.plugin_host")),
    Rule("sandbox", may=()),
    *(Rule(each, may=(*LAYERS[: at + 1], *SERVER)) for at, each in enumerate(LAYERS)),
    Rule("demo", may=("demo", "sandbox", "rich", "PIL")),
    Rule("coachbook_client", may=("coachbook_client", "httpx")),
    Rule("coachbook_mcp", may=("coachbook_mcp", "coachbook_client", "mcp", "pydantic")),
    Rule("coachbook_mcp.serving", may=("coachbook_mcp", "coachbook_client", "mcp", "uvicorn")),
)


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))}


@functools.cache
def imports_of(source: str) -> set[str]:
    """The modules that the source imports anywhere; of `from a import b` also a.b, for b may be a module."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            found |= {f"{base}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            found |= {str(name.value) for name in node.args[:1] if isinstance(name, ast.Constant)}
    return found


def lies_in(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def rule_for(module: str) -> Rule:
    return max((rule for rule in RULES if lies_in(module, (rule.of,))), key=lambda rule: len(rule.of))


def is_allowed(rule: Rule, imported: str) -> bool:
    if imported.split(".")[0] in sys.stdlib_module_names:
        return True
    if imported.startswith(".") or lies_in(imported, rule.never):
        return False
    return rule.may is None or lies_in(imported, rule.may)


def wrong_imports(module: str, source: str) -> list[str]:
    rule = rule_for(module)
    if module.startswith("plugins."):
        rule = dataclasses.replace(rule, may=(*(rule.may or ()), ".".join(module.split(".")[:2])))
    return sorted(imported for imported in imports_of(source) if not is_allowed(rule, imported))


def module_named(imported: str) -> str | None:
    """The module of ours that an import of this name reads."""
    names = (imported, imported.rpartition(".")[0])
    return next((name for name in names if name in MODULES), None)


def imports_within() -> dict[str, set[str]]:
    """Return, for each module of ours, those of ours that it imports."""
    found = {
        module: map(module_named, imports_of(path.read_text(encoding="utf-8"))) for module, path in MODULES.items()
    }
    return {module: {each for each in names if each and each != module} for module, names in found.items()}


def folder_of(module: str) -> str:
    """The folder in which a module lies, down to the service's own folders; the module itself beside them."""
    parts = module.split(".")
    return ".".join(parts[: 3 if parts[:2] == ["bot", "service"] else 2])


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_what_it_may(module):
    source = MODULES[module].read_text(encoding="utf-8")

    assert wrong_imports(module, source) == []


def test_no_modules_import_each_other_in_a_circle():
    list(graphlib.TopologicalSorter(imports_within()).static_order())


def test_no_folders_import_each_other_in_a_circle():
    folders: dict[str, set[str]] = {}
    for module, names in imports_within().items():
        folders.setdefault(folder_of(module), set()).update({folder_of(name) for name in names} - {folder_of(module)})

    list(graphlib.TopologicalSorter(folders).static_order())


@pytest.mark.parametrize("name", sorted({name for rule in RULES for name in (rule.of, *(rule.may or ()), *rule.never)}))
def test_what_the_rules_name_is_still_there(name):
    ours = name.split(".")[0] in PACKAGES
    assert module_named(name) if ours else importlib.util.find_spec(name), f"{name} has moved: mend the rules"


def test_every_package_is_guarded_and_has_its_modules():
    folders = {path.parent.name for path in ROOT.glob("*/*.py")} - {"tests", "bench"}

    assert folders == set(PACKAGES)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("bot.domain.values", "import hikari"),
        ("bot.domain.days", "from bot import replies"),
        ("bot.replies", "from storage import models"),
        ("bot.replies", "def late():\n    import peewee"),
        ("bot.service.plans", "import lightbulb"),
        ("bot.service.plans", "from plugins import plans"),
        ("bot.service.pictures.intake", "import aiohttp"),
        ("bot.service.pictures.inspect_worker", "from bot.domain.values import Chart"),
        ("bot.service.pictures.inspection", "from storage.chart_files import ChartFiles"),
        ("bot.service.pictures.formats.png", "from PIL import Image"),
        ("bot.service.reports.plot_worker", "from bot.domain.values import Coach"),
        ("bot.service.reports.drawing", "from bot.domain.values import Coach"),
        ("bot.service.reports.statistics", "import PIL"),
        ("bot.service.calendars.calendar_worker", "from storage.models import ExchangeDayRow"),
        ("bot.service.sessions", "import holidays"),
        ("bot.interactions.client", "from bot.app import run"),
        ("bot.app", "from sandbox.server import Sandbox"),
        ("bot.config.loader", "import demo.tour"),
        ("storage.models", "from bot.domain.values import Plan"),
        ("storage.models", "import importlib\nimportlib.import_module('bot.domain.values')"),
        ("plugins.plans", "from plugins.charts import loader"),
        ("plugins.plans", "from plugins import charts"),
        ("plugins.plans.posting", "from plugins.charts import loader"),
        ("bot.service.records.plans", "from bot.service import plans"),
        ("bot.domain.diff", "import structlog"),
        ("bot.interactions.context", "from bot.interactions.client import Client"),
        ("bot.plugin.api", "from bot.interactions.client import Client"),
        ("bot.interactions.options", "from bot.plugin_host.host import PluginHost"),
        ("bot.interactions.client", "from bot.plugin import Plugin"),
        ("plugins.plans", "from .charts import loader"),
        ("plugins.plans", "from bot import app"),
        ("plugins.plans", "import storage.store"),
        ("sandbox.server", "import hikari"),
        ("sandbox.world.state", "from sandbox import rendering"),
        ("sandbox.http.request", "from sandbox.server import Sandbox"),
        ("sandbox.rules.fields", "from bot.domain.values import Plan"),
        ("demo.tour", "from storage.store import Store"),
        ("coachbook_client.proofs", "from bot.domain.values import Revision"),
        ("coachbook_client.questions", "import pydantic"),
        ("coachbook_mcp.reader", "from bot.domain.values import Plan"),
        ("coachbook_mcp.server", "import hikari"),
        ("bot.feed.plans", "from coachbook_mcp.fences import Fence"),
    ],
)
def test_the_sweep_finds_an_import_that_points_the_wrong_way(module, source):
    assert wrong_imports(module, source)
