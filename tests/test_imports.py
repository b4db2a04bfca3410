"""Who may import whom, as docs/architecture.md says: read from the source, so that late imports count."""

import ast
import dataclasses
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "plugins", "storage", "sandbox", "demo")

DOMAIN = "bot.domain"
COMPOSERS = ("bot.app", "bot.backups", "bot.cli.predecessor", "bot.cli.transfers", "bot.cli.commands")
DATABASE = ("peewee", "playhouse")


@dataclasses.dataclass(frozen=True)
class Rule:
    """What a module may import beside the standard library; the longest `of` that fits a module is its rule."""

    of: str
    """A module, or a package with all within."""
    may: tuple[str, ...] | None
    """Modules, and packages with all within; None: everything but `never`."""
    never: tuple[str, ...] = ()


RULES = (
    Rule(DOMAIN, may=(DOMAIN,)),
    Rule("bot", may=None, never=("storage", "plugins", *DATABASE, *COMPOSERS, "sandbox", "demo")),
    Rule("bot.service", may=(DOMAIN, "bot.service", "storage", *DATABASE, "structlog")),
    Rule("bot.service.pictures.downloads", may=("aiohttp", "yarl")),
    Rule("bot.service.transfer.journal", may=(DOMAIN, "bot.service.records.canonical_json", "storage", "pydantic")),
    Rule("bot.service.pictures.inspect_worker", may=("PIL",)),
    Rule("bot.service.reports.plot_worker", may=("matplotlib",)),
    Rule("bot.service.recovery.spool", may=(DOMAIN, "bot.service.transactions", "storage", "pydantic", "structlog")),
    Rule("bot.app", may=None, never=("bot.cli.commands", "sandbox", "demo")),
    Rule("bot.backups", may=None, never=("bot.cli.commands", "sandbox", "demo")),
    Rule("bot.cli.predecessor", may=None, never=("bot.cli.commands", "sandbox", "demo")),
    Rule("bot.cli.transfers", may=None, never=("bot.cli.commands", "sandbox", "demo")),
    Rule("bot.cli.commands", may=None),
    Rule("storage", may=("storage", *DATABASE, "apsw")),
    Rule("plugins", may=("bot", "hikari", "lightbulb"), never=COMPOSERS),
    Rule("sandbox", may=("sandbox", "aiohttp", "orjson", "backports")),
    Rule("demo", may=("demo", "sandbox", "rich", "PIL")),
)


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))}


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
    return sorted(imported for imported in imports_of(source) if not is_allowed(rule, imported))


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_what_it_may(module):
    source = MODULES[module].read_text(encoding="utf-8")

    assert wrong_imports(module, source) == []


@pytest.mark.parametrize("name", sorted({rule.of for rule in RULES} | set(COMPOSERS)))
def test_what_the_rules_name_is_still_there(name):
    assert any(lies_in(module, (name,)) for module in MODULES), f"{name} has moved: mend the rules"


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
        ("bot.service.reports.plot_worker", "from bot.domain.values import Coach"),
        ("bot.service.reports.statistics", "import matplotlib"),
        ("bot.interactions.client", "from bot.app import run"),
        ("bot.app", "from sandbox.server import Sandbox"),
        ("bot.config", "import demo.tour"),
        ("storage.models", "from bot.domain.values import Plan"),
        ("storage.models", "import importlib\nimportlib.import_module('bot.domain.values')"),
        ("plugins.plans", "from plugins.charts import loader"),
        ("plugins.plans", "from plugins import charts"),
        ("plugins.plans", "from .charts import loader"),
        ("plugins.plans", "from bot import app"),
        ("plugins.plans", "import storage.store"),
        ("sandbox.server", "import hikari"),
        ("sandbox.rules.fields", "from bot.domain.values import Plan"),
        ("demo.tour", "from storage.store import Store"),
    ],
)
def test_the_sweep_finds_an_import_that_points_the_wrong_way(module, source):
    assert wrong_imports(module, source)
