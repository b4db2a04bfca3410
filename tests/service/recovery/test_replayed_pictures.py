"""Pictures of queued changes: those of a draft too, and none is lost where the change is refused."""

import dataclasses
import shutil

import pytest

from bot.domain import errors
from bot.domain.commands import AddCharts, PostPlan
from bot.domain.values import (
    Attachment,
    ChannelId,
    Chart,
    DraftId,
    DraftKind,
    MessageId,
    PlanId,
    PlanOfDay,
    Received,
    Source,
    Submission,
    UserId,
)
from storage.chart_files import ChartFiles
from tests.service.recovery.queued import pending_of
from tests.service.scene import DAY, drafts_of, fresh

CHART = Chart("a" * 64, "nq.png", "image/png", 64, 48, 9, "The open")
LINK = Attachment("https://cdn.example/nq.png", "nq.png", 9)


def put_aside(aside: ChartFiles) -> Chart:
    """The chart of `LINK`, as it was downloaded while nothing could be written."""
    incoming = aside.begin()
    incoming.write_bytes(b"a picture")
    return Chart(aside.store(incoming).sha256, "nq.png", "image/png", 64, 48, 9)


async def test_one_who_may_not_is_refused_and_nothing_is_fetched(replayer, services, mia):
    done = await replayer.replay(pending_of(Submission(DraftKind.POST, "Mine", pictures=(LINK,)), mia))

    assert done.plan is None
    assert "not a coach" in done.refusal
    assert done.is_draft


async def test_pictures_that_were_put_aside_come_into_their_place(replayer, services, aside, dana):
    chart = put_aside(aside)
    asked = pending_of(Submission(DraftKind.POST, "With", day=DAY, pictures=(LINK,)))

    done = await replayer.replay(dataclasses.replace(asked, downloaded={LINK.url: chart}))

    assert done.plan.charts == (chart,)
    assert services.files.path_of(chart.sha256).read_bytes() == b"a picture"
    replayer.clear()
    assert aside.path_of(chart.sha256) is None


async def test_pictures_that_were_put_aside_and_are_gone_are_links_again(replayer, services, folder):
    asked = pending_of(Submission(DraftKind.POST, "Without", day=DAY, pictures=(LINK,)))

    done = await replayer.replay(dataclasses.replace(asked, downloaded={LINK.url: CHART}))

    assert done.plan.charts == ()
    assert [each.filename for each in done.left_out] == ["nq.png"]


async def test_a_disk_that_takes_no_picture_keeps_everything(replayer, services, aside, tmp_path):
    chart = put_aside(aside)
    submission = Submission(DraftKind.POST, "With", pictures=(LINK,))
    asked = dataclasses.replace(pending_of(submission), downloaded={LINK.url: chart})
    shutil.rmtree(tmp_path / "charts")
    (tmp_path / "charts").touch()

    with pytest.raises(errors.PicturesUnavailableError):
        await replayer.replay(asked)

    (tmp_path / "charts").unlink()
    assert (await replayer.replay(asked)).plan.charts == (chart,)


async def test_a_link_that_is_dead_is_told_and_the_rest_goes_in(replayer, services):
    done = await replayer.replay(pending_of(Submission(DraftKind.POST, "Without", day=DAY, pictures=(LINK,))))

    assert done.plan.text == "Without"
    assert [each.filename for each in done.left_out] == ["nq.png"]


async def test_files_that_were_sent_with_a_drafts_form_come_after_its_own(replayer, services, dana):
    own, sent = (services.keep(name.encode()) for name in ("own", "sent"))
    draft = await services.drafts.save(dana, Submission(DraftKind.POST, "old", pictures=(own,)))
    form = Submission(DraftKind.POST, "new", day=DAY, draft_id=draft.id, pictures=(sent,), adds_pictures=True)

    done = await replayer.replay(pending_of(form))

    assert (done.plan.text, done.plan.charts) == ("new", (own, sent))


@pytest.mark.parametrize("is_of_replay", [True, False])
async def test_files_of_a_drafts_form_are_added_once_however_often_it_is_replayed(
    replayer, services, dana, is_of_replay
):
    own, sent = (services.keep(name.encode()) for name in ("own", "sent"))
    draft = await services.drafts.save(dana, Submission(DraftKind.POST, "old", pictures=(own,)))
    form = Submission(DraftKind.POST, "new", day=DAY, draft_id=draft.id, pictures=(sent,), adds_pictures=True)
    pending = pending_of(form)
    # The database failed after this, the last time.
    completed = await services.drafts.completed(dana, form)
    await services.drafts.save(dana, completed if is_of_replay else form, pending.operation)

    assert (await services.drafts.save(dana, form, pending.operation)).pictures == (own, sent)
    done = await replayer.replay(pending)

    assert (done.refusal, done.plan.charts) == (None, (own, sent))


async def test_a_text_for_a_draft_brings_what_the_draft_has(replayer, services, dana):
    chart = services.keep(b"another picture")
    source = Source(ChannelId(1), MessageId(2), UserId(3))
    writing = Submission(DraftKind.POST, "old", coach="d", day="tomorrow", pictures=(chart,), source=source)
    draft = await services.drafts.save(dana, writing)

    done = await replayer.replay(pending_of(Submission(DraftKind.POST, "new", draft_id=draft.id)))

    assert (done.plan.text, done.plan.charts, done.plan.source) == ("new", (chart,), source)
    assert await drafts_of(services.drafts, dana) == []


@pytest.mark.parametrize("is_added", [True, False])
async def test_a_text_for_a_draft_whose_pictures_are_still_links_has_them_later(
    replayer, services, dana, is_added: bool
):
    own, sent = services.keep(b"own"), services.keep(b"sent")
    draft = await services.drafts.save(dana, Submission(DraftKind.POST, "old", day=DAY, pictures=(LINK, own)))
    form = Submission(DraftKind.POST, "new", draft_id=draft.id, adds_pictures=is_added)

    done = await replayer.replay(pending_of(dataclasses.replace(form, pictures=(sent,)) if is_added else form))

    charts = (own, sent) if is_added else (own,)
    assert (done.plan.text, done.plan.charts, done.awaited, done.left_out) == ("new", charts, 1, ())
    assert [(each.id, each.pictures[0]) for each in await services.late.expected()] == [(draft.id, LINK)]
    assert await drafts_of(services.drafts, dana) == []


async def test_an_edit_by_a_draft_whose_pictures_are_still_links_has_them_later(replayer, services, dana):
    plan = await services.plans.post(dana, PostPlan("Long", day=DAY), fresh())
    edit = Submission(DraftKind.EDIT, "Short", plan_id=plan.id, seen=1, pictures=(LINK,))
    draft = await services.drafts.save(dana, edit)
    form = Submission(DraftKind.EDIT, "Flat", plan_id=plan.id, seen=1, draft_id=draft.id)

    done = await replayer.replay(pending_of(form))

    assert (done.plan.text, done.awaited) == ("Flat", 1)
    assert [each.pictures for each in await services.late.expected()] == [(LINK,)]


async def test_a_link_that_the_replay_found_dead_is_not_tried_again(replayer, services, dana):
    draft = await services.drafts.save(dana, Submission(DraftKind.POST, "old", day=DAY))
    form = Submission(DraftKind.POST, "new", draft_id=draft.id, pictures=(LINK,), adds_pictures=True)

    done = await replayer.replay(pending_of(form))

    assert ([each.filename for each in done.left_out], done.awaited) == (["nq.png"], 0)
    assert await services.late.expected() == []


async def test_an_edit_by_a_draft_that_is_gone_is_refused(replayer, services, dana):
    plan = await services.plans.post(dana, PostPlan("Long", day=DAY), fresh())
    form = Submission(DraftKind.EDIT, "Flat", plan_id=plan.id, seen=1, draft_id=DraftId(99))

    done = await replayer.replay(pending_of(form))

    assert "already used" in done.refusal
    assert [each.text for each in await drafts_of(services.drafts, dana)] == ["Flat"]


async def test_a_refused_text_has_the_pictures_that_were_put_aside_in_its_draft(replayer, services, aside, dana):
    await services.plans.post(dana, PostPlan("The first", day=DAY), fresh())
    chart = put_aside(aside)
    asked = pending_of(Submission(DraftKind.POST, "The second", day=DAY, pictures=(LINK,)))

    done = await replayer.replay(dataclasses.replace(asked, downloaded={LINK.url: chart}))

    assert done.is_draft
    assert [each.pictures for each in await drafts_of(services.drafts, dana)] == [(chart,)]
    replayer.clear()
    assert services.files.path_of(chart.sha256)


async def test_one_who_may_not_any_more_has_the_pictures_that_were_put_aside(replayer, services, aside, mia):
    chart = put_aside(aside)
    asked = pending_of(Submission(DraftKind.POST, "Mine", pictures=(LINK,)), mia)

    done = await replayer.replay(dataclasses.replace(asked, downloaded={LINK.url: chart}))

    assert done.is_draft
    assert [each.pictures for each in await drafts_of(services.drafts, mia)] == [(chart,)]


async def test_pictures_for_a_plan_that_takes_none_become_a_draft(replayer, services, dana):
    chart = services.keep(b"a picture")

    done = await replayer.replay(pending_of(AddCharts(PlanOfDay("d", DAY), Received((chart,), ()))))

    assert done.plan is None
    assert done.is_draft
    [draft] = await drafts_of(services.drafts, dana)
    assert (draft.text, draft.coach, draft.day, draft.pictures) == ("", "d", DAY, (chart,))
    assert not done.is_lost
    assert dataclasses.replace(done, is_draft=False).is_lost


async def test_pictures_of_a_draft_stay_there_where_they_are_refused(replayer, services, dana):
    chart = services.keep(b"a picture")
    draft = await services.drafts.save(dana, Submission(DraftKind.POST, "", pictures=(chart,)))

    done = await replayer.replay(pending_of(AddCharts(PlanId(99), Received((chart,), ()), draft.id)))

    assert done.refusal
    assert not done.is_lost, "the draft has them"
    assert [each.pictures for each in await drafts_of(services.drafts, dana)] == [(chart,)]


async def test_charts_that_have_no_room_any_more_are_told(replayer, services, dana):
    plan = await services.plans.post(dana, PostPlan("Long", day=DAY), fresh())
    nine = tuple(services.keep(b"%d" % number) for number in range(9))
    await services.charts.add(dana, AddCharts(plan.id, Received(nine, ())), fresh())
    more = tuple(services.keep(name.encode(), name) for name in ("10.png", "11.png"))

    done = await replayer.replay(pending_of(AddCharts(plan.id, Received((nine[0], *more, LINK), ()))))

    assert done.plan.charts == (*nine, more[0])
    assert sorted(each.filename for each in done.left_out) == ["11.png", "chart.png", "nq.png"]


async def test_a_queued_change_of_a_draft_that_was_sent_again_is_refused_with_its_text(replayer, services, dana):
    draft = await services.drafts.save(dana, Submission(DraftKind.POST, "refused", day=DAY, pictures=(LINK,)), fresh())
    queued = pending_of(dataclasses.replace(draft.plain, text="older"))
    await services.drafts.save_to_send(dana, queued.submission, queued.operation)
    newer = fresh()
    await services.drafts.save_to_send(dana, draft, newer)
    await services.plans.post(dana, PostPlan("newer", day=DAY, draft=draft.id, rest_follows=True), newer)

    done = await replayer.replay(queued)

    assert "only the newer one counts" in done.refusal
    assert (done.plan, done.is_lost, done.pending.text) == (None, True, "older")
