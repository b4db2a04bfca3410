"""The refusals: what a user is told when an act can't be done, and the facts that a reply may build on.

    CoachbookError
    +-- RefusalError                      str() is shown to the user, in plain words, with what to do
        +-- NotInGuildError               the command came from a private message, or from a guild without the bot
        +-- DatabaseUnavailableError      the disk or another process is in the way
        |   +-- UnsavedError              .request: a change that can be queued
        |   +-- DatabaseUnreadableError   there was nothing to save
        |   +-- PicturesUnavailableError  of the pictures alone
        +-- BackupError                   no backup could be made
        +-- NotManagerError               the user does not manage the guild
        +-- TooManyPicturesError          others wait already
        +-- StoppingError                 the bot is being stopped
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
        |   +-- AssignEveryoneError       .coach .members
        |   +-- MemberAlreadyError        .coach: it has these members already
        |   +-- NotMemberError            .coach: it has none of these members
        +-- SettingError
        |   +-- TimezoneError             .given .near
        |   +-- SetAndClearError          .what: it was to be set and cleared at once
        +-- HistoryError
        |   +-- HistoryHiddenError        .plan: it was deleted
        |   +-- NoRevisionError           .plan .number
        |   +-- SameRevisionError         .plan .number
        |   +-- CurrentRevisionError      .plan
        |   +-- MomentError               .given
        |   +-- WhichMomentError          .plan .given .moments
        |   +-- BeforeFirstError          .plan
        +-- ExportError
        |   +-- NothingToExportError
        |   +-- WrongWayError             .first .last
        |   +-- ExportTooLargeError       .limit
        |   +-- TooManyPlansError         .plans
        |   +-- ExportBusyError           another one runs or waits
        |   +-- ExportStoppedError        it took too long or failed
        +-- TextError
        |   +-- BlankTextError
        |   +-- TextTooLongError          .length .limit
        |   +-- TextFileError
        +-- DayError                      .given
        |   +-- WhichDayError             .days: it can be two
        +-- DraftsFullError
        |   +-- UserDraftsFullError       of one user
        |   +-- ServerDraftsFullError     of all users of a server
        +-- DraftGoneError
        +-- PlanError
        |   +-- NoPlanError               .coach .day
        |   +-- NoOwnPlanError
        |   +-- DoneAlreadyError          .plan: the same interaction has changed it before
        |   +-- PlanGoneError             the plan that a button or modal meant is deleted or never was
        |   +-- PlanExistsError           .plan .may_edit
        |   +-- PlanChangedError          .plan .text
        |   +-- LongPlanError             .plan
        |   +-- NotYourPlanError          .plan
        |   +-- NothingToRestoreError     .coach .day
        |   +-- NothingToSaveError        a message has nothing that a plan could be made of
        |   +-- NoSuchCardError           a message shows no plan
        +-- ChartError
        |   +-- NoPictureTakenError       .left_out
        |   +-- PicturesUncheckedError    .left_out
        |   +-- TooManyChartsError        .plan
        |   +-- NoChartError              .plan .given
        |   +-- CaptionTooLongError       .length .limit
        +-- OperatorError
            +-- NotOperatorError
            +-- UnknownPluginError        .given
            +-- PluginFailedError         .name .where .why
            +-- CommandsRefusedError      .why .guilty .retry_after
            +-- PluginBusyError           .act
            +-- PluginLoadedError         .name
            +-- PluginNotLoadedError      .name
            +-- PluginNeededError         .name .by

A refusal is raised by a service, before anything was written, and passes through plugins untouched;
`bot.interactions.error_handler` turns it into a reply.
"""

from bot.domain.errors.base import (
    BackupError,
    CoachbookError,
    DatabaseUnavailableError,
    DatabaseUnreadableError,
    NotInGuildError,
    NotManagerError,
    PicturesUnavailableError,
    RefusalError,
    StoppingError,
    TooManyPicturesError,
    UnsavedError,
)
from bot.domain.errors.guilds import (
    AssignEveryoneError,
    CoachError,
    CoachExistsError,
    CoachKeyError,
    CoachNameError,
    MemberAlreadyError,
    NoCoachError,
    NoMemberGivenError,
    NotMemberError,
    NotThisCoachError,
    RetiredCoachError,
    SetAndClearError,
    SettingError,
    TimezoneError,
    UnknownCoachError,
    WhichCoachError,
)
from bot.domain.errors.history import (
    BeforeFirstError,
    CurrentRevisionError,
    ExportBusyError,
    ExportError,
    ExportStoppedError,
    ExportTooLargeError,
    HistoryError,
    HistoryHiddenError,
    MomentError,
    NoRevisionError,
    NothingToExportError,
    SameRevisionError,
    TooManyPlansError,
    WhichMomentError,
    WrongWayError,
)
from bot.domain.errors.input import (
    BlankTextError,
    DayError,
    DraftGoneError,
    DraftsFullError,
    ServerDraftsFullError,
    TextError,
    TextFileError,
    TextTooLongError,
    UserDraftsFullError,
    WhichDayError,
)
from bot.domain.errors.plans import (
    CaptionTooLongError,
    ChartError,
    DoneAlreadyError,
    LongPlanError,
    NoChartError,
    NoOwnPlanError,
    NoPictureTakenError,
    NoPlanError,
    NoSuchCardError,
    NothingToRestoreError,
    NothingToSaveError,
    NotYourPlanError,
    PicturesUncheckedError,
    PlanChangedError,
    PlanError,
    PlanExistsError,
    PlanGoneError,
    TooManyChartsError,
)
from bot.domain.errors.plugins import (
    CommandsRefusedError,
    NotOperatorError,
    OperatorError,
    PluginBusyError,
    PluginFailedError,
    PluginLoadedError,
    PluginNeededError,
    PluginNotLoadedError,
    UnknownPluginError,
)

__all__ = [
    "AssignEveryoneError",
    "BackupError",
    "BeforeFirstError",
    "BlankTextError",
    "CaptionTooLongError",
    "ChartError",
    "CoachError",
    "CoachExistsError",
    "CoachKeyError",
    "CoachNameError",
    "CoachbookError",
    "CommandsRefusedError",
    "CurrentRevisionError",
    "DatabaseUnavailableError",
    "DatabaseUnreadableError",
    "DayError",
    "DoneAlreadyError",
    "DraftGoneError",
    "DraftsFullError",
    "ExportBusyError",
    "ExportError",
    "ExportStoppedError",
    "ExportTooLargeError",
    "HistoryError",
    "HistoryHiddenError",
    "LongPlanError",
    "MemberAlreadyError",
    "MomentError",
    "NoChartError",
    "NoCoachError",
    "NoMemberGivenError",
    "NoOwnPlanError",
    "NoPictureTakenError",
    "NoPlanError",
    "NoRevisionError",
    "NoSuchCardError",
    "NotInGuildError",
    "NotManagerError",
    "NotMemberError",
    "NotOperatorError",
    "NotThisCoachError",
    "NotYourPlanError",
    "NothingToExportError",
    "NothingToRestoreError",
    "NothingToSaveError",
    "OperatorError",
    "PicturesUnavailableError",
    "PicturesUncheckedError",
    "PlanChangedError",
    "PlanError",
    "PlanExistsError",
    "PlanGoneError",
    "PluginBusyError",
    "PluginFailedError",
    "PluginLoadedError",
    "PluginNeededError",
    "PluginNotLoadedError",
    "RefusalError",
    "RetiredCoachError",
    "SameRevisionError",
    "ServerDraftsFullError",
    "SetAndClearError",
    "SettingError",
    "StoppingError",
    "TextError",
    "TextFileError",
    "TextTooLongError",
    "TimezoneError",
    "TooManyChartsError",
    "TooManyPicturesError",
    "TooManyPlansError",
    "UnknownCoachError",
    "UnknownPluginError",
    "UnsavedError",
    "UserDraftsFullError",
    "WhichCoachError",
    "WhichDayError",
    "WhichMomentError",
    "WrongWayError",
]
