"""The roots of refusals, and those that any act may meet."""

from bot.domain.commands import Request


class CoachbookError(Exception):
    """The root of all errors that are ours."""


class RefusalError(CoachbookError):
    """An act was refused; nothing was changed. The message may be shown to the user."""

    is_final: bool = False
    """True: to send it again can't help, whatever is mended; so nothing is kept for that."""


class NotInGuildError(RefusalError):
    """The interaction came from where there is no book: a private message, or a guild without the bot."""

    def __init__(self) -> None:
        super().__init__("Coachbook keeps plans for a server. Use this command in a server that Coachbook is in.")


class BookUnavailableError(RefusalError):
    """The book can't be read or written now; the cause says why, to operators."""

    message = (
        "The book can't be reached at the moment, so nothing was saved. Try again in a minute; "
        "if it stays like this, tell those who run this bot."
    )

    def __init__(self) -> None:
        super().__init__(self.message)


class UnsavedError(BookUnavailableError):
    """A change could not be saved now; `request` is what was asked for, to be queued and replayed."""

    def __init__(self, request: Request) -> None:
        super().__init__()
        self.request = request


class BookUnreadableError(BookUnavailableError):
    """The book can't be read now, and there was nothing to save."""

    message = "The book can't be read right now. Try again in a minute; if this continues, tell those who run this bot."


class PicturesUnavailableError(BookUnavailableError):
    """The disk of the pictures does not take one now, whatever the book does."""

    message = (
        "Pictures can't be kept at the moment. Go on with your text: they are fetched as soon as they can be. "
        "If it stays like this, tell those who run this bot."
    )


class BackupError(RefusalError):
    """No backup could be made."""

    def __init__(self, why: str) -> None:
        super().__init__(f"No backup could be made: {why}. The backups that were there are as they were.")


class NotManagerError(RefusalError):
    """The user may not change how the guild uses Coachbook."""

    def __init__(self) -> None:
        super().__init__(
            "You can't do that: it takes the permission Manage Server. Ask someone who manages the server."
        )


class TooManyPicturesError(RefusalError):
    """So many pictures wait already that no more are taken."""

    def __init__(self, waiting: str, most: int) -> None:
        super().__init__(
            f"{waiting} are still being looked at, and at most {most} can wait. Send these when the others are in."
        )


class StoppingError(RefusalError):
    """The bot is being stopped, and takes nothing more that would last."""

    def __init__(self) -> None:
        super().__init__(
            "Coachbook is being restarted, so your pictures were not all fetched. A plan that you were posting is "
            "kept: go on with /plan drafts in a minute. For anything else, send it again."
        )
