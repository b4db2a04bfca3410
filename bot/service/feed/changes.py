"""Changes of a guild's plans for programs, in the order in which they were made."""

import asyncio
from contextlib import AbstractContextManager
from typing import Final

from bot.domain.as_of import AsOf
from bot.domain.clock import Clock
from bot.domain.errors import ReadersUncheckedError
from bot.domain.values import ChangePage, ChangeStart, PlanChange, PlanState, Reader
from bot.service.fair_slots import FairSlots
from bot.service.feed.base import ProgramService
from bot.service.feed.wakeups import Wakeups
from bot.service.guilds import GuildService
from bot.service.records import stored_revisions
from bot.service.records.changes import Made
from bot.service.records.plans import plans_with_ids
from bot.service.transactions import reads
from storage.models import FeedTokenRow, RevisionRow
from storage.store import Store

PAGE: Final = 50
MAX_BEHIND: Final = 1_000
"""The changes that a reader who comes back may have missed: with long texts 4 MB, more than most lists of plans."""


class ChangeService(ProgramService):
    """The changes of a guild's plans. The id of a change is that of its revision.

    A reader with a last moment gets the revisions that were made until then, of each plan's day. Of a plan that is
    deleted now and whose history they may not see they get only the deletions.
    """

    def __init__(self, store: Store, clock: Clock, guilds: GuildService, turns: FairSlots) -> None:
        super().__init__(store, clock, guilds, turns)
        self._wakeups = Wakeups()
        store.watches.add((RevisionRow, FeedTokenRow), self._wakeups.notify)

    def subscribed(self) -> AbstractContextManager[asyncio.Event]:
        """Yield an event that is set when plans may have changed, or the tokens that read them, from now on."""
        return self._wakeups.subscribed()

    @property
    def opened(self) -> int:
        """The number of openings of the database: places from before another may be of another file."""
        return self.store.opened

    @property
    def version(self) -> int:
        """A number that is higher after each such change, also if nobody waited for it."""
        return self._wakeups.count

    @reads
    def start(self, actor: Reader, after: int | None, latest: AsOf | None) -> ChangeStart:
        """Return the place after a change, or after the newest if that is unknown, too old or not given.

        Raises:
            ReadersUncheckedError: whether they may read that change is not known.
        """
        trail = self._trail(actor, latest)
        is_known = after is not None and (after == 0 or trail.has(after))
        if after is not None and not is_known and actor.is_partial:
            raise ReadersUncheckedError
        if after is not None and is_known and len(trail.after(after, MAX_BEHIND + 1)) <= MAX_BEHIND:
            return ChangeStart(after, is_resync=False)
        return ChangeStart(trail.newest(), is_resync=after is not None)

    @reads
    def following(self, actor: Reader, place: int, latest: AsOf | None) -> ChangePage:
        """Return a page of the changes that follow a place, in their order.

        Where it is not known who may read a change, it and those after it wait.
        """
        trail = self._trail(actor, latest)
        found = trail.after(place, PAGE)
        changes = _first_changes(found)
        has_more = len(found) == PAGE or len(changes) < len(found)
        end = changes[-1].id if has_more else trail.end
        stop = trail.first_unreadable(place) if actor.is_partial else None
        if stop is None or stop > end:
            return ChangePage(changes, end, has_more, is_partial=False)
        known = tuple(each for each in changes if each.id < stop)
        return ChangePage(known, stop - 1, has_more=False, is_partial=True)


def _first_changes(found: list[Made]) -> tuple[PlanChange, ...]:
    """Return the first changes, up to the one whose text reaches what is enough; all, if none does."""
    if not found:
        return ()
    revisions = stored_revisions.with_ids([each.id for each in found])
    plans = plans_with_ids([each.plan_id for each in found])
    count = stored_revisions.first_of([revisions[each.id] for each in found])
    return tuple(
        PlanChange(each.id, PlanState(plans[each.plan_id], revisions[each.id], revisions[each.id].at))
        for each in found[:count]
    )
