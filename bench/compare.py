"""The table of docs/performance.md, of the results of two runs.

python -m bench.compare BEFORE.json AFTER.json
"""

import json
import sys
from pathlib import Path
from typing import Any


def main(before: Path, after: Path) -> None:
    """Print the rows."""
    old, new = (json.loads(path.read_text(encoding="utf-8")) for path in (before, after))
    values = {each["name"]: each for each in old["results"]}
    for each in new["results"]:
        against = f" against {each['of']}" if each["of"] else ""
        print(f"| {each['name']}{against} | {_value(values.get(each['name']))} | {_value(each)} | {_target(each)} |")
    for name, run in (("before", old), ("after", new)):
        print(f"{name}: load {run['machine']['load']:.1f} to {run['load_after']:.1f}")


def _value(result: dict[str, Any] | None) -> str:
    if result is None:
        return "not measured"
    if result["ratio"] is None:
        return f"{_number(result['value'])} {result['unit']}".strip()
    return f"{_number(result['ratio'])} x"


def _target(result: dict[str, Any]) -> str:
    if result["target"] is None:
        return ""
    unit = result["unit"] if result["ratio"] is None else "x"
    return f"{'at least ' if result['is_rate'] else ''}{result['target']:g} {unit}".strip()


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}"


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
