"""Databases of any size: plans of many years and guilds, with charts, cards and valid histories.

They are added to the scene of the service's tests (`tests.service.scene`), and lie before its first day: half of the
plans in its own guild, as far as nine years have room, the others in guilds with 300 plans each. A part of everything
that there may be for a while, such as drafts and failed cards, is there too.
"""

import dataclasses
import datetime
import hashlib
import random
from collections.abc import AsyncIterator, Collection, Iterator
from typing import Any, cast

from peewee import fn

from bot.domain.values import CardFailure, ChangeKind, Chart, UserId
from bot.service.records import lineages, revisions
from bot.service.records.charts import written
from storage.connections import database
from storage.models import (
    ALL_ROWS,
    CardRow,
    ChartRow,
    CoachMemberRow,
    CoachRow,
    DraftOperationRow,
    DraftRow,
    GuildSettingsRow,
    OperationRow,
    PlanRow,
    Row,
    StrayMessageRow,
)
from storage.store import Store
from tests.service.scene import CHANNEL, GUILD, SEEDS, SUNDAY_MORNING

OWN_PLANS = 10_000
"""Plans of the scene's guild, at most: nine years of its three coaches."""
PLANS_OF_GUILD = 300
"""Plans of each other guild."""
BATCH = 5_000
"""Plans in a transaction."""
FIRST_GUILD = 10_000
FIRST_MESSAGE = 10**18
"""Added to the id of a plan or a draft it is the id of a message or an interaction."""
LAST_DAY = SUNDAY_MORNING.date() - datetime.timedelta(days=1)
NEVER = datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC)
WORDS = (
    "long",
    "short",
    "above",
    "below",
    "VWAP",
    "the open",
    "the close",
    "half size",
    "stop",
    "target",
    "fade",
    "hold",
)


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """The guild, coach and day of a plan."""

    coach: CoachRow
    channel_id: int
    day: datetime.date

    @property
    def guild_id(self) -> int:
        """The guild."""
        return self.coach.guild_id

    @property
    def posted_at(self) -> datetime.datetime:
        """The moment of the post: 14:30 UTC on the plan's day."""
        return datetime.datetime.combine(self.day, datetime.time(14, 30), datetime.UTC)


class Batch:
    """Rows that are inserted together."""

    def __init__(self) -> None:
        self._rows: dict[type[Row], list[list[object]]] = {}

    def add(self, *rows: Row) -> None:
        """Add rows."""
        for row in rows:
            values = [field.db_value(row.__data__.get(name)) for name, field in _fields(type(row))]
            self._rows.setdefault(type(row), []).append(values)

    def insert(self) -> None:
        """Insert all rows, a statement for each table, and those that others refer to first."""
        for kind in filter(self._rows.get, ALL_ROWS):
            rows = self._rows[kind]
            names = ", ".join(f'"{field.column_name}"' for _, field in _fields(kind))
            marks = ", ".join("?" * len(rows[0]))
            statement = f'INSERT INTO "{kind._meta.table_name}" ({names}) VALUES ({marks})'  # noqa: S608 - names of ours
            database.connection().executemany(statement, rows)


async def fill(store: Store, plans: int, seed: int = 0) -> AsyncIterator[int]:
    """Add so many plans, and yield their number after each transaction; the scene's guild must exist."""
    for first in range(0, plans, BATCH):
        last = min(plans, first + BATCH)
        await store.write(_insert, range(first, last), random.Random(f"{seed} {first}"))  # noqa: S311 - no secret
        yield last


class _Guilds:
    """The guilds of plans, which are added to the batch where they are new."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._coaches: dict[int, list[CoachRow]] = {}
        self._next_coach = _next_id(CoachRow)

    def place(self, number: int) -> Place:
        """Return the place of the plan with this number; the first is 0."""
        if number % 2 == 0 and number < 2 * OWN_PLANS:
            guild_id, channel_id, within = GUILD, CHANNEL, number // 2
        else:
            guild, within = divmod(number // 2 if number < 2 * OWN_PLANS else number - OWN_PLANS, PLANS_OF_GUILD)
            guild_id = FIRST_GUILD + guild
            channel_id = guild_id + 1
        ago, coach = divmod(within, len(SEEDS))
        return Place(self._coaches_of(guild_id)[coach], channel_id, LAST_DAY - datetime.timedelta(days=ago))

    def _coaches_of(self, guild_id: int) -> list[CoachRow]:
        if guild_id not in self._coaches:
            existing = list(CoachRow.select().where(CoachRow.guild == guild_id).order_by(CoachRow.key))
            self._coaches[guild_id] = existing or self._new(guild_id)
        return self._coaches[guild_id]

    def _new(self, guild_id: int) -> list[CoachRow]:
        coaches = [
            CoachRow(id=coach_id, guild=guild_id, key=seed.key, name=seed.name, created_at=SUNDAY_MORNING)
            for coach_id, seed in enumerate(SEEDS, self._next_coach)
        ]
        self._next_coach += len(coaches)
        members = (CoachMemberRow(coach=each.id, kind="user", subject_id=guild_id + each.id) for each in coaches)
        self._batch.add(GuildSettingsRow(guild_id=guild_id, created_at=SUNDAY_MORNING), *coaches, *members)
        return coaches


def _insert(numbers: Collection[int], rng: random.Random) -> None:
    batch = Batch()
    guilds = _Guilds(batch)
    for plan_id, number in enumerate(numbers, _next_id(PlanRow)):
        place = guilds.place(number)
        _add_plan(batch, plan_id, place, rng)
        _add_passing(batch, plan_id, place, rng)
    batch.insert()


def _next_id(kind: type[PlanRow | CoachRow]) -> int:
    return cast(int, kind.select(fn.MAX(kind.id)).scalar() or 0) + 1


def _add_plan(batch: Batch, plan_id: int, place: Place, rng: random.Random) -> None:
    """Add a plan with its history: one of three with a chart, one of four edited, one of fifty deleted."""
    author = UserId(place.guild_id + place.coach.id)
    plan = PlanRow(
        id=plan_id,
        guild_id=place.guild_id,
        coach=place.coach,
        day=place.day,
        author_id=author,
        hash=revisions.NO_HASH,
        posted_at=place.posted_at,
    )
    charts = [_chart(plan_id)] if plan_id % 3 == 0 else []
    listed = written(charts)
    history = [revisions.follow(plan, ChangeKind.POSTED, author, place.posted_at, text=_text(rng), charts=listed)]

    def change(kind: ChangeKind, text: str | None = None) -> None:
        later = history[-1].made_at + datetime.timedelta(minutes=rng.randint(1, 90))
        history.append(revisions.follow(plan, kind, author, later, text=text, charts=listed))

    if plan_id % 4 == 0:
        change(ChangeKind.EDITED, _text(rng))
    if plan_id % 50 == 0:
        change(ChangeKind.DELETED)
    plan.lineage = lineages.written(lineages.of_history(history))
    batch.add(plan, *history, *(_chart_row(plan, each, 1) for each in charts), _card(plan, place))


def _add_passing(batch: Batch, plan_id: int, place: Place, rng: random.Random) -> None:
    """Add what is swept or done after a while."""
    made_at, guild_id = SUNDAY_MORNING, place.guild_id
    if plan_id % 10 == 0:
        batch.add(OperationRow(id=FIRST_MESSAGE + plan_id, kind="posted", plan=plan_id, revision=1, done_at=made_at))
    if plan_id % 40 == 2 and guild_id != GUILD:
        draft = {"guild_id": guild_id, "user_id": guild_id, "kind": "post", "text": _text(rng), "created_at": made_at}
        batch.add(DraftRow(id=plan_id, **draft))
        batch.add(DraftOperationRow(id=FIRST_MESSAGE + plan_id, draft_id=plan_id, made_at=made_at))
    if plan_id % 100 == 2 and guild_id != GUILD:
        stray = {"message_id": FIRST_MESSAGE - plan_id, "guild_id": guild_id, "channel_id": place.channel_id}
        batch.add(StrayMessageRow(**stray, plan_id=plan_id, is_removable=0, found_at=made_at))


def _card(plan: PlanRow, place: Place) -> CardRow:
    """Return the plan's card: in other guilds one of thirty lacks a picture, and one of sixty waits after a failure."""
    card = CardRow(
        plan=plan.id,
        channel_id=place.channel_id,
        message_id=FIRST_MESSAGE + plan.id,
        nonce=f"{plan.id:024x}",
        done=1,
        revision=plan.revision,
    )
    if place.guild_id != GUILD and plan.id % 30 == 0:
        card.lacking = '[{"sha256": "", "filename": "nq.png", "problem": "missing", "why": "it is not there"}]'
    if place.guild_id != GUILD and plan.id % 60 == 2:
        card.done, card.failure, card.retry_at, card.told_at = 0, CardFailure.CLOSED, NEVER, place.posted_at
    return card


def _chart(number: int) -> Chart:
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    return Chart(digest, f"nq-{number}.png", "image/png", 1280, 720, 90_000 + number)


def _chart_row(plan: PlanRow, chart: Chart, position: int) -> ChartRow:
    return ChartRow(
        plan=plan.id,
        position=position,
        sha256=chart.sha256,
        filename=chart.filename,
        media_type=chart.media_type,
        width=chart.width,
        height=chart.height,
        bytes=chart.size,
        added_by=plan.author_id,
        added_at=plan.posted_at,
    )


def _text(rng: random.Random) -> str:
    """Return a plan of about 200 characters."""
    lines = (" ".join(rng.choices(WORDS, k=6)) for _ in range(4))
    return "\n".join(f"{line} {rng.randint(18_000, 24_000)}" for line in lines)


def _fields(kind: type[Row]) -> Iterator[tuple[str, Any]]:
    return kind._meta.fields.items()
