"""Docstrings of functions, constants and fields begin with an imperative or a noun, not a question word or pronoun."""

import ast
import itertools
from collections.abc import Iterator

import pytest

from tests.processes import ROOT

PACKAGES = ("bot", "plugins", "storage", "sandbox", "demo", "coachbook_client", "coachbook_mcp", "tests")
_WRONG_STARTS = {"What", "How", "Whether", "Where", "Which", "Who", "Whose", "Those", "It", "If"}
_WITH_BODIES = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
_WRONG_STARTS_OF_VALUES = _WRONG_STARTS | {"When", "Why", "They", "These", "That"}


def test_docstrings_begin_with_an_imperative_or_a_noun():
    files = [file.relative_to(ROOT) for package in PACKAGES for file in (ROOT / package).rglob("*.py")]
    wrong = {str(file): names for file in files if (names := _wrong_docstrings((ROOT / file).read_text()))}

    assert not wrong


@pytest.mark.parametrize(
    ("docstring", "is_wrong"),
    [
        ("What it returns.", True),
        ("Where's the file?", True),
        ("It returns the file.", True),
        ("Return the file.", False),
        ("The file.", False),
        ("Itemize the files.", False),
    ],
)
@pytest.mark.parametrize("kind", ["def", "async def"])
def test_the_sweep_finds_wrong_docstrings(kind: str, docstring: str, is_wrong: bool):
    source = f'class A:\n    {kind} f():\n        """{docstring}\n\n        More.\n        """'

    assert _wrong_docstrings(source) == (["f"] if is_wrong else [])


@pytest.mark.parametrize("assignment", ["a = 1", "a: int", "self.a = 1"])
@pytest.mark.parametrize("docstring", ["How long it is.", "When it ends.", "They are few."])
def test_the_sweep_finds_wrong_docstrings_of_constants_and_fields(assignment: str, docstring: str):
    source = f'def f(self):\n    {assignment}\n    """{docstring}"""\n    b = 1\n    """The length."""'

    assert _wrong_docstrings(source) == [assignment]


def _wrong_docstrings(source: str) -> list[str]:
    """Return the functions, methods, constants and fields whose docstrings begin wrongly."""
    nodes = list(ast.walk(ast.parse(source)))
    functions = (node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    wrong = [each.name for each in functions if _first_word(ast.get_docstring(each)) in _WRONG_STARTS]
    values = (pair for node in nodes for pair in _documented_values(node))
    return wrong + [ast.unparse(value) for value, words in values if _first_word(words) in _WRONG_STARTS_OF_VALUES]


def _documented_values(node: ast.AST) -> Iterator[tuple[ast.stmt, str]]:
    """Yield each assignment in the body of the node that a string follows, and the string."""
    body: list[ast.stmt] = node.body if isinstance(node, _WITH_BODIES) else []
    for statement, following in itertools.pairwise(body):
        match statement, following:
            case ast.Assign() | ast.AnnAssign(), ast.Expr(value=ast.Constant(value=str(words))):
                yield statement, words
            case _:
                pass


def _first_word(docstring: str | None) -> str:
    words = (docstring or "").replace("'", " ").split()
    return words[0].strip(".,:;") if words else ""
