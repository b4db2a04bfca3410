"""The history of a plan: its revisions, their differences, the plan at a moment, and reverting to a revision."""

import contextlib
import datetime
import threading

from bot.domain import diff
from bot.domain.clock import Clock
from bot.domain.commands import DeletePlan, RestorePlan, RevertPlan, Undoing
from bot.domain.errors import (
    BeforeFirstError,
    CurrentRevisionError,
    NoRevisionError,
    PlanChangedError,
    RefusalError,
    UndoOutdatedError,
    UndoTooLateError,
)
from bot.domain.sessions import MissingYearError, Session
from bot.domain.times import short_moment
from bot.domain.values import (
    MAX_CHOICES,
    REVISIONS_ON_PAGE,
    UNDO_TIME,
    ChangeKind,
    Changes,
    Comparison,
    EditResult,
    HistoryPage,
    ListedRevision,
    OperationId,
    Plan,
    PlanId,
    PlanRef,
    PlanSnapshot,
    Reader,
    Revision,
    Suggestion,
    Undone,
)
from bot.service import comparisons, moments
from bot.service.guilds import GuildService
from bot.service.plan_base import PlanActs, edited, lacked_by
from bot.service.read_markers import ReadMarkers
from bot.service.records import operations, stored_revisions
from bot.service.records.plans import any_plan, others_of_day
from bot.service.records.roster import Roster
from bot.service.records.sources import note_of_revert
from bot.service.transactions import executes, reads, reads_first
from storage.store import Store

MAX_SIZES = 2000
"""The number of changes whose sizes are kept in memory; the oldest is dropped for another."""


class HistoryService(PlanActs):
    """The revisions of a guild's plans, for who may read them.

    A live plan's history is for all who may read the plan; that of a deleted one for those of them whom the guild's
    settings name.
    """

    def __init__(self, store: Store, clock: Clock, guilds: GuildService, markers: ReadMarkers) -> None:
        super().__init__(store, clock, guilds)
        self._markers = markers
        self._sizes: dict[tuple[object, ...], tuple[int, int]] = {}
        """The characters that changes added and removed, by the hashes of their revisions: texts never change."""
        self._sizes_lock = threading.Lock()
        """Held to add one: several threads read."""

    @reads
    def show(self, actor: Reader, ref: PlanRef, page: int = 1) -> HistoryPage:
        """Return a page of the plan's revisions, newest first; a number past either end means that end.

        Raises:
            HistoryHiddenError: the plan was deleted, and the actor may not see the history of such plans.
            RefusalError: there is no such plan that they may read, or several would do.
        """
        plan = self.to_look_back(actor, ref)
        pages = -(-plan.revision // REVISIONS_ON_PAGE)
        number = min(max(page, 1), pages)
        newest = plan.revision - (number - 1) * REVISIONS_ON_PAGE
        first = max(1, newest - REVISIONS_ON_PAGE)  # with the one before the page, to measure against
        revisions = {each.number: each for each in stored_revisions.between(plan.id, first, newest)}
        listed = [
            self._listed(revisions[each], revisions.get(each - 1))
            for each in range(newest, newest - REVISIONS_ON_PAGE, -1)
            if each > 0
        ]
        return HistoryPage(plan, tuple(listed), number, pages, self._others(actor, plan))

    @reads
    def revision(self, actor: Reader, ref: PlanRef, number: int) -> PlanSnapshot:
        """Return the plan as it was when this revision was the newest.

        Raises:
            NoRevisionError: the plan has no such revision.
            HistoryHiddenError: the plan was deleted, and the actor may not see the history of such plans.
            RefusalError: there is no such plan that they may read, or several would do.
        """
        plan = self.to_look_back(actor, ref)
        return self._snapshot(actor, plan, comparisons.numbered(plan, number))

    @reads
    def compare(
        self, actor: Reader, ref: PlanRef, first: int | str | None = None, last: int | str | None = None
    ) -> Comparison:
        """Return the changes from one revision to another; None: the last two.

        Words are a revision's number, or a time at which it was the newest; see `at`.

        Raises:
            BeforeFirstError: there was no plan yet at that time.
            MomentError: the words name neither a revision nor a moment, or one that is still to come.
            WhichMomentError: the clock has shown that time twice.
            NoRevisionError: the plan has no such revision.
            HistoryHiddenError: the plan was deleted, and the actor may not see the history of such plans.
            RefusalError: there is no such plan that they may read, or several would do.
            SameRevisionError: the two are one.
        """
        plan = self.to_look_back(actor, ref)
        first, last = (None if which is None else self._number(actor, plan, which) for which in (first, last))
        return comparisons.compare(plan, first, last)

    @reads
    def changes(self, actor: Reader, plan_id: PlanId) -> Changes:
        """Return the changes of the plan since the actor last opened it, else since the session's open, else the last.

        Raises:
            HistoryHiddenError: the plan was deleted, and the actor may not see the history of such plans.
            PlanGoneError: there is no such plan that they may read.
            SameRevisionError: it was never changed.
        """
        plan = self.to_look_back(actor, plan_id)
        opened = self._markers.of(actor.user_id, [plan.id]).get(plan.id)
        first, since, at = comparisons.unseen(plan, opened, self._session_of(plan))
        seen_at = opened.opened_at if opened and opened.revision >= plan.revision else None
        return Changes(comparisons.compare(plan, first, plan.revision), since, at, seen_at)

    @reads
    def at(self, actor: Reader, ref: PlanRef, words: str) -> PlanSnapshot:
        """Return the plan as it was at the moment that the words name.

        A time alone is on the plan's trading day, or the last such time since the plan was posted. `session_open` and
        `session_close` are those of the trading day.

        Raises:
            BeforeFirstError: there was no plan yet.
            MomentError: the words name no moment, or one that is still to come.
            WhichMomentError: the clock has shown that time twice.
            RefusalError: there is no such plan, or several would do.
        """
        plan = self.to_look_back(actor, ref)
        moment = self._moment(actor, plan, words)
        return self._snapshot(actor, plan, self._at(plan, moment), moment)

    @reads
    def at_moment(self, actor: Reader, ref: PlanRef, moment: datetime.datetime) -> PlanSnapshot:
        """Return the plan as it was at the moment.

        Raises:
            BeforeFirstError: there was no plan yet.
            HistoryHiddenError: the plan was deleted, and the actor may not see the history of such plans.
            RefusalError: there is no such plan that they may read, or several would do.
        """
        plan = self.to_look_back(actor, ref)
        return self._snapshot(actor, plan, self._at(plan, moment), moment)

    @reads
    def to_revert(self, actor: Reader, ref: PlanRef, number: int) -> Comparison:
        """Return the changes that making this revision the newest would bring.

        Raises:
            CurrentRevisionError: it is the newest.
            NoRevisionError: the plan has no such revision, or its text was erased.
            NotYourPlanError: the actor is no member of its coach.
            RefusalError: there is no such live plan that they may read, or several would do.
        """
        plan = self.to_edit(actor, ref)
        old = _to_go_back_to(plan, number)
        now = comparisons.numbered(plan, plan.revision)
        return Comparison(plan, now, old, comparisons.lines_of(now, old))

    @executes(RevertPlan, first_result=edited)
    def revert(self, actor: Reader, command: RevertPlan, operation: OperationId) -> EditResult:
        """Make an old revision, its text and its charts, the newest one.

        Raises:
            PlanChangedError: the plan has moved on from the revision that the actor saw.
            RefusalError: what `to_revert` raises.
        """
        plan = self.to_edit(actor, command.plan)
        old = _to_go_back_to(plan, command.revision)
        if (old.text or "", old.charts) == (plan.text, plan.charts):
            operations.record(operation, None, plan, self.now(actor))
            return EditResult(plan, is_changed=False)
        if command.seen != plan.revision:
            raise PlanChangedError(plan, None)
        note = note_of_revert(command.revision)
        changed = self.change(actor, plan, ChangeKind.REVERTED, operation, text=old.text, charts=old.charts, note=note)
        added, removed = len(lacked_by(plan, changed.charts)), len(lacked_by(changed, plan.charts))
        return EditResult(
            changed,
            is_changed=True,
            kind=ChangeKind.REVERTED,
            added=added,
            removed=removed,
            replaces_erased=plan.is_erased and not changed.is_erased,
        )

    @reads
    def to_undo(self, actor: Reader, plan_id: PlanId, made: int) -> Undoing:
        """Return the change which made a revision, the plan's last one, and the command that undoes it.

        Raises:
            PlanGoneError: there is none with this id in their guild that they may read.
            UndoOutdatedError: the plan has moved on from that revision.
            UndoTooLateError: the change was made too long ago.
        """
        plan = any_plan(actor, Roster.of(actor.guild_id), plan_id)
        if plan.revision != made:
            raise UndoOutdatedError(plan)
        if self.now(actor) - plan.changed_at > UNDO_TIME:
            raise UndoTooLateError(plan)
        last = comparisons.numbered(plan, made)
        match last.kind:
            case ChangeKind.POSTED | ChangeKind.RESTORED:
                command = DeletePlan(plan.id, made)
            case ChangeKind.DELETED:
                command = RestorePlan(plan.id)
            case _:
                command = RevertPlan(plan.id, made - 1, made)
        return Undoing(Undone(last.kind, last.actor_id, last.at), command)

    @reads_first
    def suggest(self, actor: Reader, typed: str, ref: PlanRef, *, with_times: bool = False) -> list[Suggestion]:
        """Return the revisions of a plan whose numbers begin so, newest first; none while no plan is meant.

        `with_times`: after them the open and the close of its session, whose names begin so.
        """
        try:
            plan = self.to_look_back(actor, ref)
        except RefusalError:
            return []
        settings = self.guilds.settings(actor.guild_id)
        edges = moments.edge_suggestions(typed, plan.day, settings) if with_times else []
        revisions = stored_revisions.beginning_with(plan.id, typed.strip(), MAX_CHOICES - len(edges))
        return [*(_suggestion(each, settings.timezone) for each in revisions), *edges]

    def _listed(self, revision: Revision, before: Revision | None) -> ListedRevision:
        if revision.is_erased or (before and before.is_erased):
            return ListedRevision(revision, 0, 0, comparisons.changed_charts(before, revision))
        texts = (before.text or "" if before else "", revision.text or "")
        revisions = (before and before.hash, revision.hash)
        size = self._sizes.get(revisions)
        if size is None:
            size = diff.size(*texts)
            with self._sizes_lock:
                self._sizes[revisions] = size
                if len(self._sizes) > MAX_SIZES:
                    del self._sizes[next(iter(self._sizes))]
        return ListedRevision(revision, *size, comparisons.changed_charts(before, revision))

    def _number(self, actor: Reader, plan: Plan, revision: int | str) -> int:
        """Return the number of a revision, or of the one that was the newest at a time."""
        if isinstance(revision, int):
            return revision
        if revision.strip().isdecimal():
            if (number := int(revision)) > plan.revision:
                raise NoRevisionError(plan, number)
            return number
        return self._at(plan, self._moment(actor, plan, revision)).number

    def _moment(self, actor: Reader, plan: Plan, words: str) -> datetime.datetime:
        return moments.moment_meant(
            words, plan, self.guilds.settings(actor.guild_id), self.now(actor), actor.date_order
        )

    def _others(self, actor: Reader, plan: Plan) -> tuple[Plan, ...]:
        """Return the other plans that the coach had for the day, and that the actor may see."""
        roster = Roster.of(actor.guild_id)
        return tuple(self.visible(actor, roster, others_of_day(actor, roster, plan)))

    def _session_of(self, plan: Plan) -> Session | None:
        """Return the session of the plan's day; None: it has none, or that is not known."""
        with contextlib.suppress(MissingYearError):
            return self.guilds.settings(plan.coach.guild_id).session_of(plan.day)
        return None

    def _snapshot(
        self, actor: Reader, plan: Plan, revision: Revision, moment: datetime.datetime | None = None
    ) -> PlanSnapshot:
        has_text = _has_text_for(plan, revision)
        may_revert = not plan.deleted_at and has_text and Roster.of(actor.guild_id).may_edit(actor, plan)
        return comparisons.snapshot(plan, revision, moment, may_revert=may_revert)

    def _at(self, plan: Plan, moment: datetime.datetime) -> Revision:
        revision = stored_revisions.at(plan.id, moment)
        if revision is None:
            raise BeforeFirstError(plan)
        return revision


def _to_go_back_to(plan: Plan, number: int) -> Revision:
    """Return an older revision of the plan.

    Raises:
        CurrentRevisionError: it is the newest.
        NoRevisionError: there is none, or its text was erased and that of the plan was not.
    """
    if number == plan.revision:
        raise CurrentRevisionError(plan)
    old = comparisons.numbered(plan, number)
    if not _has_text_for(plan, old):
        raise NoRevisionError(plan, number)
    return old


def _has_text_for(plan: Plan, old: Revision) -> bool:
    """Return whether a plan can go back to the revision: between erased texts only the charts change."""
    return plan.is_erased or not old.is_erased


def _suggestion(revision: Revision, timezone: str) -> Suggestion:
    label = f"{revision.number}: {revision.kind.words}, {short_moment(revision.at, timezone)}"
    return Suggestion(label, str(revision.number))
