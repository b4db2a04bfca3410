"""Whatever four people do to the plans of two days, the book says what a plain model says."""

import asyncio
import dataclasses
import datetime
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.domain import errors
from bot.domain.commands import (
    AddCharts,
    CaptionChart,
    DeletePlan,
    EditPlan,
    MoveChart,
    PostPlan,
    RemoveChart,
    RestorePlan,
    RevertPlan,
)
from bot.domain.merge import MergeConflictError, merge
from bot.domain.values import (
    MAX_CHARTS,
    Actor,
    AddChartsResult,
    Chart,
    EditResult,
    OperationId,
    Plan,
    PlanId,
    PlanOfDay,
    Received,
)
from bot.service.records import chains
from bot.service.records.charts import charts_in
from storage import row_checks
from storage.models import RevisionRow
from storage.store import Store
from tests.new_database import put_new_database
from tests.rounds import rounds
from tests.service.scene import DANA, IVAN, MAX, MIA, FakeClock, Services, elsewhere, fresh

T = TypeVar("T")

PEOPLE = st.sampled_from([DANA, IVAN, MIA, MAX])
COACHES = st.sampled_from(["d", "i"])
DAYS = st.sampled_from(["2026-11-23", "2026-11-24"])
LINES = ("a\nb", "a\nB", "A\nb", "A\nB\nc", "b")
"""Texts of which some can be merged."""
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).map(lambda text: f"x{text}")
NAMES = st.integers(0, 12).map(lambda number: f"{number}.png")
MEMBERS = {"d": DANA.user_id, "i": IVAN.user_id}


@dataclasses.dataclass
class Known:
    """The model of one plan."""

    id: PlanId
    coach: str
    day: str
    author_id: int
    texts: list[str]
    """One for each revision."""
    charts: list[tuple[str, ...]] = dataclasses.field(default_factory=lambda: [()])
    """The names, one list for each revision."""
    captioned: list[tuple[tuple[str, str | None], ...]] = dataclasses.field(default_factory=lambda: [()])
    """The names with their captions, one list for each revision."""
    moments: list[datetime.datetime] = dataclasses.field(default_factory=list)
    """The time of each revision; none is older than the one before."""
    is_live: bool = True
    gone_at: int = 0
    """A later delete has a higher number."""

    def revise(
        self,
        now: datetime.datetime,
        *,
        text: str | None = None,
        charts: tuple[str, ...] | None = None,
        captioned: tuple[tuple[str, str | None], ...] | None = None,
    ) -> None:
        """Add a revision that differs in this; charts keep their captions."""
        captions = dict(self.captioned[-1])
        names = self.charts[-1] if charts is None else charts
        kept = tuple((name, captions.get(name)) for name in names)
        self.captioned.append(kept if captioned is None else captioned)
        self.moments.append(max(now, self.moments[-1]))
        self.texts.append(self.texts[-1] if text is None else text)
        self.charts.append(self.charts[-1] if charts is None else charts)

    def may_edit(self, actor: Actor) -> bool:
        is_own = actor.is_manager and actor.user_id == self.author_id
        return is_own or actor.user_id == MEMBERS[self.coach]

    def may_delete(self, actor: Actor) -> bool:
        return actor.is_manager or self.may_edit(actor)


class Book(RuleBasedStateMachine):
    """Acts on the service and on the model alike."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = FakeClock()
        self.known: list[Known] = []
        self.done: list[tuple[OperationId, Plan]] = []
        self.deletions = 0
        put_new_database(Path(self.folder.name) / "book.db")
        self.open()

    def open(self) -> None:
        self.store = Store.open(Path(self.folder.name) / "book.db")
        self.services = Services.on(self.store, self.clock)

    def run(self, act: Coroutine[Any, Any, T]) -> T:
        return self.loop.run(act)

    def attempt(
        self, act: Coroutine[Any, Any, Plan], operation: OperationId, refusal: type[errors.RefusalError] | None
    ) -> Plan | None:
        """Act, and see that it is refused as the model says."""
        if refusal:
            with pytest.raises(refusal):
                self.run(act)
            return None
        plan = self.run(act)
        self.done.append((operation, plan))
        return plan

    async def changed(self, act: Coroutine[Any, Any, EditResult | AddChartsResult]) -> Plan:
        return (await act).plan

    def live(self, coach: str, day: str) -> Known | None:
        return next((p for p in self.known if p.is_live and (p.coach, p.day) == (coach, day)), None)

    @rule(actor=PEOPLE, coach=COACHES, day=DAYS, text=TEXTS)
    def post(self, actor: Actor, coach: str, day: str, text: str) -> None:
        refusal = None
        if not actor.is_manager and actor.user_id != MEMBERS[coach]:
            refusal = errors.NotThisCoachError if actor.user_id in MEMBERS.values() else errors.NoCoachError
        elif self.live(coach, day):
            refusal = errors.PlanExistsError
        operation = fresh()
        act = self.services.plans.post(actor, PostPlan(text, coach=coach, day=day), operation)
        if plan := self.attempt(act, operation, refusal):
            self.known.append(Known(plan.id, coach, day, actor.user_id, [text], moments=[self.clock()]))

    @precondition(lambda self: self.known)
    @rule(data=st.data(), actor=PEOPLE, text=TEXTS | st.sampled_from(LINES), behind=st.sampled_from([0, 0, 0, 1]))
    def edit(self, data: st.DataObject, actor: Actor, text: str, behind: int) -> None:
        known = data.draw(st.sampled_from(self.known))
        refusal = None
        if not known.is_live:
            refusal = errors.PlanGoneError
        elif not known.may_edit(actor):
            refusal = errors.NotYourPlanError
        seen = len(known.texts) - behind
        after = text
        if behind and text != known.texts[-1]:
            try:
                after = merge(known.texts[seen - 1], known.texts[-1], text) if seen else ""
            except MergeConflictError:
                after = ""
        refusal = refusal or (None if after else errors.PlanChangedError)
        operation = fresh()
        act = self.changed(self.services.plans.edit(actor, EditPlan(known.id, text, seen=seen), operation))
        if self.attempt(act, operation, refusal) and after != known.texts[-1]:
            known.revise(self.clock(), text=after)

    @precondition(lambda self: self.known)
    @rule(data=st.data(), actor=PEOPLE, behind=st.sampled_from([0, 0, 0, 1]))
    def delete(self, data: st.DataObject, actor: Actor, behind: int) -> None:
        known = data.draw(st.sampled_from(self.known))
        refusal = None
        if not known.is_live:
            refusal = errors.PlanGoneError
        elif not known.may_delete(actor):
            refusal = errors.NotYourPlanError
        elif behind:
            refusal = errors.PlanChangedError
        operation = fresh()
        seen = len(known.texts) - behind
        act = self.services.plans.delete(actor, DeletePlan(known.id, seen=seen), operation)
        if self.attempt(act, operation, refusal):
            self.deletions += 1
            known.is_live, known.gone_at = False, self.deletions
            known.revise(self.clock())

    @rule(actor=PEOPLE, coach=COACHES, day=DAYS)
    def restore(self, actor: Actor, coach: str, day: str) -> None:
        deleted = [p for p in self.known if not p.is_live and (p.coach, p.day) == (coach, day)]
        last = max(deleted, key=lambda known: known.gone_at, default=None)
        refusal = None
        if not actor.is_manager and actor.user_id not in MEMBERS.values():
            refusal = errors.NoCoachError
        elif not last:
            refusal = errors.NothingToRestoreError
        elif not last.may_delete(actor):
            refusal = errors.NotYourPlanError
        elif self.live(coach, day):
            refusal = errors.RestoreTakenError
        operation = fresh()
        act = self.services.plans.restore(actor, RestorePlan(PlanOfDay(coach, day)), operation)
        if self.attempt(act, operation, refusal) and last:
            last.is_live = True
            last.revise(self.clock())

    @precondition(lambda self: self.known)
    @rule(data=st.data(), actor=PEOPLE, name=NAMES)
    def add_chart(self, data: st.DataObject, actor: Actor, name: str) -> None:
        known = data.draw(st.sampled_from(self.known))
        charts = known.charts[-1]
        refusal = None
        if not known.is_live:
            refusal = errors.PlanGoneError
        elif not known.may_edit(actor):
            refusal = errors.NotYourPlanError
        elif name in charts or len(charts) == MAX_CHARTS:
            refusal = errors.NoPictureAddedError
        operation = fresh()
        received = Received((self.services.keep(name.encode(), name),), ())
        act = self.services.charts.add(actor, AddCharts(known.id, received), operation)
        if self.attempt(self.changed(act), operation, refusal):
            known.revise(self.clock(), charts=(*charts, name))

    @precondition(lambda self: self.known)
    @rule(data=st.data(), act=st.sampled_from(["remove", "move", "caption"]), place=st.integers(1, 11))
    def change_chart(self, data: st.DataObject, act: str, place: int) -> None:
        known = data.draw(st.sampled_from([known for known in self.known if known.is_live] or self.known))
        charts = known.charts[-1]
        if not known.is_live or not charts:
            return
        name = data.draw(st.sampled_from(charts))
        others = [each for each in charts if each != name]
        ref = PlanOfDay(known.coach, known.day)
        commands = {
            "remove": RemoveChart(ref, name),
            "move": MoveChart(ref, name, place),
            "caption": CaptionChart(ref, name, f"caption {place}"),
        }
        actor = next(person for person in (DANA, IVAN) if person.user_id == MEMBERS[known.coach])
        change: EditResult = self.run(getattr(self.services.charts, act)(actor, commands[act], fresh()))
        if act == "move":
            others.insert(place - 1, name)
        assert change.is_changed or act == "caption" or tuple(others) == charts
        if change.is_changed and act == "caption":
            caption = f"caption {place}"
            captioned = tuple((each, caption if each == name else old) for each, old in known.captioned[-1])
            known.revise(self.clock(), captioned=captioned)
        elif change.is_changed:
            known.revise(self.clock(), charts=tuple(others))

    @precondition(lambda self: self.known)
    @rule(data=st.data(), actor=PEOPLE, behind=st.sampled_from([0, 0, 0, 1]))
    def take_back(self, data: st.DataObject, actor: Actor, behind: int) -> None:
        known = data.draw(st.sampled_from(self.known))
        newest = len(known.texts)
        number = data.draw(st.integers(1, newest))
        old = (known.texts[number - 1], known.captioned[number - 1])
        refusal = None
        if not known.is_live:
            refusal = errors.PlanGoneError
        elif not known.may_edit(actor):
            refusal = errors.NotYourPlanError
        elif number == newest:
            refusal = errors.CurrentRevisionError
        elif behind and old != (known.texts[-1], known.captioned[-1]):
            refusal = errors.PlanChangedError
        operation = fresh()
        act = self.services.history.revert(actor, RevertPlan(known.id, number, seen=newest - behind), operation)
        if self.attempt(self.changed(act), operation, refusal) and old != (known.texts[-1], known.captioned[-1]):
            known.revise(self.clock(), text=old[0], charts=known.charts[number - 1], captioned=old[1])

    @precondition(lambda self: self.known)
    @rule(data=st.data(), apart=st.integers(-2, 2))
    def ask_how_it_stood(self, data: st.DataObject, apart: int) -> None:
        """`at` and `show` agree with the plain lists, for who may see everything."""
        known = data.draw(st.sampled_from(self.known))
        moment = data.draw(st.sampled_from(known.moments)) + datetime.timedelta(microseconds=apart)
        number = sum(made <= moment for made in known.moments)
        if not number:
            with pytest.raises(errors.BeforeFirstError):
                self.run(self.services.history.at_moment(MAX, known.id, moment))
            return
        stood = self.run(self.services.history.at_moment(MAX, known.id, moment)).revision

        assert (stood.number, stood.text, _names(stood.charts)) == (
            number,
            known.texts[number - 1],
            known.charts[number - 1],
        )

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def look_through_the_history(self, data: st.DataObject) -> None:
        known = data.draw(st.sampled_from(self.known))
        first = self.run(self.services.history.show(MAX, known.id))
        pages = [self.run(self.services.history.show(MAX, known.id, page)) for page in range(1, first.pages + 1)]
        shown = [each.revision for page in pages for each in page.revisions][::-1]

        assert [revision.number for revision in shown] == list(range(1, len(known.texts) + 1))
        assert [revision.text for revision in shown] == known.texts
        assert [_names(revision.charts) for revision in shown] == known.charts
        assert [revision.at for revision in shown] == known.moments

    @precondition(lambda self: self.done)
    @rule(data=st.data())
    def deliver_again(self, data: st.DataObject) -> None:
        operation, plan = data.draw(st.sampled_from(self.done))
        post = self.services.plans.post(DANA, PostPlan("again", coach="d", day="today"), operation)

        assert self.run(post) == plan

    @precondition(lambda self: self.known)
    @rule(data=st.data(), actor=PEOPLE)
    def look_from_another_guild(self, data: st.DataObject, actor: Actor) -> None:
        known = data.draw(st.sampled_from(self.known))
        get = self.services.plans.find(elsewhere(actor), known.id)
        self.attempt(get, fresh(), errors.PlanGoneError)

    @rule(hours=st.integers(-30, 30))
    def time_passes(self, hours: int) -> None:
        self.clock.move(hours=hours)

    @rule()
    def restart(self) -> None:
        self.run(self.store.close())
        self.open()

    @invariant()
    def the_live_plans_are_those_of_the_model(self) -> None:
        page = self.run(self.services.plans.list(MIA))

        assert {(p.id, p.text, p.revision, _names(p.charts)) for p in page.plans} == {
            (known.id, known.texts[-1], len(known.texts), known.charts[-1]) for known in self.known if known.is_live
        }

    def teardown(self) -> None:
        """Everything that was ever written is in the history, in order, and proves itself."""
        histories = self.run(self.store.read(_histories))
        faults = self.run(self.store.read(lambda: [*chains.verify_all(), *row_checks.missing_rows()]))
        self.run(self.store.close())
        self.loop.close()
        self.folder.cleanup()
        assert histories == {known.id: list(zip(known.texts, known.charts, strict=True)) for known in self.known}
        assert faults == []


def _histories() -> dict[int, list[tuple[str | None, tuple[str, ...]]]]:
    found: dict[int, list[tuple[str | None, tuple[str, ...]]]] = {}
    for row in RevisionRow.select().order_by(RevisionRow.plan, RevisionRow.revision):
        found.setdefault(row.plan_id, []).append((row.text, _names(charts_in(row.charts))))
    return found


def _names(charts: tuple[Chart, ...]) -> tuple[str, ...]:
    return tuple(chart.filename for chart in charts)


TestBook = Book.TestCase
TestBook.settings = settings(max_examples=rounds(10, 200), stateful_step_count=30)
