"""The refusals: what a user is told when an act can't be done, and the facts that a reply may build on.

    CoachbookError
    +-- RefusalError                      str() is shown to the user, in plain words, with what to do
        +-- NotInGuildError               the command came from a private message, or from a guild without the bot
        +-- BookUnavailableError          the disk or another process is in the way
        +-- NotManagerError               the user does not manage the guild
        +-- TextError
        |   +-- BlankTextError
        |   +-- TextTooLongError          .length .limit
        +-- DayError                      .given
        +-- CoachError
        |   +-- UnknownCoachError         .given .near
        |   +-- NoCoachError              the user may post as no coach
        |   +-- WhichCoachError           .coaches: more than one would do
        |   +-- NotThisCoachError         .coach: the user is no member of it
        |   +-- RetiredCoachError         .coach: nobody posts as it any more
        |   +-- CoachKeyError             .given: it can't be a key
        |   +-- CoachNameError            .given: it can't be a name
        |   +-- CoachExistsError          .coach: it has the key already
        |   +-- NoMemberGivenError        neither a user nor a role was named
        |   +-- MemberAlreadyError        .coach: it has these members already
        |   +-- NotMemberError            .coach: it has none of these members
        +-- SettingError
        |   +-- TimezoneError             .given .near
        |   +-- SetAndClearError          .what: it was to be set and cleared at once
        +-- PlanError
        |   +-- NoPlanError               .coach .day
        |   +-- PlanGoneError             the plan that a button or modal meant is deleted or never was
        |   +-- PlanExistsError           .plan .may_edit
        |   +-- PlanChangedError          .plan .text
        |   +-- NotYourPlanError          .plan
        |   +-- NothingToRestoreError     .coach .day
        |   +-- NothingToSaveError        a message has nothing that a plan could be made of
        |   +-- NoSuchCardError           a message shows no plan
        +-- ChartError
        |   +-- NoPictureTakenError       .left_out
        |   +-- TooManyChartsError        .plan
        |   +-- NoChartError              .plan .given
        |   +-- CaptionTooLongError       .length .limit
        +-- HistoryError
        |   +-- NoRevisionError           .plan .number
        |   +-- SameRevisionError         .plan .number
        |   +-- CurrentRevisionError      .plan
        |   +-- MomentError               .given
        |   +-- WhichMomentError          .plan .given .moments
        |   +-- BeforeFirstError          .plan
        +-- OperatorError
        |   +-- NotOperatorError
        |   +-- UnknownPluginError        .given
        |   +-- PluginFailedError         .name .where .why
        |   +-- CommandsRefusedError      .why
        |   +-- PluginBusyError           .act
        |   +-- PluginLoadedError         .name
        |   +-- PluginNotLoadedError      .name
        |   +-- PluginNeededError         .name .by
        +-- ExportError
        |   +-- NothingToExportError
        |   +-- WrongWayError             .first .last
        |   +-- ExportTooLargeError       .size .limit
        +-- DraftGoneError
        +-- StoppingError                 the bot is being stopped

A refusal is raised by a service, before anything was written, and passes through plugins untouched; `bot.failures`
turns it into a reply.
"""

import datetime
from collections.abc import Sequence

from bot.days import long_day
from bot.values import LONGEST_NAME, MOST_CHARTS, Coach, LeftOut, Plan

_MOST_NAMED = 10
"""Coaches that a refusal lists; all are offered while one types."""


class CoachbookError(Exception):
    """The root of all errors that are ours."""


class RefusalError(CoachbookError):
    """An act was refused; nothing was changed. The message may be shown to the user."""


class NotInGuildError(RefusalError):
    """The interaction came from where there is no book: a private message, or a guild without the bot."""

    def __init__(self) -> None:
        super().__init__("Coachbook keeps plans for a server. Use this command in a server that Coachbook is in.")


class BookUnavailableError(RefusalError):
    """The book can't be read or written now; the cause says why, to operators."""

    def __init__(self) -> None:
        super().__init__(
            "The book can't be reached at the moment, so nothing was saved. Try again in a minute; "
            "if it stays like this, tell those who run this bot."
        )


class NotManagerError(RefusalError):
    """The user may not change how the guild uses Coachbook."""

    def __init__(self) -> None:
        super().__init__(
            "You can't do that: it takes the permission Manage Server. Ask someone who manages the server."
        )


class TextError(RefusalError):
    """The text can't be a plan."""


class BlankTextError(TextError):
    """The text has nothing that a reader could see."""

    def __init__(self) -> None:
        super().__init__("A plan needs some text. Write at least a word and send it again.")


class TextTooLongError(TextError):
    """The text has more characters (code points) than a plan may have."""

    def __init__(self, length: int, limit: int) -> None:
        super().__init__(
            f"That text has {length:,} characters and a plan may have {limit:,}. "
            f"Shorten it by {length - limit:,} and send it again."
        )
        self.length = length
        self.limit = limit


class DayError(RefusalError):
    """The words name no day."""

    def __init__(self, given: str, why: str) -> None:
        super().__init__(
            f"{why} Use today, tomorrow, yesterday, a weekday such as friday, or a date such as 2026-11-23."
        )
        self.given = given


class CoachError(RefusalError):
    """The coach can't be used."""


class UnknownCoachError(CoachError):
    """No coach of the guild has this key or name."""

    def __init__(self, given: str, near: Coach | None, coaches: Sequence[Coach]) -> None:
        advice = f"Did you mean {near.key} ({near.name})?" if near else _choices(coaches)
        super().__init__(f"There is no coach \u201c{given}\u201d in this server. {advice}")
        self.given = given
        self.near = near


class NoCoachError(CoachError):
    """The user may post as no coach of this guild."""

    def __init__(self) -> None:
        super().__init__(
            "You are not a coach in this server, so you can read plans but not post them. "
            "If you should be one, ask someone who manages the server."
        )


class WhichCoachError(CoachError):
    """More than one coach would do, and none was named."""

    def __init__(self, coaches: Sequence[Coach]) -> None:
        super().__init__(f"Say which coach: fill in the option coach. {_choices(coaches)}")
        self.coaches = tuple(coaches)


class NotThisCoachError(CoachError):
    """The user is not a member of this coach."""

    def __init__(self, coach: Coach) -> None:
        super().__init__(
            f"You can't post as {coach.name}: you are not one of its members. "
            "If you should be, ask someone who manages the server."
        )
        self.coach = coach


class RetiredCoachError(CoachError):
    """Nobody posts as this coach any more."""

    def __init__(self, coach: Coach) -> None:
        super().__init__(
            f"{coach.name} is retired: its plans can be read, and nobody posts as it any more. "
            f"Those who manage the server bring it back with /admin coach add and its key, {coach.key}."
        )
        self.coach = coach


class CoachKeyError(CoachError):
    """The words can't be the key of a coach."""

    def __init__(self, given: str) -> None:
        super().__init__(
            f"\u201c{given}\u201d can't be a coach's key. A key has 1 to 16 characters, each one of a-z, 0-9 and _, "
            "such as d or swing_2."
        )
        self.given = given


class CoachNameError(CoachError):
    """The words can't be the name of a coach."""

    def __init__(self, given: str) -> None:
        super().__init__(
            f"That can't be a coach's name: it is to have 1 to {LONGEST_NAME} characters on one line, and has "
            f"{len(given):,}. Shorten it, or leave out what can't be seen."
        )
        self.given = given


class CoachExistsError(CoachError):
    """The guild has a coach with this key."""

    def __init__(self, coach: Coach) -> None:
        super().__init__(
            f"There is a coach with the key {coach.key} already: {coach.name}. Take another key, or give that coach "
            "another name with /admin coach edit."
        )
        self.coach = coach


class NoMemberGivenError(CoachError):
    """Neither a user nor a role was named."""

    def __init__(self) -> None:
        super().__init__("Say who: fill in the option user, the option role, or both.")


class MemberAlreadyError(CoachError):
    """The coach has these members already."""

    def __init__(self, coach: Coach) -> None:
        super().__init__(f"They may post as {coach.name} already. See who may with /admin coach list.")
        self.coach = coach


class NotMemberError(CoachError):
    """The coach has none of these members."""

    def __init__(self, coach: Coach) -> None:
        super().__init__(
            f"They are not assigned to {coach.name}. See who is with /admin coach list: "
            "one who has an assigned role loses the coach with the role."
        )
        self.coach = coach


class SettingError(RefusalError):
    """The guild can't be set up like that."""


class TimezoneError(SettingError):
    """The words name no time zone; `near` is the one that was most likely meant."""

    def __init__(self, given: str, near: str | None) -> None:
        advice = (
            f"Did you mean {near}?" if near else "Begin to type a city, such as London, and choose what is offered."
        )
        super().__init__(f"\u201c{given}\u201d is not a time zone. {advice}")
        self.given = given
        self.near = near


class SetAndClearError(SettingError):
    """The same was to be set and cleared at once."""

    def __init__(self, what: str) -> None:
        super().__init__(f"Either set {what} or clear it, not both at once. Nothing was changed.")
        self.what = what


class PlanError(RefusalError):
    """The plan can't be had or changed."""


class NoPlanError(PlanError):
    """There is no live plan of this coach for this day; `coach` None: of any coach."""

    def __init__(self, coach: Coach | None, day: datetime.date) -> None:
        whose = f"{coach.name} has no plan" if coach else "There is no plan"
        super().__init__(f"{whose} for {long_day(day)}. See what there is with /plan list.")
        self.coach = coach
        self.day = day


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
                else "ask its author to change it, or delete it first."
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


class NotYourPlanError(PlanError):
    """The user may read this plan but not do this to it."""

    def __init__(self, plan: Plan, may: str) -> None:
        super().__init__(f"You can't do that to {plan.coach.name}'s plan for {long_day(plan.day)}: {may}")
        self.plan = plan


class NothingToRestoreError(PlanError):
    """No deleted plan of this coach for this day; `coach` None: of any coach."""

    def __init__(self, coach: Coach | None, day: datetime.date) -> None:
        whose = f"{coach.name} has no deleted plan" if coach else "There is no deleted plan"
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

    def __init__(self, left_out: Sequence[LeftOut]) -> None:
        super().__init__("The plan is as it was: no chart was added.")
        self.left_out = tuple(left_out)


class TooManyChartsError(ChartError):
    """The plan has as many charts as a plan may have."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(
            f"{plan.coach.name}'s plan for {long_day(plan.day)} has {len(plan.charts)} charts, and {MOST_CHARTS} is "
            "the most. Take one away with /chart remove, then add yours."
        )
        self.plan = plan


class NoChartError(ChartError):
    """The plan has no such chart, or several that could be meant."""

    def __init__(self, plan: Plan, given: str) -> None:
        last = len(plan.charts)
        super().__init__(
            f"\u201c{given}\u201d does not name one chart on {plan.coach.name}'s plan for {long_day(plan.day)}. "
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


class HistoryError(RefusalError):
    """The history has no such place."""


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
        super().__init__(f"{why} Use a time such as 09:31, yesterday 16:00, or 2026-11-23T09:31.")
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


class OperatorError(RefusalError):
    """What only those who run the bot may do was not done."""


class NotOperatorError(OperatorError):
    """The one who acts does not run this bot."""

    def __init__(self) -> None:
        super().__init__(
            "You can't do that: it is for those who run this bot, wherever they are. Managing a server is not enough."
        )


class UnknownPluginError(OperatorError):
    """There is no plugin of that name."""

    def __init__(self, given: str, known: Sequence[str]) -> None:
        super().__init__(f"There is no plugin {given}. There are: {', '.join(known)}.")
        self.given = given


class PluginFailedError(OperatorError):
    """A plugin can't be loaded as it is; what ran before goes on."""

    def __init__(self, name: str, where: str, why: str) -> None:
        super().__init__(f"The plugin {name} can't be loaded. {where}: {why}.")
        self.name = name
        self.where = where
        """A file or a module, with the line where there is one."""
        self.why = why


class CommandsRefusedError(OperatorError):
    """Discord did not take the commands."""

    def __init__(self, why: str) -> None:
        super().__init__(f"Discord did not take the commands: {why}.")
        self.why = why


class PluginBusyError(OperatorError):
    """Something is being done with a plugin, and only one thing is done at a time."""

    def __init__(self, act: str) -> None:
        super().__init__(f"Coachbook is just doing this: {act}. Wait until it has ended, then try again.")
        self.act = act


class PluginLoadedError(OperatorError):
    """The plugin that was to be loaded is loaded."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The plugin {name} is loaded already. To read its file again: /admin plugin reload.")
        self.name = name


class PluginNotLoadedError(OperatorError):
    """The plugin is not loaded."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The plugin {name} is not loaded. To load it: /admin plugin load.")
        self.name = name


class PluginNeededError(OperatorError):
    """The plugin can't be unloaded, because something goes on with it."""

    def __init__(self, name: str, by: str) -> None:
        super().__init__(f"The plugin {name} can't be unloaded, because {by} needs it. It can be reloaded.")
        self.name = name
        self.by = by


class ExportError(RefusalError):
    """Plans can't be exported."""


class NothingToExportError(ExportError):
    """There is no plan in those days that the one who asks may see."""

    def __init__(self, first: datetime.date, last: datetime.date) -> None:
        super().__init__(
            f"There is no plan from {long_day(first)} to {long_day(last)} to export. See which there are with "
            "/plan list."
        )


class WrongWayError(ExportError):
    """The first day is after the last."""

    def __init__(self, first: datetime.date, last: datetime.date) -> None:
        super().__init__(f"{long_day(first)} is after {long_day(last)}. Give the earlier day as `from`.")
        self.first = first
        self.last = last


class ExportTooLargeError(ExportError):
    """The file would be larger than Discord takes."""

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(
            f"That would be a file of about {-(-size // 2**20):,} MiB, and Discord takes {limit // 2**20}. Choose "
            "fewer days, one coach or another format, or ask those who run this bot: they can export all there is."
        )
        self.size = size
        self.limit = limit


class DraftGoneError(RefusalError):
    """The kept text that a button meant was used already, or belongs to somebody else."""

    def __init__(self) -> None:
        super().__init__("That kept text was used already or is not yours. Start again with /plan post or /plan edit.")


class StoppingError(RefusalError):
    """The bot is being stopped, and takes nothing more that would last."""

    def __init__(self) -> None:
        super().__init__(
            "Coachbook is being restarted, so your pictures were not all fetched. A plan that you were posting is "
            "kept: go on with /plan drafts in a minute. For anything else, send it again."
        )


def _choices(coaches: Sequence[Coach]) -> str:
    if not coaches:
        return "It has no coaches yet: ask someone who manages the server."
    named = [f"{coach.key} ({coach.name})" for coach in coaches[:_MOST_NAMED]]
    more = [f"{len(coaches) - _MOST_NAMED} more"] if len(coaches) > _MOST_NAMED else []
    return f"The coaches are: {', '.join(named + more)}."
