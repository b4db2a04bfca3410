"""Tickers, which are found as whole words."""

import datetime

import pytest
from mcp import MCPError

from coachbook_mcp.arguments import MAX_PAGE
from coachbook_mcp.errors import QuestionError
from coachbook_mcp.tickers import Ticker
from tests.bot.feed.programs import Program
from tests.coachbook_mcp.conftest import asking
from tests.service.scene import DANA, IVAN, MONDAY


@pytest.mark.parametrize(
    ("given", "text", "is_in"),
    [
        ("AA", "AAPL up", False),
        ("AA", "Long AA.", True),
        ("aa", "long $AA, stop", True),
        ("AA", "BAA AA2 2AA", False),
        ("$NQ", "nq 21,450", True),
        ("NQ", "**NQ** and _ES_", True),
        ("/ES", "**NQ** and _ES_", True),
        ("BRK.B", "brk.b above 500", True),
        ("BRK.B", "BRKXB, BRK B", False),
        ("BRK.B", "BRK.BX", False),
        ("NQ", "\uff2e\uff31", True),
        ("ñq", "NQ", False),
        ("NQ", "ÑQ, NQÉ", False),
        ("BTC-USD", "BTC-USD!", True),
    ],
)
def test_a_ticker_is_a_whole_word(given: str, text: str, is_in: bool):
    assert Ticker.parse(given).is_in(text) is is_in


@pytest.mark.parametrize(
    "given", ["", "$", "  ", "NQ ES", "NQ\nES", "x" * 21, "x" * 10**6, "a'b\"c", "..", "A..B", "\0"]
)
def test_what_is_no_ticker_is_refused(given: str):
    with pytest.raises(QuestionError, match="Write a ticker such as"):
        Ticker.parse(given)


@pytest.mark.parametrize("given", ["a", "$A", "A*", "(A", " a ", "^A;", "A\u202e"])
def test_signs_around_a_ticker_are_left_out(given: str):
    assert Ticker.parse(given) == Ticker("a")


async def test_the_plans_of_a_ticker_are_a_resource(program: Program):
    await program.post("AAPL over 300", coach="i", actor=IVAN)
    await program.post("Long $AA at 40")
    await program.post("aa again, BRK.B too", day="2026-11-24")
    await program.post("AAPL only", day="2026-11-25", actor=DANA)

    async with asking(await program.with_token()) as model:
        [template] = (await model.client.list_resource_templates()).resource_templates
        [newest] = (await model.client.list_resources()).resources
        found = {ticker: await model.read(f"coach://plans/{ticker}") for ticker in ("AA", "%24aa", "BRK.B", "ZZZ")}
        everything = await model.read(newest.uri)
        for wrong in (
            "coach://plans/",
            "coach://plans/%20",
            "coach://plans/a/b",
            "file:///etc/passwd",
            "coach://x",
            "",
        ):
            with pytest.raises(MCPError, match=r"Write a ticker|There is no such resource"):
                await model.read(wrong)

    assert (template.uri_template, newest.uri) == ("coach://plans/{ticker}", "coach://plans")
    assert found["AA"].index("aa again") < found["AA"].index("Long $AA")
    assert "AAPL" not in found["AA"]
    assert _plans_in(found["%24aa"]) == _plans_in(found["AA"])
    assert "aa again" in found["BRK.B"]
    assert found["ZZZ"].startswith("0 plans")
    assert everything.index("AAPL only") < everything.index("aa again") < everything.index("Long $AA")


async def test_words_that_begin_with_a_ticker_do_not_hide_its_plans(program: Program):
    await program.post("Long AA")
    for number in range(1, MAX_PAGE + 1):
        await program.post("AAPL", day=str(MONDAY + datetime.timedelta(days=number)))

    async with asking(await program.with_token()) as model:
        found = await model.read("coach://plans/AA")

    assert "Long AA" in found


def _plans_in(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.startswith("Plan ")]
