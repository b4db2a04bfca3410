"""Random histories of plans in a guild, with a list of all that was known kept beside the database."""

import dataclasses
import datetime
import itertools
from typing import Final

from hypothesis import strategies as st

from bot.domain.commands import AddCharts, DeletePlan, EditPlan, PostPlan, RemoveChart, RestorePlan
from bot.domain.values import Actor, ChangeKind, GuildId, Plan, PlanId, Received
from storage.store import Store
from tests.bot.feed.programs import Program
from tests.service.erasing import erase
from tests.service.scene import MAX, fresh

DAYS: Final = (datetime.date(2026, 11, 25), datetime.date(2026, 11, 26))
"""A day with a session, and Thanksgiving."""
COACHES: Final = ("d", "i")
_guilds = itertools.count(10_000)
_texts = itertools.count()


@dataclasses.dataclass(frozen=True)
class Step:
    """An act on the plan of a coach and day, after a while; it does what can be done to the plan as it is."""

    coach: str
    day: datetime.date
    act: str
    seconds: float
    """Negative: the clock is put back."""


steps = st.builds(
    Step,
    st.sampled_from(COACHES),
    st.sampled_from(DAYS),
    st.sampled_from(("edit", "edit", "delete", "add chart", "remove chart", "erase")),
    st.sampled_from((0, 1, 40, 3_600, 50_000, 90_000, -1, -7_000)),
)


@dataclasses.dataclass
class Known:
    """A revision of a plan."""

    at: datetime.datetime
    text: str | None
    """None: erased, or empty since one before it was."""
    charts: tuple[str, ...]
    kind: ChangeKind

    @property
    def is_live(self) -> bool:
        """True: the plan was not deleted."""
        return self.kind is not ChangeKind.DELETED


@dataclasses.dataclass
class Book:
    """A guild of its own, and what its plans said when."""

    program: Program
    store: Store
    manager: Actor = dataclasses.field(
        default_factory=lambda: dataclasses.replace(MAX, guild_id=GuildId(next(_guilds)))
    )
    known: dict[PlanId, list[Known]] = dataclasses.field(default_factory=dict)
    plans: dict[tuple[str, datetime.date], Plan] = dataclasses.field(default_factory=dict)
    """The last of each coach and day, as it is now."""
    ids: dict[tuple[str, datetime.date], list[PlanId]] = dataclasses.field(default_factory=dict)
    """All of each coach and day."""

    async def carry_out(self, step: Step) -> None:
        """Move the clock, do it, and write it down."""
        self.program.clock.move(seconds=step.seconds)
        place = step.coach, step.day
        plan = self.plans.get(place)
        if plan is None or (plan.deleted_at and step.act == "delete"):
            self._write(place, await self._post(step), ChangeKind.POSTED)
        elif plan.deleted_at:
            restored = await self.program.services.plans.restore(self.manager, RestorePlan(plan.id), fresh())
            self._write(place, restored, ChangeKind.RESTORED)
        elif step.act == "erase":
            await self.store.write(erase, plan.id, plan.revision)
            erased = self.known[plan.id][-1]
            erased.text, erased.charts = None, ()
        else:
            await self._change(place, plan, step.act)

    def at(self, plan_id: PlanId, moment: datetime.datetime) -> Known | None:
        """Return what was known of a plan at the moment; None: nothing."""
        return next((each for each in reversed(self.known[plan_id]) if each.at <= moment), None)

    def of_day(self, coach: str, day: datetime.date, moment: datetime.datetime) -> Known | None:
        """Return what the coach's last plan that was not deleted then said; None: there was none."""
        ids = reversed(self.ids.get((coach, day), ()))
        return next((known for each in ids if (known := self.at(each, moment)) and known.is_live), None)

    async def _post(self, step: Step) -> Plan:
        command = PostPlan(f"text {next(_texts)}", coach=step.coach, day=str(step.day), is_day_confirmed=True)
        return await self.program.services.plans.post(self.manager, command, fresh())

    async def _change(self, place: tuple[str, datetime.date], plan: Plan, act: str) -> None:
        services = self.program.services
        match act:
            case "delete":
                deleted = await services.plans.delete(self.manager, DeletePlan(plan.id, plan.revision), fresh())
                self._write(place, deleted, ChangeKind.DELETED)
            case "add chart":
                chart = services.keep(f"picture {next(_texts)}".encode())
                added = await services.charts.add(self.manager, AddCharts(plan.id, Received((chart,), ())), fresh())
                self._write(place, added.plan, ChangeKind.CHART_ADDED)
            case "remove chart" if plan.charts:
                removed = await services.charts.remove(self.manager, RemoveChart(plan.id, "1"), fresh())
                self._write(place, removed.plan, ChangeKind.CHART_REMOVED)
            case _:
                command = EditPlan(plan.id, f"text {next(_texts)}")
                edited = await services.plans.edit(self.manager, command, fresh())
                self._write(place, edited.plan, ChangeKind.EDITED)

    def _write(self, place: tuple[str, datetime.date], plan: Plan, kind: ChangeKind) -> None:
        """Write down a revision, which is never dated before the one before."""
        self.plans[place] = plan
        if kind is ChangeKind.POSTED:
            self.ids.setdefault(place, []).append(plan.id)
        history = self.known.setdefault(plan.id, [])
        at = max([self.program.clock.now, *(each.at for each in history[-1:])])
        history.append(Known(at, plan.text or None, tuple(chart.sha256 for chart in plan.charts), kind))
