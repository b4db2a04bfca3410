"""How a picture comes into the book: fetched, looked at, hashed and on the disk before any row names it."""

import asyncio
import collections
import contextlib
import functools
from collections.abc import AsyncGenerator, Iterable, Sequence

import structlog

from bot.domain.clock import Clock
from bot.domain.errors import (
    NoCoachError,
    PicturesUnavailableError,
    PicturesUncheckedError,
    TextFileError,
    TooManyPicturesError,
)
from bot.domain.values import (
    MAX_CHARTS,
    Actor,
    Attachment,
    Chart,
    Draft,
    GuildId,
    LatePictures,
    Limits,
    Received,
    RejectedPicture,
    UserId,
)
from bot.service import drafts
from bot.service.drafts import DraftService
from bot.service.fair_slots import FairSlots
from bot.service.guilds import GuildService
from bot.service.pictures import text_files
from bot.service.pictures.downloads import DownloadError, Downloads
from bot.service.pictures.fetch import Fetching
from bot.service.pictures.formats.faults import UNCHECKED, PictureError
from bot.service.pictures.incoming import Incoming, Keep, Step, has, is_refused
from bot.service.pictures.inspectors import Inspectors
from bot.service.records.charts import Pictures
from bot.service.records.roster import Roster
from bot.service.records.text_rules import file_name
from bot.service.transactions import Service, reads
from storage.chart_files import ChartFiles
from storage.errors import StorageError
from storage.errors.charts import DiskReserveError
from storage.store import Store

_log = structlog.get_logger(__name__)

AT_ONCE = 12
"""Pictures on their way in, of all servers together."""
ONE_SERVERS_AT_ONCE = 8
"""There is room for another server's at any time, and for those of another user."""
ONE_USERS_AT_ONCE = 6
ONES_AT_ONCE = 3
"""Of one command."""
MOST_OF_USER = 30
"""On their way in or waiting their turn: three plans full of charts."""
MOST_OF_SERVER = 150


def _no_step() -> None:
    """Nobody is told."""


async def _keep_nothing(_: Pictures) -> None:
    """There is no draft that would have them."""


def refuse_unchecked(left_out: Sequence[RejectedPicture]) -> None:
    """Go on only if each picture was looked at: one that may be good is not to be lost with its draft.

    Raises:
        PicturesUncheckedError: one was not.
    """
    if any(each.is_unchecked for each in left_out):
        raise PicturesUncheckedError(left_out)


class IntakeService(Service):
    """Brings pictures in."""

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
        self._at_once = FairSlots(AT_ONCE, ONE_SERVERS_AT_ONCE, ONE_USERS_AT_ONCE)
        self._stopping = asyncio.Event()
        self._in_hand = collections.Counter[tuple[GuildId, UserId]]()

    @property
    def fetching(self) -> int:
        """Pictures that are on their way in, or wait their turn."""
        return self._in_hand.total()

    def stop(self) -> None:
        """Break off what is being fetched, and fetch no more."""
        self._stopping.set()

    @reads
    def require_poster(self, actor: Actor) -> None:
        """Go on only with one who may post as somebody: nothing is fetched or kept for others.

        Raises:
            NoCoachError: they may post as nobody.
        """
        if not actor.is_manager and not Roster.of(actor.guild_id).own(actor):
            raise NoCoachError

    async def read_text(self, actor: Actor, file: Attachment) -> str:
        """Return the text of a file that lies with Discord.

        Raises:
            PicturesUnavailableError: the disk does not take the file.
            TextFileError: it can't be fetched, is too large for a plan, or is no text.
        """
        name = file_name(file.filename)
        try:
            async with self._at_once.taken(actor):
                return await text_files.read(file, self._files, self._downloads, self._limits.plan_text)
        except (DownloadError, text_files.NotTextError) as error:
            raise TextFileError(name, str(error)) from error
        except (StorageError, OSError) as error:
            raise PicturesUnavailableError from error

    async def fetch(self, actor: Actor, draft: Draft, step: Step = _no_step) -> None:
        """Keep the pictures of a draft that are only links yet, and let it have each as soon as it is kept.

        Raises:
            StoppingError: the bot is being stopped.
            TooManyPicturesError: too many wait already.
        """
        async with self.incoming(actor, draft, step) as incoming:
            await incoming.all()

    @contextlib.asynccontextmanager
    async def incoming(
        self, actor: Actor, draft: Draft | LatePictures, step: Step = _no_step, *, is_limited: bool = True
    ) -> AsyncGenerator[Incoming]:
        """Begin to keep the pictures of a draft, as `fetch` does; whoever asks waits for those that they need.

        What they do not wait for is broken off.

        Raises:
            TooManyPicturesError: too many wait already.
        """

        async def keep(pictures: Pictures) -> None:
            await self._drafts.put_pictures(actor, draft.id, pictures)

        async with self._receiving(actor, draft.pictures, step, keep, is_limited=is_limited) as incoming:
            yield incoming

    async def fetch_waiting(self) -> int:
        """Keep what drafts still link to, as a kill may have left it: links end within a day. How many were kept?

        Raises:
            DatabaseUnavailableError: the book can't be read or written, or the disk takes no picture.
        """
        kept = 0
        for draft in await self._read(drafts.waiting):
            async with self.incoming(Actor(draft.guild_id, draft.user_id), draft, is_limited=False) as incoming:
                received = await incoming.all()
            kept += len(received.charts) - len(draft.charts)
        return kept

    async def receive(
        self,
        actor: Actor,
        pictures: Sequence[Chart | Attachment],
        step: Step = _no_step,
        *,
        is_limited: bool = True,
    ) -> Received:
        """Keep those of the pictures that are only links yet, of the first ten: a plan has no room for more.

        One that can't be had is left out, and no other.

        Until a row names it a picture is kept for a while only: see `CleanupService`.

        Args:
            actor: whose they are.
            pictures: in the order they are to have.
            step: called as each is done with.
            is_limited: refuse those of one who has many waiting already.

        Raises:
            PicturesUnavailableError: the disk does not take them.
            StoppingError: the bot is being stopped.
            TooManyPicturesError: too many wait already.
        """
        async with self._receiving(actor, pictures, step, is_limited=is_limited) as incoming:
            return await incoming.all()

    @contextlib.asynccontextmanager
    async def _receiving(
        self,
        actor: Actor,
        pictures: Sequence[Chart | Attachment],
        step: Step,
        keep: Keep = _keep_nothing,
        *,
        is_limited: bool,
    ) -> AsyncGenerator[Incoming]:
        now: list[Chart | Attachment | RejectedPicture] = list(pictures)
        own = asyncio.Semaphore(ONES_AT_ONCE)

        async def one(number: int, attachment: Attachment) -> Chart | RejectedPicture:
            async with own:
                result = await self._receive(actor, attachment)
            if is_refused(result) or (isinstance(result, Chart) and not has(now, result)):
                now[number] = result
                await keep(tuple(each for each in now if not isinstance(each, RejectedPicture)))
            step()
            return result

        waiting = {number: each for number, each in enumerate(pictures[:MAX_CHARTS]) if isinstance(each, Attachment)}
        if is_limited:
            self._refuse_many(actor, len(waiting))
        work = {number: asyncio.create_task(one(number, each)) for number, each in waiting.items()}
        self._count(actor, work.values())
        incoming = Incoming(pictures, work, self._stopping)
        try:
            yield incoming
        finally:
            await incoming.close()

    def _count(self, actor: Actor, work: Iterable["asyncio.Task[Chart | RejectedPicture]"]) -> None:
        """Count what is in hand until it is done."""
        owner = (actor.guild_id, actor.user_id)

        def is_done(_: "asyncio.Task[Chart | RejectedPicture]") -> None:
            self._in_hand[owner] -= 1
            if not self._in_hand[owner]:
                del self._in_hand[owner]

        for task in work:
            self._in_hand[owner] += 1
            task.add_done_callback(is_done)

    def _refuse_many(self, actor: Actor, new: int) -> None:
        of_user = self._in_hand[actor.guild_id, actor.user_id]
        of_server = sum(count for (guild_id, _), count in self._in_hand.items() if guild_id == actor.guild_id)
        if new and of_user + new > MOST_OF_USER:
            raise TooManyPicturesError(f"{of_user} of your pictures", MOST_OF_USER)
        if new and of_server + new > MOST_OF_SERVER:
            raise TooManyPicturesError(f"{of_server} pictures of this server", MOST_OF_SERVER)

    async def _receive(self, actor: Actor, attachment: Attachment) -> Chart | RejectedPicture:
        examine = functools.partial(self._inspectors.examine, actor=actor)
        fetching = Fetching(self._files, self._downloads, examine, self._limits)
        name = file_name(attachment.filename)
        try:
            async with self._at_once.taken(actor):
                return await fetching.fetch(attachment, name)
        except DownloadError as error:
            return RejectedPicture(name, str(error))
        except PictureError as error:
            is_unchecked = error.fault in UNCHECKED
            return RejectedPicture(
                name, fetching.why(error.fault), is_unchecked=is_unchecked, is_final=not is_unchecked
            )
        except DiskReserveError as error:
            _log.error("picture refused", why=str(error))
            return RejectedPicture(name, "can’t be saved right now: the disk is nearly full")
        except (StorageError, OSError) as error:
            raise PicturesUnavailableError from error
