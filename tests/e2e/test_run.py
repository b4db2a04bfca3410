"""`python -m bot run`: starts, stops, is killed, comes back, and keeps what it has acknowledged."""

import asyncio
import contextlib
import json
import signal
import sqlite3
import time

import pytest

from bot import VERSION
from sandbox.driver import NoAnswerError
from sandbox.faults import InjectedFault
from sandbox.gateway.compression import RawFrame
from sandbox.interactions.interaction import InteractionStarted
from sandbox.interactions.invoke import FIRST_ANSWER_SECONDS
from sandbox.world.entities import Upload
from sandbox.world.events import Event
from tests import image_samples
from tests.conftest import Discord, Room
from tests.processes import DEADLINE, ROOT, BotProcess, environment
from tests.rounds import LONG

STOP_SECONDS = 5.0
"""The seconds that docs/promises.md gives a stop."""


async def start(discord: Discord, **variables: str) -> BotProcess:
    bot = await BotProcess.start("run", env=discord.settings(**variables))
    return await bot.ready()


async def executed(discord: Discord) -> BotProcess:
    """A bot in an interpreter of its own, which orders sets in its own way."""
    bot = await BotProcess.start("run", env=discord.settings(), is_forked=False)
    return await bot.ready()


async def asked(fault: InjectedFault) -> None:
    """Wait until a request has met this fault."""
    async with asyncio.timeout(DEADLINE):
        while not fault.hits:  # noqa: ASYNC110 - nothing tells that a fault was met
            await asyncio.sleep(0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_a_signal_stops_the_bot_with_status_0(own_discord: Discord, own_room: Room, number: signal.Signals):
    bot = await start(own_discord)
    began = time.monotonic()

    assert await bot.stop(number) == 0
    [used] = [each for each in bot.events if each["event"] == "starting"]
    assert (used["database"], used["is_new"]) == (str(own_discord.folder / "book.db"), True)
    assert used["configuration"] == str(ROOT / "config.toml")
    assert used["coaches"] == ["d", "i", "s"]
    if LONG:  # else the machine may be busy with other tests
        assert time.monotonic() - began < STOP_SECONDS
    assert bot.events[-1]["event"] == "stopped"


async def test_a_stop_finishes_what_is_in_hand(own_discord: Discord, own_room: Room):
    bot = await start(own_discord)
    slow = own_discord.sandbox.faults.slow("POST", "/interactions/*", seconds=DEADLINE)

    posting = asyncio.create_task(own_room.dana.slash("plan post", text="in hand"))
    await asked(slow)
    bot.process.send_signal(signal.SIGTERM)
    slow.release()
    status = await bot.ended()

    assert status == 0
    assert "Posted" in (await posting).text
    [card] = own_room.cards()
    assert "in hand" in card.text


async def test_a_stop_while_the_bot_is_still_connecting_works(own_discord: Discord):
    slow = own_discord.sandbox.faults.slow("GET", "/gateway/bot", seconds=2 * DEADLINE)
    bot = await BotProcess.start("run", env=own_discord.settings())
    await asked(slow)

    assert await bot.stop() == 0
    slow.release()


async def test_a_plan_is_there_after_a_restart(own_discord: Discord, own_room: Room):
    bot = await start(own_discord)
    await own_room.dana.slash("plan post", text="Long above 21,450")
    await bot.stop()

    bot = await start(own_discord)

    assert "Long above 21,450" in (await own_room.mia.slash("plan show", coach="d")).text
    await bot.stop()


async def test_an_acknowledged_plan_survives_a_kill(own_discord: Discord, own_room: Room):
    bot = await start(own_discord)
    await own_room.dana.slash("plan post", text="Long above 21,450")
    await bot.stop(signal.SIGKILL)

    bot = await start(own_discord)

    assert "Long above 21,450" in (await own_room.mia.slash("plan show", coach="d")).text
    await own_room.shows("Long above 21,450")
    await bot.stop()


async def test_a_book_that_a_link_names_is_kept_and_served_by_one_bot(own_discord: Discord, own_room: Room):
    (own_discord.folder / "kept").mkdir()
    (own_discord.folder / "link.db").symlink_to("kept/book.db")
    bot = await BotProcess.start("run", env=own_discord.settings("link.db"))
    await bot.ready()
    await own_room.dana.slash("plan post", text="Long above 21,450")

    second = await BotProcess.start("run", env=own_discord.settings("kept/book.db"))
    assert await second.ended() == 1
    assert f"Another Coachbook runs on {own_discord.folder / 'kept' / 'book.db'}" in second.output
    await bot.stop(signal.SIGKILL)
    bot = await BotProcess.start("run", env=own_discord.settings("link.db"))
    await bot.ready()

    assert "Long above 21,450" in (await own_room.mia.slash("plan show", coach="d")).text
    assert await bot.stop() == 0


async def test_a_second_process_with_the_same_token_is_reported(own_discord: Discord, own_room: Room):
    folder = own_discord.folder
    bots = [
        await BotProcess.start(
            "run", env=own_discord.settings(book, COACHBOOK_STORAGE__CHARTS_PATH=str(folder / f"charts of {book}"))
        )
        for book in ("one.db", "two.db")
    ]
    for bot in bots:
        await bot.ready()

    for _ in range(5):
        await own_room.mia.slash("plan list")

    async with asyncio.timeout(DEADLINE):
        reports = [asyncio.create_task(bot.logged("another process is using this bot’s token")) for bot in bots]
        done, waiting = await asyncio.wait(reports, return_when=asyncio.FIRST_COMPLETED)
    assert all("token" in report.result()["advice"] for report in done)
    for report in waiting:
        report.cancel()
    assert [await bot.stop() for bot in bots] == [0, 0]
    assert not any("Traceback" in bot.output for bot in bots)


async def test_an_open_form_outlives_the_bot(own_discord: Discord, own_room: Room):
    bot = await start(own_discord)
    form = await own_room.dana.slash("plan post")
    await bot.stop(signal.SIGKILL)

    own_discord.sandbox.interactions.first_answer_seconds = 0.1
    with pytest.raises(NoAnswerError):
        await own_room.dana.submit(form, Plan="written for an hour")
    own_discord.sandbox.interactions.first_answer_seconds = DEADLINE
    bot = await start(own_discord)
    posted = await own_room.dana.submit(form)

    assert "Posted" in posted.text
    await own_room.shows("written for an hour")
    await bot.stop()


async def test_buttons_outlive_the_bot(own_discord: Discord, own_room: Room):
    bot = await start(own_discord)
    refused = await own_room.dana.slash("plan post", coach="x", text="my text")
    await own_room.dana.slash("plan post", text="a plan " + "of words " * 440)
    card = await own_room.shows("a plan")
    asked = await own_room.dana.slash("plan delete")
    listed = await own_room.mia.slash("plan list")
    await bot.stop()

    bot = await start(own_discord)

    assert (await own_room.dana.click(refused, "Edit and resend")).form
    assert "part 2 of 2" in (await own_room.mia.click(card, "Show more")).text
    assert "a plan" in (await own_room.mia.select(listed, listed.choices[0])).text
    assert "Deleted" in (await own_room.dana.click(asked, "Delete")).text
    assert (await own_room.shows("Deleted")).message is card.message
    back = await own_room.dana.click(card, "Restore")
    assert "Restored" in back.text
    await bot.stop()


async def test_an_interaction_that_comes_twice_is_carried_out_once(own_discord: Discord, own_room: Room):
    bot = await start(own_discord)
    again: list[Event] = []
    world = own_discord.sandbox.world
    world.observers.append(lambda event: again.append(event) if isinstance(event, InteractionStarted) else None)
    await own_room.dana.slash("plan post", text="first", chart1=Upload("one.png", image_samples.png()))
    await own_room.shows("first")
    await own_room.dana.slash("chart caption", chart="1", text="open")
    card = await own_room.shows("1. open")
    before = len(own_room.mia.see())

    for event in tuple(again):
        world.dispatch(event)
    await bot.logged("delivered again")

    shown = await own_room.mia.slash("plan show", coach="d")
    assert "1. open" in shown.text
    assert "#2" in shown.text
    assert "#2" in card.text
    assert len([seen for seen in own_room.mia.see() if not seen.ephemeral]) == before
    assert "You have no drafts" in (await own_room.dana.slash("plan drafts")).text
    await bot.stop()


async def test_a_command_given_while_the_connection_was_lost_is_answered(own_discord: Discord, own_room: Room):
    bot = await start(own_discord)
    own_discord.sandbox.faults.drop_socket()

    posted = await own_room.dana.slash("plan post", text="in between")

    assert "Posted" in posted.text
    await own_room.shows("in between")
    assert own_discord.sandbox.gateway.resumes == 1
    await bot.stop()


@pytest.mark.parametrize("fault", ["fail", "lose_request", "lose_answer"])
async def test_an_answer_that_fails_once_is_sent_again_and_the_act_done_once(
    own_discord: Discord, own_room: Room, fault: str
):
    bot = await start(own_discord)
    getattr(own_discord.sandbox.faults, fault)("POST", "*/callback")

    posted = await own_room.dana.slash("plan post", text="only once")

    assert "Posted" in posted.text
    await own_room.shows("only once")
    assert len(own_room.mia.see()) == 1
    assert "already has a plan" in (await own_room.dana.slash("plan post", text="twice")).text
    await bot.stop()


async def test_an_answer_that_comes_too_late_does_not_lose_the_act(own_discord: Discord, own_room: Room):
    bot = await start(own_discord)
    own_discord.sandbox.faults.fail("POST", "*/callback", count=4)
    own_discord.sandbox.interactions.first_answer_seconds = FIRST_ANSWER_SECONDS

    with pytest.raises(NoAnswerError):
        await own_room.dana.slash("plan post", text="too late")
    own_discord.sandbox.faults.clear()
    own_discord.sandbox.interactions.first_answer_seconds = DEADLINE

    assert "too late" in (await own_room.mia.slash("plan show", coach="d")).text
    assert await bot.stop() == 0


async def test_an_answer_that_discord_refuses_is_told_for_what_it_is(own_discord: Discord, own_room: Room):
    bot = await start(own_discord)
    own_discord.sandbox.faults.fail("POST", "*/callback", status=403)

    told = await own_room.dana.slash("plan post", text="saved all the same")

    assert "it is saved" in told.text
    assert not told.buttons
    assert "saved all the same" in (await own_room.mia.slash("plan show", coach="d")).text
    await bot.stop()


async def test_a_deletion_is_shown_to_everyone_also_when_the_receipts_answer_is_lost(
    own_discord: Discord, own_room: Room
):
    bot = await start(own_discord)
    await own_room.dana.slash("plan post", text="to be deleted")
    card = await own_room.shows("to be deleted")
    asked = await own_room.dana.slash("plan delete")
    own_discord.sandbox.faults.lose_answer("POST", "*/callback")

    deleted = await own_room.dana.click(asked, "Delete")

    await own_room.shows("Deleted", f"by <@{own_room.dana.user.id}>")
    assert "to be deleted" not in card.text
    assert "Deleted" in deleted.text
    assert [each.message for each in own_room.cards()] == [card.message]
    await bot.stop()


async def test_a_text_over_the_limit_is_given_back_to_be_shortened(own_discord: Discord, own_room: Room):
    bot = await start(own_discord, COACHBOOK_LIMITS__PLAN_TEXT="20")

    refused = await own_room.dana.slash("plan post", text="thirty characters, to the letter")

    assert "Shorten it by 12" in refused.text
    assert "thirty characters" in refused.text
    form = await own_room.dana.click(refused, "Edit and resend")
    assert "Posted" in (await own_room.dana.submit(form, Plan="only thirty")).text
    await own_room.shows("only thirty")
    await bot.stop()


async def test_with_a_hundred_coaches_a_refusal_still_fits_a_message(own_discord: Discord, own_room: Room):
    coaches = [{"key": f"coach_{number}", "name": f"Coach {number} " + "x" * 80} for number in range(100)]
    bot = await start(own_discord, COACHBOOK_COACHES=json.dumps(coaches))

    refused = await own_room.max.slash("plan post", coach="nobody", text="my text")

    assert "90 more" in refused.text
    assert "my text" in refused.text
    await bot.stop()


async def test_unchanged_commands_are_not_sent_again(own_discord: Discord, own_room: Room):
    first = await executed(own_discord)
    assert await first.stop(signal.SIGINT) == 0
    sent: list[str] = []
    own_discord.sandbox.exchanges.append(lambda exchange: sent.append(exchange.method))

    second = await executed(own_discord)
    assert await second.stop(signal.SIGTERM) == 0

    assert "PUT" not in sent


async def test_texts_that_nobody_came_back_to_are_thrown_away_at_the_start(own_discord: Discord, own_room: Room):
    bot = await start(own_discord)
    refused = await own_room.dana.slash("plan post", coach="x", text="long ago")
    await bot.stop()
    with contextlib.closing(sqlite3.connect(own_discord.folder / "book.db", isolation_level=None)) as book:
        book.execute("UPDATE drafts SET created_at = '2020-01-01T00:00:00.000000Z'")

    bot = await start(own_discord)

    assert (await bot.logged("swept"))["drafts"] == 1
    assert "already used" in (await own_room.dana.click(refused, "Edit and resend")).text
    await bot.stop()


async def test_a_token_that_discord_refuses_is_told_and_not_shown(own_discord: Discord):
    bot = await BotProcess.start("run", env=own_discord.settings(DISCORD_TOKEN="wrong-token-of-mine"))

    assert await bot.ended() == 1
    assert "rejected the token" in bot.output
    assert "wrong-token-of-mine" not in bot.output
    assert "Traceback" not in bot.output


async def test_a_server_that_is_not_there_is_waited_for(own_discord: Discord):
    bot = await BotProcess.start(
        "run", env=own_discord.settings(COACHBOOK_DISCORD__REST_URL="http://127.0.0.1:9/api/v10")
    )

    waiting = await bot.logged("waiting for Discord")
    assert "127.0.0.1:9" in waiting["why"]
    assert waiting["until"]
    assert await bot.stop() == 0
    assert "Traceback" not in bot.output


async def test_an_address_that_is_not_discords_is_told(own_discord: Discord):
    own_discord.sandbox.faults.fail("GET", "/gateway/bot", status=404)
    bot = await BotProcess.start("run", env=own_discord.settings())

    assert await bot.ended() == 1
    assert "Discord rejected the bot with status 404" in bot.output


async def test_a_start_waits_for_an_answer_and_for_a_session(own_discord: Discord, own_room: Room):
    own_discord.sandbox.faults.fail("GET", "/gateway/bot", status=503, count=4)
    own_discord.sandbox.faults.use_up_sessions(20.0)

    bot = await start(own_discord)

    waits = [entry["why"] for entry in bot.events if entry["event"] == "waiting for Discord"]
    assert "503" in waits[0]
    assert "1,000 sessions" in waits[-1]
    assert "no plan" in (await own_room.mia.slash("plan show", coach="d")).text.lower()
    assert await bot.stop() == 0
    assert "Traceback" not in bot.output


@pytest.mark.parametrize(
    ("code", "words"), [(4004, "Reset Token"), (4011, "too many servers"), (4012, "Update Coachbook"), (4014, "intent")]
)
async def test_a_gateway_that_closes_for_good_is_explained(own_discord: Discord, own_room: Room, code: int, words: str):
    bot = await start(own_discord)

    await own_discord.sandbox.faults.close_gateway(code)

    assert await bot.ended() == 1
    assert f"closed the connection permanently with code {code}" in bot.output
    assert words in bot.output
    assert "Traceback" not in bot.output


async def test_a_malformed_frame_does_not_end_the_bot(own_discord: Discord, own_room: Room):
    bot = await start(own_discord)

    own_discord.sandbox.faults.send_frame(RawFrame(b'{"op":0,"t":"X","s":9,"d":"\\ud800"}'))
    answer = await own_room.dana.slash("plan post", text="still there")

    assert "Posted" in answer.text
    assert await bot.stop() == 0
    assert "Traceback" not in bot.output


async def test_an_event_that_cannot_be_read_is_logged_without_what_it_holds(own_discord: Discord, own_room: Room):
    bot = await start(own_discord)

    frame = {"op": 0, "t": "INTERACTION_CREATE", "s": 9, "d": {"data": "secret words"}}
    own_discord.sandbox.faults.send_frame(RawFrame(json.dumps(frame).encode()))

    await bot.logged("event not understood")
    assert await bot.stop() == 0
    assert "secret words" not in bot.output


async def test_no_token_is_shown_in_the_log(own_discord: Discord, own_room: Room):
    bot = await start(own_discord, COACHBOOK_LOG__LEVEL="debug")
    await own_room.dana.slash("plan post", text="secret words")
    await bot.stop()

    assert own_discord.application.token not in bot.output
    assert all(token not in bot.output for token in _tokens(own_discord))
    assert "secret words" not in "".join(line for line in bot.lines if '"logger": "hikari' not in line)


async def test_a_missing_token_is_told(own_discord: Discord):
    variables = own_discord.settings()
    del variables["DISCORD_TOKEN"]
    bot = await BotProcess.start("run", env=variables)

    assert await bot.ended() == 1
    assert "DISCORD_TOKEN" in bot.output
    assert "Traceback" not in bot.output


async def test_a_book_that_cannot_be_opened_is_told(own_discord: Discord):
    (own_discord.folder / "file").write_text("no folder")
    bot = await BotProcess.start("run", env=own_discord.settings("file/book.db"))

    assert await bot.ended() == 1
    assert "can't be opened" in bot.output
    assert "Traceback" not in bot.output


BROKEN_PLUGINS = {
    "has a missing import": "import nothing_of_this_name",
    "has a syntax error": "def",
    "calls sys.exit": "import sys\nsys.exit(3)",
    "is no plugin": "plugin = 1",
    "takes the name of another": 'from bot.plugin import Plugin\nplugin = Plugin("plans", "Mine.")',
    "takes a command of another": """
import lightbulb
from bot.plugin import Plugin
plugin = Plugin("mine", "Mine.")
plugin.command(lightbulb.Group("plan", "Mine."))
""",
    "fails when it is loaded": """
import lightbulb
from bot.plugin import Plugin
class Broken(lightbulb.loaders.Loadable):
    async def load(self, client): raise RuntimeError("not today")
    async def unload(self, client): pass
plugin = Plugin("mine", "Mine.")
plugin.add(Broken())
""",
}


@pytest.mark.parametrize("fault", BROKEN_PLUGINS)
async def test_a_plugin_of_ones_own_that_fails_is_told_and_left_out(own_discord: Discord, own_room: Room, fault: str):
    (own_discord.folder / "broken_plugin.py").write_text(BROKEN_PLUGINS[fault])
    variables = own_discord.settings(COACHBOOK_PLUGINS__EXTRA="broken_plugin")
    bot = await (await BotProcess.start("run", env=variables, cwd=own_discord.folder)).ready()

    assert (await bot.logged("plugin left out"))["why"]
    form = await own_room.dana.slash("plan post")
    assert "Posted" in (await own_room.dana.submit(form, Plan="answers")).text
    await own_room.shows("answers")
    await bot.stop()


async def test_a_plugin_of_this_program_that_fails_stops_the_start(own_discord: Discord):
    bot = await BotProcess.start("run", env=own_discord.settings(COACHBOOK_PLUGINS__ENABLED="plans,missing"))

    assert await bot.ended() == 1
    assert "plugins.missing" in bot.output


async def test_check_says_what_is_used_and_that_there_is_no_database_yet(own_discord: Discord):
    variables = own_discord.settings()
    del variables["DISCORD_TOKEN"]
    bot = await BotProcess.start("check", env=variables)

    assert await bot.ended() == 1
    book = own_discord.folder / "book.db"
    assert f"There is no database at {book} yet" in bot.lines[-1]
    for words in (
        f"Configuration: {ROOT / 'config.toml'}",
        f"Database: {book}: it is new",
        f"Charts: {own_discord.folder / 'charts'}",
        "Coaches: d (Coach D (Day Trading)), i",
        "Plugins: plans, charts, history, admin, actions",
    ):
        assert words in bot.output
    assert not book.exists()


async def test_check_says_what_is_wrong(own_discord: Discord):
    (own_discord.folder / "book.db").write_bytes(b"this is no database" * 100)
    bot = await BotProcess.start("check", env=own_discord.settings(COACHBOOK_PLUGINS__EXTRA="missing_plugin"))

    assert await bot.ended() == 1
    assert "not a SQLite database" in bot.output
    assert "missing_plugin" in bot.output
    assert "Traceback" not in bot.output


async def test_check_finds_what_was_altered_behind_the_bots_back(own_discord: Discord, own_room: Room):
    bot = await start(own_discord)
    await own_room.dana.slash("plan post", text="what was said")
    await bot.stop()
    with contextlib.closing(sqlite3.connect(own_discord.folder / "book.db", isolation_level=None)) as book:
        book.execute("UPDATE coach_plans SET text = 'what was never said'")

    check = await BotProcess.start("check", env=own_discord.settings())

    assert await check.ended() == 1
    assert "plan 1, revision 1" in check.output


async def test_check_reports_five_faults_of_the_configuration_at_once(own_discord: Discord):
    file = own_discord.folder / "faulty.toml"
    file.write_text(
        '[discord]\nrest_url = "nowhere"\n[storage]\npaht = "x"\n[days]\ntimezone = "Mars/Olympus"\n'
        '[limits]\nplan_text = 0\n[log]\nlevel = "loud"\n'
    )
    bot = await BotProcess.start("check", env=environment(COACHBOOK_CONFIG=str(file)), cwd=ROOT)

    assert await bot.ended() == 1
    for word in ("rest_url", "paht", "timezone", "plan_text", "level"):
        assert word in bot.output, bot.output
    assert "Traceback" not in bot.output


def _tokens(discord: Discord) -> list[str]:
    return [interaction.token for interaction in discord.sandbox.interactions.by_id.values()]


async def test_plugins_lists_them_without_a_connection(own_discord: Discord):
    bot = await BotProcess.start("plugins", env=environment())

    assert await bot.ended() == 0
    assert bot.lines[:3] == [
        f"plans {VERSION}",
        "  Post, edit, read and delete plans for trading days.",
        "  /plan, /today",
    ]


async def test_plugins_says_which_cannot_be_loaded_and_why(own_discord: Discord):
    (own_discord.folder / "broken_plugin.py").write_text("import nothing_of_this_name")
    variables = environment(COACHBOOK_PLUGINS__EXTRA="broken_plugin")
    bot = await BotProcess.start("plugins", env=variables, cwd=own_discord.folder)

    assert await bot.ended() == 1
    assert "broken_plugin.py, line 1: ModuleNotFoundError" in bot.output
    assert f"plans {VERSION}" in bot.output
    assert "Traceback" not in bot.output
