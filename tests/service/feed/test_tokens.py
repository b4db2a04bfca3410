"""Tokens with which programs read the plans of a guild."""

import datetime

import pytest
from structlog.testing import capture_logs

from bot.domain import errors
from bot.domain.values import ChannelId, Suggestion
from bot.service.feed.tokens import MAX_NAME, MAX_TOKENS
from bot.service.pseudonyms import pseudonym
from storage.connections import database
from tests.service.scene import DANA, MAX, elsewhere


@pytest.fixture
def tokens(services):
    return services.feed_tokens


async def test_a_token_is_found_by_its_secret_until_it_expires(tokens, clock, store):
    made = await tokens.create(MAX, " backtest ", "09:25", 2, ChannelId(7))

    assert await tokens.find(made.secret) == made.token
    assert (made.token.name, made.token.as_of, made.token.channel_id) == ("backtest", "09:25", 7)
    rows = await store.read(lambda: database.execute_sql("SELECT * FROM feed_tokens").fetchall())
    assert made.secret not in str(rows)
    clock.now = made.token.expires_at - datetime.timedelta(microseconds=1)
    assert await tokens.find(made.secret)
    clock.move(microseconds=1)
    assert await tokens.find(made.secret) is None
    for wrong in ("", "cbf_", made.secret[:-1], "\ud800", "x" * 100_000):
        assert await tokens.find(wrong) is None


async def test_a_revoked_token_is_unknown_and_tokens_are_of_one_guild(tokens):
    made = await tokens.create(MAX, "backtest", None, None, None)
    other = await tokens.create(elsewhere(MAX), "backtest", "session_open", None, None)

    assert await tokens.tokens(MAX) == (made.token,)
    assert await tokens.revoke(MAX, "backtest") == "backtest"
    assert (await tokens.tokens(MAX), await tokens.find(made.secret)) == ((), None)
    assert await tokens.find(other.secret) == other.token
    with pytest.raises(errors.FeedTokenError, match="There is no token named “backtest”"):
        await tokens.revoke(MAX, "backtest")


async def test_each_token_created_or_revoked_is_one_line_of_the_log_without_its_secret(tokens):
    with capture_logs() as lines:
        made = await tokens.create(MAX, "backtest", None, None, None)
        with pytest.raises(errors.FeedTokenError):
            await tokens.create(MAX, "backtest", None, None, None)
        with pytest.raises(errors.FeedTokenError):
            await tokens.revoke(MAX, "other")
        await tokens.revoke(MAX, "backtest")

    facts = {"token_id": made.token.id, "name": "backtest", "guild_id": MAX.guild_id, "user": pseudonym(MAX.user_id)}
    assert [line for line in lines if "token" in line["event"]] == [
        {"event": event, "log_level": "info", **facts} for event in ("token created", "token revoked")
    ]


async def test_a_token_is_read_once_until_tokens_change(tokens, store):
    made = await tokens.create(MAX, "backtest", None, None, None)
    assert await tokens.find(made.secret) == made.token
    reads = store.times.reads

    assert [await tokens.find(made.secret) for _ in range(3)] == [made.token] * 3

    assert store.times.reads == reads
    await tokens.create(MAX, "other", None, None, None)
    assert await tokens.find(made.secret) == made.token
    assert store.times.reads == reads + 1


async def test_expired_tokens_make_room_and_leave_their_names(tokens, clock):
    for number in range(MAX_TOKENS):
        await tokens.create(MAX, f"token {number}", None, 1, None)
    other = await tokens.create(elsewhere(MAX), "token 0", None, 1, None)
    with pytest.raises(errors.FeedTokenError, match="Revoke one first"):
        await tokens.create(MAX, "one more", None, None, None)
    clock.move(days=1)

    made = await tokens.create(MAX, "token 0", None, None, None)

    assert await tokens.tokens(MAX) == (made.token,)
    assert await tokens.tokens(elsewhere(MAX)) == (other.token,)


@pytest.mark.parametrize(
    ("name", "as_of", "words"),
    [
        ("", None, "1 to 50 characters"),
        ("a\nb", None, "on one line"),
        ("x" * (MAX_NAME + 1), None, "1 to 50 characters"),
        ("taken", None, "There is a token named “taken” already"),
        ("TAKEN", None, "There is a token named “taken” already"),
        ("new", "25:99", "“25:99” can’t be as_of. Write now, session_open, session_close or a time such as 09:25.$"),
        ("new", "2026-11-23T14:25:00Z", "of every plan’s day. Write now, session_open, session_close or a time"),
    ],
)
async def test_what_can_be_no_token_is_refused(tokens, name, as_of, words):
    await tokens.create(MAX, "taken", None, None, None)

    with pytest.raises(errors.FeedTokenError, match=words):
        await tokens.create(MAX, name, as_of, None, None)


async def test_a_guild_has_so_many_tokens_and_only_managers_make_them(tokens):
    for number in range(MAX_TOKENS):
        await tokens.create(MAX, f"token {number}", None, None, None)

    with pytest.raises(errors.FeedTokenError, match="Revoke one first"):
        await tokens.create(MAX, "one more", None, None, None)
    for refused in (tokens.create(DANA, "mine", None, None, None), tokens.tokens(DANA), tokens.revoke(DANA, "token 1")):
        with pytest.raises(errors.NotManagerError):
            await refused


async def test_tokens_whose_names_differ_by_case_alone_stay_and_each_is_revoked_by_its_exact_name(tokens, store):
    made = [await tokens.create(MAX, name, None, None, None) for name in ("live", "other")]
    await store.write(lambda: database.execute_sql("UPDATE feed_tokens SET name = 'LIVE' WHERE name = 'other'"))

    assert await tokens.suggest(MAX, "Li") == [Suggestion("LIVE", "LIVE"), Suggestion("live", "live")]
    assert await tokens.revoke(MAX, "LIVE") == "LIVE"
    assert [bool(await tokens.find(each.secret)) for each in made] == [True, False]
    with pytest.raises(errors.FeedTokenError, match="There is no token named “LIVE”"):
        await tokens.revoke(MAX, "LIVE")
    await tokens.revoke(MAX, "live")
    assert await tokens.tokens(MAX) == ()


async def test_names_of_tokens_are_suggested_to_managers_of_their_server_alone(tokens):
    for name in ("backtest", "live"):
        await tokens.create(MAX, name, None, None, None)

    assert [each.value for each in await tokens.suggest(MAX, "")] == ["backtest", "live"]
    assert [each.value for each in await tokens.suggest(MAX, "TEST")] == ["backtest"]
    assert (await tokens.suggest(DANA, ""), await tokens.suggest(elsewhere(MAX), "")) == ([], [])
