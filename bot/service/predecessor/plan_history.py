"""The steps (future revisions) of one of the predecessor's plans."""

import dataclasses
import datetime
import hashlib
from collections.abc import Sequence

from bot.domain import import_notes
from bot.domain.values import MAX_TEXT_LENGTH, ChangeKind, UserId
from bot.service.predecessor.date_parsing import DateError, ParsedDate, read_day, read_moment
from bot.service.predecessor.pictures import Link, link_of
from bot.service.predecessor.rules import InvalidRowError, Rules, row_id
from bot.service.records.canonical_json import canonical
from storage.predecessor import OldChart, OldEntry, OldPlan
from storage.shown_text import quoted

TOGETHER = datetime.timedelta(minutes=1)
"""Charts added within this time after the plan, or after one another, count as one command's."""

MAX_ENTRIES = 10_000
"""Limit of edits of a plan."""
MAX_CHARTS = 200
"""Limit of links of a plan, which shows ten at most."""
_LIVE = frozenset({"", "0", "0.0", "false", "f", "no", "n"})
_DELETED = frozenset({"1", "1.0", "true", "t", "yes", "y"})


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """A change of the plan, which becomes a revision."""

    kind: ChangeKind
    at: datetime.datetime
    actor_id: UserId | None
    """None: not known."""
    text: str | None = None
    """None: unchanged."""
    links: tuple[Link, ...] = ()
    """The added charts."""
    notes: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class PlannedPlan:
    """The plan of a row of `coach_plans`."""

    id: str
    mark: str
    """Hexadecimal digits that identify the row in a later import."""
    coach: str
    day: datetime.date
    steps: tuple[Step, ...]
    remarks: tuple[str, ...]
    entries: int
    ends_as_it_was: bool
    """True: the last entry has the plan's current text."""
    replaced_by: str | None = None
    """A newer plan of the same coach and day; None: no such plan."""

    @property
    def shown_id(self) -> str:
        """The id as displayed to the operator."""
        return row_id(self.id)

    @property
    def posted_at(self) -> datetime.datetime:
        """Time of the first step."""
        return self.steps[0].at

    @property
    def author_id(self) -> UserId | None:
        """User who posted it; None: not known."""
        return self.steps[0].actor_id

    @property
    def is_deleted(self) -> bool:
        """True if it was deleted in the predecessor's data."""
        return self.steps[-1].kind is ChangeKind.DELETED

    @property
    def is_gone(self) -> bool:
        """True if it is always inserted as deleted."""
        return self.is_deleted or self.replaced_by is not None

    @property
    def texts(self) -> list[str]:
        """All texts, first to last."""
        return [step.text for step in self.steps if step.text is not None]

    @property
    def links(self) -> list[Link]:
        """All charts, in the order of their addition."""
        return [link for step in self.steps for link in step.links]


def planned(old: OldPlan, entries: Sequence[OldEntry], charts: Sequence[OldChart], rules: Rules) -> PlannedPlan:
    """Return the plan of a row with its entries and charts, which are in the order of their creation.

    An entry has the text before its edit: the first entry's is the original, and each edit made the next one's.

    Raises:
        InvalidRowError: it can't be imported.
    """
    for table, rows, limit in (("plan_history", entries, MAX_ENTRIES), ("plan_charts", charts, MAX_CHARTS)):
        if len(rows) > limit:
            raise InvalidRowError(f"{len(rows):,} rows of {table} belong to it; the limit is {limit:,}")
    remarks: list[str] = []
    coach, day, is_deleted = rules.coach_of(old.coach_name), _day(old.date), _is_deleted(old.is_deleted)
    posted = _posted_at(old.created_at, rules, remarks)
    texts = [_text(entry.plan_text, "an older text", remarks) for entry in entries]
    texts.append(_text(old.plan, "its text", remarks))
    first = Step(ChangeKind.POSTED, posted, rules.user_of(old.author), texts[0])
    edits = _edits(posted, entries, texts[1:], rules, remarks)
    steps = _with_charts([first, *edits], charts, rules, remarks)
    remarks += _unrecorded(old.edited_at, steps[-1].at, rules)
    if is_deleted:
        steps.append(Step(ChangeKind.DELETED, steps[-1].at, None, notes=(import_notes.DELETION_UNKNOWN,)))
    source = _source(old, mark := mark_of(old))
    steps[0] = dataclasses.replace(steps[0], notes=(source, *remarks))
    ends_as_it_was = len(texts) > 1 and texts[-2] == texts[-1]
    return PlannedPlan(old.id or "", mark, coach, day, tuple(steps), tuple(remarks), len(entries), ends_as_it_was)


def mark_of(old: OldPlan) -> str:
    """Return the mark of a row, derived from its immutable columns."""
    whole = canonical([old.id, old.coach_name, old.created_at])
    return hashlib.sha256(whole.encode(errors="surrogateescape")).hexdigest()[:16]


def _source(old: OldPlan, mark: str) -> str:
    channel = quoted(old.channel) if old.channel else None
    return import_notes.posted(mark, row_id(old.id), quoted(old.author), channel)


def _day(words: str | None) -> datetime.date:
    try:
        return read_day(words)
    except DateError as error:
        raise InvalidRowError(f"its date: {error}") from error


def _is_deleted(words: str | None) -> bool:
    value = (words or "").strip().lower()
    if value not in _LIVE | _DELETED:
        raise InvalidRowError(f"its is_deleted is {quoted(words)}, neither 0 nor 1")
    return value in _DELETED


def _posted_at(words: str | None, rules: Rules, remarks: list[str]) -> datetime.datetime:
    try:
        moment = _past(words, rules)
    except DateError as error:
        raise InvalidRowError(f"its created_at: {error}") from error
    remarks += _doubts("created_at", words, moment)
    return moment.instants[0]


def _past(words: str | None, rules: Rules) -> ParsedDate:
    moment = read_moment(words, rules.timezone)
    if moment.instants[0] > rules.now:
        raise DateError(f"{quoted(words)} is in the future in {rules.timezone.key}")
    return moment


def _doubts(column: str, words: str | None, moment: ParsedDate) -> list[str]:
    if moment.is_in_gap:
        return [f"{column} {quoted(words)}: {import_notes.TIME_SKIPPED}"]
    if moment.is_twice:
        return [f"{column} {quoted(words)}: {import_notes.TIME_REPEATED}"]
    return []


def _text(given: str | None, which: str, remarks: list[str]) -> str:
    if given is None:
        remarks.append(f"{which} is missing in the predecessor’s data")
    text = (given or "").replace("\r\n", "\n")
    if len(text) > MAX_TEXT_LENGTH:
        raise InvalidRowError(f"{which} has {len(text):,} characters; the limit is {MAX_TEXT_LENGTH:,}")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidRowError(f"{which} is not text: its bytes are damaged") from error
    return text


def _edits(
    posted: datetime.datetime, entries: Sequence[OldEntry], texts: Sequence[str], rules: Rules, remarks: list[str]
) -> list[Step]:
    steps: list[Step] = []
    last = posted
    for entry, text in zip(entries, texts, strict=True):
        actor_id = rules.user_of(entry.edited_by)
        notes = [] if actor_id else [import_notes.edited(quoted(entry.edited_by))]
        moment = _moment("edited_at of an entry", entry.edited_at, rules, remarks)
        if moment is None:
            notes.append(import_notes.TIME_UNKNOWN)
        elif moment.instants[-1] < last:
            notes.append(f"dated {quoted(entry.edited_at)} in the predecessor, before the previous change")
        last = max(moment.after(last), last) if moment else last
        steps.append(Step(ChangeKind.EDITED, last, actor_id, text, notes=tuple(notes)))
    return steps


def _moment(column: str, words: str | None, rules: Rules, remarks: list[str]) -> ParsedDate | None:
    """Parse the time; None: not known, with a remark."""
    try:
        moment = _past(words, rules)
    except DateError as error:
        remarks.append(f"{column}: {error}; {import_notes.TIME_UNKNOWN}")
        return None
    remarks += _doubts(column, words, moment)
    return moment


def _with_charts(steps: list[Step], charts: Sequence[OldChart], rules: Rules, remarks: list[str]) -> list[Step]:
    """Return the steps including those that add charts; charts added with the plan are part of its first step."""
    steps, late, undated = list(steps), list[Step](), list[Link]()
    for chart in charts:
        link, moment = link_of(chart), _moment("added_at of a chart", chart.added_at, rules, remarks)
        if moment is None:
            undated.append(link)
        elif (at := moment.after(steps[0].at)) <= steps[0].at + TOGETHER:
            steps[0] = dataclasses.replace(steps[0], links=(*steps[0].links, link))
        elif late and late[-1].at <= at <= late[-1].at + TOGETHER:
            late[-1] = dataclasses.replace(late[-1], links=(*late[-1].links, link))
        else:
            late.append(_addition(at, (link,)))
    for step in late:
        place = next((number for number, each in enumerate(steps) if each.at > step.at), len(steps))
        steps.insert(place, step)
    return [*steps, _addition(steps[-1].at, tuple(undated), import_notes.TIME_UNKNOWN)] if undated else steps


def _addition(at: datetime.datetime, links: tuple[Link, ...], *notes: str) -> Step:
    return Step(ChangeKind.CHART_ADDED, at, None, links=links, notes=(import_notes.AUTHOR_UNKNOWN, *notes))


def _unrecorded(words: str | None, last: datetime.datetime, rules: Rules) -> list[str]:
    """Return a remark if the plan was changed after the last change in its history."""
    try:
        moment = read_moment(words, rules.timezone) if words else None
    except DateError as error:
        return [f"edited_at: {error}"]
    if moment is None or moment.instants[0] <= last + TOGETHER:
        return []
    return [import_notes.unrecorded_change(quoted(words))]
