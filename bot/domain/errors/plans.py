"""Refusals about plans and charts."""

import datetime
from collections.abc import Sequence
from typing import Final, Literal

from bot.domain.days import short_date
from bot.domain.errors.base import RefusalError
from bot.domain.errors.input import BlankTextError, TextTooLongError
from bot.domain.errors.naming import plan_name
from bot.domain.values import MAX_CHARTS, MAX_FORM_LENGTH, BeginsWith, Coach, Plan, PlanId, RejectedPicture, is_mark

_GONE: Final = "That plan no longer exists; it may have been deleted. Find plans with /plan list."


class PlanError(RefusalError):
    """The plan can’t be found or changed."""


class NoPlanError(PlanError):
    """There is no live plan of this coach for this day; `coach` None: of any coach, or of the user’s own."""

    def __init__(self, coach: Coach | None, day: datetime.date, *, is_of_own: bool = False) -> None:
        nobody = "None of your coaches has a plan" if is_of_own else "There is no plan"
        whose = f"{coach.name} has no plan" if coach else nobody
        super().__init__(f"{whose} for {short_date(day)}. Find plans with /plan list.")
        self.coach = coach
        self.day = day


class NoOwnPlanError(PlanError):
    """There is no live plan that the user may change."""

    def __init__(self) -> None:
        super().__init__("You have no plan yet. Post one with /plan post.")


class DoneAlreadyError(PlanError):
    """The interaction was already carried out; `plan` is its result."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(f"This was already saved: {plan_name(plan)} (#{plan.revision}). See it with /plan show.")
        self.plan = plan


class PlanGoneError(PlanError):
    """The plan of a button or an open form is deleted, or was never in this guild."""

    def __init__(self, message: str = _GONE) -> None:
        super().__init__(message)


class PlanReplacedError(PlanGoneError):
    """The plan of a button or an open form is deleted, and its coach has another one for the day."""

    def __init__(self, plan: Plan, *, may_edit: bool) -> None:
        advice = "Edit that one instead." if may_edit else "See it with /plan show."
        super().__init__(
            f"That plan was deleted, and {plan.coach.name} has another one for {short_date(plan.day)}. {advice}"
        )
        self.plan = plan
        """The other plan."""
        self.may_edit = may_edit
        """True: the user may edit it."""


class PlanExistsError(PlanError):
    """The coach already has a live plan for the day."""

    def __init__(
        self,
        plan: Plan,
        *,
        may_edit: bool,
        following: datetime.date | None = None,
        begins_with: BeginsWith | None = None,
    ) -> None:
        super().__init__(
            f"{plan.coach.name} already has a plan for {short_date(plan.day)}. There is one plan for each day: "
            + (
                "edit it instead, or add charts with /chart add."
                if may_edit
                else "ask the coach’s team to change it, or delete it first."
            )
        )
        self.plan = plan
        self.may_edit = may_edit
        """True: the user may edit that plan."""
        self.following = following
        """The next session's day, for a form to post for another day; None: it is not known, or nothing was posted."""
        self.begins_with = begins_with
        """The text that the form for another day begins with; None: it is empty."""


class PlanChangedError(PlanError):
    """The plan was changed after the user opened it. Nothing was overwritten."""

    def __init__(self, plan: Plan, text: str | None, why: str = "") -> None:
        super().__init__(f"{plan_name(plan)} was changed after you opened it.{why} Nothing was overwritten or deleted.")
        self.plan = plan
        """The current plan: its `changed_by` and `changed_at` are of the last change."""
        self.text = text
        """The text of the refused edit; None: it was no edit."""


class MergedTextError(PlanChangedError):
    """The plan was changed after the user opened it, and the merged text would be too long, or blank."""

    def __init__(self, plan: Plan, text: str, error: TextTooLongError | BlankTextError) -> None:
        what = (
            f"it would have {error.length:,} characters; the limit is {error.limit:,}"
            if isinstance(error, TextTooLongError)
            else "nothing would be left"
        )
        super().__init__(plan, text, f" Merged with your text, {what}.")


class LongPlanError(PlanError):
    """An imported plan is longer than a form can hold; editing it there would cut off its end."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(
            f"{plan_name(plan)} has {len(plan.text):,} characters, and a form holds {MAX_FORM_LENGTH:,}: its end would "
            "be lost. To replace all of it, use /plan edit with the option text."
        )


class NotYourPlanError(PlanError):
    """The user may read this plan, but not edit, delete or restore it."""

    is_final = True

    def __init__(
        self, plan: Plan, act: Literal["edit", "delete", "restore"], *, team: bool = True, managers: bool = True
    ) -> None:
        """Name the coach's team and the server's managers, if they may do it."""
        allowed = [*([f"{plan.coach.name}’s team"] if team else []), *(["server managers"] if managers else [])]
        super().__init__(f"Only {' and '.join(allowed)} can {act} this plan.")


class NothingToRestoreError(PlanError):
    """There is no deleted plan of this coach for this day; `coach` None: of any coach, or of the user’s own."""

    def __init__(self, coach: Coach | None, day: datetime.date, *, is_of_own: bool = False) -> None:
        nobody = "None of your coaches has a deleted plan" if is_of_own else "There is no deleted plan"
        whose = f"{coach.name} has no deleted plan" if coach else nobody
        super().__init__(f"{whose} for {short_date(day)}: there is nothing to restore.")


class RestoreTakenError(PlanError):
    """A deleted plan can’t be restored, as its coach has another one for the day."""

    def __init__(self, deleted: Plan, *, may_see_history: bool) -> None:
        coach, day = deleted.coach.name, short_date(deleted.day)
        advice = " The deleted plan’s text is in its history." if may_see_history else ""
        super().__init__(f"Can’t restore: {coach} has another plan for {day}, and a day has one plan.{advice}")
        self.deleted = deleted
        self.may_see_history = may_see_history
        """True: the user may see the history of the deleted plan."""


class NothingToSaveError(PlanError):
    """The message has no text or pictures to save."""

    def __init__(self, *, may_be_text: bool) -> None:
        """Say it; `may_be_text`: a text would do, too."""
        missing, needed = ("text and no pictures", "text or pictures") if may_be_text else ("pictures", "pictures")
        super().__init__(
            f"That message has no {missing}. Stickers, polls and link previews can’t be saved. Choose a message with "
            f"{needed}."
        )


class NoSuchCardError(PlanError):
    """The message is neither a plan’s card nor the source of a plan."""

    def __init__(self) -> None:
        super().__init__(
            "That message is not a plan, and no plan was saved from it. Use this on a plan’s card, or on the message "
            "it was saved from. Find plans with /plan list."
        )


class ChartError(RefusalError):
    """A picture or a chart is refused."""


class NoPictureAddedError(ChartError):
    """None of the pictures can be added; `left_out` says why."""

    is_final = True

    def __init__(self, left_out: Sequence[RejectedPicture]) -> None:
        super().__init__("No chart was added.")
        self.left_out = tuple(left_out)


class PicturesUncheckedError(ChartError):
    """Pictures could not be checked now; `left_out` says why."""

    def __init__(self, left_out: Sequence[RejectedPicture], plan_id: PlanId | None = None) -> None:
        """Refuse pictures; `plan_id` is the plan that they were to be added to, if there is one."""
        super().__init__(
            "Not all pictures could be checked, so nothing was posted. Your text and the pictures are saved as a "
            "draft: send them again, now or later with /plan drafts, or send the text without them."
        )
        self.left_out = tuple(left_out)
        self.plan_id = plan_id


class TooManyChartsError(ChartError):
    """The plan has no room for more charts."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(
            f"No chart was added. {plan_name(plan)} has {len(plan.charts)} charts, and the limit is {MAX_CHARTS}. "
            "Make room with /chart remove, then add yours."
        )
        self.plan = plan


class NoChartError(ChartError):
    """The plan has no such chart, no longer, or several."""

    def __init__(self, plan: Plan, given: str) -> None:
        last, named = len(plan.charts), plan_name(plan)
        super().__init__(
            (
                f"That chart is no longer on {named}. "
                if is_mark(given)
                else f"“{given}” does not name one chart on {named}. "
            )
            + (
                f"Use its number, 1 to {last}: see /chart list."
                if last
                else "It has no charts. Add some with /chart add."
            )
        )


class CaptionTooLongError(ChartError):
    """The caption has more characters (code points) than one may have."""

    def __init__(self, length: int, limit: int) -> None:
        super().__init__(
            f"That caption has {length:,} characters, and the limit is {limit}. Shorten it, then send it again."
        )
