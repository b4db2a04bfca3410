"""The predecessor's links to charts: what each is called, and what came of it."""

import dataclasses
import urllib.parse
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from bot.domain.values import MOST_CHARTS, Chart
from bot.service.records.text_rules import file_name
from storage.predecessor import OldChart
from storage.shown_text import shown

LONGEST_LINK = 500
"""Characters of a link that are noted; one of Discord's has about 250."""


@dataclasses.dataclass(frozen=True, slots=True)
class Link:
    """Where a chart lay."""

    url: str
    """Empty: the predecessor had none."""
    filename: str
    """As the book keeps it."""

    def missing(self, why: str) -> str:
        """What a revision notes of a chart that can't be had."""
        told = self.url if self.url.isascii() and self.url.isprintable() else shown(self.url)
        told = told if len(told) <= LONGEST_LINK else f"{told[:LONGEST_LINK]}… ({len(told):,} characters)"
        return f"chart {self.filename} {why}: {told or 'no link'}"


def link_of(chart: OldChart) -> Link:
    """The link of the row."""
    url = (chart.chart_url or "").strip()
    return Link(url, file_name(chart.filename or _last_part(url)))


def _last_part(url: str) -> str:
    try:
        return urllib.parse.unquote(urllib.parse.urlsplit(url).path)
    except ValueError:
        return ""


@dataclasses.dataclass(frozen=True, slots=True)
class Missing:
    """A chart that could not be had."""

    why: str
    """The end of a sentence about it."""
    may_come: bool = False
    """Nobody answered: another time it may be there."""


Outcome: TypeAlias = Chart | Missing


def settled(links: Sequence[Link], outcomes: Mapping[Link, Outcome]) -> dict[Link, Outcome]:
    """What comes of a plan's links: each picture once, and no more of them than a plan has room for."""
    found: dict[Link, Outcome] = {}
    names: dict[str, str] = {}
    for link in links:
        outcome = outcomes[link]
        if isinstance(outcome, Chart) and link not in found:
            if outcome.sha256 in names:
                outcome = Missing(f"is the same picture as {names[outcome.sha256]}")
            elif len(names) == MOST_CHARTS:
                outcome = Missing(f"is one too many, the most are {MOST_CHARTS}")
            else:
                names[outcome.sha256] = outcome.filename
        found.setdefault(link, outcome)
    return found
