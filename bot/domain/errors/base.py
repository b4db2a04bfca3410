"""The roots of refusals, and those that any command may meet."""

from bot.domain.commands import Request


class CoachbookError(Exception):
    """The root of Coachbook’s own errors."""


class RefusalError(CoachbookError):
    """A command was refused; nothing was changed. The message is shown to the user."""

    is_final: bool = False
    """True: sending it again cannot succeed, so no draft is kept."""


class NotInGuildError(RefusalError):
    """The interaction came from a direct message, or from a guild without the bot."""

    def __init__(self) -> None:
        super().__init__("This command works only in a server. Use it in a server that has Coachbook.")


class DatabaseUnavailableError(RefusalError):
    """The database can’t be read or written now; the cause says why, to operators."""

    message = (
        "Saving is unavailable right now, so nothing was saved. Try again in a minute. "
        "If this continues, tell the bot’s operators."
    )

    def __init__(self) -> None:
        super().__init__(self.message)

    @property
    def reason(self) -> str:
        """The cause in words, for the log."""
        return str(self.__cause__ or self)


class UnsavedError(DatabaseUnavailableError):
    """A change could not be saved now; `request` is what was asked for, to be queued and replayed."""

    def __init__(self, request: Request) -> None:
        super().__init__()
        self.request = request


class DatabaseUnreadableError(DatabaseUnavailableError):
    """The database can’t be read now, and there was nothing to save."""

    message = "Plans can’t be read right now. Try again in a minute. If this continues, tell the bot’s operators."


class PicturesUnavailableError(DatabaseUnavailableError):
    """The disk of the pictures can’t be written now; the database may be fine."""

    message = (
        "Pictures can’t be saved right now. You can continue with the text: they are added when saving works again. "
        "If this continues, tell the bot’s operators."
    )


class BackupError(RefusalError):
    """No backup could be made."""

    def __init__(self, why: str) -> None:
        super().__init__(f"No backup was made: {why}. Existing backups are unchanged.")


class NotManagerError(RefusalError):
    """The user may not change how the guild uses Coachbook."""

    def __init__(self) -> None:
        super().__init__("Only members with the Manage Server permission can do this. Ask a server manager.")


class TooManyPicturesError(RefusalError):
    """Too many pictures are waiting to be checked."""

    def __init__(self, waiting: int, limit: int, *, are_own: bool) -> None:
        """Say it; `are_own`: the user's own, and not the server's, fill the limit."""
        pictures = f"{waiting} of your pictures" if are_own else f"{waiting} pictures of this server"
        super().__init__(
            f"{pictures} are still being checked, and at most {limit} can wait. Send these again when those are done."
        )


class StoppingError(RefusalError):
    """The bot is being stopped, and begins nothing that takes long."""

    def __init__(self) -> None:
        super().__init__(
            "Coachbook is restarting, so not all of your pictures were downloaded. If you were posting a plan, it is "
            "saved as a draft: continue with /plan drafts in a minute. For anything else, send it again."
        )


class ReadersUncheckedError(RefusalError):
    """Discord did not say which threads the reader sees, so a plan that was not found may be there."""

    def __init__(self) -> None:
        super().__init__("Discord did not answer who can read some of the plans. Try again in a minute.")
