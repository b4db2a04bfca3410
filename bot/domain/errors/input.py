"""Refusals about texts, days and drafts."""

import datetime

from bot.domain.days import short_date
from bot.domain.errors.base import RefusalError
from bot.domain.errors.naming import plan_name
from bot.domain.values import Plan


class TextError(RefusalError):
    """The text can’t be a plan."""


class BlankTextError(TextError):
    """The text has no visible characters."""

    def __init__(self) -> None:
        super().__init__("A plan needs some text. Write at least a word, then send it again.")


class TextTooLongError(TextError):
    """The text has more characters (code points) than a plan may have."""

    def __init__(self, length: int, limit: int) -> None:
        super().__init__(
            f"That text has {length:,} characters, and a plan can have {limit:,}. "
            f"Shorten it by {length - limit:,}, then send it again."
        )
        self.length = length
        self.limit = limit


class TextFileError(TextError):
    """The text of a plan is in a file that can’t be read."""

    def __init__(self, filename: str, why: str) -> None:
        super().__init__(f"{filename} {why}. Or copy its text into /plan post.")


class DayError(RefusalError):
    """The words name no day."""

    def __init__(self, given: str, why: str) -> None:
        super().__init__(
            f"{why} Use today, tomorrow, yesterday, a weekday such as friday, or a date such as nov 23 or 2026-11-23."
        )
        self.given = given


class WhichDayError(DayError):
    """The words can mean two days, depending on the order of day and month."""

    def __init__(
        self, given: str, why: str, days: tuple[datetime.date, datetime.date], *, is_of_plan: bool = False
    ) -> None:
        super().__init__(given, f"{why} Which one?")
        self.days = days
        """The earlier first."""
        self.is_of_plan = is_of_plan
        """True: the plan of that day is being changed. False: one is being posted or read."""


class ClosedDayError(RefusalError):
    """The day of a new plan has no session; its author is asked whether to post it anyway."""

    def __init__(self, day: datetime.date, following: datetime.date) -> None:
        super().__init__(f"This server has no session on {short_date(day)}. Choose another day.")
        self.day = day
        self.following = following
        """The next day that is not known to be closed."""


class DraftsFullError(RefusalError):
    """A quota of drafts is used up, so this one is not saved."""


class UserDraftsFullError(DraftsFullError):
    """The user’s quota is used up, in number or in size."""

    def __init__(self, most: str) -> None:
        super().__init__(
            f"Nothing was posted or changed. Your drafts are full ({most}), so this was not saved as one. "
            "Send or discard a draft with /plan drafts, then send this again."
        )


class ServerDraftsFullError(DraftsFullError):
    """The quota of a server is used up, in number or in size."""

    def __init__(self, most: str) -> None:
        super().__init__(
            f"Nothing was posted or changed. This server’s drafts are full ({most}), so this was not saved as one. "
            "You can still post a plan without pictures. Every coach can make room: send or discard your drafts with "
            "/plan drafts. If that is not enough, ask the bot’s operators for more room."
        )


class DraftGoneError(RefusalError):
    """The draft of a button was used already, or belongs to another user."""

    def __init__(self) -> None:
        super().__init__(
            "That draft was already used or discarded, or is not yours. Start again with /plan post or /plan edit."
        )


class DraftSentAgainError(RefusalError):
    """A newer command sends the draft, or has: it has the pictures, and the text that the user wants."""

    is_final = True

    def __init__(self, plan: Plan | None = None) -> None:
        """`plan` is what the newer command made of the draft; None: nothing yet."""
        ends = f"It is saved: {plan_name(plan)} (#{plan.revision})." if plan else "See its answer."
        super().__init__(f"You sent this draft again meanwhile, so only the newer one counts. {ends}")
        self.plan = plan


class NoSearchWordError(RefusalError):
    """There is nothing to search for."""

    def __init__(self) -> None:
        super().__init__("There is no word to search for. Use letters or digits, such as NQ or 21450.")


class WrongWayError(RefusalError):
    """The first day is after the last."""

    def __init__(self, first: datetime.date, last: datetime.date) -> None:
        super().__init__(f"{short_date(first)} is after {short_date(last)}. Use the earlier day as from.")
