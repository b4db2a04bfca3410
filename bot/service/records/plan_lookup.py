"""Search for the plan of a day that is meant."""

import dataclasses
import datetime
from collections.abc import Callable, Iterable
from typing import Self

from bot.domain.errors import NoPlanError, NothingToRestoreError, WhichCoachError
from bot.domain.values import Actor, Coach, Plan, Reader
from bot.service.records.plans import deleted_plans, live_plans_on
from bot.service.records.roster import Roster, is_given

MayDo = Callable[[Actor, Plan], bool]


@dataclasses.dataclass(frozen=True, slots=True)
class Search:
    """The plans of one day that an actor may read, at most one for each coach, among which one is meant."""

    roster: Roster
    actor: Actor
    coach: Coach | None
    """The one that was named; `plans` are then of this coach only."""
    day: datetime.date
    plans: tuple[Plan, ...]
    refusal: type[NoPlanError] | type[NothingToRestoreError]

    @classmethod
    def live(cls, roster: Roster, reader: Reader, coach: str | None, day: datetime.date) -> Self:
        """Search the plans that are not deleted."""
        meant = roster.named(coach) if is_given(coach) else None
        plans = live_plans_on(reader, roster, day, meant)
        return cls._among(plans, NoPlanError, roster, reader, meant, day)

    @classmethod
    def deleted(cls, roster: Roster, reader: Reader, coach: str | None, day: datetime.date) -> Self:
        """Search the deleted plans; of several of a coach only the one deleted last counts."""
        meant = roster.named(coach) if is_given(coach) else None
        plans = deleted_plans(reader, roster, day)
        return cls._among(plans, NothingToRestoreError, roster, reader, meant, day)

    def plan(self, may: MayDo | None = None) -> Plan:
        """Return the one plan that can be meant by one who wants to read it or, with `may`, to do that to it.

        Without a coach, plans that are theirs to edit go before others that they may do it to.

        Raises:
            WhichCoachError: several would do.
            PlanError: there is none.
        """
        plans = list(self.plans) if self.coach or may is None else self._theirs(may)
        if not plans:
            raise self.refusal(self.coach, self.day)
        if len(plans) > 1:
            raise WhichCoachError([plan.coach for plan in plans])
        return plans[0]

    def _theirs(self, may: MayDo) -> list[Plan]:
        theirs = [plan for plan in self.plans if self.roster.may_edit(self.actor, plan)]
        allowed = theirs or [plan for plan in self.plans if may(self.actor, plan)]
        own = self.roster.memberships(self.actor)
        if not allowed and own:
            raise self.refusal(own[0] if len(own) == 1 else None, self.day, is_of_own=True)
        return allowed or list(self.plans)

    @classmethod
    def _among(
        cls,
        plans: Iterable[Plan],
        refusal: type[NoPlanError] | type[NothingToRestoreError],
        roster: Roster,
        reader: Reader,
        coach: Coach | None,
        day: datetime.date,
    ) -> Self:
        newest: dict[int, Plan] = {}
        for plan in plans:
            if coach is None or plan.coach == coach:
                newest.setdefault(plan.coach.id, plan)
        ordered = sorted(newest.values(), key=lambda plan: plan.coach.key)
        return cls(roster, reader, coach, day, tuple(ordered), refusal)
