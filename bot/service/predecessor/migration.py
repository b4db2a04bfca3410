"""Migration of a guild's plans from the predecessor: planning, and execution in batches."""

import asyncio
import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from bot.domain import import_notes
from bot.domain.clock import Clock
from bot.domain.image_problems import UNCHECKED
from bot.domain.picture_reasons import LINK_EXPIRED, NO_LINK, UNREACHABLE
from bot.domain.values import Attachment, GuildId
from bot.service.guilds import GuildService
from bot.service.pictures.downloads import DownloadError, ForeignHostError, LinkGoneError, TooLargeError
from bot.service.pictures.fetch import ChartFetcher
from bot.service.pictures.formats.errors import ImageError
from bot.service.predecessor import insert
from bot.service.predecessor.insert import ReadyPlan
from bot.service.predecessor.pictures import Link, MissingChart, Outcome, settled
from bot.service.predecessor.plan import ImportPlan, RowNote
from bot.service.predecessor.plan_history import PlannedPlan
from bot.service.transactions import Service
from storage.store import Store

CONCURRENT_DOWNLOADS = 3
"""Charts downloaded at the same time."""
BATCH_SIZE = 25
"""Approximate plans per transaction, few enough that a running bot never waits long."""

OnProgress = Callable[[int], Any]
"""Called with the number of charts or plans processed."""
Group = tuple[PlannedPlan, ...]
"""The predecessor's plans of one coach and day."""


@dataclasses.dataclass(frozen=True, slots=True)
class MigrationPlan:
    """The outstanding work."""

    groups: tuple[Group, ...]
    """Plans that are not in the database, oldest first."""
    known: int
    """Number of plans in the database."""
    left_out: tuple[RowNote, ...]
    remarks: tuple[RowNote, ...]
    new_coaches: frozenset[str]
    """Keys of coaches to create."""

    @property
    def plans(self) -> list[PlannedPlan]:
        """The plans that are not in the database."""
        return [plan for group in self.groups for plan in group]

    @property
    def links(self) -> int:
        """Number of charts to download."""
        return sum(len(plan.links) for plan in self.plans)


@dataclasses.dataclass(frozen=True, slots=True)
class MigrationResult:
    """Result of a migration."""

    plans: int
    charts: int
    missing: tuple[RowNote, ...]
    """Unavailable charts, with their links."""
    waiting: tuple[RowNote, ...]
    """Plans that were not inserted, as the host of a chart could not be reached."""


class MigrationService(Service):
    """Migrates plans into the database, for operators."""

    def __init__(self, store: Store, clock: Clock, guilds: GuildService, fetcher: ChartFetcher) -> None:
        super().__init__(store, clock, guilds)
        self._fetcher = fetcher

    async def plan_migration(self, guild_id: GuildId, import_plan: ImportPlan) -> MigrationPlan:
        """Return the outstanding work; the guild is created if the database lacks it."""
        await self.guilds.add_missing(guild_id)
        return await self.store.read(_plan_migration, guild_id, import_plan)

    async def run(
        self, guild_id: GuildId, groups: Sequence[Group], *, patient: bool, on_progress: OnProgress
    ) -> MigrationResult:
        """Insert the plans with their available charts; when interrupted, finished batches remain.

        Args:
            guild_id: the guild of the plans.
            groups: from `plan_migration`.
            patient: skip a plan for now if the host of one of its charts does not answer.
            on_progress: called as charts and plans are processed.

        Raises:
            StorageError, OSError: the disk fails.
        """
        plans = charts = 0
        missing: list[RowNote] = []
        waiting: list[RowNote] = []
        for batch in _batches(groups):
            outcomes = await self._fetch(batch, on_progress)
            ready: list[ReadyPlan] = []
            for group in batch:
                ready_group = [ReadyPlan(plan, settled(plan.links, outcomes)) for plan in group]
                unreached = [about for each in ready_group for about in _missing(each, only_waiting=True)]
                if patient and unreached:
                    waiting += unreached
                else:
                    ready += ready_group
            inserted = await self.store.write(insert.insert, guild_id, ready, self.clock())
            on_progress(sum(len(group) for group in batch))
            marks = {plan.mark for plan in inserted}
            new = [each for each in ready if each.plan.mark in marks]
            missing += [about for each in new for about in _missing(each)]
            charts += sum(not isinstance(outcome, MissingChart) for each in new for outcome in each.outcomes.values())
            plans += len(inserted)
        return MigrationResult(plans, charts, tuple(missing), tuple(waiting))

    async def _fetch(self, groups: Iterable[Group], on_progress: OnProgress) -> dict[Link, Outcome]:
        slots = asyncio.Semaphore(CONCURRENT_DOWNLOADS)

        async def one(link: Link) -> Outcome:
            async with slots:
                outcome = await self._outcome(link)
            on_progress(1)
            return outcome

        links = list(dict.fromkeys(link for group in groups for plan in group for link in plan.links))
        try:
            async with asyncio.TaskGroup() as tasks:
                running = [tasks.create_task(one(link)) for link in links]
        except ExceptionGroup as errors:  # all fail because of the same disk
            raise errors.exceptions[0] from errors
        return {link: task.result() for link, task in zip(links, running, strict=True)}

    async def _outcome(self, link: Link) -> Outcome:
        if not link.url:
            return MissingChart(NO_LINK)
        try:
            return await self._fetcher.fetch(Attachment(link.url, link.filename, 0), link.filename)
        except LinkGoneError:
            return MissingChart(LINK_EXPIRED)
        except (ForeignHostError, TooLargeError) as error:
            return MissingChart(str(error))
        except DownloadError:
            return MissingChart(UNREACHABLE, may_come=True)
        except ImageError as error:
            return MissingChart(self._fetcher.reason(error.problem), may_come=error.problem in UNCHECKED)


def _plan_migration(guild_id: GuildId, import_plan: ImportPlan) -> MigrationPlan:
    existing = insert.existing_plans(guild_id)
    left_out: list[RowNote] = []
    remarks: list[RowNote] = []
    groups: list[Group] = []
    for group in import_plan.groups():
        place = group[0].coach, group[0].day
        new = tuple(plan for plan in group if plan.mark not in existing.marks)
        if new and place in existing.erased:
            left_out += [_about(plan, import_notes.ERASED) for plan in new]
            continue
        if new:
            groups.append(new)
        remarks += [_about(plan, why) for plan in new if (why := _replacement(plan, is_taken=place in existing.live))]
        remarks += [
            _about(plan, import_notes.CHANGED_SINCE_IMPORT)
            for plan in group
            if plan.mark in existing.marks and insert.is_changed(plan, existing.marks[plan.mark])
        ]
    coaches = frozenset(group[0].coach for group in groups) - existing.coaches
    known = sum(plan.mark in existing.marks for plan in import_plan.plans)
    return MigrationPlan(tuple(groups), known, tuple(left_out), tuple(remarks), coaches)


def _replacement(plan: PlannedPlan, *, is_taken: bool) -> str | None:
    if plan.replaced_by:
        return import_notes.replaced_by(plan.replaced_by)
    if is_taken and not plan.is_deleted:
        return import_notes.DAY_TAKEN
    return None


def _batches(groups: Sequence[Group]) -> Iterator[list[Group]]:
    batch: list[Group] = []
    for group in groups:
        batch.append(group)
        if sum(1 + len(plan.links) for each in batch for plan in each) >= BATCH_SIZE:
            yield batch
            batch = []
    if batch:
        yield batch


def _missing(ready: ReadyPlan, *, only_waiting: bool = False) -> Iterator[RowNote]:
    for link, outcome in ready.outcomes.items():
        if isinstance(outcome, MissingChart) and (outcome.may_come or not only_waiting):
            yield _about(ready.plan, link.missing(outcome.why))


def _about(plan: PlannedPlan, why: str) -> RowNote:
    return RowNote("coach_plans", plan.shown_id, why)
