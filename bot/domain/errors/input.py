"""Texts, days and drafts that can't be taken."""

import datetime

from bot.domain.errors.base import RefusalError


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


class TextFileError(TextError):
    """The text of a plan is in a file, and can't be read from it."""

    def __init__(self, filename: str, why: str) -> None:
        super().__init__(f"{filename} {why}. Or copy its text, and send it with /plan post.")


class DayError(RefusalError):
    """The words name no day."""

    def __init__(self, given: str, why: str) -> None:
        super().__init__(
            f"{why} Use today, tomorrow, yesterday, a weekday such as friday, or a date such as nov 23 or 2026-11-23."
        )
        self.given = given


class WhichDayError(DayError):
    """The words can mean two days, by the order in which their writer writes dates."""

    def __init__(
        self, given: str, why: str, days: tuple[datetime.date, datetime.date], *, is_of_plan: bool = False
    ) -> None:
        super().__init__(given, f"{why} Which one?")
        self.days = days
        """The earlier first."""
        self.is_of_plan = is_of_plan
        """True: a plan of that day is to be changed. False: one is to be posted, or read."""


class DraftsFullError(RefusalError):
    """A quota of drafts is used up, so this one is not kept."""


class UserDraftsFullError(DraftsFullError):
    """The user has as many drafts, or as much in them, as one may have."""

    def __init__(self, most: str) -> None:
        super().__init__(
            f"Your drafts are full ({most}), so this is not kept as one. "
            "Send or discard a draft with /plan drafts, then send this again."
        )


class ServerDraftsFullError(DraftsFullError):
    """All users of a server together have as many drafts, or as much in them, as they may have."""

    def __init__(self, most: str) -> None:
        super().__init__(
            f"This server\N{RIGHT SINGLE QUOTATION MARK}s drafts are full ({most}), so this is not kept as one. "
            "A plan without pictures can still be posted. Each coach can make room: send or discard your drafts with "
            "/plan drafts. If that is not enough, ask those who run this bot to allow more."
        )


class DraftGoneError(RefusalError):
    """The draft that a button meant was used already, or belongs to somebody else."""

    def __init__(self) -> None:
        super().__init__("That draft was used already, or is not yours. Start again with /plan post or /plan edit.")
