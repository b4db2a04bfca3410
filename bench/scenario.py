"""The guild in which requests are measured: a plan of today with charts and a long history, among so many others."""

import contextlib
import dataclasses
import datetime
import hashlib
import itertools
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import Self

from bench.counting import Counter
from bench.generator import fill
from bot.domain.commands import EditPlan, PostPlan
from bot.domain.values import Actor, Chart, Draft, DraftKind, Limits, MessageId, Plan, Source, Submission, UserId
from bot.service.card_channels import CardChannelService
from bot.service.cards import CardService
from bot.service.cleanup import CleanupService
from bot.service.message_lookup import MessageService
from bot.service.reports.plotter import Plotter
from bot.service.reports.statistics import StatisticsService
from bot.service.strays import StrayService
from storage.store import Store
from tests.service.scene import CHANNEL, DANA, GUILD, IVAN, SUNDAY_MORNING, FakeClock, Services, fresh, renewals

EDITS = 14
"""Of the plan of today: its history has two pages."""
SAVED_FROM = MessageId(4_000)
"""The message that the plan of today was saved from."""


@dataclasses.dataclass(frozen=True)
class Scenario:
    """A database with the services on it."""

    store: Store
    clock: FakeClock
    services: Services
    cards: CardService
    channels: CardChannelService
    strays: StrayService
    messages: MessageService
    statistics: StatisticsService
    cleanup: CleanupService
    counter: Counter
    _days: Iterator[datetime.date]
    """Days to come without a plan."""
    _messages: Iterator[int] = dataclasses.field(default_factory=lambda: itertools.count(SAVED_FROM + 1))

    @classmethod
    @contextlib.asynccontextmanager
    async def opened(cls, folder: Path, plans: int) -> AsyncGenerator[Self]:
        """Make a database with so many plans of other days and guilds, and open it."""
        with Counter.installed() as counter:
            store = Store.open(folder / "coachbook.db")
            try:
                scenario = cls.on(store, counter)
                await scenario.services.guilds.ensure_guild(GUILD)
                scenario.services.keep(b"by which the folder is this database's")
                async for _ in fill(store, plans):
                    pass
                await scenario.post_today()
                yield scenario
            finally:
                await store.close()

    @classmethod
    def on(cls, store: Store, counter: Counter) -> Self:
        """Build the services as the application does."""
        clock = FakeClock()
        services = Services.on(store, clock)
        shared = store, clock, services.guilds
        return cls(
            *(store, clock, services, CardService(*shared), CardChannelService(*shared), StrayService(*shared)),
            *(MessageService(*shared), StatisticsService(*shared, services.files, Plotter())),
            *(CleanupService(store, services.files, clock, Limits()), counter),
            (SUNDAY_MORNING.date() + datetime.timedelta(days=ahead) for ahead in itertools.count(1)),
        )

    async def post_today(self) -> None:
        """Post the plans of today: one of each of two coaches, the first with charts, a long history and a template."""
        draft = await self.draft(*charts(2), source=Source(CHANNEL, SAVED_FROM, UserId(8)))
        plan = await self.services.plans.post(DANA, PostPlan(draft.text, draft=draft.id), fresh())
        for number in range(EDITS):
            await self.edit(plan, f"Long above {21_000 + number}")
        await self.services.templates.add(DANA, coach="d", name="bench", text="{weekday}\n{last}")
        await self.services.plans.post(IVAN, PostPlan("Fade the open"), fresh())
        await self.publish()

    async def post(self, actor: Actor = DANA) -> Plan:
        """Post a plan for a day that has none."""
        return await self.services.plans.post(actor, PostPlan("Short below VWAP", day=self.free_day()), fresh())

    async def edit(self, plan: Plan, text: str) -> None:
        """Edit a plan a minute later."""
        self.clock.move(minutes=1)
        await self.services.plans.edit(DANA, EditPlan(plan.id, text), fresh())

    async def draft(self, *pictures: Chart, source: Source | None = None) -> Draft:
        """Save a draft with these pictures."""
        submission = Submission(DraftKind.POST, "Long above 21,450", pictures=pictures, source=source)
        return await self.services.drafts.save(DANA, submission, is_limited=False)

    def free_day(self) -> str:
        """Return a day without plans."""
        return next(self._days).isoformat()

    async def publish(self) -> None:
        """Show all cards that are to be sent, as the publisher does."""
        for card_id, _ in [*await self.cards.pending(), *await renewals(self.cards)]:
            if work := await self.cards.begin(card_id):
                await self.cards.shown(work, self.new_message())

    def new_message(self) -> MessageId:
        """Return the id of a message that no card is."""
        return MessageId(next(self._messages))


def charts(count: int) -> list[Chart]:
    """Return charts that no plan has."""
    names = [f"{number}.png" for number in itertools.islice(_CHARTS, count)]
    return [Chart(hashlib.sha256(name.encode()).hexdigest(), name, "image/png", 640, 480, 9_000) for name in names]


_CHARTS = itertools.count()
