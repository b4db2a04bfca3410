"""How a picture comes into the book: fetched, looked at, hashed and on the disk before any row names it."""

import asyncio
import contextlib
import dataclasses
from collections.abc import Awaitable, Callable, Coroutine, Generator, Mapping, Sequence
from typing import Any, TypeVar

import structlog

from bot.domain.clock import Clock
from bot.domain.errors import NoCoachError, PicturesUnavailableError, PicturesUncheckedError, StoppingError
from bot.domain.values import MOST_CHARTS, Actor, Attachment, Chart, Draft, LeftOut, Limits, Received
from bot.service import drafts
from bot.service.drafts import DraftService
from bot.service.guilds import GuildService
from bot.service.pictures.downloads import DownloadError, Downloads
from bot.service.pictures.fetch import Fetching
from bot.service.pictures.inspect_worker import UNCHECKED, PictureError
from bot.service.pictures.inspector import Examiner
from bot.service.records.charts import Pictures
from bot.service.records.roster import Roster
from bot.service.records.text_rules import file_name
from bot.service.transactions import Service, reads
from storage.chart_files import ChartFiles
from storage.errors import DiskReserveError
from storage.store import StorageError, Store

_log = structlog.get_logger(__name__)

AT_ONCE = 9
"""Pictures on their way in, of all users together."""
ONES_AT_ONCE = 3
"""Of one command: nobody's slow links shut out the others."""

Step = Callable[[], None]
"""Called as each picture is done with, taken or not."""
Keep = Callable[[Pictures], Awaitable[None]]
T = TypeVar("T")


def _no_step() -> None:
    """Nobody is told."""


async def _keep_nothing(_: Pictures) -> None:
    """There is no draft that would have them."""


def refuse_unchecked(left_out: Sequence[LeftOut]) -> None:
    """Go on only if each picture was looked at: one that may be good is not to be lost with its draft.

    Raises:
        PicturesUncheckedError: one was not.
    """
    if any(each.is_unchecked for each in left_out):
        raise PicturesUncheckedError(left_out)


@dataclasses.dataclass(frozen=True, slots=True)
class Fetched:
    """A draft with its pictures kept."""

    draft: Draft
    left_out: tuple[LeftOut, ...]


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
        examiner: Examiner,
        limits: Limits,
    ) -> None:
        super().__init__(store, clock, guilds)
        self._drafts = draft_service
        self._one = Fetching(files, downloads, examiner, limits)
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._stopping = asyncio.Event()
        self._fetching = 0

    @property
    def fetching(self) -> int:
        """Pictures that are on their way in, or wait their turn."""
        return self._fetching

    def stop(self) -> None:
        """Break off what is being fetched, and fetch no more."""
        self._stopping.set()

    @reads
    def refuse_strangers(self, actor: Actor) -> None:
        """Go on only with one who may post as somebody: nothing is fetched or kept for others.

        Raises:
            NoCoachError: they may post as nobody.
        """
        if not actor.is_manager and not Roster.of(actor.guild_id).own(actor):
            raise NoCoachError

    async def fetch(self, actor: Actor, draft: Draft, step: Step = _no_step) -> Fetched:
        """Keep the pictures of a draft that are only links yet, and let it have each as soon as it is kept.

        Raises:
            StoppingError: the bot is being stopped.
        """

        async def keep(pictures: Pictures) -> None:
            await self._drafts.put_pictures(actor, draft.id, pictures)

        received = await self.receive(draft.pictures, step, keep)
        await keep(received.pictures)
        return Fetched(dataclasses.replace(draft, pictures=received.pictures), received.left_out)

    async def fetch_waiting(self) -> int:
        """Keep what drafts still link to, as a kill may have left it: links end within a day. How many were kept?

        Raises:
            BookUnavailableError: the book can't be read or written, or the disk takes no picture.
        """
        kept = 0
        for draft in await self._read(drafts.waiting):
            fetched = await self.fetch(Actor(draft.guild_id, draft.user_id), draft)
            kept += len(fetched.draft.charts) - len(draft.charts)
        return kept

    async def receive(
        self, pictures: Sequence[Chart | Attachment], step: Step = _no_step, keep: Keep = _keep_nothing
    ) -> Received:
        """Keep those of the pictures that are only links yet, of the first ten: a plan has no room for more.

        One that can't be had is left out, and no other.

        Until a row names it a picture is kept for a while only: see `HousekeepingService`.

        Args:
            pictures: in the order they are to have.
            step: called as each is done with.
            keep: given all of them as each is kept.

        Raises:
            PicturesUnavailableError: the disk does not take them.
            StoppingError: the bot is being stopped.
        """
        now = list(pictures)
        own = asyncio.Semaphore(ONES_AT_ONCE)

        async def one(number: int, attachment: Attachment) -> Chart | LeftOut:
            with self._one_more():
                async with own:
                    result = await self._receive(attachment)
            if isinstance(result, Chart) and not _has(now, result):
                now[number] = result
                await keep(tuple(now))
            step()
            return result

        waiting = {number: each for number, each in enumerate(pictures[:MOST_CHARTS]) if isinstance(each, Attachment)}
        came = await self._unless_stopped([one(number, each) for number, each in waiting.items()])
        return _sorted_out(pictures, dict(zip(waiting, came, strict=True)))

    async def _unless_stopped(self, work: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
        doing = asyncio.gather(*work)
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({doing, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not doing.done():
                raise StoppingError
            return doing.result()
        finally:
            stopping.cancel()
            doing.cancel()
            await asyncio.gather(doing, stopping, return_exceptions=True)

    @contextlib.contextmanager
    def _one_more(self) -> Generator[None]:
        self._fetching += 1
        try:
            yield
        finally:
            self._fetching -= 1

    async def _receive(self, attachment: Attachment) -> Chart | LeftOut:
        name = file_name(attachment.filename)
        try:
            async with self._at_once:
                return await self._one.fetch(attachment, name)
        except DownloadError as error:
            return LeftOut(name, str(error))
        except PictureError as error:
            return LeftOut(name, self._one.why(error.fault), is_unchecked=error.fault in UNCHECKED)
        except DiskReserveError as error:
            _log.error("picture refused", why=str(error))
            return LeftOut(name, "can't be saved right now, as the disk is nearly full")
        except (StorageError, OSError) as error:
            raise PicturesUnavailableError from error


def _has(pictures: Sequence[Chart | Attachment], chart: Chart) -> bool:
    return any(isinstance(each, Chart) and each.sha256 == chart.sha256 for each in pictures)


def _sorted_out(pictures: Sequence[Chart | Attachment], came: Mapping[int, Chart | LeftOut]) -> Received:
    """The pictures as they are now, each once; those that could not be had stay attachments."""
    there: dict[str, str] = {}
    now: list[Chart | Attachment] = []
    left_out: list[LeftOut] = []
    for number, picture in enumerate(pictures):
        result = came.get(number, picture)
        if number >= MOST_CHARTS:
            result = LeftOut(file_name(picture.filename), f"is one too many: the most are {MOST_CHARTS}")
        if isinstance(result, Chart) and result.sha256 in there and isinstance(picture, Attachment):
            result = LeftOut(result.filename, f"is the same picture as {there[result.sha256]}")
        if isinstance(result, Chart):
            there[result.sha256] = result.filename
        if isinstance(result, LeftOut):
            left_out.append(result)
        now.append(result if isinstance(result, Chart) else picture)
    return Received(tuple(now), tuple(left_out))
