"""Errors of backups, made and restored."""

import pathlib

from storage.errors import StorageError


class BackupFailedError(StorageError):
    """No good backup could be made; what was to come after it, such as a migration, was not done."""

    def __init__(self, path: pathlib.Path, why: str) -> None:
        super().__init__(f"The backup {path} could not be made, so nothing was changed: {why}.")


class BadBackupError(StorageError):
    """A backup can't be trusted. Nothing was restored from it."""

    def __init__(self, path: pathlib.Path, why: str) -> None:
        super().__init__(f"The backup {path} can't be used: {why}.")


class RestoreFailedError(StorageError):
    """A backup was not restored, and all is as it was."""

    def __init__(self, path: pathlib.Path, why: str) -> None:
        super().__init__(f"{path} can't be restored: {why}. Nothing was changed.")


class NotReplacedError(StorageError):
    """Something is in the place of what a backup has, and it was not asked to be set aside."""

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__(f"{path} already exists. Use --force to rename it first; nothing is deleted.")


class RestoreUnfinishedError(StorageError):
    """A restore was broken off in the middle: neither what was there nor what was to be is in place."""

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__(
            f"A restore of {path} was interrupted. Nothing is lost: the previous files are next to it and in the "
            "charts' folder, and the backup is unchanged. Run it again: python -m bot restore BACKUP --force"
        )
