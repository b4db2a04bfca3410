"""The form of a post: the coaches and days that it offers, and those that it opens with."""

import dataclasses
import datetime

import pytest

from bot.domain.commands import PostPlan
from bot.domain.errors import NoCoachError, PlanExistsError
from bot.domain.sessions import DayKind, Exchange
from bot.domain.values import DraftKind, Limits, PostForm, Submission
from bot.service.guilds import GuildService
from bot.service.plans import PlanService
from bot.service.readers import NoViews
from bot.service.records.sessions import store_year
from tests.service.scene import DANA, DAY, IVAN, MAX, MIA, MONDAY, SEEDS, TIMEZONE, fresh

SUNDAY, TUESDAY = MONDAY - datetime.timedelta(1), MONDAY + datetime.timedelta(1)
CLOSE = datetime.datetime(2026, 11, 23, 21, 0, tzinfo=datetime.UTC)
"""Of New York's exchange on that Monday."""


def draft(coach: str | None = None, day: str | None = None) -> Submission:
    return Submission(DraftKind.POST, "text", coach=coach, day=day)


def keys(form: PostForm) -> list[str]:
    return [coach.key for coach in form.coaches]


def at_exchange(store, clock, exchange: Exchange) -> PlanService:
    guilds = GuildService(store, clock, SEEDS, TIMEZONE, NoViews(), exchange)
    return PlanService(store, clock, guilds, Limits())


async def test_a_member_of_one_coach_has_no_choice_of_coaches(plans):
    form = await plans.prepare_post(DANA, coach=None, day=None)

    assert (keys(form), form.coach, form.has_choice) == (["d"], form.coaches[0], False)


async def test_a_manager_may_choose_any_coach_and_their_own_is_chosen(plans):
    form = await plans.prepare_post(MAX, coach=None, day=None)
    assert (keys(form), form.coach) == (["d", "i", "s"], None)

    own = await plans.prepare_post(dataclasses.replace(DANA, is_manager=True), coach=None, day=None)
    assert (keys(own), own.coach and own.coach.key, own.has_choice) == (["d", "i", "s"], "d", True)
    named = await plans.prepare_post(MAX, coach="s", day=None)
    assert named.coach
    assert named.coach.key == "s"


async def test_who_can_not_post_is_refused_at_once(plans):
    with pytest.raises(NoCoachError):
        await plans.prepare_post(MIA, coach=None, day=None)


async def test_a_day_that_is_taken_is_refused_before_anything_is_written(plans, dana):
    await plans.post(dana, PostPlan("text", day=DAY), fresh())

    with pytest.raises(PlanExistsError) as refusal:
        await plans.prepare_post(dana, coach=None, day=DAY)
    assert (refusal.value.may_edit, refusal.value.following) == (True, TUESDAY)
    assert (await plans.prepare_post(MAX, coach=None, day=DAY)).day == MONDAY


async def test_the_chosen_day_is_offered_first_and_the_others_once(plans):
    far = MONDAY + datetime.timedelta(365)

    for day in (SUNDAY, TUESDAY, far):
        form = await plans.prepare_post(DANA, coach=None, day=day.isoformat())
        values = [each.value for each in form.days]
        assert (form.day, values[0]) == (day, day.isoformat())
        assert len(values) == len(set(values)) <= 25
        assert {SUNDAY.isoformat(), DAY, TUESDAY.isoformat()} <= set(values)


async def test_on_a_closed_day_the_next_session_is_first(store, clock):
    form = await at_exchange(store, clock, Exchange.WEEKDAYS).prepare_post(DANA, coach=None, day=None)

    assert [each.value for each in form.days[:2]] == [MONDAY.isoformat(), SUNDAY.isoformat()]


@pytest.mark.parametrize(("seconds", "day"), [(-1, MONDAY), (0, TUESDAY)])
async def test_after_the_close_the_next_session_is_first(store, clock, seconds: int, day: datetime.date):
    clock.now = CLOSE + datetime.timedelta(seconds=seconds)
    plans = at_exchange(store, clock, Exchange.NYSE)
    await store.write(lambda: store_year(Exchange.NYSE, {datetime.date(2026, 11, 26): DayKind.CLOSED}))

    form = await plans.prepare_post(DANA, coach=None, day=None)

    assert (form.day, form.days[0].value) == (day, day.isoformat())


@pytest.mark.parametrize("hours", [0, 24])
async def test_a_draft_without_a_day_opens_for_the_next_session_too(store, clock, hours: int):
    clock.now = CLOSE + datetime.timedelta(hours=hours)
    plans = at_exchange(store, clock, Exchange.NYSE)
    await store.write(lambda: store_year(Exchange.NYSE, {TUESDAY: DayKind.CLOSED}))

    form = await plans.correct_post(DANA, draft())

    following = TUESDAY + datetime.timedelta(1)
    assert (form.day, form.days[0].value) == (following, following.isoformat())


async def test_where_the_years_sessions_are_not_known_today_is_first(store, clock):
    clock.now = CLOSE

    assert (await at_exchange(store, clock, Exchange.NYSE).prepare_post(DANA, coach=None, day=None)).day == MONDAY


@pytest.mark.parametrize(
    ("given", "coach", "day"),
    [
        (draft("d", DAY), "d", MONDAY),
        (draft(None, None), "d", SUNDAY),
        (draft("nobody", "soon"), None, None),
        (draft("i", DAY), None, MONDAY),
    ],
)
async def test_a_draft_opens_with_what_it_says_that_can_be_had(plans, given: Submission, coach, day):
    form = await plans.correct_post(DANA, given)

    assert (form.coach and form.coach.key, form.day) == (coach, day)
    assert form.has_choice is (coach is None)


async def test_a_draft_of_one_who_is_no_coach_any_more_can_be_read(plans):
    form = await plans.correct_post(MIA, draft("d"))

    assert (form.coaches, form.coach, form.has_choice) == ((), None, False)


async def test_a_submission_takes_what_it_lacks_from_its_draft(services):
    kept = dataclasses.replace(draft("d", DAY), pictures=(services.keep(b"first"),))

    completed = Submission(DraftKind.POST, "new", coach="i").completed(kept)

    assert completed == dataclasses.replace(kept, text="new", coach="i", pictures=())  # they are added when it is saved


async def test_files_that_are_added_to_a_draft_keep_its_own(services):
    first, second = (services.keep(name.encode()) for name in ("first", "second"))
    saved = await services.drafts.save(IVAN, dataclasses.replace(draft(), pictures=(first,)))
    sent = dataclasses.replace(draft(), draft_id=saved.id, pictures=(second,), adds_pictures=True)

    again = await services.drafts.save(IVAN, sent)

    assert (again.id, again.pictures) == (saved.id, (first, second))
