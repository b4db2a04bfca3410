"""Revisions, moments and exports that can't be had."""

import datetime
from collections.abc import Sequence

from bot.domain.days import long_day
from bot.domain.errors.base import RefusalError
from bot.domain.values import MAX_EXPORTED, Audience, Plan


class HistoryError(RefusalError):
    """The history has no such place."""


class HistoryHiddenError(HistoryError):
    """The plan was deleted, and the guild's settings show the history of such plans to others alone."""

    def __init__(self, plan: Plan, audience: Audience) -> None:
        members = "" if audience is Audience.MANAGERS else f"the members of {plan.coach.name} and "
        super().__init__(
            f"{plan.coach.name}'s plan for {long_day(plan.day)} was deleted. In this server only {members}those who "
            "manage the server can see the history of deleted plans."
        )
        self.plan = plan


class NoRevisionError(HistoryError):
    """The plan has no revision of this number, or its text was erased."""

    def __init__(self, plan: Plan, number: int) -> None:
        has = f"revisions 1 to {plan.revision}" if plan.revision > 1 else "one revision, number 1"
        super().__init__(
            f"{plan.coach.name}'s plan for {long_day(plan.day)} has {has}; there is no text of revision {number}."
        )
        self.plan = plan
        self.number = number


class SameRevisionError(HistoryError):
    """A revision can't be compared with itself."""

    def __init__(self, plan: Plan, number: int) -> None:
        advice = "The plan was never changed." if plan.revision == 1 else "Give two different numbers."
        super().__init__(f"There is nothing to compare revision {number} with. {advice}")
        self.plan = plan
        self.number = number


class CurrentRevisionError(HistoryError):
    """The newest revision can't be taken back to."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(
            f"Revision {plan.revision} is what {plan.coach.name}'s plan for {long_day(plan.day)} says now; there is "
            "nothing to take back."
        )
        self.plan = plan


class MomentError(HistoryError):
    """The words name no moment that has been."""

    def __init__(self, given: str, why: str) -> None:
        super().__init__(why)
        self.given = given


class WhichMomentError(HistoryError):
    """The clock showed that time twice, as it was put back in between."""

    def __init__(self, plan: Plan, given: str, moments: Sequence[tuple[str, datetime.datetime]]) -> None:
        super().__init__(f"The clock showed {given} twice that day. Which of the two do you mean?")
        self.plan = plan
        self.given = given
        self.moments = tuple(moments)
        """What each is called, and when it was (UTC)."""


class BeforeFirstError(HistoryError):
    """There was no plan yet."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(
            f"At that moment {plan.coach.name} had no plan for {long_day(plan.day)} yet: see /history show for when it "
            "was posted."
        )
        self.plan = plan


class ExportError(RefusalError):
    """Plans can't be exported."""


class NothingToExportError(ExportError):
    """There is no plan in those days that the one who asks may see."""

    def __init__(self, first: datetime.date, last: datetime.date, *, is_partial: bool = False) -> None:
        """`is_partial`: threads that may have some could not be checked."""
        unchecked = " Some threads couldn't be checked right now: export again later." if is_partial else ""
        super().__init__(
            f"There is no plan from {long_day(first)} to {long_day(last)} to export. See which there are with "
            f"/plan list.{unchecked}"
        )


class WrongWayError(ExportError):
    """The first day is after the last."""

    def __init__(self, first: datetime.date, last: datetime.date) -> None:
        super().__init__(f"{long_day(first)} is after {long_day(last)}. Give the earlier day as `from`.")
        self.first = first
        self.last = last


class ExportTooLargeError(ExportError):
    """The file would be larger than Discord takes."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"That file would be too large: Discord takes {limit // 2**20} MiB here. Choose fewer days, one coach or "
            "another format, or ask those who run this bot: they can export all there is."
        )
        self.limit = limit


class TooManyPlansError(ExportError):
    """More plans were chosen than one export holds."""

    def __init__(self, plans: int) -> None:
        super().__init__(
            f"Those are {plans:,} plans, and one export holds {MAX_EXPORTED:,}. Choose fewer days or one coach, or "
            "ask those who run this bot: they can export all there is."
        )
        self.plans = plans


class ExportBusyError(ExportError):
    """Another export is running or waits, of the same user, or many of the server."""

    def __init__(self, whose: str) -> None:
        super().__init__(f"{whose} in progress already. Wait until that is done, then try again.")


class ExportStoppedError(ExportError):
    """The export did not come to its end."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The export {why}, and there is no file. Choose fewer days or one coach, or try again later.")
