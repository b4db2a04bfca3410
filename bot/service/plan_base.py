"""The common part of the services that read and change plans: the plan that is meant, who may change it, and how."""

import dataclasses
import datetime
from collections.abc import Callable, Sequence

from bot.domain.days import AmbiguousDayError, UnknownDayError, parse_day
from bot.domain.errors import DayError, NotYourPlanError, WhichDayError
from bot.domain.values import Actor, ChangeKind, Chart, OperationId, Plan, PlanId, Reader
from bot.service.records import cards as card_rows
from bot.service.records import operations, revisions
from bot.service.records.plan_lookup import Search
from bot.service.records.plans import live_plan, plan_of
from bot.service.records.roster import Roster
from bot.service.records.sources import with_time
from bot.service.transactions import Service
from storage.models import PlanRow

Searcher = Callable[[Roster, Reader, str | None, datetime.date], Search]


class PlanActs(Service):
    """A service that reads or changes plans. Its own methods are parts of acts."""

    def today(self, actor: Actor) -> datetime.date:
        """The date in the guild of the one who acts."""
        return self.guilds.today(actor)

    def day_meant(self, actor: Actor, words: str | None, *, is_of_plan: bool = False) -> datetime.date:
        """The day that the words mean where, when and as the actor writes them; `is_of_plan`: of a plan to be changed.

        Raises:
            DayError: they name none.
            WhichDayError: they can mean two.
        """
        try:
            return parse_day(words, self.today(actor), actor.date_order)
        except AmbiguousDayError as error:
            raise WhichDayError(words or "", error.why, error.days, is_of_plan=is_of_plan) from error
        except UnknownDayError as error:
            raise DayError(words or "", error.why) from error

    def search(self, kind: Searcher, actor: Reader, coach: str | None, day: str | None) -> Search:
        """The plans that a coach and a day, both as typed, can mean to one who may read them.

        Raises:
            DayError: the words name no day.
            UnknownCoachError: the guild has no such coach.
        """
        return kind(Roster.of(actor.guild_id), actor, coach, self.day_meant(actor, day))

    def search_to_change(self, kind: Searcher, actor: Reader, coach: str | None, day: str | None) -> Search:
        """As `search`, for one who wants to change the plan.

        Raises:
            NoCoachError: the actor has no part in any plan.
        """
        roster = Roster.of(actor.guild_id)
        roster.refuse_stranger(actor)
        return kind(roster, actor, coach, self.day_meant(actor, day, is_of_plan=True))

    def to_look_back(self, actor: Reader, coach: str | None, day: str | None) -> Plan:
        """The plan whose history is meant; where it was deleted, and the actor may see that, the one deleted last.

        Raises:
            RefusalError: there is none, or several would do.
        """
        live = self.search(Search.live, actor, coach, day)
        if live.plans:
            return live.plan()
        deleted = self.search(Search.deleted, actor, coach, day)
        visible = tuple(self.visible(actor, deleted.roster, deleted.plans))
        return dataclasses.replace(deleted, plans=visible, refusal=live.refusal).plan()

    def visible(self, actor: Actor, roster: Roster, found: Sequence[Plan]) -> list[Plan]:
        """Those of the plans whose history the actor may see."""
        audience = self.guilds.settings(actor.guild_id).deleted_visible_to
        return [each for each in found if not each.deleted_at or roster.may_see_deleted(actor, each, audience)]

    def to_edit(self, actor: Reader, coach: str | None, day: str | None) -> Plan:
        """The plan that is meant by one who wants to change it.

        Raises:
            RefusalError: there is none, several would do, or they may not.
        """
        search = self.search_to_change(Search.live, actor, coach, day)
        return allowed_to_edit(search.roster, actor, search.plan(search.roster.may_edit))

    def to_edit_by_id(self, actor: Reader, plan_id: PlanId) -> Plan:
        """The live plan with this id, for one who wants to change it.

        Raises:
            NotYourPlanError: they may not.
            PlanGoneError: it is deleted, or there is none in their guild that they may read.
        """
        roster = Roster.of(actor.guild_id)
        return allowed_to_edit(roster, actor, plan_of(live_plan(actor, roster, plan_id)))

    def change(
        self,
        actor: Actor,
        row: PlanRow,
        kind: ChangeKind,
        operation: OperationId | None,
        *,
        text: str | None = None,
        charts: Sequence[Chart] | None = None,
        note: str | None = None,
        now: datetime.datetime | None = None,
    ) -> Plan:
        """Make the plan's next revision, which its card is to show, and remember that the operation did it.

        `operation` None: something else makes sure that it is done once. `now` None: as the clock says.
        """
        now = now or self.now(actor)
        note = with_time(note, actor.sent_at if actor.is_late else None)
        revisions.append(row, kind, actor.user_id, now, text=text, charts=charts, note=note)
        if kind is ChangeKind.DELETED:
            card_rows.want(row, None)  # no other channel's readers are to learn of the plan
        else:
            self.want_card(actor, row, again=kind is ChangeKind.RESTORED)
        if operation is not None:
            operations.record(operation, kind, row, now)
        return plan_of(row)

    def want_card(self, actor: Actor, row: PlanRow, *, again: bool) -> None:
        """Have the plan's card show it as it is now: in the plans' channel, or a new one where the actor acts."""
        plans_channel = self.guilds.settings(actor.guild_id).plans_channel_id
        card_rows.want(row, plans_channel or actor.channel_id, moves_to=plans_channel, again=again)


def lacked_by(plan: Plan, charts: Sequence[Chart]) -> list[Chart]:
    """Return those of the charts that the plan does not have."""
    existing = {chart.sha256 for chart in plan.charts}
    return [chart for chart in charts if chart.sha256 not in existing]


def allowed_to_edit(roster: Roster, actor: Actor, plan: Plan) -> Plan:
    """The plan, if the one who acts may change it.

    Raises:
        NotYourPlanError: they may not.
    """
    if not roster.may_edit(actor, plan):
        raise NotYourPlanError(plan, "edit", managers=False)
    return plan


def allowed_to_delete(roster: Roster, actor: Actor, plan: Plan) -> Plan:
    """The plan, if the one who acts may delete it.

    Raises:
        NotYourPlanError: they may not.
    """
    if not roster.may_delete(actor, plan):
        raise NotYourPlanError(plan, "delete")
    return plan
