"""What was kept while the book could not take it: kept in order and once, and carried out as it was meant then."""

import asyncio
import dataclasses
import datetime
import json
import os
import resource
import shutil
import typing
from pathlib import Path

import pytest

from bot.domain import errors
from bot.domain.commands import (
    AddCharts,
    CaptionChart,
    DeletePlan,
    EditPlan,
    MoveChart,
    PostPlan,
    RemoveChart,
    Request,
    RestorePlan,
    RevertPlan,
    Submit,
)
from bot.domain.days import DateOrder
from bot.domain.pending import DatabaseId, Durability, PendingOperation
from bot.domain.values import (
    Actor,
    Attachment,
    ChannelId,
    Chart,
    DraftId,
    DraftKind,
    Members,
    Merged,
    MessageId,
    PlanId,
    PlanOfDay,
    Quotas,
    Received,
    RejectedPicture,
    Source,
    Submission,
    UserId,
)
from bot.service.recovery import spool as spools
from bot.service.recovery import spool_format
from bot.service.recovery.spool import Spool
from storage.resilient_store import ResilientStore
from storage.spool import SpoolFile
from tests.service.recovery.queued import EVENING, pending_of
from tests.service.scene import DANA, DAY, GUILD, INTRADAY_ROLE, MONDAY, drafts_of, elsewhere, fresh

CHART = Chart("a" * 64, "nq.png", "image/png", 64, 48, 9, "The open")
LINK = Attachment("https://cdn.example/nq.png", "nq.png", 9)
REJECTED = RejectedPicture("x.txt", "is not a picture")
BOOK = DatabaseId("/data/book.db", "b" * 32)

REQUESTS: dict[str, Request] = {
    "a post": PostPlan("Long", "d", "today", DraftId(3), rest_follows=True),
    "an edit": EditPlan(PlanId(7), None, 2, DraftId(3), replaces_charts=True, rest_follows=True),
    "an edit of a day": EditPlan(PlanOfDay(None, "friday"), "Short"),
    "a deletion": DeletePlan(PlanId(7), 2),
    "a restoration": RestorePlan(PlanOfDay("d", DAY)),
    "a reversion": RevertPlan(PlanId(7), 1, 2),
    "charts": AddCharts(PlanId(7), Received((CHART, LINK), (REJECTED,), frozenset({1}))),
    "a removal": RemoveChart(PlanOfDay("d", None), "1"),
    "a move": MoveChart(PlanId(7), CHART.mark, 2),
    "a caption": CaptionChart(PlanId(7), "nq.png", None),
    "a submitted post": Submit(Submission(DraftKind.POST, "Long \N{CHART WITH UPWARDS TREND}", "d", "today")),
    "a submitted edit": Submit(
        Submission(
            DraftKind.EDIT,
            "Short",
            plan_id=PlanId(7),
            seen=3,
            draft_id=DraftId(3),
            pictures=(CHART, LINK),
            source=Source(ChannelId(1), MessageId(2), UserId(3)),
            replaces_charts=True,
        )
    ),
}


@pytest.fixture
def file(folder: Path) -> SpoolFile:
    return SpoolFile(folder)


@pytest.fixture
def spool(file: SpoolFile, clock) -> Spool:
    return Spool(file, clock, lambda: BOOK, Quotas())


async def reopened(file: SpoolFile, clock) -> Spool:
    """Open the file as the next run of a bot does."""
    file.close()
    after = Spool(SpoolFile.open(file.folder), clock, lambda: BOOK, Quotas())
    await after.open()
    return after


def post(text: str = "Long", day: str = DAY) -> Submit:
    return Submit(Submission(DraftKind.POST, text, day=day))


@pytest.mark.parametrize("name", REQUESTS)
async def test_what_is_kept_is_the_same_after_a_restart(spool: Spool, file: SpoolFile, clock, name: str):
    actor = Actor(
        GUILD,
        UserId(2),
        frozenset({INTRADAY_ROLE}),
        is_manager=True,
        channel_id=ChannelId(9),
        date_order=DateOrder.DAY_FIRST,
    )
    assert await spool.add(fresh(), actor, REQUESTS[name]) is Durability.FILE

    after = await reopened(file, clock)

    assert after.waiting == spool.waiting
    assert [each.request for each in after.waiting] == [REQUESTS[name]]
    assert after.in_memory == ()


def test_every_kind_of_request_is_written_and_read():
    assert {type(each) for each in REQUESTS.values()} == set(typing.get_args(Request))


async def test_what_is_kept_was_sent_when_discord_says(spool: Spool, clock):
    await spool.add(fresh(), dataclasses.replace(DANA, sent_at=EVENING), post())

    assert clock.now != EVENING
    assert spool.waiting[0].sent_at == EVENING


class CountedFile(SpoolFile):
    """A spool's file that counts how often something is added to it."""

    added = 0

    def append(self, *lines: bytes) -> None:
        self.added += 1
        super().append(*lines)


async def test_what_comes_together_is_written_together_and_quotas_can_be_lifted(folder: Path, clock):
    file = CountedFile(folder)
    spool = Spool(file, clock, lambda: BOOK, Quotas(user_queued=2))
    spool.lift_quotas()

    kept_where = await asyncio.gather(*(spool.add(fresh(), DANA, post(str(number))) for number in range(20)))

    assert kept_where == [Durability.FILE] * 20
    assert file.added <= 2
    after = await reopened(file, clock)
    assert [each.text for each in after.waiting] == [str(number) for number in range(20)]


async def test_everything_is_kept_in_its_order_and_once_until_it_is_done(spool: Spool, file: SpoolFile, clock):
    ids = [fresh() for _ in range(4)]
    for operation in (*ids, ids[1]):
        await spool.add(operation, DANA, post(str(operation)))
    await spool.remove(spool.waiting[1])
    await spool.replace(dataclasses.replace(spool.waiting[0], request=post("changed")))

    after = await reopened(file, clock)

    assert [each.operation for each in after.waiting] == [ids[0], ids[2], ids[3]]
    assert after.waiting[0].text == "changed"
    for each in after.waiting:
        await after.remove(each)
    assert not (file.folder / "operations.jsonl").exists()


async def test_what_comes_again_stays_as_it_was_meant_at_first(spool: Spool, file: SpoolFile, clock):
    operation = fresh()
    await spool.add(operation, DANA, post(day="today"))
    [first] = spool.waiting
    clock.move(hours=14)
    await spool.add(operation, DANA, post(day="today"))

    after = await reopened(file, clock)

    assert spool.waiting == after.waiting == (first,)


async def test_without_a_place_it_is_in_memory_until_there_is_one(tmp_path: Path, clock):
    (tmp_path / "file").write_text("no folder")
    spool = Spool(SpoolFile(tmp_path / "file" / "spool"), clock, lambda: BOOK, Quotas())
    assert await spool.add(fresh(), DANA, post()) is Durability.MEMORY
    assert spool.in_memory == spool.waiting

    (tmp_path / "file").unlink()
    (tmp_path / "file").mkdir()
    await spool.write_rest()

    assert spool.in_memory == ()
    await spool.remove(spool.waiting[0])


@pytest.mark.parametrize("how", ["the folder", "the file", "its end"])
async def test_what_is_taken_away_is_written_anew(spool: Spool, file: SpoolFile, clock, how: str):
    await spool.add(fresh(), DANA, post("first"))
    await spool.add(fresh(), DANA, post("second"))
    if how == "the folder":
        shutil.rmtree(file.folder)
    elif how == "the file":
        (file.folder / "operations.jsonl").unlink()
    else:
        os.truncate(file.folder / "operations.jsonl", 9)

    assert await spool.add(fresh(), DANA, post("third")) is Durability.FILE

    assert [each.text for each in (await reopened(file, clock)).waiting] == ["first", "second", "third"]


async def test_what_is_taken_away_and_cannot_be_written_anew_is_in_memory(spool: Spool, file: SpoolFile):
    await spool.add(fresh(), DANA, post("first"))
    shutil.rmtree(file.folder)
    file.folder.touch()

    await spool.write_rest()

    assert [each.text for each in spool.in_memory] == ["first"]
    assert await spool.add(fresh(), DANA, post("second")) is Durability.MEMORY
    file.folder.unlink()
    await spool.write_rest()
    assert spool.in_memory == ()


@pytest.mark.parametrize(
    ("book", "is_ours"),
    [
        (BOOK, True),
        (DatabaseId("/elsewhere/book.db", BOOK.name), True),
        (DatabaseId(BOOK.path, "c" * 32), True),
        (DatabaseId("/other/book.db", "c" * 32), False),
    ],
)
async def test_what_was_sent_to_another_book_is_left_for_it(spool, file, clock, book: DatabaseId, is_ours: bool):
    await spool.add(fresh(), DANA, post("to the first"))

    file.close()
    others = SpoolFile.open(file.folder)
    other = Spool(others, clock, lambda: book, Quotas())
    await other.open()
    await other.skip_other_databases()
    assert bool(other.waiting) is is_ours
    await other.add(fresh(), DANA, post("to the second"))
    for each in other.waiting:
        await other.remove(each)

    assert (file.folder / "operations.jsonl").exists() is not is_ours
    again = await reopened(others, clock)
    await again.skip_other_databases()
    assert [each.text for each in again.waiting] == ([] if is_ours else ["to the first"])


LARGE = "x" * 450_000


@pytest.mark.parametrize(
    ("quotas", "text", "taken_of_one", "taken_of_server"),
    [
        (Quotas(user_queued=2), "text", 2, 4),
        (Quotas(server_queued=3), "text", 3, 3),
        (Quotas(user_queued_mib=1), LARGE, 2, 4),
        (Quotas(server_queued_mib=1), LARGE, 2, 2),
    ],
)
async def test_a_queue_that_is_full_for_one_or_a_server_refuses_what_is_new_and_drops_nothing(
    file: SpoolFile, clock, dana, ivan, quotas: Quotas, text: str, taken_of_one: int, taken_of_server: int
):
    spool = Spool(file, clock, lambda: BOOK, quotas)

    asked = [await spool.add(fresh(), actor, post(text)) for actor in (dana,) * 4 + (ivan,) * 4]

    taken = [where is Durability.FILE for where in asked]
    assert (sum(taken[:4]), sum(taken)) == (taken_of_one, taken_of_server)
    assert len(spool.waiting) == taken_of_server
    assert spool.usage(dana).is_nearly_full or spool.usage(ivan).is_nearly_full
    assert await spool.add(fresh(), elsewhere(dana), post()) is Durability.FILE
    assert not spool.usage(elsewhere(dana)).is_nearly_full

    again = Spool(file, clock, lambda: BOOK, quotas)
    await again.open()
    assert await again.add(fresh(), dana, post(text)) is Durability.NOWHERE
    await again.remove(again.waiting[0])
    assert await again.add(fresh(), dana, post(text)) is Durability.FILE


async def test_a_queue_keeps_no_more_than_fits_into_the_memory(spool: Spool, dana, monkeypatch):
    monkeypatch.setattr(spools, "MAX_QUEUED", 1)

    assert await spool.add(fresh(), dana, post()) is Durability.FILE
    assert await spool.add(fresh(), dana, post()) is Durability.NOWHERE


def line_of(**changes: object) -> bytes:
    """A line of today's form with these changes."""
    return json.dumps(json.loads(spool_format.written(pending_of(DeletePlan(PlanId(7), 2)))) | changes).encode()


def test_a_line_has_its_sender_once_with_values_that_are_written_out():
    line = json.loads(
        spool_format.written(pending_of(post(), dataclasses.replace(DANA, date_order=DateOrder.DAY_FIRST)))
    )

    assert line["actor"] == {
        "guild_id": DANA.guild_id,
        "user_id": DANA.user_id,
        "role_ids": list(DANA.role_ids),
        "is_manager": DANA.is_manager,
        "channel_id": DANA.channel_id,
        "date_order": "day_first",
    }


@pytest.mark.parametrize(("number", "order"), [(1, DateOrder.MONTH_FIRST), (2, DateOrder.DAY_FIRST), (None, None)])
def test_a_line_with_the_numbers_and_names_of_before_is_read(number: int | None, order: DateOrder | None):
    pending = dataclasses.replace(pending_of(post()), downloaded={LINK.url: CHART})
    line = json.loads(spool_format.written(pending))
    line["actor"] |= {"date_order": number, "sent_at": line["sent_at"], "is_late": False}
    line["put_aside"] = line.pop("downloaded")

    read = spool_format.read(json.dumps(line).encode())

    assert read == dataclasses.replace(pending, actor=dataclasses.replace(DANA, date_order=order))


LATER = {"kind": "delete_plan", "plan": 7, "seen": 2}


@pytest.mark.parametrize(
    "line",
    [
        *(b"[]", b"{}", b'{"done": null}', b'{"act": "os.system", "arguments": {}}', b"\xff", b'{"writing": 1}'),
        *(line_of(version=version) for version in (0, 1, 3, "2", None)),
        *(
            line_of(request=request)
            for request in ({"kind": "drop_table"}, {**LATER, "and": "more"}, {**LATER, "plan": {}})
        ),
        line_of(more="that a later release means"),
    ],
)
async def test_a_line_that_makes_no_sense_is_passed_over(spool: Spool, file: SpoolFile, clock, line: bytes):
    await spool.add(fresh(), DANA, post("before"))
    file.append(line)
    await spool.add(fresh(), DANA, post("after"))

    after = await reopened(file, clock)

    assert [each.text for each in after.waiting] == ["before", "after"]
    assert after.has_more
    for each in after.waiting:
        await after.remove(each)
    assert line in SpoolFile(file.folder).read(), "what nobody could read is not thrown away"


async def test_a_post_is_for_the_day_that_was_meant_when_it_was_sent(replayer, clock, services, dana):
    clock.now = EVENING + datetime.timedelta(hours=5)

    done = await replayer.replay(pending_of(post("Long above", "today")))

    assert done.plan
    assert done.plan.day == MONDAY
    assert done.plan.posted_at == clock.now
    [listed] = (await services.history.show(dana, done.plan.id)).revisions
    assert listed.revision.note == "sent 2026-11-24 04:59:30 UTC, while the database was unavailable"


async def test_the_same_operation_is_carried_out_once(replayer, services, dana):
    first = pending_of(post())

    once, twice = await replayer.replay(first), await replayer.replay(first)

    assert once.plan == twice.plan
    assert (await services.plans.list(dana)).total == 1


async def test_a_text_for_a_draft_is_carried_out_once_too(replayer, services, dana):
    draft = await services.drafts.save(dana, Submission(DraftKind.POST, "old", coach="d", day="tomorrow"))
    first = pending_of(Submission(DraftKind.POST, "new", draft_id=draft.id))

    once, twice = await replayer.replay(first), await replayer.replay(first)

    assert once.plan == twice.plan
    assert twice.refusal is None


async def test_what_was_done_before_the_answer_was_lost_is_not_done_again(replayer, services, dana):
    operation = fresh()
    plan = await services.plans.post(dana, PostPlan("Long", day=DAY), operation)

    done = await replayer.replay(dataclasses.replace(pending_of(post("Long")), operation=operation))

    assert done.plan == plan


async def test_acts_follow_each_other_as_they_were_asked_for(replayer, services, dana):
    posted = (await replayer.replay(pending_of(post("Long")))).plan
    operation = [fresh() for _ in range(3)]
    asked = [
        Submit(Submission(DraftKind.EDIT, "Short", plan_id=posted.id, seen=1)),
        DeletePlan(posted.id, 2),
        RestorePlan(PlanOfDay(None, DAY)),
    ]

    done = [
        await replayer.replay(PendingOperation(each, dana, EVENING, act))
        for each, act in zip(operation, asked, strict=True)
    ]

    assert [each.plan.revision for each in done] == [2, 3, 4]
    assert (await services.plans.find(dana, PlanOfDay(None, DAY))).text == "Short"


async def test_an_edit_of_other_lines_is_merged_with_what_was_saved_meanwhile(replayer, services, dana, ivan, max):
    await services.coaches.assign(max, "d", Members(frozenset({ivan.user_id})))
    plan = await services.plans.post(dana, PostPlan("ES: long\nNQ: flat", day=DAY), fresh())
    newest = (await services.plans.edit(ivan, EditPlan(plan.id, "ES: flat\nNQ: flat", seen=1), fresh())).plan
    request = EditPlan(plan.id, "ES: long\nNQ: short", seen=1)

    done = await replayer.replay(PendingOperation(fresh(), dana, EVENING, request))

    assert done.plan
    assert done.plan.text == "ES: flat\nNQ: short"
    assert done.merged == Merged((ivan.user_id,), newest.changed_at)
    listed = (await services.history.show(dana, plan.id)).revisions[0].revision
    assert listed.note == "merged with #2; sent 2026-11-24 04:59:30 UTC, while the database was unavailable"


async def test_what_is_refused_becomes_a_draft_for_the_day_it_was_meant_for(replayer, services, dana, clock):
    await services.plans.post(dana, PostPlan("The first", day=DAY), fresh())
    clock.now = EVENING + datetime.timedelta(days=1)

    done = await replayer.replay(pending_of(post("The second", "today")))

    assert done.plan is None
    assert "has a plan" in done.refusal
    assert done.is_draft
    [draft] = await drafts_of(services.drafts, dana)
    assert (draft.text, draft.day) == ("The second", DAY)


async def test_a_text_of_an_act_becomes_a_draft_too(replayer, services, dana):
    done = await replayer.replay(pending_of(EditPlan(PlanOfDay("d", DAY), "New")))

    assert done.is_draft
    [draft] = await drafts_of(services.drafts, dana)
    assert (draft.kind, draft.text, draft.coach) == (DraftKind.POST, "New", "d")


async def test_no_quota_of_drafts_loses_what_was_acknowledged(replayer, services, dana):
    await services.plans.post(dana, PostPlan("The first", day="tuesday"), fresh())
    for number in range(Quotas().user_drafts):
        await services.drafts.save(dana, post(f"draft {number}").submission)
    chart = services.keep(b"a picture")

    done = await replayer.replay(pending_of(Submission(DraftKind.POST, "With", day=DAY, pictures=(chart,))))
    refused = await replayer.replay(pending_of(post("The second", "tuesday")))

    assert (done.plan.text, done.plan.charts) == ("With", (chart,))
    assert refused.is_draft
    assert "The second" in [draft.text for draft in await drafts_of(services.drafts, dana)]


async def test_a_refused_text_waits_where_no_draft_can_be_kept(replayer, services, dana):
    await services.plans.post(dana, PostPlan("The first", day=DAY), fresh())
    again = pending_of(post("x" * 3900))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        with pytest.raises(errors.DatabaseUnavailableError):
            await replayer.replay(again)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert (await replayer.replay(again)).is_draft


async def test_what_fails_in_every_way_holds_up_nobody(replayer, services, dana):
    beyond_sqlite = Submission(DraftKind.EDIT, "Short", plan_id=PlanId(2**70), seen=1)

    done = await replayer.replay(pending_of(beyond_sqlite))

    assert done.plan is None
    assert "went wrong on our side" in done.refusal
    assert done.is_lost
    assert await drafts_of(services.drafts, dana) == []


async def test_a_book_that_fails_again_keeps_everything(services, clock, tmp_path, replayer):
    await services.plans.list(DANA)
    store = services.plans.store
    assert not isinstance(store, ResilientStore)
    await store.close()

    with pytest.raises(errors.DatabaseUnavailableError):
        await replayer.replay(pending_of(post()))


async def test_an_act_that_fails_names_what_can_be_done_later(services, dana):
    await services.plans.list(dana)
    await services.plans.store.close()

    with pytest.raises(errors.UnsavedError) as failed:
        await services.plans.post(dana, PostPlan("Long", day="friday"), fresh())

    assert failed.value.request == PostPlan("Long", day="friday")
    with pytest.raises(errors.DatabaseUnreadableError):
        await services.plans.list(dana)
