"""Reader of untrusted journals: each line is validated, with its position and number."""

import collections
from collections.abc import Iterable, Iterator
from typing import Annotated, Final

from pydantic import Field, TypeAdapter, ValidationError

from bot.domain.days import YEARS
from bot.domain.errors import CoachNameError
from bot.domain.values import MAX_COACH_PICTURE, MAX_COACHES_PER_FILE
from bot.service.records.text_rules import coach_name, stays_on_its_line
from bot.service.transfer.journal import CoachLine, Head, Journal, Line, PlanLine, RevisionLine
from storage.shown_text import cut, quoted

MAX_LINE_LENGTH = 2**20
"""Bytes. A revision of 4,000 characters with ten charts has about 30,000; the longest possible a third of this."""
MAX_LINES: Final = {"coach": MAX_COACHES_PER_FILE, "plan": 200_000, "revision": 1_000_000}
"""Lines of each type: twenty coaches write 100,000 plans in twenty years."""

_ORDER = (Head, CoachLine, PlanLine, RevisionLine)
_LINE: TypeAdapter[Line] = TypeAdapter(Annotated[Line, Field(discriminator="type")])


class InvalidJournalError(Exception):
    """The file is not a complete journal; the message names the line, for the operator."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line:,}: {why}")


def read_journal(lines: Iterable[bytes]) -> Journal:
    """Parse and validate the lines of a journal; its hashes are not verified.

    Raises:
        InvalidJournalError: a line is invalid; names the first.
    """
    parsed: list[Line] = []
    named: set[str | int] = set()
    counts: collections.Counter[str] = collections.Counter()
    for number, line in enumerate(lines, 1):
        parsed.append(_read_line(number, line))
        counts[parsed[-1].type] += 1
        _refuse_many(number, parsed[-1].type, counts)
        _refuse_disorder(parsed, named)
    if not parsed:
        raise InvalidJournalError(1, "the file is empty")
    journal = Journal(
        next(line for line in parsed if isinstance(line, Head)),
        tuple(line for line in parsed if isinstance(line, CoachLine)),
        tuple(line for line in parsed if isinstance(line, PlanLine)),
        tuple(line for line in parsed if isinstance(line, RevisionLine)),
    )
    _refuse_gaps(journal)
    return journal


def _read_line(number: int, text: bytes) -> Line:
    if len(text) > MAX_LINE_LENGTH:
        raise InvalidJournalError(number, f"it has more than {MAX_LINE_LENGTH:,} bytes")
    try:
        line = _LINE.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(map(str, first["loc"][1:]))
        raise InvalidJournalError(number, cut(f"{field}: {first['msg']}" if field else first["msg"])) from error
    for why in _unfit(line):
        raise InvalidJournalError(number, why)
    return line


def _unfit(line: Line) -> Iterator[str]:
    """Yield the reasons why a line has values that no user could enter."""
    match line:
        case Head():
            return
        case CoachLine():
            if not _is_coach_name(line.name):
                yield f"the coach’s name {quoted(line.name)} is invalid: use 1 to 100 visible characters on one line"
            yield from _outside_years(line.retired_at)
            if line.picture and line.picture.bytes > MAX_COACH_PICTURE:
                yield f"the coach’s picture has more than {MAX_COACH_PICTURE:,} bytes"
        case PlanLine():
            yield from _outside_years(line.day)
        case RevisionLine():
            yield from _outside_years(line.at, line.erased_at, line.recorded_at)
            if len({chart.sha256 for chart in line.charts}) < len(line.charts):
                yield "a picture is in it twice"
            for name, words in _words_of(line):
                if not stays_on_its_line(words):
                    yield f"the {name} {quoted(words)} has characters that are invisible, or turn or break the line"


def _outside_years(*times: str | None) -> Iterator[str]:
    for time in times:
        if time and int(time[:4]) not in YEARS:
            yield f"{time} is not in the years {YEARS.start} to {YEARS.stop - 1}"


def _words_of(line: RevisionLine) -> Iterator[tuple[str, str]]:
    yield "note", line.note or ""
    for chart in line.charts:
        yield "filename", chart.filename
        yield "caption", chart.caption or ""


def _is_coach_name(name: str) -> bool:
    try:
        return coach_name(name) == name
    except CoachNameError:
        return False


def _refuse_many(number: int, kind: str, counts: collections.Counter[str]) -> None:
    max_lines = MAX_LINES.get(kind)
    if max_lines is not None and counts[kind] > max_lines:
        raise InvalidJournalError(
            number, f"the file has more than {max_lines:,} lines of the type {kind}: export it in parts"
        )


def _refuse_disorder(lines: list[Line], named: set[str | int]) -> None:
    """Refuse a last line out of order (one head, coaches, plans, revisions), or of a coach or plan in `named`."""
    number, line = len(lines), lines[-1]
    rank = _ORDER.index(type(line))
    if (number == 1) != (rank == 0) or rank < _ORDER.index(type(lines[max(number - 2, 0)])):
        raise InvalidJournalError(number, f"a line of the type {line.type} is out of place")
    name = line.key if isinstance(line, CoachLine) else line.plan if isinstance(line, PlanLine) else None
    if name in named:
        raise InvalidJournalError(number, f"{line.type} {name} has a line already")
    if name is not None:
        named.add(name)


def _refuse_gaps(journal: Journal) -> None:
    """Refuse a plan without its coach or last revision, and a revision without its plan."""
    coaches = {coach.key for coach in journal.coaches}
    plans = {plan.plan for plan in journal.plans}
    ends = {revision.plan: (revision.revision, revision.hash) for revision in journal.revisions}
    for number, plan in enumerate(journal.plans, 2 + len(coaches)):
        if plan.coach not in coaches:
            raise InvalidJournalError(number, f"the coach {plan.coach} has no line")
        if ends.get(plan.plan) != (plan.revisions, plan.hash):
            raise InvalidJournalError(number, f"the history of plan {plan.plan} does not end with this hash and number")
    for number, revision in enumerate(journal.revisions, 2 + len(coaches) + len(plans)):
        if revision.plan not in plans:
            raise InvalidJournalError(number, f"plan {revision.plan} has no line")
