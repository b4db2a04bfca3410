"""The common part of the services that read and change plans: the plan that is meant, who may change it, and how."""

import contextlib
import dataclasses
import datetime
import functools
from collections.abc import Callable, Sequence
from typing import TypeAlias

import structlog

from bot.domain.days import AmbiguousDayError, UnknownDayError, parse_day
from bot.domain.errors import (
    DayError,
    HistoryHiddenError,
    NotYourPlanError,
    PlanExistsError,
    TooManyChartsError,
    WhichDayError,
)
from bot.domain.sessions import MissingYearError
from bot.domain.values import (
    MAX_CHARTS,
    Actor,
    Audience,
    BeginsWith,
    ChangeKind,
    Chart,
    Coach,
    EditResult,
    OperationId,
    Plan,
    PlanId,
    PlanOfDay,
    PlanRef,
    PostForm,
    Reader,
)
from bot.service import day_choices
from bot.service.pseudonyms import pseudonym
from bot.service.records import cards as card_rows
from bot.service.records import operations, revisions, stored_revisions
from bot.service.records.operations import Outcome
from bot.service.records.plan_lookup import MayDo, Search
from bot.service.records.plans import any_plan, live_plan, live_plan_of
from bot.service.records.roster import Roster, is_given
from bot.service.records.sources import with_time
from bot.service.transactions import Service

_log = structlog.get_logger(__name__)

Searcher: TypeAlias = Callable[[Roster, Reader, str | None, datetime.date], Search]
ById: TypeAlias = Callable[[Reader, Roster, PlanId], Plan]


class PlanActs(Service):
    """A service that reads or changes plans. Its own methods are parts of acts."""

    def today(self, actor: Actor) -> datetime.date:
        """Return the date in the actor's guild."""
        return self.guilds.today(actor)

    def day_meant(self, actor: Actor, words: str | None, *, is_of_plan: bool = False) -> datetime.date:
        """Return the day that the actor's words mean, in their guild and now; `is_of_plan`: of a plan to be changed.

        Raises:
            DayError: they name none.
            WhichDayError: they can mean two.
        """
        calendar = self.guilds.settings(actor.guild_id).calendar
        try:
            return parse_day(words, self.today(actor), actor.date_order, calendar.next_session_day)
        except AmbiguousDayError as error:
            raise WhichDayError(words or "", error.why, error.days, is_of_plan=is_of_plan) from error
        except UnknownDayError as error:
            raise DayError(words or "", error.why) from error
        except MissingYearError as error:
            raise DayError(words or "", error.why) from error

    def to_read(self, actor: Reader, ref: PlanRef) -> Plan:
        """Return the live plan that is meant by one who wants to read it.

        Raises:
            PlanGoneError: it is deleted, or there is none with this id in their guild that they may read.
            RefusalError: coach and day name no plan, or several.
        """
        if isinstance(ref, PlanOfDay):
            return self._search(Search.live, actor, ref).plan()
        return live_plan(actor, Roster.of(actor.guild_id), ref)

    def to_look_back(self, actor: Reader, ref: PlanRef) -> Plan:
        """Return the plan whose history is meant; of a day's, where all were deleted, the one deleted last.

        Raises:
            HistoryHiddenError: the plan was deleted, and the actor may not see the history of such plans.
            PlanGoneError: there is none with this id in their guild that they may read.
            RefusalError: coach and day name no plan whose history they may see, or several.
        """
        if isinstance(ref, PlanOfDay):
            live = self._search(Search.live, actor, ref)
            if live.plans:
                return live.plan()
            deleted = self._search(Search.deleted, actor, ref)
            visible = tuple(self.visible(actor, deleted.roster, deleted.plans))
            return dataclasses.replace(deleted, plans=visible, refusal=live.refusal).plan()
        roster = Roster.of(actor.guild_id)
        plan = any_plan(actor, roster, ref)
        if not self.visible(actor, roster, [plan]):
            raise HistoryHiddenError(plan, self.guilds.settings(actor.guild_id).deleted_visible_to)
        return plan

    def to_edit(self, actor: Reader, ref: PlanRef) -> Plan:
        """Return the live plan that is meant by one who wants to change it.

        Raises:
            NotYourPlanError: they may not.
            RefusalError: as for `to_read`, or they have no part in any plan.
        """
        roster = Roster.of(actor.guild_id)
        plan = self._to_change(actor, roster, ref, Search.live, live_plan, roster.may_edit)
        if not roster.may_edit(actor, plan):
            raise NotYourPlanError(plan, "edit", managers=False)
        return plan

    def to_delete(self, actor: Reader, ref: PlanRef) -> Plan:
        """Return the live plan that is meant by one who wants to delete it, or to show its card again.

        Raises:
            NotYourPlanError: they may not.
            RefusalError: as for `to_read`, or they have no part in any plan.
        """
        roster = Roster.of(actor.guild_id)
        plan = self._to_change(actor, roster, ref, Search.live, live_plan, roster.may_delete)
        if not roster.may_delete(actor, plan):
            raise NotYourPlanError(plan, "delete")
        return plan

    def to_restore(self, actor: Reader, ref: PlanRef) -> Plan:
        """Return the plan that is meant by one who wants to restore it: of a day's, the one deleted last.

        Raises:
            NotYourPlanError: they may not.
            PlanGoneError: there is none with this id in their guild that they may read.
            RefusalError: coach and day name no deleted plan, or several, or they have no part in any plan.
        """
        roster = Roster.of(actor.guild_id)
        audience = self.guilds.settings(actor.guild_id).deleted_visible_to
        may_restore = functools.partial(roster.may_restore, audience=audience)
        plan = self._to_change(actor, roster, ref, Search.deleted, any_plan, may_restore)
        if not may_restore(actor, plan):
            raise NotYourPlanError(plan, "restore", team=audience is not Audience.MANAGERS)
        return plan

    def day_to_post(self, actor: Actor, words: str | None) -> datetime.date:
        """Return the day that the words mean; without words today, or once its session is over the next one.

        Raises:
            DayError: they name none.
        """
        if is_given(words):
            return self.day_meant(actor, words)
        today, settings = self.today(actor), self.guilds.settings(actor.guild_id)
        with contextlib.suppress(MissingYearError):
            session = settings.session_of(today)
            if session is None or session.closes_at <= self.now(actor):
                return settings.calendar.next_session_day(today)
        return today

    def begin_post(
        self, actor: Actor, *, coach: str | None, day: str | None, begins_with: BeginsWith | None = None
    ) -> PostForm:
        """Return the form of a post as this coach for the day that is meant; its writer chooses one of several coaches.

        Raises:
            RefusalError: what `PlanService.post` would raise, whatever the text.
        """
        roster = Roster.of(actor.guild_id)
        roster.require_poster(actor)
        likely = [roster.to_post_as(actor, coach)] if is_given(coach) else roster.likely(actor)
        chosen = likely[0] if len(likely) == 1 else None
        meant = self.day_to_post(actor, day)
        if chosen:
            self.refuse_second(actor, roster, chosen, meant, begins_with)
        return self.post_form(actor, roster, chosen, meant)

    def refuse_second(
        self,
        actor: Actor,
        roster: Roster,
        coach: Coach,
        day: datetime.date,
        begins_with: BeginsWith | None = None,
    ) -> None:
        """Go on only if the coach has no live plan for the day.

        Raises:
            PlanExistsError: it has one.
        """
        if plan := live_plan_of(coach, day):
            following = None
            with contextlib.suppress(MissingYearError):
                calendar = self.guilds.settings(actor.guild_id).calendar
                following = calendar.next_session_day(max(day, self.today(actor)))
            may_edit = roster.may_edit(actor, plan)
            raise PlanExistsError(plan, may_edit=may_edit, following=following, begins_with=begins_with)

    def post_form(self, actor: Actor, roster: Roster, coach: Coach | None, day: datetime.date | None) -> PostForm:
        """Return the form of a post in which this coach and day are chosen."""
        days = day_choices.offered(self.today(actor), day, self.guilds.settings(actor.guild_id).calendar)
        return PostForm(tuple(roster.postable(actor)), coach, tuple(days), day)

    def visible(self, actor: Actor, roster: Roster, plans: Sequence[Plan]) -> list[Plan]:
        """Return those of the plans whose history the actor may see."""
        audience = self.guilds.settings(actor.guild_id).deleted_visible_to
        return [each for each in plans if not each.deleted_at or roster.may_see_deleted(actor, each, audience)]

    def change(
        self,
        actor: Actor,
        plan: Plan,
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
        note = with_time(note, actor.sent_at if actor.is_replay else None)
        changed = revisions.append(plan, kind, actor.user_id, now, text=text, charts=charts, note=note)
        if kind is ChangeKind.DELETED:
            card_rows.mark_dirty(plan.id, None)  # no other channel's readers are to learn of the plan
        elif kind is ChangeKind.POSTED:
            card_rows.create(plan.id, self.guilds.settings(actor.guild_id).plans_channel_id or actor.channel_id)
        else:
            self.mark_card_dirty(actor, plan.id, again=kind is ChangeKind.RESTORED)
        if operation is not None:
            operations.record(operation, kind, changed, now)
        self.store.on_commit(functools.partial(_log_change, changed, kind, pseudonym(actor.user_id)))
        return changed

    def mark_card_dirty(self, actor: Actor, plan_id: PlanId, *, again: bool) -> None:
        """Mark the plan's card for an update; a new one is in the plans' channel, or else where the actor acts."""
        plans_channel = self.guilds.settings(actor.guild_id).plans_channel_id
        card_rows.mark_dirty(plan_id, plans_channel or actor.channel_id, moves_to=plans_channel, again=again)

    def _search(self, search: Searcher, actor: Reader, ref: PlanOfDay) -> Search:
        return search(Roster.of(actor.guild_id), actor, ref.coach, self.day_meant(actor, ref.day))

    def _to_change(
        self, actor: Reader, roster: Roster, ref: PlanRef, search: Searcher, by_id: ById, may: MayDo
    ) -> Plan:
        """Return the plan that is meant, without a coach one that they may change so; `may` is still to be checked."""
        if not isinstance(ref, PlanOfDay):
            return by_id(actor, roster, ref)
        roster.require_poster(actor)
        return search(roster, actor, ref.coach, self.day_meant(actor, ref.day, is_of_plan=True)).plan(may)


def _log_change(plan: Plan, kind: ChangeKind, user: str, seconds: float) -> None:
    milliseconds = round(seconds * 1000, 1)
    _log.info("plan changed", kind=kind, plan_id=plan.id, revision=plan.revision, user=user, milliseconds=milliseconds)


def lacked_by(plan: Plan, charts: Sequence[Chart]) -> list[Chart]:
    """Return those of the charts that the plan does not have."""
    existing = {chart.sha256 for chart in plan.charts}
    return [chart for chart in charts if chart.sha256 not in existing]


def with_added(plan: Plan, charts: tuple[Chart, ...]) -> tuple[Chart, ...]:
    """Return the charts of the plan, and after them those that it lacks.

    Raises:
        TooManyChartsError: there is no room for them.
    """
    after = (*plan.charts, *lacked_by(plan, charts))
    if len(after) > MAX_CHARTS:
        raise TooManyChartsError(plan)
    return after


def same_plan(outcome: Outcome) -> Plan:
    """Return the first result of a command that makes a plan, or a revision in any case."""
    return outcome.plan


def edited(outcome: Outcome) -> EditResult:
    """Return the first result of a command that changes a plan, without the details."""
    plan = outcome.plan
    before = None if plan.is_erased else stored_revisions.numbered(plan.id, plan.revision - 1)
    replaces_erased = before is not None and before.is_erased
    return EditResult(plan, is_changed=outcome.kind is not None, kind=outcome.kind, replaces_erased=replaces_erased)
