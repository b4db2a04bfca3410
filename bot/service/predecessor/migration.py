"""Moving a guild's plans from the predecessor into the book: what there is to do, and doing it bit by bit."""

import asyncio
import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from bot.domain.clock import Clock
from bot.domain.values import Attachment, GuildId
from bot.service.guilds import GuildService
from bot.service.pictures.downloads import DownloadError, ForeignHostError, LinkGoneError, TooLargeError
from bot.service.pictures.fetch import Fetching
from bot.service.pictures.formats.faults import UNCHECKED, PictureError
from bot.service.predecessor import insert
from bot.service.predecessor.insert import Ready
from bot.service.predecessor.pictures import Link, Missing, Outcome, settled
from bot.service.predecessor.plan import About, Outline
from bot.service.predecessor.plan_history import PlannedPlan
from bot.service.transactions import Service
from storage.store import Store

AT_ONCE = 3
"""Charts that are fetched at the same time."""
IN_ONE_ACT = 25
"""Plans that are taken in together, or a few more; so the bot, where it runs, never waits long."""

Step = Callable[[int], Any]
"""Called with how many charts or plans were done with."""
Group = tuple[PlannedPlan, ...]
"""What the predecessor has of one coach and day."""


@dataclasses.dataclass(frozen=True, slots=True)
class Standing:
    """What there is to do."""

    groups: tuple[Group, ...]
    """What the book has not, oldest first."""
    known: int
    """Plans that the book has."""
    left_out: tuple[About, ...]
    remarks: tuple[About, ...]
    new_coaches: frozenset[str]
    """Their keys."""

    @property
    def plans(self) -> list[PlannedPlan]:
        """The plans that the book has not."""
        return [plan for group in self.groups for plan in group]

    @property
    def links(self) -> int:
        """Charts to be fetched."""
        return sum(len(plan.links) for plan in self.plans)


@dataclasses.dataclass(frozen=True, slots=True)
class Moved:
    """What was done."""

    plans: int
    charts: int
    missing: tuple[About, ...]
    """Charts that could not be had, with their links."""
    waiting: tuple[About, ...]
    """Plans that were not taken in, as the place of a chart of theirs could not be reached."""


class MoveService(Service):
    """Moves plans into the book, for the one who runs the bot."""

    def __init__(self, store: Store, clock: Clock, guilds: GuildService, fetching: Fetching) -> None:
        super().__init__(store, clock, guilds)
        self._fetching = fetching

    async def standing(self, guild_id: GuildId, outline: Outline) -> Standing:
        """What there is to do."""
        await self.guilds.welcome(guild_id)
        return await self.store.read(_standing, guild_id, outline)

    async def take_in(self, guild_id: GuildId, groups: Sequence[Group], *, patient: bool, step: Step) -> Moved:
        """Take the plans in with the charts that can be had; what is done stays done when this is broken off.

        Args:
            guild_id: whose plans they are to be.
            groups: as `standing` gave them.
            patient: leave a plan for another time when nobody answers where one of its charts lies.
            step: called as charts and plans are done with.

        Raises:
            StorageError, OSError: the disk is in the way.
        """
        plans = charts = 0
        missing: list[About] = []
        waiting: list[About] = []
        for some in _bits(groups):
            outcomes = await self._fetched(some, step)
            ready: list[Ready] = []
            for group in some:
                each = [Ready(plan, settled(plan.links, outcomes)) for plan in group]
                unreached = [about for one in each for about in _missing(one, only_waiting=True)]
                if patient and unreached:
                    waiting += unreached
                else:
                    ready += each
            taken = await self.store.write(insert.take_in, guild_id, ready, self.clock())
            step(sum(len(group) for group in some))
            ids = {plan.mark for plan in taken}
            came = [one for one in ready if one.plan.mark in ids]
            missing += [about for one in came for about in _missing(one)]
            charts += sum(not isinstance(outcome, Missing) for one in came for outcome in one.outcomes.values())
            plans += len(taken)
        return Moved(plans, charts, tuple(missing), tuple(waiting))

    async def _fetched(self, groups: Iterable[Group], step: Step) -> dict[Link, Outcome]:
        turn = asyncio.Semaphore(AT_ONCE)

        async def one(link: Link) -> Outcome:
            async with turn:
                outcome = await self._outcome(link)
            step(1)
            return outcome

        links = list(dict.fromkeys(link for group in groups for plan in group for link in plan.links))
        try:
            async with asyncio.TaskGroup() as tasks:
                doing = [tasks.create_task(one(link)) for link in links]
        except ExceptionGroup as failed:  # all of them fail for the same disk
            raise failed.exceptions[0] from failed
        return {link: task.result() for link, task in zip(links, doing, strict=True)}

    async def _outcome(self, link: Link) -> Outcome:
        if not link.url:
            return Missing("has no link")
        try:
            return await self._fetching.fetch(Attachment(link.url, link.filename, 0), link.filename)
        except LinkGoneError:
            return Missing("can't be fetched any more")
        except (ForeignHostError, TooLargeError) as error:
            return Missing(str(error))
        except DownloadError:
            return Missing("could not be reached", may_come=True)
        except PictureError as error:
            return Missing(self._fetching.why(error.fault), may_come=error.fault in UNCHECKED)


def _standing(guild_id: GuildId, outline: Outline) -> Standing:
    there = insert.known(guild_id)
    left_out: list[About] = []
    remarks: list[About] = []
    groups: list[Group] = []
    for group in outline.groups():
        place = group[0].coach, group[0].day
        new = tuple(plan for plan in group if plan.mark not in there.marks)
        if new and place in there.erased:
            left_out += [_about(plan, "a plan of its coach and day was erased in Coachbook") for plan in new]
            continue
        if new:
            groups.append(new)
        remarks += [_about(plan, why) for plan in new if (why := _replacement(plan, is_taken=place in there.live))]
        remarks += [
            _about(plan, "changed in the predecessor since it was taken in; it stays as the book has it")
            for plan in group
            if plan.mark in there.marks and insert.is_changed(plan, there.marks[plan.mark])
        ]
    coaches = frozenset(group[0].coach for group in groups) - there.coaches
    known = sum(plan.mark in there.marks for plan in outline.plans)
    return Standing(tuple(groups), known, tuple(left_out), tuple(remarks), coaches)


def _replacement(plan: PlannedPlan, *, is_taken: bool) -> str | None:
    if plan.replaced_by:
        return f"comes in as deleted: plan {plan.replaced_by} of the same coach and day is newer"
    if is_taken and not plan.is_deleted:
        return "comes in as deleted: the book has a plan of its coach and day"
    return None


def _bits(groups: Sequence[Group]) -> Iterator[list[Group]]:
    bit: list[Group] = []
    for group in groups:
        bit.append(group)
        if sum(1 + len(plan.links) for each in bit for plan in each) >= IN_ONE_ACT:
            yield bit
            bit = []
    if bit:
        yield bit


def _missing(ready: Ready, *, only_waiting: bool = False) -> Iterator[About]:
    for link, outcome in ready.outcomes.items():
        if isinstance(outcome, Missing) and (outcome.may_come or not only_waiting):
            yield _about(ready.plan, link.missing(outcome.why))


def _about(plan: PlannedPlan, why: str) -> About:
    return About("coach_plans", plan.shown_id, why)
