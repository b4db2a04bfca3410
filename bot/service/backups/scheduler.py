"""Backups while the bot runs: when the next is due, made by a process of its own, and which of them are kept."""

import asyncio
import contextlib
import datetime
import json
import pathlib
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Hashable, Iterable, Sequence

import structlog

from bot.domain.clock import Clock
from bot.domain.errors import BackupError
from bot.domain.values import BackupResult, BackupState, Retention
from bot.service import subprocesses
from storage.backup import archive
from storage.backup.file_names import moment_in
from storage.backup.manifest import Manifest
from storage.errors.backups import BadBackupError

RECENT = datetime.timedelta(hours=1)
"""The age, from the newest backup, up to which each backup is kept."""
MOST_SECONDS = 3600.0
"""How long a backup may take."""

_log = structlog.get_logger(__name__)


def kept(made: Iterable[datetime.datetime], keep: Retention) -> set[datetime.datetime]:
    """Those of the moments whose backups are kept: the newest of each day, week and month that is to have one.

    Those that were made within an hour before the newest are kept too: somebody may have made one before and after a
    change.
    """
    newest_first = sorted(made, reverse=True)
    spans: list[tuple[int, Callable[[datetime.datetime], Hashable]]] = [
        (keep.daily, lambda moment: moment.date()),
        (keep.weekly, lambda moment: moment.isocalendar()[:2]),
        (keep.monthly, lambda moment: (moment.year, moment.month)),
    ]
    staying = {moment for moment in newest_first if newest_first[0] - moment < RECENT}
    for most, span in spans:
        newest = {span(moment): moment for moment in reversed(newest_first)}
        staying |= set(sorted(newest.values(), reverse=True)[:most])
    return staying


class BackupService:
    """Has backups made, one at a time."""

    def __init__(
        self, clock: Clock, folder: pathlib.Path, every: datetime.timedelta, keep: Retention, program: Sequence[str]
    ) -> None:
        """Let `program`, a command line, make a backup in `folder`, and say in JSON what it made."""
        self._clock = clock
        self._folder = folder
        self._every = every
        self._keep = keep
        self._program = program
        self._turn = asyncio.Lock()
        self._worker: Process | None = None
        self._is_failing = False
        self._closed = False

    async def take(self) -> BackupResult:
        """Make a backup now, and throw away those that are not to be kept.

        Raises:
            BackupError: it could not be made; nothing is left of it, and nothing was thrown away.
        """
        async with self._turn:
            try:
                taken = await self._take()
            except BackupError:
                self._is_failing = True
                raise
            self._is_failing = False
            try:
                await asyncio.to_thread(self._prune)
            except OSError as error:
                _log.warning("backups not thrown away", why=str(error))
            return taken

    async def take_if_due(self) -> BackupResult | None:
        """Make one if the newest is old enough; None: it is not, or none are to be made.

        Raises:
            BackupError: see `take`.
        """
        if not self._every:
            return None
        try:
            last = await asyncio.to_thread(self._last)
        except OSError as error:
            raise BackupError(f"the backup folder can’t be read ({error.strerror})") from error
        if last and last + self._every > self._clock():
            return None
        return await self.take()

    async def state(self) -> BackupState:
        """Return the state of the backups."""
        try:
            last = await asyncio.to_thread(self._last)
        except OSError as error:
            _log.error("backups not listed", why=str(error))
            return BackupState(None, self._is_failing, bool(self._every), is_known=False)
        return BackupState(last, self._is_failing, bool(self._every))

    async def close(self) -> None:
        """Break off what is being made, and make no more."""
        self._closed = True
        if self._worker:
            _kill(self._worker)
        async with self._turn:
            pass

    async def _take(self) -> BackupResult:
        if self._closed:
            raise BackupError("the bot is stopping")
        try:
            self._worker = worker = await subprocesses.run(*self._program, stdout=PIPE, stderr=PIPE)
        except OSError as error:
            raise BackupError(f"its process can’t be started ({error.strerror})") from error
        try:
            async with asyncio.timeout(MOST_SECONDS):
                said, complaint = await worker.communicate()
        except TimeoutError as error:
            raise BackupError(f"it took longer than {MOST_SECONDS:g} seconds") from error
        finally:
            _kill(worker)
            await worker.wait()
        if worker.returncode:
            why = complaint.decode(errors="replace").strip()
            _log.error("backup failed", why=why, status=worker.returncode)
            raise BackupError("see the log for the reason")
        taken = BackupResult(**json.loads(said.splitlines()[-1]))
        _log.info("backup made", name=taken.name, size=taken.size, pictures=taken.pictures, missing=taken.missing)
        if taken.unreadable:
            why = taken.why_unreadable
            _log.error("pictures are not in the backup", name=taken.name, unreadable=taken.unreadable, first=why)
        return taken

    def _made(self) -> dict[pathlib.Path, datetime.datetime]:
        """Return the backups in the folder, and when each was made.

        Raises:
            OSError: the folder can't be read.
        """
        try:
            paths = list(self._folder.iterdir())  # a glob takes a folder that can't be read for an empty one
        except FileNotFoundError:
            return {}
        return {path: moment for path in paths if (moment := moment_in(path.name))}

    def _last(self) -> datetime.datetime | None:
        now = self._clock()  # a clock that was wrong once may have named some for later
        return max((moment for moment in self._made().values() if moment <= now), default=None)

    def _prune(self) -> None:
        """Throw away what is not to be kept, if a newer one that stays has all that is in it."""
        made = self._made()
        staying = kept(made.values(), self._keep)
        listed = {path: manifest for path in made if (manifest := _listed(path))}
        for path, manifest in listed.items():
            newer = (listed[each] for each in listed if made[each] in staying and made[each] > made[path])
            if made[path] not in staying and any(each.covers(manifest) for each in newer):
                path.unlink(missing_ok=True)
                _log.info("backup thrown away", name=path.name)


def _listed(path: pathlib.Path) -> Manifest | None:
    """What is in a backup; None: it can't be told."""
    try:
        return archive.read_list(path)
    except (BadBackupError, OSError) as error:
        _log.warning("backup not read", name=path.name, why=str(error))
        return None


def _kill(worker: Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        worker.kill()
