"""Docstrings of functions begin with an imperative or a noun, never with a question word or a pronoun."""

import ast

import pytest

from tests.processes import ROOT

PACKAGES = ("bot", "plugins", "storage", "sandbox", "demo", "tests")
_WRONG_STARTS = {"What", "How", "Whether", "Where", "Which", "Who", "Whose", "Those", "It", "If"}


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


def _wrong_docstrings(source: str) -> list[str]:
    """Return the names of the functions, including methods and properties, whose docstrings begin wrongly."""
    functions = (
        node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return [each.name for each in functions if _first_word(ast.get_docstring(each)) in _WRONG_STARTS]


def _first_word(docstring: str | None) -> str:
    words = (docstring or "").replace("'", " ").split()
    return words[0].strip(".,:;") if words else ""
