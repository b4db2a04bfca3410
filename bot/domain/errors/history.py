"""Refusals about revisions, moments and exports."""

import datetime
from collections.abc import Sequence
from typing import Final

from bot.domain.days import short_date
from bot.domain.errors.base import RefusalError
from bot.domain.errors.naming import plan_name
from bot.domain.values import MAX_EXPORTED, UNDO_TIME, Audience, Plan

THREADS_UNCHECKED: Final = "Some threads couldn’t be checked right now"


class HistoryError(RefusalError):
    """The history has no such revision."""


class HistoryHiddenError(HistoryError):
    """The plan was deleted, and the guild’s settings hide its history from the user."""

    def __init__(self, plan: Plan, audience: Audience) -> None:
        team = "" if audience is Audience.MANAGERS else f"{plan.coach.name}’s team and "
        super().__init__(
            f"{plan_name(plan)} was deleted. Only {team}server managers can see the history of deleted plans here."
        )


class NoRevisionError(HistoryError):
    """The plan has no revision of this number, or its text was erased."""

    def __init__(self, plan: Plan, number: int) -> None:
        has = f"revisions #1 to #{plan.revision}" if plan.revision > 1 else "one revision, #1"
        super().__init__(f"{plan_name(plan)} has {has}: there is no text of #{number}. See all with /history show.")


class SameRevisionError(HistoryError):
    """A revision can’t be compared with itself."""

    def __init__(self, plan: Plan, number: int) -> None:
        advice = "The plan was never changed." if plan.revision == 1 else "Choose two different revisions."
        super().__init__(f"There is nothing to compare #{number} with. {advice}")


class CurrentRevisionError(HistoryError):
    """A plan can’t be reverted to its current revision."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(
            f"#{plan.revision} is the current revision of {plan_name(plan)}: there is nothing to revert. "
            "Choose an older one."
        )


class UndoTooLateError(HistoryError):
    """The change was made too long ago to be undone by its receipt."""

    def __init__(self, plan: Plan) -> None:
        minutes = UNDO_TIME // datetime.timedelta(minutes=1)
        super().__init__(
            f"It’s too late to undo that: Undo works for {minutes} minutes. {plan_name(plan)} was not changed. "
            "To see its changes and revert to an older revision, use /history show."
        )


class UndoOutdatedError(HistoryError):
    """The plan was changed after the change that was to be undone."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(
            f"Not undone: {plan_name(plan)} was changed again after that. "
            "To see its changes and revert to an older revision, use /history show."
        )
        self.plan = plan
        """The current plan: its `changed_by` and `changed_at` are of the last change."""


class MomentError(HistoryError):
    """The words name no moment in the past."""


class SessionsMissingError(HistoryError):
    """The sessions of a year are not known yet, so neither is the moment."""


class MomentUnsavedError(HistoryError):
    """Changes of the moment may not be saved yet."""

    def __init__(self) -> None:
        super().__init__("Changes of that moment are still being saved. Ask again in a few seconds.")


class WhichMomentError(HistoryError):
    """The clock showed that time twice, because it was turned back."""

    def __init__(self, plan: Plan, given: str, moments: Sequence[tuple[str, datetime.datetime]]) -> None:
        super().__init__(f"The clock showed {given} twice that day. Which one do you mean?")
        self.plan = plan
        self.moments = tuple(moments)
        """The label and the time (UTC) of each."""


class BeforeFirstError(HistoryError):
    """There was no plan at that moment."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(
            f"{plan.coach.name} had no plan for {short_date(plan.day)} at that time yet. See when it was posted with "
            "/history show."
        )


class ExportError(RefusalError):
    """Plans can’t be exported."""


class NothingToExportError(ExportError):
    """There is no plan in those days that the user may read."""

    def __init__(self, first: datetime.date, last: datetime.date, *, is_partial: bool = False) -> None:
        """Say it; `is_partial`: threads that may have some could not be checked."""
        unchecked = f" {THREADS_UNCHECKED}: export again later." if is_partial else ""
        super().__init__(
            f"There are no plans from {short_date(first)} to {short_date(last)} to export. Find plans with "
            f"/plan list.{unchecked}"
        )


class ExportTooLargeError(ExportError):
    """The file would be larger than Discord takes."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"The file would be too large: the limit here is {limit // 2**20} MiB. Choose fewer days, one coach or "
            "another format, or ask the bot’s operators for a full export."
        )


class TooManyPlansError(ExportError):
    """More plans were chosen than one export holds."""

    def __init__(self, plans: int) -> None:
        super().__init__(
            f"Those are {plans:,} plans, and one export holds {MAX_EXPORTED:,}. Choose fewer days or one coach, or "
            "ask the bot’s operators for a full export."
        )


class ExportBusyError(ExportError):
    """The user’s own export, or too many of the server, are running or queued."""

    def __init__(self, of_server: int | None = None) -> None:
        """Say it; `of_server`: the number of the server's exports; None: it is the user's own."""
        whose = "You have an export" if of_server is None else f"This server has {of_server} exports"
        super().__init__(f"{whose} in progress already. Try again when it finishes.")


class ExportStoppedError(ExportError):
    """The export did not finish."""

    def __init__(self, *, seconds: float | None = None, is_stopping: bool = False) -> None:
        """Say it; `seconds`: the time limit that it reached; `is_stopping`: the bot is being stopped."""
        why = "failed" if seconds is None else f"took longer than {seconds:g} seconds"
        why = "was canceled because the bot is restarting" if is_stopping else why
        super().__init__(f"The export {why}, so there is no file. Choose fewer days or one coach, or try again later.")


class ExportChangedError(ExportError):
    """The settings that decide about the plans of an export, or its reader’s rights, changed after its start."""

    def __init__(self) -> None:
        super().__init__("The server’s settings, or the channels that may be read, changed meanwhile. Start again.")
