"""The results of a run: one table, one JSON file, one plot of cost against size."""

import dataclasses
import json
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

FOLDER = Path(__file__).parent.parent / ".cache" / "bench"
"""The folder of the results and the generated databases."""
_WIDTH, _HEIGHT, _MARGIN = 760, 420, 60
_COLORS = ("#4c78a8", "#f58518", "#54a24b", "#e45756", "#b279a2", "#72b7b2")


@dataclasses.dataclass(frozen=True, slots=True)
class Result:
    """A measured value, beside that of a reference in the same run."""

    name: str
    value: float
    unit: str
    reference: float | None = None
    """None: the target is for the value itself."""
    of: str = ""
    """The name of the reference."""
    target: float | None = None
    """For the ratio to the reference, or for the value: the most, or of a rate the least."""
    is_rate: bool = False
    """True: more is better."""

    @property
    def ratio(self) -> float | None:
        """The value in parts of the reference."""
        return self.value / self.reference if self.reference else None

    @property
    def is_met(self) -> bool | None:
        """True: the target is reached; None: there is none."""
        if self.target is None:
            return None
        compared = self.value if self.ratio is None else self.ratio
        return compared >= self.target if self.is_rate else compared <= self.target


@dataclasses.dataclass(frozen=True, slots=True)
class Machine:
    """The machine, and how busy it was when the run began."""

    processors: int
    load: float
    """The average of one minute."""
    python: str

    @classmethod
    def now(cls) -> "Machine":
        """Return the machine as it is."""
        return cls(len(os.sched_getaffinity(0)), os.getloadavg()[0], platform.python_version())


Curves = Mapping[str, Mapping[int, float]]
"""Microseconds by number of plans, of each request."""


def publish(results: Sequence[Result], curves: Curves, before: Machine) -> None:
    """Print the table, and write the JSON file and the plot."""
    after = Machine.now()
    table = Table(title=f"{before.processors} processors, load {before.load:.1f} before and {after.load:.1f} after")
    for column in ("", "value", "reference", "ratio", "target", ""):
        table.add_column(column, justify="right" if column else "left")
    for each in results:
        table.add_row(*_cells(each))
    Console(width=120).print(table)
    whole = {
        "machine": dataclasses.asdict(before),
        "load_after": after.load,
        "results": [dataclasses.asdict(each) | {"ratio": each.ratio, "is_met": each.is_met} for each in results],
        "microseconds_by_plans": curves,
    }
    (FOLDER / "results.json").write_text(json.dumps(whole, indent=1), encoding="utf-8")
    if curves:
        (FOLDER / "cost_by_size.svg").write_text(plot(curves), encoding="utf-8")
    print(f"written: {FOLDER}/results.json" + (f", {FOLDER}/cost_by_size.svg" if curves else ""))


def plot(curves: Curves) -> str:
    """Return an SVG of the costs by the number of plans, on a logarithmic scale."""
    sizes = sorted({size for curve in curves.values() for size in curve})
    most = max(value for curve in curves.values() for value in curve.values())
    step = (_WIDTH - 3 * _MARGIN) / max(len(sizes) - 1, 1)
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" font-family="sans-serif">']
    lines.append('<rect width="100%" height="100%" fill="white"/>')
    for place, size in enumerate(sizes):
        lines.append(_text(_MARGIN + place * step, _HEIGHT - 20, f"{size:,} plans"))
    lines += [_text(5, _y(share), f"{most * share:,.0f} µs") for share in (0, 0.25, 0.5, 0.75, 1)]
    for (name, curve), color in zip(curves.items(), _COLORS * len(curves), strict=False):
        points = [(_MARGIN + sizes.index(size) * step, _y(value / most)) for size, value in sorted(curve.items())]
        path = " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
        lines.append(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"/>')
        lines.append(_text(points[-1][0] + 8, points[-1][1], name, color))
    return "\n".join([*lines, "</svg>"])


def _y(share: float) -> float:
    return _HEIGHT - _MARGIN - share * (_HEIGHT - 2 * _MARGIN)


def _text(x: float, y: float, words: str, color: str = "#333") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" font-size="11" fill="{color}">{words}</text>'


def _cells(result: Result) -> tuple[str, ...]:
    sign, unit = ">=" if result.is_rate else "<=", f" {result.unit}" if result.ratio is None else " x"
    return (
        result.name,
        f"{_number(result.value)} {result.unit}",
        "" if result.reference is None else f"{_number(result.reference)} {result.of}",
        "" if result.ratio is None else f"{result.ratio:.2f}",
        "" if result.target is None else f"{sign} {result.target:g}{unit}",
        {True: "met", False: "not met", None: ""}[result.is_met],
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
