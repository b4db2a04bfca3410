"""Backups while the bot runs: their schedule, creation in a separate process, and retention."""

import asyncio
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
from bot.service.blocking_call import BlockingCall
from bot.service.failure_log import FailureLog
from storage.backup import archive
from storage.backup.file_names import moment_in
from storage.backup.manifest import Manifest
from storage.errors.backups import BadBackupError

RECENT = datetime.timedelta(hours=1)
"""Backups made within this time before the newest are all retained."""
MAX_SECONDS = 3600.0
"""Timeout for one backup."""

_log = structlog.get_logger(__name__)


def retained(made: Iterable[datetime.datetime], retention: Retention) -> set[datetime.datetime]:
    """Return the times of the backups to retain: the newest of each day, week and month within the retention.

    All within an hour before the newest are retained too: an operator may make one before and after a change.
    """
    newest_first = sorted(made, reverse=True)
    spans: list[tuple[int, Callable[[datetime.datetime], Hashable]]] = [
        (retention.daily, lambda moment: moment.date()),
        (retention.weekly, lambda moment: moment.isocalendar()[:2]),
        (retention.monthly, lambda moment: (moment.year, moment.month)),
    ]
    times = {moment for moment in newest_first if newest_first[0] - moment < RECENT}
    for count, span in spans:
        newest_of_span = {span(moment): moment for moment in reversed(newest_first)}
        times |= set(sorted(newest_of_span.values(), reverse=True)[:count])
    return times


class BackupService:
    """Makes backups, one at a time."""

    def __init__(
        self,
        clock: Clock,
        folder: pathlib.Path,
        every: datetime.timedelta,
        retention: Retention,
        program: Sequence[str],
    ) -> None:
        """Run `program`, a command line that makes a backup in `folder` and prints its `BackupResult` as JSON."""
        self._clock = clock
        self._folder = folder
        self._every = every
        self._retention = retention
        self._program = program
        self._turn = asyncio.Lock()
        self._listing = BlockingCall(self._last)
        self._failures = FailureLog("backups not listed")
        self._worker: Process | None = None
        self._is_failing = False
        self._closed = False

    async def create(self) -> BackupResult:
        """Make a backup and delete those outside the retention.

        Raises:
            BackupError: it failed; nothing is left of it, and nothing was deleted.
        """
        async with self._turn:
            try:
                backup = await self._create()
            except BackupError:
                self._is_failing = True
                raise
            self._is_failing = False
            try:
                await asyncio.to_thread(self._prune)
            except OSError as error:
                _log.warning("old backups not deleted", why=str(error))
            return backup

    async def take_if_due(self) -> BackupResult | None:
        """Make a backup if the newest is old enough; None: it is not, or automatic backups are off.

        Raises:
            BackupError: see `create`.
        """
        if not self._every:
            return None
        try:
            last = await asyncio.to_thread(self._last)
        except OSError as error:
            raise BackupError(f"the backup folder can’t be read ({error.strerror})") from error
        if last and last + self._every > self._clock():
            return None
        return await self.create()

    async def state(self) -> BackupState:
        """Return the state of the backups."""
        try:
            last = await self._listing.result()
        except OSError as error:  # also a TimeoutError
            self._failures.note("folder", str(error) or "no answer")
            return BackupState(None, self._is_failing, bool(self._every), is_known=False)
        self._failures.note("folder", None)
        return BackupState(last, self._is_failing, bool(self._every))

    async def close(self) -> None:
        """Abort the running backup, and make no more."""
        self._closed = True
        if self._worker:
            subprocesses.kill(self._worker)
        async with self._turn:
            pass

    async def _create(self) -> BackupResult:
        if self._closed:
            raise BackupError("the bot is stopping")
        try:
            self._worker = worker = await subprocesses.run(*self._program, stdout=PIPE, stderr=PIPE)
        except OSError as error:
            raise BackupError(f"its process can’t be started ({error.strerror})") from error
        try:
            async with asyncio.timeout(MAX_SECONDS):
                output, errors = await worker.communicate()
        except TimeoutError as error:
            raise BackupError(f"it took longer than {MAX_SECONDS:g} seconds") from error
        finally:
            subprocesses.kill(worker)
            await worker.wait()
        if worker.returncode:
            why = errors.decode(errors="replace").strip()
            _log.error("backup failed", why=why, status=worker.returncode)
            raise BackupError("see the log for the reason")
        backup = BackupResult(**json.loads(output.splitlines()[-1]))
        counts = {"proved": backup.proved, "pictures": backup.pictures, "missing": backup.missing}
        _log.info("backup made", name=backup.name, size=backup.size, **counts)
        if not backup.is_index_sound:
            _log.warning("the index of searches is faulty and is built again; no plan is affected", name=backup.name)
        if backup.unreadable:
            why = backup.why_unreadable
            _log.error("pictures are not in the backup", name=backup.name, unreadable=backup.unreadable, first=why)
        return backup

    def _made(self) -> dict[pathlib.Path, datetime.datetime]:
        """Return the time of each backup in the folder.

        Raises:
            OSError: the folder can't be read.
        """
        try:
            paths = list(self._folder.iterdir())  # a glob would return nothing for an unreadable folder
        except FileNotFoundError:
            return {}
        return {path: moment for path in paths if (moment := moment_in(path.name))}

    def _last(self) -> datetime.datetime | None:
        now = self._clock()  # a wrong clock may have given some a time in the future
        return max((moment for moment in self._made().values() if moment <= now), default=None)

    def _prune(self) -> None:
        """Delete backups outside the retention, if a newer retained one contains all of their data."""
        made = self._made()
        retained_times = retained(made.values(), self._retention)
        listed = {path: manifest for path in made if (manifest := _listed(path))}
        for path, manifest in listed.items():
            newer = (listed[each] for each in listed if made[each] in retained_times and made[each] > made[path])
            if made[path] not in retained_times and any(each.covers(manifest) for each in newer):
                path.unlink(missing_ok=True)
                _log.info("old backup deleted", name=path.name)


def _listed(path: pathlib.Path) -> Manifest | None:
    """Return the manifest of a backup; None: it can't be read."""
    try:
        return archive.read_list(path)
    except (BadBackupError, OSError) as error:
        _log.warning("backup not read", name=path.name, why=str(error))
        return None
