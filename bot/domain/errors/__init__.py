"""The refusals: the messages for users whose command can't be done, and the attributes that replies are built from.

    CoachbookError
    +-- RefusalError                      str() is shown to the user: what happened, and what to do
        +-- NotInGuildError               a direct message, or a guild without the bot
        +-- DatabaseUnavailableError      the database can't be read or written now
        |   +-- UnsavedError              .request: a change that can be queued
        |   +-- DatabaseUnreadableError   for a read
        |   +-- PicturesUnavailableError  for pictures alone
        +-- BackupError                   no backup could be made
        +-- NotManagerError               the user does not manage the guild
        +-- TooManyPicturesError          others wait already
        +-- StoppingError                 the bot is being stopped
        +-- ReadersUncheckedError         Discord did not say what the reader sees
        +-- CoachError
        |   +-- UnknownCoachError         .near
        |   +-- NoCoachError              the user may post as no coach
        |   +-- WhichCoachError           .coaches: more than one is possible
        |   +-- NotThisCoachError         .coach: the user is not a member of it
        |   +-- RetiredCoachError         nobody can post as it
        |   +-- CoachKeyError             not a valid key
        |   +-- CoachNameError            not a valid name
        |   +-- CoachColorError           not a color
        |   +-- CoachPictureError         a picture that can't be the coach's
        |   +-- NothingToChangeError      no part of it was named
        |   +-- CoachExistsError          .coach: has the key already
        |   +-- NoMemberGivenError        neither a user nor a role was named
        |   +-- AssignEveryoneError       .coach .members
        |   +-- MemberAlreadyError        all of them are members already
        |   +-- NotMemberError            none of them is a member
        +-- SettingError
        |   +-- TimezoneError
        |   +-- CloseTimeError            the end of an overridden session
        |   +-- SetAndClearError          a setting to set and clear at once
        |   +-- FeedTokenError            a token that can't be created or revoked
        +-- HistoryError
        |   +-- HistoryHiddenError        the history of a deleted plan
        |   +-- NoRevisionError
        |   +-- SameRevisionError
        |   +-- CurrentRevisionError
        |   +-- UndoTooLateError
        |   +-- UndoOutdatedError         .plan: changed again since
        |   +-- MomentError
        |   +-- SessionsMissingError      not known yet
        |   +-- MomentUnsavedError        changes are still being saved
        |   +-- WhichMomentError          .plan .moments
        |   +-- BeforeFirstError
        +-- ExportError
        |   +-- NothingToExportError
        |   +-- ExportTooLargeError
        |   +-- TooManyPlansError
        |   +-- ExportBusyError           another one is running or queued
        |   +-- ExportStoppedError        took too long, or failed
        |   +-- ExportChangedError        settings or rights changed after its start
        +-- TextError
        |   +-- BlankTextError
        |   +-- TextTooLongError          .length .limit
        |   +-- TextFileError
        +-- DayError                      .given
        |   +-- WhichDayError             .given .days: two are possible
        +-- ClosedDayError                .day .following: the day has no session
        +-- DraftsFullError
        |   +-- UserDraftsFullError       of one user
        |   +-- ServerDraftsFullError     of all users of a server
        +-- DraftGoneError
        +-- DraftSentAgainError           .plan: what the newer command made of it, if it did yet
        +-- NoSearchWordError             only signs to search for
        +-- WrongWayError                 the first day is after the last
        +-- PlanError
        |   +-- NoPlanError               .coach .day
        |   +-- NoOwnPlanError
        |   +-- DoneAlreadyError          .plan: the interaction was carried out before
        |   +-- PlanGoneError             the plan of a button or form is deleted
        |   |   +-- PlanReplacedError     .plan .may_edit: the coach has another one
        |   +-- PlanExistsError           .plan .may_edit .following .begins_with
        |   +-- PlanChangedError          .plan .text
        |   |   +-- MergedTextError       too long, or blank
        |   +-- LongPlanError
        |   +-- NotYourPlanError
        |   +-- NothingToRestoreError
        |   +-- RestoreTakenError         .deleted .may_see_history: the coach has another one
        |   +-- NothingToSaveError        the message has no text or pictures
        |   +-- NoSuchCardError           the message shows no plan
        +-- ChartError
        |   +-- NoPictureAddedError       .left_out
        |   +-- PicturesUncheckedError    .left_out
        |   +-- TooManyChartsError        .plan
        |   +-- NoChartError
        |   +-- CaptionTooLongError
        +-- OperatorError
        |   +-- NotOperatorError
        |   +-- UnknownPluginError
        |   +-- PluginFailedError         .name .where .why
        |   +-- CommandsRefusedError      .why .guilty .retry_after
        |   +-- PluginBusyError
        |   +-- PluginLoadedError
        |   +-- PluginNotLoadedError
        |   +-- PluginNeededError
        +-- TemplateError
            +-- NotYourTemplatesError
            +-- NoTemplateError
            +-- TemplateNameError
            +-- TemplateExistsError
            +-- TemplateChangedError      .template
            +-- TooManyTemplatesError

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
    ReadersUncheckedError,
    RefusalError,
    StoppingError,
    TooManyPicturesError,
    UnsavedError,
)
from bot.domain.errors.guilds import (
    AssignEveryoneError,
    CloseTimeError,
    CoachColorError,
    CoachError,
    CoachExistsError,
    CoachKeyError,
    CoachNameError,
    CoachPictureError,
    FeedTokenError,
    MemberAlreadyError,
    NoCoachError,
    NoMemberGivenError,
    NothingToChangeError,
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
    ExportChangedError,
    ExportError,
    ExportStoppedError,
    ExportTooLargeError,
    HistoryError,
    HistoryHiddenError,
    MomentError,
    MomentUnsavedError,
    NoRevisionError,
    NothingToExportError,
    SameRevisionError,
    SessionsMissingError,
    TooManyPlansError,
    UndoOutdatedError,
    UndoTooLateError,
    WhichMomentError,
)
from bot.domain.errors.input import (
    BlankTextError,
    ClosedDayError,
    DayError,
    DraftGoneError,
    DraftSentAgainError,
    DraftsFullError,
    NoSearchWordError,
    ServerDraftsFullError,
    TextError,
    TextFileError,
    TextTooLongError,
    UserDraftsFullError,
    WhichDayError,
    WrongWayError,
)
from bot.domain.errors.plans import (
    CaptionTooLongError,
    ChartError,
    DoneAlreadyError,
    LongPlanError,
    MergedTextError,
    NoChartError,
    NoOwnPlanError,
    NoPictureAddedError,
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
    PlanReplacedError,
    RestoreTakenError,
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
from bot.domain.errors.templates import (
    NoTemplateError,
    NotYourTemplatesError,
    TemplateChangedError,
    TemplateError,
    TemplateExistsError,
    TemplateNameError,
    TooManyTemplatesError,
)

__all__ = [
    "AssignEveryoneError",
    "BackupError",
    "BeforeFirstError",
    "BlankTextError",
    "CaptionTooLongError",
    "ChartError",
    "CloseTimeError",
    "ClosedDayError",
    "CoachColorError",
    "CoachError",
    "CoachExistsError",
    "CoachKeyError",
    "CoachNameError",
    "CoachPictureError",
    "CoachbookError",
    "CommandsRefusedError",
    "CurrentRevisionError",
    "DatabaseUnavailableError",
    "DatabaseUnreadableError",
    "DayError",
    "DoneAlreadyError",
    "DraftGoneError",
    "DraftSentAgainError",
    "DraftsFullError",
    "ExportBusyError",
    "ExportChangedError",
    "ExportError",
    "ExportStoppedError",
    "ExportTooLargeError",
    "FeedTokenError",
    "HistoryError",
    "HistoryHiddenError",
    "LongPlanError",
    "MemberAlreadyError",
    "MergedTextError",
    "MomentError",
    "MomentUnsavedError",
    "NoChartError",
    "NoCoachError",
    "NoMemberGivenError",
    "NoOwnPlanError",
    "NoPictureAddedError",
    "NoPlanError",
    "NoRevisionError",
    "NoSearchWordError",
    "NoSuchCardError",
    "NoTemplateError",
    "NotInGuildError",
    "NotManagerError",
    "NotMemberError",
    "NotOperatorError",
    "NotThisCoachError",
    "NotYourPlanError",
    "NotYourTemplatesError",
    "NothingToChangeError",
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
    "PlanReplacedError",
    "PluginBusyError",
    "PluginFailedError",
    "PluginLoadedError",
    "PluginNeededError",
    "PluginNotLoadedError",
    "ReadersUncheckedError",
    "RefusalError",
    "RestoreTakenError",
    "RetiredCoachError",
    "SameRevisionError",
    "ServerDraftsFullError",
    "SessionsMissingError",
    "SetAndClearError",
    "SettingError",
    "StoppingError",
    "TemplateChangedError",
    "TemplateError",
    "TemplateExistsError",
    "TemplateNameError",
    "TextError",
    "TextFileError",
    "TextTooLongError",
    "TimezoneError",
    "TooManyChartsError",
    "TooManyPicturesError",
    "TooManyPlansError",
    "TooManyTemplatesError",
    "UndoOutdatedError",
    "UndoTooLateError",
    "UnknownCoachError",
    "UnknownPluginError",
    "UnsavedError",
    "UserDraftsFullError",
    "WhichCoachError",
    "WhichDayError",
    "WhichMomentError",
    "WrongWayError",
]
