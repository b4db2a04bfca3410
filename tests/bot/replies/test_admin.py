"""Replies to managers: whatever things are called and however many there are, Discord would take them."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import replies
from bot.domain.sessions import DayKind, Exchange, Override, Session, SessionCalendar
from bot.domain.values import (
    MAX_COUNTED,
    Activity,
    AddCoachResult,
    Audience,
    BackupResult,
    BackupState,
    CardFailure,
    CardId,
    CardProblem,
    ChannelId,
    Coach,
    CoachId,
    CoachPage,
    CoachStatistics,
    Connection,
    DeletedCards,
    Deployment,
    FeedToken,
    GuildId,
    GuildSettings,
    Health,
    LackingCard,
    LackingPicture,
    ListedCoach,
    MemberNames,
    Members,
    MembersChange,
    MessageId,
    NewFeedToken,
    Outage,
    OverriddenDay,
    PictureProblem,
    PlanId,
    RoleId,
    Statistics,
    StorageSize,
    StrayMessage,
    UserId,
    Waiting,
    WriteButton,
    WriteProbe,
)
from bot.service.feed.tokens import MAX_NAME, MAX_TOKENS
from tests.bot.replies.test_replies import LARGEST, NAMES, NOW, accept, plan_saying

MANY = Members(
    frozenset(UserId(LARGEST - number) for number in range(300)),
    frozenset(RoleId(LARGEST - number) for number in range(300)),
)
GONE = MemberNames(
    dict.fromkeys(MANY.users, "*" * 32) | dict.fromkeys(list(MANY.users)[:20], ""),
    dict.fromkeys(MANY.roles, "_" * 100) | dict.fromkeys(list(MANY.roles)[:20], ""),
    Members(frozenset(list(MANY.users)[:20]), frozenset(list(MANY.roles)[:20])),
)
MUCH = Activity(10**9, 10**9, 10**9)
MONDAYS = tuple(datetime.date(2026, 11, 23) - datetime.timedelta(weeks=ago) for ago in reversed(range(12)))


def coach_called(name: str, *, is_retired: bool = True) -> Coach:
    return Coach(CoachId(LARGEST), GuildId(LARGEST), "_" * 16, name, is_retired=is_retired)


@given(NAMES)
def test_every_reply_about_a_coach_is_within_discords_limits(name: str):
    coach = coach_called(name)

    for reply in (
        replies.coach_added(AddCoachResult(coach, is_back=True)),
        replies.coach_added(AddCoachResult(coach, is_back=False)),
        replies.coach_changed(coach),
        replies.coach_removed(coach),
        replies.coach_removed(coach_called(name, is_retired=False)),
        replies.assigned(MembersChange(coach, MANY)),
        replies.unassigned(MembersChange(coach, MANY)),
        replies.coaches(CoachPage((ListedCoach(coach, MANY, 10**6),) * 10, 2, 3, 30), GONE),
        replies.ask_unassign(ListedCoach(coach, MANY, 10**6), GONE, MembersChange(coach, MANY)),
        replies.coaches(CoachPage((), 1, 1, 0), GONE),
    ):
        accept(reply)


@given(NAMES, st.integers(0, 60), st.booleans())
def test_all_numbers_are_within_discords_limits(name: str, count: int, is_drawn: bool):
    each = CoachStatistics(coach_called(name), MUCH, 10**9, (MUCH,) * len(MONDAYS))
    picture = b"\x89PNG" if is_drawn else None

    accept(replies.statistics(Statistics((each,) * count, MONDAYS, StorageSize(10**15, 10**15), picture)))


def test_the_weeks_before_the_first_plan_are_left_out():
    quiet = (Activity(),) * 10
    each = CoachStatistics(coach_called("d"), MUCH, 0, (*quiet, Activity(1), Activity()))

    shown = str([component.build() for component in replies.statistics(Statistics((each,), MONDAYS))["components"]])

    assert ("W46" in shown, "W47" in shown, "W48" in shown) == (False, True, True)


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("deleted", DeletedCards)
def test_the_settings_are_within_discords_limits(audience: Audience, deleted: DeletedCards):
    days = [NOW.date() + datetime.timedelta(days=ahead) for ahead in range(60)]
    overrides = dict.fromkeys(days, Override(DayKind.HALF_DAY, NOW))
    calendar = SessionCalendar(Exchange.XJPX, overrides=overrides)
    found = GuildSettings("America/Argentina/ComodRivadavia", True, ChannelId(LARGEST), audience, deleted, calendar)

    accept(replies.settings(found, NOW))
    accept(replies.settings_changed(found, NOW))
    shown = str([component.build() for component in replies.settings(found, NOW)["components"]])
    for words in ("JPX (Tokyo), 09:00 to 15:30, with a break from 11:30 to 12:30", "not known", "50 more", "half day"):
        assert words in shown.replace("Not known", "not known")


@pytest.mark.parametrize(
    ("kind", "session", "words"),
    [
        (None, None, "follows the calendar again: NYSE (New York)"),
        (DayKind.CLOSED, None, "is closed here now"),
        (DayKind.OPEN, Session(NOW.date(), NOW, NOW, False), "is open here now: <t:"),
        (DayKind.HALF_DAY, Session(NOW.date(), NOW, NOW, True), "is a half day here now: <t:"),
    ],
)
def test_an_overridden_day_is_told(kind: DayKind | None, session: Session | None, words: str):
    reply = replies.day_overridden(OverriddenDay(NOW.date(), Exchange.NYSE, kind, session))

    accept(reply)
    assert words in str([component.build() for component in reply["components"]])


@pytest.mark.parametrize(
    ("probe", "free", "latency", "since"),
    [(WriteProbe(1.5), 10**15, 0.04, NOW), (WriteProbe(None, "another process has locked it"), None, None, None)],
)
def test_the_health_is_within_discords_limits(probe: WriteProbe, free: int | None, latency: float | None, since):
    versions = tuple((name, "1.2.3") for name in ("Coachbook", "Python", "hikari", "lightbulb", "SQLite"))
    trouble = CardProblem(ChannelId(LARGEST), CardFailure.CLOSED, 10**6)
    waiting = Waiting(1, 2, 3, None, MAX_COUNTED, queued=10**3, queued_in_memory=10**3)
    backups = BackupState(since, is_failing=True, is_scheduled=False, is_known=False)
    strays = tuple(
        StrayMessage(MessageId(LARGEST), GuildId(LARGEST), ChannelId(LARGEST), PlanId(1), is_removable=each)
        for each in (True, False) * 10
    )
    found = Health(probe, probe, free, free, 0, waiting, backups, versions, NOW, (trouble,) * 20, strays=strays)

    outage, deployment = Outage(NOW, since), Deployment("*why* " * 1000, NOW)
    reply = replies.health(found, Connection(latency, since, 1, outage, deployment, answered_elsewhere=3))

    accept(reply)
    shown = str([component.build() for component in reply["components"]])
    for words in (
        *("is being deleted", "Delete it if you don’t need it", "There are 15 more"),
        "at least 1,000 cards waiting to be updated",
        *("Last outage", "Commands are not up to date", "Another process is answering"),
    ):
        assert words in shown


def test_the_health_of_very_many_bad_cards_is_within_discords_limits():
    probe, waiting = WriteProbe(None, "another process has locked it"), Waiting(1, 2, 3, 4, 999)
    troubles = tuple(CardProblem(ChannelId(LARGEST - number), CardFailure.CLOSED, 10**6) for number in range(20))
    picture = LackingPicture("0" * 64, "_" * 100, PictureProblem.UNREADABLE, f"can’t be read right now: {'_' * 100}")
    cards = (LackingCard(CardId(1), plan_saying("text", name="*" * 100), (picture,) * 3),) * 5
    stray = StrayMessage(MessageId(LARGEST), GuildId(LARGEST), ChannelId(LARGEST), PlanId(1), is_removable=True)
    facts = (waiting, BackupState(NOW, is_failing=True, is_scheduled=False), (), NOW, troubles, cards, 10**6)
    found = Health(probe, probe, 0, 0, 0, *facts, (stray,) * 20)

    connection = Connection(None, None, 1, Outage(NOW, None), Deployment("*why* " * 1000, NOW), answered_elsewhere=3)
    button = WriteButton(ChannelId(LARGEST), None)
    reply = replies.health(found, connection, clock_error=-datetime.timedelta(9999), button=button)

    accept(reply)
    shown = str([component.build() for component in reply["components"]])
    assert "1,000,000 cards can’t be posted" in shown
    assert "Post it again with `/admin setup`." in shown
    assert "There is more than fits here" in shown
    assert "Last backup" in shown


@pytest.mark.parametrize(
    ("size", "words"), [(0, "0 bytes"), (1023, "1,023 bytes"), (1536, "1.5 KiB"), (5 * 2**30, "5.0 GiB")]
)
def test_a_size_is_told_for_people(size: int, words: str):
    reply = replies.statistics(Statistics((), MONDAYS, StorageSize(size, 0)))

    assert f"database {words}," in str([component.build() for component in reply["components"]])


@pytest.mark.parametrize(
    ("proved", "words"), [(3, None), (2, "Plans changed since the last backup: 2. Their histories were proved again.")]
)
def test_a_backup_says_how_many_histories_it_proved_unless_it_proved_all(proved: int, words: str | None):
    reply = replies.backed_up(
        BackupResult("coachbook.zip", 8, plans=3, revisions=4, pictures=0, missing=0, proved=proved)
    )

    shown = str([component.build() for component in reply["components"]])
    assert "search" not in shown
    assert ("histories" in shown) == (words is not None)
    assert words is None or words in shown


def test_a_backup_says_that_it_found_a_faulty_index():
    found = BackupResult(
        "coachbook.zip", 8, plans=3, revisions=4, pictures=0, missing=0, proved=3, is_index_sound=False
    )

    shown = str([component.build() for component in replies.backed_up(found)["components"]])

    assert "The index of `/plan search` was damaged and is being rebuilt. No plan is affected." in shown


@given(NAMES)
def test_the_tokens_of_programs_are_within_discords_limits(name: str):
    expires = datetime.datetime(9999, 12, 31, tzinfo=datetime.UTC)
    token = FeedToken(LARGEST, GuildId(LARGEST), name[:MAX_NAME], "session_close", ChannelId(LARGEST), NOW, expires)

    accept(replies.feed_token_created(NewFeedToken(token, "cbf_" + "x" * 43)))
    accept(replies.feed_tokens((token,) * MAX_TOKENS))
    accept(replies.feed_tokens(()))
    accept(replies.feed_token_revoked(token.name))
