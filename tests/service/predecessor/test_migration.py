"""Taking the predecessor's plans in: all of them once, and nothing that Coachbook has is touched."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from bot.domain.commands import DeletePlan, EditPlan, PostPlan, RestorePlan
from bot.domain.values import Actor, PlanOfDay
from bot.service.predecessor.insert import existing_plans, noted
from bot.service.records import chains, revisions
from bot.service.transfer import exports, imports, markdown
from bot.service.transfer.stored import journal_of
from storage import row_checks
from storage.errors.charts import ChartUnwritableError
from storage.models import ChartRow, CoachRow, PlanRow, RevisionRow
from storage.store import Store
from tests import image_samples
from tests.predecessor_database import Predecessor
from tests.service.pictures.server import Server
from tests.service.predecessor.move import Move
from tests.service.scene import GUILD, MAX, FakeClock, Services, elsewhere, fresh

DAY = "2024-01-05"


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    started = await Server.start()
    yield started
    await started.stop()


@pytest.fixture
async def move(
    tmp_path: Path, store: Store, services: Services, clock: FakeClock, server: Server
) -> AsyncIterator[Move]:
    made = Move(Predecessor.make(tmp_path / "old.db"), store, services, clock, server.host)
    yield made
    await made.close()


async def rows(store: Store) -> list[tuple[object, ...]]:
    """All that the book has."""
    tables = (PlanRow, RevisionRow, ChartRow, CoachRow)
    return await store.read(lambda: [tuple(row.__data__.items()) for table in tables for row in table.select()])


async def histories(store: Store) -> list[list[tuple[str, str | None, int | None]]]:
    """Kind, text and maker of each revision of each plan, in the order in which the plans came."""

    def read() -> list[list[tuple[str, str | None, int | None]]]:
        found: dict[int, list[tuple[str, str | None, int | None]]] = {}
        for row in RevisionRow.select().order_by(RevisionRow.id):
            found.setdefault(row.plan_id, []).append((row.kind, row.text, row.actor_id))
        return list(found.values())

    return await store.read(read)


async def test_a_plan_comes_in_with_its_whole_history(move: Move, services: Services, dana: Actor, clock: FakeClock):
    move.old.plan(17, plan="third", edited_at="2024-01-05 10:31:00")
    move.old.edit(17, "first", "2024-1-5 9:31")
    move.old.edit(17, "second", "2024-01-05T10:31:00", "ivan")

    result = await move()

    assert (result.plans, result.charts, result.missing, result.waiting) == (1, 0, (), ())
    page = await services.history.show(dana, (await services.plans.find(dana, PlanOfDay("d", DAY))).id)
    shown = [(each.revision.text, each.revision.actor_id, f"{each.revision.at:%H:%M}") for each in page.revisions]
    assert shown == [("third", 2, "15:31"), ("second", 1, "14:31"), ("first", 1, "13:55")]
    at = await services.history.at(dana, PlanOfDay("d", DAY), "09:31")
    assert at.revision.text == "second"
    assert {each.revision.recorded_at for each in page.revisions} == {clock.now}


async def test_any_number_of_plans_is_looked_up_in_three_queries(
    store: Store, services: Services, dana: Actor, caplog: pytest.LogCaptureFixture
):
    for day in range(1, 6):
        await services.plans.post(dana, PostPlan("Long", day=f"2026-12-0{day}"), fresh())

    with caplog.at_level(logging.DEBUG, logger="peewee"):
        existing = await store.read(existing_plans, GUILD)

    assert {(coach, f"{day:%d}") for coach, day in existing.live} == {("d", f"0{day}") for day in range(1, 6)}
    assert sum("SELECT" in message for message in caplog.messages) == 3


async def test_hundreds_of_plans_come_in_once(move: Move, store: Store):
    move.old.fill(400)
    assert (await move()).plans == 400
    before = await rows(store)

    migration_plan = await move.plan_migration()

    assert (migration_plan.plans, migration_plan.known, migration_plan.remarks) == ([], 400, ())
    assert (await move()).plans == 0
    assert await rows(store) == before
    assert await store.read(lambda: PlanRow.select().where(PlanRow.deleted_at.is_null()).count()) == 320


async def test_what_was_edited_here_since_is_not_touched(
    move: Move, store: Store, services: Services, dana: Actor, clock: FakeClock
):
    move.old.plan(17)
    move.old.plan(18, date="2024-01-08")
    await move()
    plan = await services.plans.find(dana, PlanOfDay("d", DAY))
    await services.plans.edit(dana, EditPlan(plan.id, "by hand", seen=plan.revision), fresh())
    other = await services.plans.find(dana, PlanOfDay("d", "2024-01-08"))
    await services.plans.delete(dana, DeletePlan(other.id, seen=other.revision), fresh())
    before = await rows(store)

    assert (await move.plan_migration()).remarks == ()
    assert (await move()).plans == 0
    assert await rows(store) == before


async def test_another_time_zone_makes_no_doubles(move: Move, store: Store):
    move.old.fill(20)
    await move()
    before = await rows(store)

    move.timezone = "Europe/London"

    assert (await move()).plans == 0
    assert await rows(store) == before


async def test_rows_that_are_mended_or_new_come_in_the_second_time(move: Move):
    move.old.plan(17, date="01/05/2024")
    move.old.plan(18, coach_name="coach_i")
    assert (await move()).plans == 1

    move.old.run("UPDATE coach_plans SET date = '2024-01-05' WHERE id = 17")
    move.old.plan(19, coach_name="coach_s")

    assert (await move()).plans == 2


@pytest.mark.parametrize(
    "change", ["UPDATE coach_plans SET plan = 'other'", "UPDATE coach_plans SET is_deleted = 1"], ids=["text", "gone"]
)
async def test_what_changed_in_the_predecessor_since_is_told_and_left(move: Move, store: Store, change: str):
    move.old.plan(17)
    await move()
    before = await rows(store)

    move.old.run(change)

    [remark] = (await move.plan_migration()).remarks
    assert str(remark).startswith("coach_plans 17: changed in the predecessor since")
    await move()
    assert await rows(store) == before


async def test_a_plan_that_the_book_has_for_the_day_stays_live(
    move: Move, store: Store, services: Services, dana: Actor, clock: FakeClock
):
    await services.plans.post(dana, PostPlan("ours", coach="d", day=DAY), fresh())
    move.old.plan(17)
    move.old.plan(18, is_deleted=1)

    [remark] = (await move.plan_migration()).remarks
    assert str(remark) == "coach_plans 17: imported as deleted: Coachbook already had a plan of the same coach and day"
    assert (await move()).plans == 2
    assert (await services.plans.find(dana, PlanOfDay("d", DAY))).text == "ours"
    live, *others = await histories(store)
    assert live == [("posted", "ours", 1)]
    assert [[kind for kind, _, _ in history] for history in others] == [["posted", "deleted"]] * 2


async def test_of_several_plans_of_a_day_the_newest_is_live_and_the_others_can_be_brought_back(
    move: Move, services: Services, dana: Actor, store: Store
):
    move.old.plan(17)
    move.old.plan(18, created_at="2024-01-05 09:10:00", plan="newer")
    move.old.plan(19, is_deleted=1, created_at="2024-01-05 09:30:00")

    assert {str(remark) for remark in (await move.plan_migration()).remarks} == {
        "coach_plans 17: imported as deleted: plan 18 of the same coach and day is newer"
    }
    await move()

    plan = await services.plans.find(dana, PlanOfDay("d", DAY))
    assert plan.text == "newer"
    await services.plans.delete(dana, DeletePlan(plan.id, seen=plan.revision), fresh())
    notes = await store.read(lambda: [row.note for row in RevisionRow.select().where(RevisionRow.kind == "deleted")])
    assert "imported as deleted: plan 18 of the same coach and day is newer" in notes
    assert (await services.plans.restore(dana, RestorePlan(PlanOfDay("d", DAY)), fresh())).text == "newer"


async def test_who_is_not_known_is_nobody(move: Move, services: Services, store: Store, max: Actor):
    move.old.plan(17, author="eve", coach_name="coach_s")
    move.old.edit(17, "before", "2024-01-05 09:31", "eve")
    await move()

    plan = await services.plans.find(max, PlanOfDay("s", DAY))

    assert (plan.author_id, plan.changed_by) == (revisions.ERASED, revisions.ERASED)
    assert await histories(store) == [[("posted", "before", None), ("edited", "text 17", None)]]
    page = await services.history.show(max, plan.id)
    assert page.revisions[0].revision.note == "by “eve”"
    assert "by “eve”" in str(page.revisions[1].revision.note)
    assert (await services.plans.deletable(max, plan.id)).id == plan.id


async def test_coaches_are_made_where_they_are_missing_and_keep_their_names_where_not(move: Move, store: Store):
    move.old.plan(17)
    move.old.plan(18, coach_name="Coach Late_Night")

    assert (await move.plan_migration()).new_coaches == {"late_night"}
    await move()

    names = await store.read(lambda: {row.key: row.name for row in CoachRow.select().where(CoachRow.guild == GUILD)})
    assert (names["d"], names["late_night"]) == ("Coach D (Day Trading)", "Coach Late Night")


async def test_two_servers_can_take_the_same_file_in(move: Move):
    move.old.plan(17)

    assert (await move()).plans == 1
    assert (await move(elsewhere(MAX))).plans == 1


async def test_what_was_erased_does_not_come_back(move: Move, store: Store):
    move.old.plan(17)
    move.old.plan(18, date="2024-01-08")
    await move()
    nothing = dict.fromkeys(("text", "actor_id", "note", "salt"))

    def erase() -> None:
        plan = PlanRow.get(PlanRow.text == "text 17")
        RevisionRow.update(erased_at=plan.posted_at, **nothing).where(RevisionRow.plan == plan).execute()
        PlanRow.update(text="", changed_by=revisions.ERASED).where(PlanRow.id == plan.id).execute()

    await store.write(erase)

    migration_plan = await move.plan_migration()

    assert [str(about) for about in migration_plan.left_out] == [
        "coach_plans 17: a plan of the same coach and day was erased in Coachbook"
    ]
    assert (await move()).plans == 0


async def test_two_who_move_the_same_file_at_once_make_no_doubles(
    move: Move, store: Store, services: Services, clock: FakeClock, server: Server
):
    move.old.fill(60)
    other = Move(move.old, store, services, clock, server.host)

    result = await asyncio.gather(move(), other())

    await other.close()
    assert sum(each.plans for each in result) == 60
    assert await store.read(PlanRow.select().count) == 60


async def test_hostile_texts_are_kept_whole_and_can_be_exported(move: Move, store: Store, services: Services):
    texts = ["a\0b\x1b[2J\u202e", "x" * 40_000, "\U0001f4c8" * 20_000, "", " \n ", "'; DROP TABLE coach_plans; --"]
    for number, text in enumerate(texts, 17):
        move.old.plan(number, plan=text, date=f"2024-01-{number}", channel="y" * 10_000_000, author="z" * 999)
    move.old.plan(99, plan="x" * 10_000_000)

    assert (await move()).plans == len(texts)

    assert [history[0][1] for history in await histories(store)] == texts

    def look() -> None:
        journal = journal_of(GUILD, exports.selected(GUILD, None, None, None))
        assert [line.text for line in journal.revisions] == texts
        assert len(imports.prove(journal)) == len(texts)
        assert "| not known |" in "".join(markdown.markdown(journal, "UTC"))
        assert max(len(line.note or "") for line in journal.revisions) < 300

    await store.read(look)


async def test_charts_come_in_where_their_links_still_answer(
    move: Move, server: Server, store: Store, services: Services, dana: Actor
):
    move.old.plan(17)
    move.old.chart(17, server.link)
    move.old.chart(17, "https://example.com/elsewhere.png", name="b.png")
    move.old.chart(17, None, name="c.png")
    move.old.chart(17, f"{server.link}&again=1", "2024-01-05 09:40", name="d.png")
    server.data = image_samples.png()

    result = await move()

    plan = await services.plans.find(dana, PlanOfDay("d", DAY))
    assert [chart.filename for chart in plan.charts] == ["a.png"]
    assert services.files.path_of(plan.charts[0].sha256)
    assert [str(about) for about in result.missing] == [
        "coach_plans 17: chart b.png is not hosted by Discord: https://example.com/elsewhere.png",
        "coach_plans 17: chart c.png has no link: no link",
        f"coach_plans 17: chart d.png is the same picture as a.png: {server.link}&again=1",
    ]
    first = await services.history.revision(dana, plan.id, 1)
    assert "chart b.png is not hosted by Discord: https://example.com/elsewhere.png" in str(first.revision.note)
    assert await histories(store) == [[("posted", "text 17", 1)]]


async def test_a_chart_that_came_later_is_a_change_of_its_own(
    move: Move, server: Server, services: Services, dana: Actor, store: Store
):
    move.old.plan(17)
    move.old.edit(17, "before", "2024-01-05 09:31")
    move.old.chart(17, server.link, "2024-01-05 09:20")

    assert (await move()).charts == 1

    assert await histories(store) == [
        [("posted", "before", 1), ("chart_added", "before", None), ("edited", "text 17", 1)]
    ]
    assert len((await services.plans.find(dana, PlanOfDay("d", DAY))).charts) == 1


async def test_dead_links_and_what_is_no_picture_cost_neither_text_nor_plan(move: Move, server: Server):
    for number, (status, data) in enumerate(((404, b""), (403, b""), (200, image_samples.HTML), (200, b"")), 17):
        move.old.plan(number, date=f"2024-01-{number}")
        move.old.chart(number, server.link)
        server.status(status)
        server.data = data

        result = await move()

        assert (result.plans, result.charts, len(result.missing)) == (1, 0, 1)


async def test_a_plan_waits_while_nobody_answers_where_its_chart_lies(
    move: Move, server: Server, services: Services, dana: Actor
):
    move.old.plan(17)
    move.old.chart(17, server.link)
    move.old.plan(18, date="2024-01-08")
    server.status(503)

    result = await move()
    assert (result.plans, len(result.waiting)) == (1, 1)
    assert str(result.waiting[0]).startswith("coach_plans 17: chart a.png could not be reached")

    server.status(200)
    server.data = image_samples.png()
    result = await move()
    assert (result.plans, result.charts) == (1, 1)
    assert len((await services.plans.find(dana, PlanOfDay("d", DAY))).charts) == 1


async def test_a_plan_comes_without_the_chart_where_that_is_wanted(move: Move, server: Server):
    move.old.plan(17)
    move.old.chart(17, server.link)
    server.status(503)

    result = await move(patient=False)

    assert (result.plans, len(result.missing), result.waiting) == (1, 1, ())


async def test_a_disk_that_takes_no_picture_stops_the_move_and_the_next_goes_on(
    move: Move, server: Server, services: Services, store: Store
):
    move.old.fill(60)
    move.old.chart(1050, server.link, "2023-01-26 08:55:00")
    incoming = store.path.with_name("charts") / "incoming"
    incoming.rmdir()
    incoming.write_bytes(b"in the way")

    with pytest.raises(ChartUnwritableError):
        await move()
    assert await store.read(PlanRow.select().count) == 50
    assert await store.read(chains.faults) == []
    assert await store.read(row_checks.missing_rows) == []

    incoming.unlink()
    assert (await move()).plans == 10


async def test_no_more_charts_come_in_than_a_plan_has_room_for(move: Move, server: Server):
    seeds = iter(range(100))

    async def another(_: web.Request) -> web.StreamResponse:
        return web.Response(body=image_samples.png(seed=next(seeds)))

    server.answer = another
    move.old.plan(17)
    for number in range(12):
        move.old.chart(17, f"{server.link}&n={number}", name=f"{number}.png")

    result = await move()

    assert (result.charts, len(result.missing)) == (10, 2)
    assert all("is one too many" in str(about) for about in result.missing)


def test_a_note_has_room_for_what_matters_and_says_what_is_left():
    note = str(noted([f"part {number} {'x' * 500}" for number in range(50)]))

    assert len(note) <= 10_000
    assert note.endswith("; and 31 more: see the report of the import")
    assert noted([]) is None
