"""Plans and charts that can't be had or changed."""

import datetime
from collections.abc import Sequence

from bot.domain.days import long_day
from bot.domain.errors.base import RefusalError
from bot.domain.values import MAX_CHARTS, MAX_FORM_LENGTH, Coach, LeftOut, Plan, is_mark


class PlanError(RefusalError):
    """The plan can't be had or changed."""


class NoPlanError(PlanError):
    """There is no live plan of this coach for this day; `coach` None: of any coach, or of none of the actor's own."""

    def __init__(self, coach: Coach | None, day: datetime.date, *, is_of_own: bool = False) -> None:
        nobody = "None of your coaches has a plan" if is_of_own else "There is no plan"
        whose = f"{coach.name} has no plan" if coach else nobody
        super().__init__(f"{whose} for {long_day(day)}. See what there is with /plan list.")
        self.coach = coach
        self.day = day


class NoOwnPlanError(PlanError):
    """There is no live plan that the user may change."""

    def __init__(self) -> None:
        super().__init__("You have no plan yet. Post one with /plan post.")


class DoneAlreadyError(PlanError):
    """The same interaction has changed a plan before; `plan` is as that left it."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(
            f"Saved already: {plan.coach.name}'s plan for {long_day(plan.day)}, revision {plan.revision}. "
            "See it with /plan show."
        )
        self.plan = plan


class PlanGoneError(PlanError):
    """The plan that a button or an open modal was about is deleted, or was never in this guild."""

    def __init__(self) -> None:
        super().__init__("That plan is no longer there; it may have been deleted. See what there is with /plan list.")


class PlanExistsError(PlanError):
    """The coach already has a live plan for the day."""

    def __init__(self, plan: Plan, *, may_edit: bool) -> None:
        super().__init__(
            f"{plan.coach.name} already has a plan for {long_day(plan.day)}. There is one plan for each day: "
            + (
                "edit it instead, or add to its charts with /chart add."
                if may_edit
                else "ask one of its members to change it, or delete it first."
            )
        )
        self.plan = plan
        self.may_edit = may_edit
        """Whether the one who acts may edit that plan."""


class PlanChangedError(PlanError):
    """The plan has moved on from the revision that the writer had seen. Nothing was overwritten."""

    def __init__(self, plan: Plan, text: str | None) -> None:
        super().__init__(
            f"{plan.coach.name}'s plan for {long_day(plan.day)} may have been changed since you saw it. "
            "Nothing was overwritten or deleted."
        )
        self.plan = plan
        """As it stands now."""
        self.text = text
        """What the writer wanted it to say; None: the act was no edit."""


class LongPlanError(PlanError):
    """A plan that came from elsewhere is longer than what a form can hold; editing it there would cut off its end."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(
            f"{plan.coach.name}'s plan for {long_day(plan.day)} has {len(plan.text):,} characters, and a form holds "
            f"{MAX_FORM_LENGTH:,}: its end would be lost. To replace all of it, use /plan edit with the option text."
        )
        self.plan = plan


class NotYourPlanError(PlanError):
    """The user may read this plan but not do this to it."""

    is_final = True

    def __init__(self, plan: Plan, may: str) -> None:
        super().__init__(f"You can't do that to {plan.coach.name}'s plan for {long_day(plan.day)}: {may}")
        self.plan = plan


class NothingToRestoreError(PlanError):
    """No deleted plan of this coach for this day; `coach` None: of any coach, or of none of the actor's own."""

    def __init__(self, coach: Coach | None, day: datetime.date, *, is_of_own: bool = False) -> None:
        nobody = "None of your coaches has a deleted plan" if is_of_own else "There is no deleted plan"
        whose = f"{coach.name} has no deleted plan" if coach else nobody
        super().__init__(f"{whose} for {long_day(day)}. There is nothing to restore.")
        self.coach = coach
        self.day = day


class NothingToSaveError(PlanError):
    """The message has nothing that could become a plan, or a chart of one."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"That message has no {what}. Stickers, polls and previews of links can't be saved: choose a message that "
            "was written, or that has pictures."
        )


class NoSuchCardError(PlanError):
    """The message is neither a plan's card nor one that a plan was saved from."""

    def __init__(self) -> None:
        super().__init__(
            "That message shows no plan, and no plan was saved from it. Use this on a plan's card, or on the message "
            "that became a plan; /plan list finds plans."
        )


class ChartError(RefusalError):
    """A picture, or what is to be done with a chart, can't be had."""


class NoPictureTakenError(ChartError):
    """None of the pictures can be a chart; `left_out` says why."""

    is_final = True

    def __init__(self, left_out: Sequence[LeftOut]) -> None:
        super().__init__("The plan is as it was: no chart was added.")
        self.left_out = tuple(left_out)


class PicturesUncheckedError(ChartError):
    """Pictures that may be good could not be looked at; `left_out` says why."""

    def __init__(self, left_out: Sequence[LeftOut]) -> None:
        super().__init__(
            "Not all pictures could be checked, so nothing was saved. Your text and the pictures are kept: send them "
            "again, now or later with /plan drafts, or send the text without them."
        )
        self.left_out = tuple(left_out)


class TooManyChartsError(ChartError):
    """The plan has no room for the charts that are to be added."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(
            f"{plan.coach.name}'s plan for {long_day(plan.day)} has {len(plan.charts)} charts, and {MAX_CHARTS} is "
            "the most. Nothing was added. Make room with /chart remove, then add yours."
        )
        self.plan = plan


class NoChartError(ChartError):
    """The plan has no such chart, or several that could be meant; one that was chosen in a list may be gone since."""

    def __init__(self, plan: Plan, given: str) -> None:
        last, named = len(plan.charts), f"{plan.coach.name}'s plan for {long_day(plan.day)}"
        super().__init__(
            (
                f"That chart is no longer on {named}. "
                if is_mark(given)
                else f"\u201c{given}\u201d does not name one chart on {named}. "
            )
            + (f"Give its number, 1 to {last}: see /chart list." if last else "It has no charts: /chart add adds some.")
        )
        self.plan = plan
        self.given = given


class CaptionTooLongError(ChartError):
    """The caption has more characters (code points) than one may have."""

    def __init__(self, length: int, limit: int) -> None:
        super().__init__(f"That caption has {length:,} characters and may have {limit}. Shorten it and send it again.")
        self.length = length
        self.limit = limit
