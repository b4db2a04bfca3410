"""The predecessor's links to charts: their names and outcomes."""

import dataclasses
import urllib.parse
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from bot.domain.picture_reasons import ONE_TOO_MANY, same_as
from bot.domain.values import MAX_CHARTS, Chart
from bot.service.records.text_rules import file_name
from storage.predecessor import OldChart
from storage.shown_text import quoted

MAX_LINK_LENGTH = 500
"""Characters of a link in a note; Discord's links have about 250."""


@dataclasses.dataclass(frozen=True, slots=True)
class Link:
    """Link to a chart."""

    url: str
    """Empty: none in the predecessor's data."""
    filename: str
    """As stored in the database."""

    def missing(self, why: str) -> str:
        """Return a revision's note about an unavailable chart."""
        url = self.url if self.url.isascii() and self.url.isprintable() else quoted(self.url)
        url = url if len(url) <= MAX_LINK_LENGTH else f"{url[:MAX_LINK_LENGTH]}… ({len(url):,} characters)"
        return f"chart {self.filename} {why}: {url or 'no link'}"


def link_of(chart: OldChart) -> Link:
    """Return the link of the row."""
    url = (chart.chart_url or "").strip()
    return Link(url, file_name(chart.filename or _last_part(url)))


def _last_part(url: str) -> str:
    try:
        return urllib.parse.unquote(urllib.parse.urlsplit(url).path)
    except ValueError:
        return ""


@dataclasses.dataclass(frozen=True, slots=True)
class MissingChart:
    """An unavailable chart."""

    why: str
    """Reason, as the end of a sentence."""
    may_come: bool = False
    """True: the host did not answer, so a retry may succeed."""


Outcome: TypeAlias = Chart | MissingChart


def settled(links: Sequence[Link], outcomes: Mapping[Link, Outcome]) -> dict[Link, Outcome]:
    """Return the outcomes of a plan's links: each picture once, up to the limit of a plan."""
    settled_links: dict[Link, Outcome] = {}
    names: dict[str, str] = {}
    for link in links:
        outcome = outcomes[link]
        if isinstance(outcome, Chart) and link not in settled_links:
            if outcome.sha256 in names:
                outcome = MissingChart(same_as(names[outcome.sha256]))
            elif len(names) == MAX_CHARTS:
                outcome = MissingChart(ONE_TOO_MANY)
            else:
                names[outcome.sha256] = outcome.filename
        settled_links.setdefault(link, outcome)
    return settled_links
