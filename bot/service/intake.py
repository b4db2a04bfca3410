"""How a picture comes into the book: fetched, looked at, hashed and on the disk before any row names it."""

import asyncio
import dataclasses
from collections.abc import Callable, Sequence

import structlog

from bot.errors import NoCoachError
from bot.service.acts import Service, reads
from bot.service.downloads import DownloadError, Downloads
from bot.service.drafts import DraftService
from bot.service.examiner import Examiner
from bot.service.guilds import GuildService
from bot.service.pictures import Fault, PictureError
from bot.service.roster import Roster
from bot.service.texts import file_name
from bot.values import Actor, Attachment, Chart, Clock, Draft, LeftOut, Limits, Received
from storage.charts import ChartFiles
from storage.database import StorageError, Store

AT_ONCE = 3
"""Pictures on their way in, of all users together: a small machine has little memory and a thin line."""

Step = Callable[[], None]
"""Called as each picture is done with, taken or not."""

_log = structlog.get_logger(__name__)


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
        drafts: DraftService,
        files: ChartFiles,
        downloads: Downloads,
        examiner: Examiner,
        limits: Limits,
    ) -> None:
        super().__init__(store, clock, guilds)
        self._drafts = drafts
        self._files = files
        self._downloads = downloads
        self._examiner = examiner
        self._limits = limits
        self._at_once = asyncio.Semaphore(AT_ONCE)

    async def fetch(self, actor: Actor, draft: Draft, step: Step) -> Fetched:
        """Keep the pictures of a draft that are only links yet.

        Raises:
            NoCoachError: the actor may post as nobody; nothing is fetched for them.
        """
        await self._refuse_strangers(actor)
        received = await self.receive(draft.pictures, step)
        return Fetched(await self._drafts.put_pictures(actor, draft, received.pictures), received.left_out)

    async def receive(self, pictures: Sequence[Chart | Attachment], step: Step) -> Received:
        """Keep those of the pictures that are only links yet. One that can't be had is left out, and no other.

        Until a row names it a picture is kept for a while only: see `HousekeepingService`.
        """
        came = await asyncio.gather(*(self._receive(picture, step) for picture in pictures))
        kept: list[Chart | Attachment] = []
        left_out: list[LeftOut] = []
        for picture, result in zip(pictures, came, strict=True):
            if isinstance(result, LeftOut):
                left_out.append(result)
                kept.append(picture)
            elif same := next(
                (each for each in kept if isinstance(each, Chart) and each.sha256 == result.sha256), None
            ):
                left_out.append(LeftOut(result.filename, f"is the same picture as {same.filename}"))
            else:
                kept.append(result)
        return Received(tuple(kept), tuple(left_out))

    @reads
    def _refuse_strangers(self, actor: Actor) -> None:
        if not actor.is_manager and not Roster.of(actor.guild_id).own(actor):
            raise NoCoachError

    async def _receive(self, picture: Chart | Attachment, step: Step) -> Chart | LeftOut:
        if isinstance(picture, Chart):
            return picture
        name = file_name(picture.filename)
        try:
            async with self._at_once:
                return await self._kept(picture, name)
        except DownloadError as error:
            return LeftOut(name, str(error))
        except PictureError as error:
            return LeftOut(name, self._why(error.fault))
        except (StorageError, OSError) as error:
            _log.error("picture not kept", why=str(error))
            return LeftOut(name, "could not be kept: the disk did not take it. Tell those who run this bot")
        finally:
            step()

    async def _kept(self, attachment: Attachment, name: str) -> Chart:
        self._downloads.refuse_large(attachment.size)
        with self._files.incoming() as path:
            await self._downloads.fetch(attachment.url, path)
            facts = await self._examiner.examine(path)
            size = path.stat().st_size
            sha256 = await asyncio.to_thread(self._files.keep, path)
        return Chart(sha256, name, facts.media_type, facts.width, facts.height, size)

    def _why(self, fault: Fault) -> str:
        match fault:
            case Fault.EMPTY:
                return "is empty"
            case Fault.NOT_A_PICTURE:
                return "is not a PNG, JPEG, GIF or WebP picture"
            case Fault.BROKEN:
                return "is cut off or damaged"
            case Fault.TOO_MANY_PIXELS:
                return f"has more than {self._limits.chart_megapixels} million pixels"
            case Fault.TOO_SLOW:
                return "took too long to look at"
