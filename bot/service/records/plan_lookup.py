"""Search for the plan of a day that is meant."""

import dataclasses
import datetime
from collections.abc import Callable
from typing import Self

from peewee import ModelSelect

from bot.domain.errors import NoPlanError, NothingToRestoreError, WhichCoachError
from bot.domain.values import Actor, Coach, Plan, Reader
from bot.service.records.plans import deleted_plans, live_plans, plans_of, readable
from bot.service.records.roster import Roster, is_given
from storage.models import PlanRow

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
        rows = live_plans(reader.guild_id).where(PlanRow.day == day)
        return cls._among(rows, NoPlanError, roster, reader, coach, day)

    @classmethod
    def deleted(cls, roster: Roster, reader: Reader, coach: str | None, day: datetime.date) -> Self:
        """Search the deleted plans; of several of a coach only the one deleted last counts."""
        rows = deleted_plans(reader.guild_id, day)
        return cls._among(rows, NothingToRestoreError, roster, reader, coach, day)

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
        rows: "ModelSelect[PlanRow]",
        refusal: type[NoPlanError] | type[NothingToRestoreError],
        roster: Roster,
        reader: Reader,
        given: str | None,
        day: datetime.date,
    ) -> Self:
        coach = roster.named(given) if is_given(given) else None
        newest: dict[int, Plan] = {}
        for plan in plans_of(readable(rows, reader, roster)):
            if coach is None or plan.coach == coach:
                newest.setdefault(plan.coach.id, plan)
        plans = sorted(newest.values(), key=lambda plan: plan.coach.key)
        return cls(roster, reader, coach, day, tuple(plans), refusal)
