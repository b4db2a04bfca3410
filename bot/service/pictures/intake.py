"""Intake of pictures, with fair turns and quotas: each is stored before any row refers to it."""

import asyncio
import collections
import contextlib
import functools
from collections.abc import AsyncGenerator, Iterable, Sequence

import structlog

from bot.domain import picture_reasons
from bot.domain.clock import Clock
from bot.domain.errors import (
    NoCoachError,
    PicturesUnavailableError,
    PicturesUncheckedError,
    TextFileError,
    TextTooLongError,
    TooManyPicturesError,
)
from bot.domain.image_problems import UNCHECKED
from bot.domain.progress import no_progress
from bot.domain.values import (
    MAX_CHARTS,
    Actor,
    Attachment,
    Chart,
    Draft,
    GuildId,
    LatePictures,
    Limits,
    PlanId,
    Received,
    RejectedPicture,
    UserId,
)
from bot.service.drafts import DraftService
from bot.service.fair_slots import FairSlots
from bot.service.guilds import GuildService
from bot.service.pictures import text_files
from bot.service.pictures.downloads import DownloadError, Downloads
from bot.service.pictures.fetch import ChartFetcher
from bot.service.pictures.formats.errors import ImageError
from bot.service.pictures.incoming import Incoming, OnProgress, Save, is_rejected
from bot.service.pictures.inspectors import Inspectors
from bot.service.records import drafts
from bot.service.records.roster import Roster
from bot.service.records.text_rules import file_name
from bot.service.transactions import Service, reads
from storage.chart_files import ChartFiles
from storage.errors import StorageError
from storage.errors.charts import DiskReserveError
from storage.store import Store

_log = structlog.get_logger(__name__)

MAX_CONCURRENT = 12
"""Concurrent pictures in all servers."""
MAX_CONCURRENT_OF_SERVER = 8
"""Fewer than all, so that another server, or another user, always has some."""
MAX_CONCURRENT_OF_USER = 6
MAX_CONCURRENT_OF_COMMAND = 3
MAX_OF_USER = 30
"""Pictures being fetched or waiting: three plans full of charts."""
MAX_OF_SERVER = 150


async def _save_nothing(_link: Attachment, _result: Chart | None) -> None:
    """Save nothing: the pictures are of no draft."""


def refuse_unchecked(left_out: Sequence[RejectedPicture], plan_id: PlanId | None = None) -> None:
    """Refuse unchecked pictures, for a plan if there is one: one that may be good must not be lost with its draft.

    Raises:
        PicturesUncheckedError: a picture could not be checked.
    """
    if any(each.is_unchecked for each in left_out):
        raise PicturesUncheckedError(left_out, plan_id)


class IntakeService(Service):
    """Fetches and stores pictures."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        guilds: GuildService,
        draft_service: DraftService,
        files: ChartFiles,
        downloads: Downloads,
        inspectors: Inspectors,
        limits: Limits,
    ) -> None:
        super().__init__(store, clock, guilds)
        self._drafts = draft_service
        self._files = files
        self._downloads = downloads
        self._inspectors = inspectors
        self._limits = limits
        self._at_once = FairSlots(MAX_CONCURRENT, MAX_CONCURRENT_OF_SERVER, MAX_CONCURRENT_OF_USER)
        self._stopping = asyncio.Event()
        self._in_flight = collections.Counter[tuple[GuildId, UserId]]()

    @property
    def fetching(self) -> int:
        """Number of pictures being fetched or waiting."""
        return self._in_flight.total()

    def stop(self) -> None:
        """Cancel the fetches, and start no more."""
        self._stopping.set()

    @reads
    def require_live_coach(self, actor: Actor) -> None:
        """Refuse anyone who can't post as any coach: nothing is fetched or stored for them.

        Raises:
            NoCoachError: the actor can't post as any coach.
        """
        if not actor.is_manager and not Roster.of(actor.guild_id).own(actor):
            raise NoCoachError

    async def whole_text(self, actor: Actor, text: str, file: Attachment | None) -> str:
        """Return a text with the file that has the rest of it, if there is one.

        Raises:
            PicturesUnavailableError: the disk fails.
            TextFileError: the download fails, or the file is too large for a plan or not text.
            TextTooLongError: a plan can't hold both.
        """
        whole = "\n".join(filter(None, [text, await self._read_text(actor, file)])) if file else text
        if len(whole) > self._limits.plan_text:
            raise TextTooLongError(len(whole), self._limits.plan_text)
        return whole

    async def fetch(self, actor: Actor, draft: Draft, on_progress: OnProgress = no_progress) -> Received:
        """Fetch the pictures of a draft that are only links; each is saved in the draft as soon as it is stored.

        One that is rejected for good is removed from the draft.

        Raises:
            StoppingError: the bot is stopping.
            TooManyPicturesError: too many pictures are waiting.
        """
        async with self.incoming(actor, draft, on_progress) as incoming:
            return await incoming.all()

    @contextlib.asynccontextmanager
    async def incoming(
        self,
        actor: Actor,
        draft: Draft | LatePictures,
        on_progress: OnProgress = no_progress,
        *,
        is_limited: bool = True,
    ) -> AsyncGenerator[Incoming]:
        """Start to fetch the pictures of a draft, as `fetch` does; the end of the block cancels unfinished ones.

        Raises:
            TooManyPicturesError: too many pictures are waiting.
        """
        save = functools.partial(self._drafts.put_result, actor, draft.id)
        async with self._receiving(actor, draft.pictures, on_progress, save, is_limited=is_limited) as incoming:
            yield incoming

    async def fetch_waiting(self) -> int:
        """Fetch the links of drafts that a kill has left, as they expire within a day; return the number of charts.

        Raises:
            DatabaseUnavailableError: the database is unavailable, or the disk fails.
        """
        stored = 0
        for draft in await self._read(drafts.waiting):
            async with self.incoming(Actor(draft.guild_id, draft.user_id), draft, is_limited=False) as incoming:
                received = await incoming.all()
            stored += len(received.charts) - len(draft.charts)
        return stored

    async def receive(
        self,
        actor: Actor,
        pictures: Sequence[Chart | Attachment],
        on_progress: OnProgress = no_progress,
        *,
        is_limited: bool = True,
    ) -> Received:
        """Fetch the links among the first ten pictures, as many as a plan can have.

        A stored picture that no row refers to is deleted after a while: see `CleanupService`.

        Args:
            actor: their owner.
            pictures: in the order of the plan.
            on_progress: called as each is stored or rejected.
            is_limited: apply the quotas.

        Raises:
            PicturesUnavailableError: the disk fails.
            StoppingError: the bot is stopping.
            TooManyPicturesError: too many pictures are waiting.
        """
        async with self._receiving(actor, pictures, on_progress, is_limited=is_limited) as incoming:
            return await incoming.all()

    async def _read_text(self, actor: Actor, file: Attachment) -> str:
        name = file_name(file.filename)
        try:
            async with self._at_once.slot(actor):
                return await text_files.read(file, self._files, self._downloads, self._limits.plan_text)
        except (DownloadError, text_files.NotTextError) as error:
            raise TextFileError(name, str(error)) from error
        except (StorageError, OSError) as error:
            raise PicturesUnavailableError from error

    @contextlib.asynccontextmanager
    async def _receiving(
        self,
        actor: Actor,
        pictures: Sequence[Chart | Attachment],
        on_progress: OnProgress,
        save: Save = _save_nothing,
        *,
        is_limited: bool,
    ) -> AsyncGenerator[Incoming]:
        slots = asyncio.Semaphore(MAX_CONCURRENT_OF_COMMAND)

        async def one(attachment: Attachment) -> Chart | RejectedPicture:
            async with slots:
                result = await self._receive(actor, attachment)
            if isinstance(result, Chart):
                await save(attachment, result)
            elif is_rejected(result):
                await save(attachment, None)
            on_progress()
            return result

        waiting = {number: each for number, each in enumerate(pictures[:MAX_CHARTS]) if isinstance(each, Attachment)}
        if is_limited:
            self._refuse_many(actor, len(waiting))
        work = {number: asyncio.create_task(one(each)) for number, each in waiting.items()}
        self._count(actor, work.values())
        incoming = Incoming(pictures, work, self._stopping)
        try:
            yield incoming
        finally:
            await incoming.close()

    def _count(self, actor: Actor, work: Iterable["asyncio.Task[Chart | RejectedPicture]"]) -> None:
        """Count the tasks until they are done."""
        owner = (actor.guild_id, actor.user_id)

        def uncount(_: "asyncio.Task[Chart | RejectedPicture]") -> None:
            self._in_flight[owner] -= 1
            if not self._in_flight[owner]:
                del self._in_flight[owner]

        for task in work:
            self._in_flight[owner] += 1
            task.add_done_callback(uncount)

    def _refuse_many(self, actor: Actor, new: int) -> None:
        of_user = self._in_flight[actor.guild_id, actor.user_id]
        of_server = sum(count for (guild_id, _), count in self._in_flight.items() if guild_id == actor.guild_id)
        if new and of_user + new > MAX_OF_USER:
            raise TooManyPicturesError(of_user, MAX_OF_USER, are_own=True)
        if new and of_server + new > MAX_OF_SERVER:
            raise TooManyPicturesError(of_server, MAX_OF_SERVER, are_own=False)

    async def _receive(self, actor: Actor, attachment: Attachment) -> Chart | RejectedPicture:
        inspect = functools.partial(self._inspectors.strip_and_inspect, actor=actor)
        fetcher = ChartFetcher(self._files, self._downloads, inspect, self._limits)
        name = file_name(attachment.filename)
        try:
            async with self._at_once.slot(actor):
                return await fetcher.fetch(attachment, name)
        except DownloadError as error:
            return RejectedPicture(name, str(error))
        except ImageError as error:
            reason, is_unchecked = fetcher.reason(error.problem), error.problem in UNCHECKED
            return RejectedPicture(name, reason, is_unchecked=is_unchecked, is_final=not is_unchecked)
        except DiskReserveError as error:
            _log.error("picture refused", why=str(error))
            return RejectedPicture(name, picture_reasons.DISK_NEARLY_FULL)
        except (StorageError, OSError) as error:
            raise PicturesUnavailableError from error
