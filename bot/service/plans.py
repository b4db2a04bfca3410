"""Plans: posting, editing, deleting, restoring, reading and listing them."""

import datetime
import functools

from bot.domain.clock import Clock
from bot.domain.errors import LongPlanError, NotYourPlanError, PlanChangedError, PlanExistsError, TooManyChartsError
from bot.domain.values import (
    LONGEST_FORM,
    MOST_CHARTS,
    Actor,
    Audience,
    ChangeKind,
    Chart,
    Coach,
    DraftId,
    Edited,
    Limits,
    OperationId,
    Plan,
    PlanFilter,
    PlanId,
    PlanPage,
    PostTarget,
    Reader,
    Rights,
    Suggestion,
)
from bot.service import day_choices, drafts
from bot.service.guilds import GuildService
from bot.service.plan_base import PlanActs, allowed_to_delete, lacked_by
from bot.service.records import late_pictures, operations, plan_pages, revisions
from bot.service.records.plan_lookup import Search
from bot.service.records.plans import any_plan, live_plan, live_plans, plan_of
from bot.service.records.roster import Roster, is_given
from bot.service.records.sources import note_of
from bot.service.records.text_rules import plan_text
from bot.service.transactions import reads, reads_first, writes
from storage.models import PlanRow
from storage.store import Store


class PlanService(PlanActs):
    """The plans of a guild, for the one who acts in it.

    `coach` is a key or a name and `day` a day word, both as typed; None where nothing was.
    """

    def __init__(self, store: Store, clock: Clock, guilds: GuildService, limits: Limits) -> None:
        super().__init__(store, clock, guilds)
        self._limits = limits

    @reads_first
    def prepare_post(self, actor: Actor, *, coach: str | None, day: str | None) -> PostTarget:
        """Where a post would go.

        Raises:
            RefusalError: what `post` would raise, whatever the text.
        """
        return self._target(actor, coach, day)

    @writes
    def post(
        self,
        actor: Actor,
        *,
        coach: str | None,
        day: str | None,
        text: str,
        operation: OperationId,
        draft: DraftId | None = None,
        rest_follows: bool = False,
    ) -> Plan:
        """Make `text`, with the charts of the draft it came from, the coach's plan; the draft is used up.

        `rest_follows`: those of its pictures that are still links are to be added later, see `LateChartService.add`.

        Raises:
            CoachError: the coach is unknown, not the actor's, or more than one would do.
            DayError: the words name no day.
            DraftGoneError: the draft was used already.
            PlanExistsError: the coach has a live plan for the day.
            TextError: the text is blank or too long.
        """
        if done := operations.outcome(operation):
            return done
        used = drafts.use(actor, draft, operation)
        target = self._target(actor, coach, day)
        text = plan_text(text, self._limits.plan_text)
        now = self.now(actor)
        row = PlanRow.create(
            guild_id=actor.guild_id,
            coach=target.coach.id,
            day=target.day,
            text=text,
            author_id=actor.user_id,
            revision=1,
            hash=revisions.NO_HASH,
            posted_at=now,
            changed_at=now,
            changed_by=actor.user_id,
        )
        if draft and rest_follows:
            late_pictures.expect(draft, actor, row, used.pictures)
        note = note_of(used.source)
        return self.change(actor, row, ChangeKind.POSTED, operation, charts=used.charts, note=note, now=now)

    @reads
    def outcome(self, actor: Actor, operation: OperationId) -> Plan | None:
        """What the operation made of its plan when it was done; None: it was not done yet."""
        plan = operations.outcome(operation)
        return plan if plan and plan.coach.guild_id == actor.guild_id else None

    @reads
    def find(self, actor: Reader, *, coach: str | None, day: str | None) -> Plan:
        """The coach's plan for the day; without a coach, the only plan of the day.

        Raises:
            DayError: the words name no day.
            NoPlanError: there is none.
            UnknownCoachError: the guild has no such coach.
            WhichCoachError: no coach was named and several have a plan; `coaches` are those.
        """
        return self.search(Search.live, actor, coach, day).plan()

    @reads
    def get(self, actor: Reader, plan_id: PlanId) -> Plan:
        """The live plan with this id.

        Raises:
            PlanGoneError: it is deleted, or there is none in the actor's guild that they may read.
        """
        return plan_of(live_plan(actor, Roster.of(actor.guild_id), plan_id))

    @reads_first
    def editable(self, actor: Reader, *, coach: str | None, day: str | None) -> Plan:
        """As `find`, for one who wants to edit in a form; without a coach, the one that is theirs to.

        Raises:
            LongPlanError: a form can't hold it.
            NotYourPlanError: they may not edit it.
        """
        return _for_a_form(self.to_edit(actor, coach, day))

    @reads_first
    def editable_by_id(self, actor: Reader, plan_id: PlanId) -> Plan:
        """As `get`, for one who wants to edit in a form.

        Raises:
            LongPlanError: a form can't hold it.
            NotYourPlanError: they may not edit it.
        """
        return _for_a_form(self.to_edit_by_id(actor, plan_id))

    @writes
    def edit(
        self,
        actor: Reader,
        plan_id: PlanId,
        text: str | None,
        *,
        seen: int,
        operation: OperationId,
        draft: DraftId | None = None,
        replaces_charts: bool = False,
        rest_follows: bool = False,
    ) -> Edited:
        """Make `text`, with the charts of a draft, the plan's next revision.

        Where the plan says exactly that already, no revision is made.

        Args:
            actor: who edits.
            plan_id: the plan.
            text: what it is to say; None: what it says.
            seen: the revision that the actor had before their eyes.
            operation: the interaction.
            draft: the draft that the edit comes from, which is used up.
            replaces_charts: the draft's charts replace the plan's, where it has any; else they are added to them.
            rest_follows: as for `post`.

        Raises:
            DraftGoneError: the draft was used already.
            NotYourPlanError: the actor is no member of its coach.
            PlanChangedError: the plan has moved on from revision `seen`; carries both texts.
            PlanGoneError: the plan is deleted, or there is none in the actor's guild that they may read.
            TextError: the text is blank or too long.
            TooManyChartsError: the plan has no room for the draft's charts.
        """
        if done := operations.outcome(operation):
            return Edited(done, is_changed=True)
        plan = self.to_edit_by_id(actor, plan_id)
        return self._edit(
            *(actor, plan, text, seen, operation, draft), replaces_charts=replaces_charts, rest_follows=rest_follows
        )

    @writes
    def edit_of_day(
        self,
        actor: Reader,
        text: str,
        *,
        coach: str | None,
        day: str | None,
        operation: OperationId,
        draft: DraftId | None = None,
    ) -> Edited:
        """Make `text`, which comes from a draft perhaps, the next revision of the plan that `editable` finds.

        Raises:
            PlanChangedError: its last change is somebody else's, which the actor may not have seen.
            RefusalError: what else `editable` and `edit` would raise.
        """
        if done := operations.outcome(operation):
            return Edited(done, is_changed=True)
        plan = self.to_edit(actor, coach, day)
        seen = plan.revision if plan.changed_by == actor.user_id else plan.revision - 1
        return self._edit(actor, plan, text, seen, operation, draft)

    @reads
    def deletable(self, actor: Reader, *, coach: str | None, day: str | None) -> Plan:
        """As `find`, for one who wants to delete; without a coach, the one that is theirs to.

        Raises:
            NotYourPlanError: they may not delete it.
        """
        search = self.search_to_change(Search.live, actor, coach, day)
        return allowed_to_delete(search.roster, actor, search.plan(search.roster.may_delete))

    @reads
    def deletable_by_id(self, actor: Reader, plan_id: PlanId) -> Plan:
        """As `get`, for one who wants to delete.

        Raises:
            NotYourPlanError: they may not delete it.
        """
        roster = Roster.of(actor.guild_id)
        return allowed_to_delete(roster, actor, plan_of(live_plan(actor, roster, plan_id)))

    @writes
    def delete(self, actor: Reader, plan_id: PlanId, *, seen: int, operation: OperationId) -> Plan:
        """Delete the plan; it can be restored, and its day is free for another.

        Raises:
            NotYourPlanError: the actor is neither a member of the coach nor a manager.
            PlanChangedError: the plan has moved on from revision `seen`.
            PlanGoneError: the plan is deleted already, or there is none in the actor's guild that they may read.
        """
        if done := operations.outcome(operation):
            return done
        roster = Roster.of(actor.guild_id)
        row = live_plan(actor, roster, plan_id)
        plan = allowed_to_delete(roster, actor, plan_of(row))
        if seen != plan.revision:
            raise PlanChangedError(plan, None)
        return self.change(actor, row, ChangeKind.DELETED, operation)

    @writes
    def restore(self, actor: Reader, *, coach: str | None, day: str | None, operation: OperationId) -> Plan:
        """Bring back the coach's plan for the day, of several the one deleted last.

        Raises:
            CoachError: the coach is unknown, or none was named and several would do.
            DayError: the words name no day.
            NothingToRestoreError: the coach has no deleted plan for the day.
            NotYourPlanError: the actor may not restore it.
            PlanExistsError: the coach has a live plan for the day.
        """
        if done := operations.outcome(operation):
            return done
        search = self.search_to_change(Search.deleted, actor, coach, day)
        audience = self.guilds.settings(actor.guild_id).deleted_visible_to
        may_restore = functools.partial(search.roster.may_restore, audience=audience)
        plan = _allowed_to_restore(search.roster, actor, search.plan(may_restore), audience)
        _refuse_second(search.roster, actor, plan.coach, plan.day)
        row = PlanRow.get_by_id(plan.id)
        return self.change(actor, row, ChangeKind.RESTORED, operation)

    @writes
    def restore_by_id(self, actor: Reader, plan_id: PlanId, operation: OperationId) -> Plan:
        """Bring this deleted plan back.

        Raises:
            NotYourPlanError: the actor may not restore it.
            PlanExistsError: the coach has a live plan for the day, perhaps this one.
            PlanGoneError: there is none in the actor's guild that they may read.
        """
        if done := operations.outcome(operation):
            return done
        roster = Roster.of(actor.guild_id)
        row = any_plan(actor, roster, plan_id)
        plan = _allowed_to_restore(roster, actor, plan_of(row), self.guilds.settings(actor.guild_id).deleted_visible_to)
        _refuse_second(roster, actor, plan.coach, plan.day)
        return self.change(actor, row, ChangeKind.RESTORED, operation)

    @reads
    def rights(self, actor: Actor, plan: Plan) -> Rights:
        """What the actor may do with the plan."""
        roster = Roster.of(actor.guild_id)
        return Rights(roster.may_edit(actor, plan), roster.may_delete(actor, plan))

    @reads_first
    def suggest_days(self, actor: Actor, typed: str) -> list[Suggestion]:
        """Trading days that fit what was typed so far, those to come first."""
        return day_choices.suggestions(typed, self.today(actor), actor.date_order)

    @reads
    def list(
        self,
        actor: Reader,
        *,
        day: str | None = None,
        coach: str | None = None,
        mine: bool = False,
        page: int = 1,
    ) -> PlanPage:
        """A page of the live plans of that day, of that coach, of the actor's own.

        A number that is past either end means the page at that end.

        Raises:
            DayError: the words name no day.
            UnknownCoachError: the guild has no such coach.
        """
        roster, today = Roster.of(actor.guild_id), self.today(actor)
        wanted = PlanFilter(
            day=self.day_meant(actor, day) if is_given(day) else None,
            coach=roster.named(coach).key if is_given(coach) else None,
            mine=mine,
        )
        return plan_pages.page(actor, roster, wanted, today, page, self._limits.plans_on_page)

    def _target(self, actor: Actor, coach: str | None, day: str | None) -> PostTarget:
        roster = Roster.of(actor.guild_id)
        target = PostTarget(roster.to_post_as(actor, coach), self.day_meant(actor, day))
        _refuse_second(roster, actor, target.coach, target.day)
        return target

    def _edit(
        self,
        actor: Actor,
        plan: Plan,
        given: str | None,
        seen: int,
        operation: OperationId,
        draft: DraftId | None = None,
        *,
        replaces_charts: bool = False,
        rest_follows: bool = False,
    ) -> Edited:
        text = plan.text if given is None else plan_text(given, self._limits.plan_text)
        used = drafts.use(actor, draft, operation)
        charts = used.charts if replaces_charts and used.charts else _with_added(plan, used.charts)
        is_changed = (text, charts) != (plan.text, plan.charts)
        if is_changed and seen != plan.revision:
            raise PlanChangedError(plan, text)
        row = PlanRow.get_by_id(plan.id)
        if draft and rest_follows:
            late_pictures.expect(draft, actor, row, used.pictures)
        if is_changed:
            changed = self.change(
                actor, row, ChangeKind.EDITED, operation, text=text, charts=charts, note=note_of(used.source)
            )
            return Edited(changed, is_changed=True, kind=ChangeKind.EDITED)
        operations.record(operation, ChangeKind.EDITED, row, self.now(actor))
        return Edited(plan, is_changed=False)


def _allowed_to_restore(roster: Roster, actor: Actor, plan: Plan, audience: Audience) -> Plan:
    """The plan, if the one who acts may bring it back.

    Raises:
        NotYourPlanError: they may not.
    """
    if not roster.may_restore(actor, plan, audience):
        raise NotYourPlanError(plan, "restore", team=audience is not Audience.MANAGERS)
    return plan


def _refuse_second(roster: Roster, actor: Actor, coach: Coach, day: datetime.date) -> None:
    row = live_plans(coach.guild_id).where((PlanRow.coach == coach.id) & (PlanRow.day == day)).get_or_none()
    if row:
        plan = plan_of(row)
        raise PlanExistsError(plan, may_edit=roster.may_edit(actor, plan))


def _with_added(plan: Plan, charts: tuple[Chart, ...]) -> tuple[Chart, ...]:
    """The charts of the plan, and after them those that it lacks.

    Raises:
        TooManyChartsError: there is no room for them.
    """
    after = (*plan.charts, *lacked_by(plan, charts))
    if len(after) > MOST_CHARTS:
        raise TooManyChartsError(plan)
    return after


def _for_a_form(plan: Plan) -> Plan:
    if len(plan.text) > LONGEST_FORM:
        raise LongPlanError(plan)
    return plan
