"""Plans: posting, editing, deleting, restoring, reading and listing them."""

import contextlib
import datetime

from bot.domain.clock import Clock
from bot.domain.commands import DeletePlan, EditPlan, PostPlan, RestorePlan
from bot.domain.days import open_days
from bot.domain.errors import (
    ClosedDayError,
    CoachError,
    DayError,
    LongPlanError,
    PlanChangedError,
    PlanExistsError,
    PlanGoneError,
    RestoreTakenError,
    WhichDayError,
)
from bot.domain.values import (
    MAX_FORM_LENGTH,
    Actor,
    ChangeKind,
    DraftId,
    EditResult,
    Limits,
    OperationId,
    Plan,
    PlanCursor,
    PlanFilter,
    PlanId,
    PlanOptions,
    PlanPage,
    PlanRef,
    PostForm,
    Reader,
    Rights,
    Submission,
    Suggestion,
)
from bot.service import day_choices
from bot.service.guilds import GuildService
from bot.service.plan_base import PlanActs, edited, lacked_by, same_plan, with_added
from bot.service.records import drafts, late_pictures, operations, plan_pages, revisions
from bot.service.records.merges import Merge, merged
from bot.service.records.plans import any_plan, live_plan_of
from bot.service.records.roster import Roster, is_given, read_roster
from bot.service.records.sources import note_of
from bot.service.records.text_rules import plan_text
from bot.service.transactions import executes, reads, reads_first
from storage.store import Store


class PlanService(PlanActs):
    """The plans of a guild, for the one who acts in it."""

    def __init__(self, store: Store, clock: Clock, guilds: GuildService, limits: Limits) -> None:
        super().__init__(store, clock, guilds)
        self._limits = limits

    @reads_first
    def prepare_post(self, actor: Actor, *, coach: str | None, day: str | None) -> PostForm:
        """Return the form of a post, for today or once its session is over for the next one.

        Raises:
            RefusalError: what `post` would raise, whatever the text.
        """
        return self.begin_post(actor, coach=coach, day=day)

    @reads_first
    def correct_post(self, actor: Actor, draft: Submission) -> PostForm:
        """Return the form of a post with the coach and day of its draft; either is to be chosen if the draft has none.

        It refuses nobody: a draft can be read in its form.
        """
        roster, coach, day = Roster.of(actor.guild_id), None, None
        with contextlib.suppress(CoachError):
            coach = roster.to_post_as(actor, draft.coach)
        with contextlib.suppress(DayError, WhichDayError):
            day = self.day_to_post(actor, draft.day)
        return self.post_form(actor, roster, coach, day)

    @executes(PostPlan, first_result=same_plan)
    def post(self, actor: Actor, command: PostPlan, operation: OperationId) -> Plan:
        """Post a plan; the draft that it comes from is used up.

        Raises:
            ClosedDayError: the day has no session, and the actor was not asked about it yet.
            CoachError: the coach is unknown, not the actor's, or more than one would do.
            DayError: the words name no day.
            DraftGoneError: the draft was used already.
            DraftSentAgainError: a newer operation saved the draft, to send it, or has used it.
            PlanExistsError: the coach has a live plan for the day.
            TextError: the text is blank or too long.
        """
        used = drafts.use(actor, command.draft, operation)
        roster = Roster.of(actor.guild_id)
        coach, day = roster.to_post_as(actor, command.coach), self.day_meant(actor, command.day)
        self.refuse_second(actor, roster, coach, day)
        text = plan_text(command.text, self._limits.plan_text)
        if not command.is_day_confirmed and not actor.is_replay:  # nobody can be asked by a replay
            self._refuse_closed(actor, day)
        now = self.now(actor)
        plan = revisions.begin(coach, day, text, actor.user_id, now)
        if command.draft and (command.rest_follows or used.has_unknown_links):
            late_pictures.expect(command.draft, actor, plan.id, used.pictures)
        note = note_of(used.source)
        return self.change(actor, plan, ChangeKind.POSTED, operation, charts=used.charts, note=note, now=now)

    @executes(EditPlan, first_result=edited)
    def edit(self, actor: Reader, command: EditPlan, operation: OperationId) -> EditResult:
        """Make the plan's next revision; where the plan says exactly that already, none is made.

        Lines that others changed since the revision that the actor saw stay as they are now.

        Raises:
            DraftGoneError: the draft was used already.
            DraftSentAgainError: a newer operation saved the draft, to send it, or has used it.
            NotYourPlanError: the actor is no member of its coach.
            PlanChangedError: both changed the same lines, the merged text can be no plan, or what the actor saw is not
                known; carries both texts.
            PlanGoneError: the plan is deleted, or there is none in the actor's guild that they may read.
            RefusalError: coach and day name no plan, or several.
            TextError: the text is blank or too long.
            TooManyChartsError: the plan has no room for the draft's charts.
        """
        plan = self.to_edit(actor, command.plan)
        text = plan.text if command.text is None else plan_text(command.text, self._limits.plan_text)
        used = drafts.use(actor, command.draft, operation)
        replaces_charts = command.replaces_charts and bool(used.charts)
        charts = used.charts if replaces_charts else with_added(plan, used.charts)
        merge = Merge(text)
        if (text, charts) != (plan.text, plan.charts) and plan.revision != _seen(actor, plan, command.seen):
            seen, limit = command.seen or 0, self._limits.plan_text
            merge = merged(actor, plan, text, seen, limit, replaces_charts=replaces_charts)
        if command.draft and (command.rest_follows or used.has_unknown_links):
            late_pictures.expect(command.draft, actor, plan.id, used.pictures)
        if (merge.text, charts) == (plan.text, plan.charts):
            operations.record(operation, None, plan, self.now(actor))
            return EditResult(plan, is_changed=False)
        note = note_of(used.source, merge.revisions)
        changed = self.change(actor, plan, ChangeKind.EDITED, operation, text=merge.text, charts=charts, note=note)
        added = len(lacked_by(plan, charts))
        removed = len(plan.charts) + added - len(charts)
        return EditResult(
            changed,
            is_changed=True,
            kind=ChangeKind.EDITED,
            added=added,
            removed=removed,
            merged=merge.others,
            replaces_erased=plan.is_erased and not changed.is_erased,
        )

    @executes(DeletePlan, first_result=same_plan)
    def delete(self, actor: Reader, command: DeletePlan, operation: OperationId) -> Plan:
        """Delete a plan; it can be restored, and its day is free for another.

        Raises:
            NotYourPlanError: the actor is neither a member of the coach nor a manager.
            PlanChangedError: the plan has moved on from the revision that the actor saw.
            PlanGoneError: the plan is deleted already, or there is none in the actor's guild that they may read.
        """
        plan = self.to_delete(actor, command.plan)
        if command.seen != plan.revision:
            raise PlanChangedError(plan, None)
        return self.change(actor, plan, ChangeKind.DELETED, operation)

    @executes(RestorePlan, first_result=same_plan)
    def restore(self, actor: Reader, command: RestorePlan, operation: OperationId) -> Plan:
        """Restore a deleted plan; of a day's several the one deleted last.

        Raises:
            CoachError: the coach is unknown, or none was named and several would do.
            DayError: the words name no day.
            NothingToRestoreError: the coach has no deleted plan for the day.
            NotYourPlanError: the actor may not restore it.
            PlanExistsError: it is live.
            PlanGoneError: there is none with this id in the actor's guild that they may read.
            RestoreTakenError: the coach has another plan for the day.
        """
        plan = self.to_restore(actor, command.plan)
        roster = Roster.of(actor.guild_id)
        if not plan.deleted_at:
            raise PlanExistsError(plan, may_edit=roster.may_edit(actor, plan))
        if live_plan_of(plan.coach, plan.day):
            raise RestoreTakenError(plan, may_see_history=bool(self.visible(actor, roster, [plan])))
        return self.change(actor, plan, ChangeKind.RESTORED, operation)

    @reads
    def outcome(self, actor: Actor, operation: OperationId) -> Plan | None:
        """Return the plan as the operation left it when it was done; None: it was not done yet.

        Raises:
            DraftSentAgainError: a newer operation has used the draft that it saved.
        """
        done = operations.outcome(operation)
        return done.plan if done and done.plan.coach.guild_id == actor.guild_id else None

    @reads
    def made_of(self, actor: Actor, draft_id: DraftId) -> Plan | None:
        """Return the plan as the actor's draft made it when it was used; None: it was not, or is another's."""
        done = operations.outcome_of_draft(draft_id)
        is_theirs = done and (done.plan.coach.guild_id, done.plan.changed_by) == (actor.guild_id, actor.user_id)
        return done.plan if done and is_theirs else None

    @reads
    def find(self, actor: Reader, ref: PlanRef) -> Plan:
        """Return a live plan; of a day without a coach, the only one.

        Raises:
            DayError: the words name no day.
            NoPlanError: there is none.
            PlanGoneError: it is deleted, or there is none with this id in the actor's guild that they may read.
            UnknownCoachError: the guild has no such coach.
            WhichCoachError: no coach was named and several have a plan; `coaches` are those.
        """
        return self.to_read(actor, ref)

    @reads_first
    def editable(self, actor: Reader, ref: PlanRef) -> Plan:
        """Return what `find` does, for one who wants to edit in a form; without a coach, the plan that they may edit.

        Raises:
            LongPlanError: a form can't hold it.
            NotYourPlanError: they may not edit it.
        """
        plan = self.to_edit(actor, ref)
        if len(plan.text) > MAX_FORM_LENGTH:
            raise LongPlanError(plan)
        return plan

    @reads
    def deletable(self, actor: Reader, ref: PlanRef) -> Plan:
        """Return what `find` does, for one who wants to delete; without a coach, the plan that they may delete.

        Raises:
            NotYourPlanError: they may not delete it.
        """
        return self.to_delete(actor, ref)

    async def rights(self, actor: Actor, plan: Plan) -> Rights:
        """Return the actor's rights to change the plan.

        Raises:
            DatabaseUnreadableError: the database can't be read.
        """
        roster = read_roster.peek(actor.guild_id) or await self._read(read_roster, actor.guild_id)
        return Rights(roster.may_edit(actor, plan), roster.may_delete(actor, plan))

    @reads
    def options(self, actor: Reader, plan_id: PlanId) -> PlanOptions:
        """Return a plan, live or deleted, with the actor's rights on it.

        Raises:
            PlanGoneError: there is none in their guild that they may read, or it is deleted and they have no rights.
        """
        roster = Roster.of(actor.guild_id)
        plan = any_plan(actor, roster, plan_id)
        if not plan.deleted_at:
            return PlanOptions(plan, Rights(roster.may_edit(actor, plan), roster.may_delete(actor, plan)))
        audience = self.guilds.settings(actor.guild_id).deleted_visible_to
        may_restore = roster.may_restore(actor, plan, audience)
        may_see_history = roster.may_see_deleted(actor, plan, audience)
        if not (may_restore or may_see_history):
            raise PlanGoneError
        return PlanOptions(plan, Rights(may_restore=may_restore, may_see_history=may_see_history))

    @reads_first
    def suggest_days(self, actor: Actor, typed: str) -> list[Suggestion]:
        """Return trading days that fit what was typed so far, those to come first."""
        calendar = self.guilds.settings(actor.guild_id).calendar
        return day_choices.suggestions(typed, self.today(actor), calendar, actor.date_order)

    @reads
    def list(
        self,
        actor: Reader,
        *,
        day: str | None = None,
        coach: str | None = None,
        mine: bool = False,
        at: PlanCursor | None = None,
    ) -> PlanPage:
        """Return a page of the live plans of that day, of that coach, of the actor's own: the first, or the one `at`.

        Where nothing is left at the cursor, it is the page at that end.

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
        return plan_pages.page(actor, roster, wanted, today, at, self._limits.plans_on_page)

    def _refuse_closed(self, actor: Actor, day: datetime.date) -> None:
        """Refuse a day that is known to have no session, and name the next one that has.

        Raises:
            ClosedDayError: it is one.
        """
        calendar = self.guilds.settings(actor.guild_id).calendar
        if calendar.is_closed(day):
            [following] = open_days(day, 1, calendar.is_closed)
            raise ClosedDayError(day, following)


def _seen(actor: Actor, plan: Plan, seen: int | None) -> int:
    """Return the revision that the actor saw; one who does not say it has seen the last change if it is theirs."""
    if seen is not None:
        return seen
    return plan.revision if plan.changed_by == actor.user_id else plan.revision - 1
