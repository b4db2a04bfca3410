"""The queue's file as release 0.1.0 wrote it, with each kind of change that can be in it, is read and replayed."""

import json
from pathlib import Path

import pytest

from bot.domain.days import DateOrder
from bot.domain.pending import DatabaseId, PendingOperation, ReplayResult
from bot.domain.values import (
    ChannelId,
    DraftKind,
    Limits,
    MessageId,
    PlanId,
    Quotas,
    Source,
    Submission,
)
from bot.service.pictures.downloads import Downloads
from bot.service.pictures.inspectors import Inspectors
from bot.service.pictures.intake import IntakeService
from bot.service.recovery import first_format, spool_format
from bot.service.recovery.replay import ReplayService
from bot.service.recovery.spool import Spool
from storage.spool import SpoolFile
from tests.service.scene import DANA, Services, drafts_of

FILE = Path(__file__).parent / "spool_of_0_1_0.jsonl"
DATABASE = DatabaseId("/data/book.db", "b" * 32)
LINES = [json.loads(line) for line in FILE.read_bytes().splitlines()]


@pytest.fixture
async def spool(tmp_path: Path, clock) -> Spool:
    """The queue of a bot that starts where the release before has left its file."""
    file = SpoolFile.open(tmp_path / "spool")
    file.append(*FILE.read_bytes().splitlines())
    spool = Spool(file, clock, lambda: DATABASE, Quotas())
    await spool.open()
    return spool


@pytest.fixture
async def replayed(spool: Spool, services: Services, store, clock) -> list[ReplayResult]:
    """The results of all that waits, on a database with the draft and the pictures that it was sent for."""
    await services.drafts.save(DANA, Submission(DraftKind.POST, "A draft", coach="d", day="2026-11-24"))
    for name in "abc":
        services.keep(f"picture {name}".encode())
    parts = (store, clock, services.guilds, services.drafts, services.files, Downloads((), 1, 1), Inspectors(1))
    intake = IntakeService(*parts, Limits())
    changes = (services.plans, services.charts, services.history, services.drafts)
    service = ReplayService(*changes, intake, services.files, services.files, intake)
    return [await service.replay(pending) for pending in spool.waiting]


def test_the_file_has_every_kind_of_change_that_the_release_queued():
    assert {line["act"] for line in LINES if "act" in line} == set(first_format.KINDS)
    assert {line["writing"]["kind"] for line in LINES if "writing" in line} == set(DraftKind)
    assert any("done" in line for line in LINES)


async def test_all_that_was_queued_waits_in_its_order(spool: Spool):
    waiting = [each.operation for each in spool.waiting]

    assert waiting == list(range(1000, 1021)), "1021 was done"
    assert not spool.has_more
    assert all(each.database == DATABASE and each.actor.user_id == DANA.user_id for each in spool.waiting)


@pytest.mark.parametrize(("number", "order"), [(1, DateOrder.MONTH_FIRST), (2, DateOrder.DAY_FIRST)])
def test_a_date_order_is_read_by_its_number(number: int, order: DateOrder):
    line = {**LINES[0], "actor": {**LINES[0]["actor"], "date_order": number}}

    pending = spool_format.read(json.dumps(line).encode())

    assert isinstance(pending, PendingOperation)
    assert pending.actor.date_order is order


async def test_every_change_is_replayed_as_it_was_meant(replayed: list[ReplayResult], services: Services):
    assert [each.refusal for each in replayed] == [None] * 21
    plans = [(each.plan.id, each.plan.revision) for each in replayed if each.plan]
    first, rest = plans[:16], plans[16:]
    assert first == [(1, number) for number in (1, 2, 3, 4, 5, 6, 7, 8, 8, 9, 10, 11, 12, 13, 14, 15)]
    assert rest == [(2, 1), (3, 1), (2, 2), (2, 3), (2, 4)]

    page = [await services.history.show(DANA, PlanId(1), number) for number in (1, 2)]
    kinds = [each.revision.kind.value for part in page for each in part.revisions][::-1]
    assert " ".join(kinds) == (
        "posted edited edited chart_added chart_added chart_moved chart_moved chart_captioned chart_removed "
        "chart_removed taken_back deleted restored deleted restored"
    )


async def test_the_plans_are_what_was_written_then(replayed: list[ReplayResult], services: Services):
    first, second, third = [await services.plans.find(DANA, PlanId(number)) for number in (1, 2, 3)]

    assert (first.text, [each.filename for each in first.charts]) == ("Edited again", ["a.png"])
    assert (second.text, [each.filename for each in second.charts]) == ("Written again", ["b.png", "a.png", "c.png"])
    assert (third.text, [each.filename for each in third.charts]) == ("Written", ["a.png", "c.png"])
    assert third.source == Source(ChannelId(1), MessageId(2), None)
    assert await drafts_of(services.drafts, DANA) == []


async def test_what_is_done_is_taken_off_in_todays_form(spool: Spool, tmp_path: Path, clock):
    for pending in spool.waiting[:20]:
        await spool.remove(pending)

    lines = [json.loads(line) for line in SpoolFile(tmp_path / "spool").read()]

    assert lines[len(LINES) :] == [{"version": 2, "done": operation} for operation in range(1000, 1020)]
    assert [each.operation for each in spool.waiting] == [1020]
