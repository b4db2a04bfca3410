"""Answers that are none, and servers that misbehave: an error, never a plan."""

import asyncio
import datetime
import logging
import subprocess
import sys
import traceback
from email.utils import format_datetime
from typing import Any

import pytest

from coachbook_client import (
    AsyncClient,
    Client,
    CoachbookError,
    IncompleteError,
    InvalidError,
    RateLimitedError,
    UnavailableError,
    UnreadableError,
)
from tests.coachbook_client.conftest import Asker
from tests.coachbook_client.raw_server import answer, answering, plan, problem, revision

PAGE = {"plans": [plan()], "next": None, "is_partial": False, "last_as_of": "now"}
LOGIN = b"<html>Please log in</html>"
WITHOUT_LIBRARY = "import sys; sys.modules['httpx'] = None; import coachbook_client"
NOW = {"Retry_After": "0"}
OUTSIDE = ("Mon, 05 Jan 2026 00:00:00 +9999999999999", "Mon, 01 Jan 99999 00:00:00 GMT")
"""Times that no calendar has."""
DAY = datetime.date(2026, 11, 23)
CALLS: dict[str, tuple[Any, ...]] = {
    "plan": (1,),
    "plan_of": ("d", DAY),
    "revisions": (1,),
    "plans": (),
    "search": ("nq",),
    "changes": (),
    "export": (),
    "chart": ("0" * 64,),
}


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_failures_that_pass_are_tried_again(asker: Asker, status: int):
    async with answering(problem(status, **NOW), answer(200, plan())) as server:
        found = await asker.ask(server, "plan", 1)

    assert (found.text, len(server.heads)) == ("Long NQ", 2)


@pytest.mark.parametrize("cut", [b"", b"HTTP/1.1 200 OK\r\nContent-Le", answer(200, plan())[:-1]])
async def test_an_answer_that_was_cut_is_asked_for_again(asker: Asker, cut: bytes):
    async with answering(cut, answer(200, plan())) as server:
        found = await asker.ask(server, "plan", 1)

    assert (found.text, len(server.heads)) == ("Long NQ", 2)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 500, 501])
async def test_failures_that_stay_are_not_tried_again(asker: Asker, status: int):
    async with answering(problem(status, "Why not.", Coachbook_Plan="none"), answer(200, plan())) as server:
        with pytest.raises(CoachbookError) as failed:
            await asker.ask(server, "plan", 1)

    assert (failed.value.status, failed.value.request_id, failed.value.detail) == (status, "ab12", "Why not.")
    assert len(server.heads) == 1


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, LOGIN),
        (200, b""),
        (200, b"[]"),
        (200, b"null"),
        (200, b'{"plan": "No plan available for coach_d on 2026-11-23"}'),
        (200, b"[" * 100_000),
        (200, b"\xff\xfe"),
        (204, b""),
        (206, b"{}"),
        (302, b""),
        (401, LOGIN),
        (404, LOGIN),
    ],
)
async def test_an_answer_of_another_program_is_no_plan(asker: Asker, status: int, body: bytes):
    elsewhere = {"Location": "http://127.0.0.1:1/login"}
    for method, given in CALLS.items():
        async with answering(answer(status, body, "text/html", **elsewhere)) as server:
            with pytest.raises(UnreadableError, match="Check the address"):
                await asker.ask(server, method, *given)
        assert len(server.heads) == 1


@pytest.mark.parametrize("name", list(plan()))
async def test_a_plan_that_lacks_something_is_none(asker: Asker, name: str):
    for broken in ({key: value for key, value in plan().items() if key != name}, plan(**{name: [1]})):
        async with answering(answer(200, broken)) as server:
            with pytest.raises(UnreadableError, match=name):
                await asker.ask(server, "plan", 1)


@pytest.mark.parametrize("status", [404, 410])
@pytest.mark.parametrize("header", [{}, {"Coachbook_Plan": "present"}])
async def test_an_address_that_is_wrong_is_no_missing_plan(asker: Asker, status: int, header: dict[str, str]):
    for method, given in CALLS.items():
        async with answering(problem(status, **header)) as server:
            with pytest.raises(UnreadableError, match=f"it has status {status}. Check the address") as failed:
                await asker.ask(server, method, *given)
        assert (failed.value.status, failed.value.request_id, len(server.heads)) == (status, "ab12", 1)


async def test_answers_about_another_plan_are_none(asker: Asker):
    history = {"id": 1, "revisions": [revision()], "next": None}
    for method, body in (
        ("plan", plan(id=2)),
        ("revisions", history | {"id": 2}),
        ("revisions", history | {"revisions": []}),
        ("revisions", history | {"revisions": [revision(), revision(plan=2)]}),
    ):
        async with answering(answer(200, body)) as server:
            with pytest.raises(UnreadableError, match=r"another plan|no revisions"):
                await asker.ask(server, method, 1)
    async with answering(answer(200, history)) as server:
        assert [each.proof.plan for each in await asker.ask(server, "revisions", 1)] == [1]


@pytest.mark.parametrize(
    ("numbers", "following"),
    [([2], None), ([1, 3], None), ([1, 1], None), ([2, 1], None), ([1, 2], 1), ([1, 2], 3), ([1, 2], 0)],
)
async def test_a_history_with_a_gap_is_none(asker: Asker, numbers: list[int], following: int | None):
    body = {"id": 1, "revisions": [revision() | {"revision": each} for each in numbers], "next": following}
    async with answering(answer(200, body)) as server:
        with pytest.raises(UnreadableError, match=r"missing|does not follow"):
            await asker.ask(server, "revisions", 1)
    assert len(server.heads) == 1


async def test_a_page_of_a_history_that_does_not_follow_the_one_before_is_none(asker: Asker):
    def page(numbers: range, following: int | None) -> bytes:
        revisions = [revision() | {"revision": each} for each in numbers]
        return answer(200, {"id": 1, "revisions": revisions, "next": following})

    for second in (range(1, 3), range(4, 5), range(2, 4)):
        async with answering(page(range(1, 3), 2), page(second, None)) as server:
            with pytest.raises(UnreadableError, match="missing"):
                await asker.ask(server, "revisions", 1)
        assert server.paths[1] == "/v1/plans/1/revisions?limit=100&after=2"
    async with answering(page(range(1, 3), 2), page(range(3, 4), None)) as server:
        assert [each.revision for each in await asker.ask(server, "revisions", 1)] == [1, 2, 3]
    async with answering(page(range(1, 3), None)) as server:
        with pytest.raises(UnreadableError, match="longer than asked"):
            await asker.ask(server, "revisions_page", 1, limit=1)
        for wrong in ("-1", "x", "\u0662", "1" * 19):
            with pytest.raises(InvalidError, match="cursor"):
                await asker.ask(server, "revisions_page", 1, cursor=wrong)


async def test_plans_of_other_coaches_or_days_are_none(asker: Asker):
    later, earlier = plan(day="2026-11-24"), plan(day="2026-11-22")
    filters: dict[str, Any] = {"first": DAY, "last": DAY, "coach": "d"}
    for other in (plan(coach={"key": "i", "name": "Coach I"}), later, earlier):
        found = {
            "hits": [{"plan": other, "html": ""}],
            "next": None,
            "is_partial": False,
            "last_as_of": "now",
            "is_indexed": True,
        }
        for method, given, named, body in (
            ("plan_of", ("Coach_D", DAY), {}, PAGE | {"plans": [other]}),
            ("plans", (), filters, PAGE | {"plans": [plan(), other]}),
            ("search", ("nq",), filters, found),
        ):
            async with answering(answer(200, body)) as server:
                with pytest.raises(UnreadableError, match="it is about another plan"):
                    await asker.ask(server, method, *given, **named)
    async with answering(answer(200, PAGE)) as server:
        for name in ("d", "D", "coach_d", "Coach_D"):
            assert (await asker.ask(server, "plan_of", name, DAY)).text == "Long NQ"
    async with answering(answer(200, PAGE | {"plans": [later, plan(), earlier]})) as server:
        assert len(await asker.ask(server, "plans")) == 3
        with pytest.raises(UnreadableError, match="the page is longer than asked"):
            await asker.ask(server, "plans_page", limit=2)


async def test_a_cursor_that_leads_to_a_page_before_ends_a_list(asker: Asker):
    for method, words, page in (
        ("plans", (), PAGE),
        ("search", ("nq",), {"hits": [], "is_partial": False, "last_as_of": "now", "is_indexed": True}),
    ):
        for cursors in ("7", "789"):
            pages = [answer(200, page | {"next": each}) for each in (*cursors, "7")]
            async with answering(*pages) as server:
                with pytest.raises(UnreadableError, match="the page after was read before"):
                    await asker.ask(server, method, *words)
            assert len(server.heads) == len(cursors) + 1


async def test_more_than_is_known_is_ignored(asker: Asker):
    async with answering(answer(200, plan(mood="new"))) as server:
        assert (await asker.ask(server, "plan", 1)).text == "Long NQ"


async def test_plans_that_may_be_missing_are_no_end_of_a_list(asker: Asker):
    partial, unindexed = (
        PAGE | {"is_partial": True},
        {"hits": [], "next": None, "is_partial": False, "last_as_of": "now"},
    )
    async with answering(answer(200, partial)) as server:
        assert await asker.ask(server, "plans", take=1)
        with pytest.raises(IncompleteError):
            await asker.ask(server, "plans")
        assert (await asker.ask(server, "plan_of", "d", DAY)).text == "Long NQ"
    async with answering(answer(200, partial | {"plans": []})) as server:
        with pytest.raises(IncompleteError):
            await asker.ask(server, "plan_of", "d", DAY)
    async with answering(answer(200, unindexed | {"is_indexed": False})) as server:
        with pytest.raises(IncompleteError):
            await asker.ask(server, "search", "nq")


async def test_a_list_goes_on_with_the_cursor_and_the_same_filter(asker: Asker):
    async with answering(answer(200, PAGE | {"next": "a&b"}), answer(200, PAGE)) as server:
        assert len(await asker.ask(server, "plans", first=DAY, coach="d", as_of="09:25")) == 2

    asked = "/v1/plans?limit=100&from=2026-11-23&coach=d&as_of=09%3A25"
    assert server.paths == [asked, f"{asked}&cursor=a%26b"]


async def test_a_path_before_the_api_is_part_of_the_address():
    async with (
        answering(answer(200, plan(id=7))) as server,
        AsyncClient(f"http://127.0.0.1:{server.port}/book/") as client,
    ):
        await client.plan(7)

    assert server.paths == ["/book/v1/plans/7"]


async def test_no_server_is_an_error(asker: Asker):
    async with answering(b"") as server:
        pass

    with pytest.raises(UnavailableError, match="There was no answer") as failed:
        await asker.ask(server, "plan", 1, options={"retries": 1})
    assert failed.value.status is None


@pytest.mark.parametrize("body", [b"", b"{" * 10])
async def test_a_server_that_is_too_slow_is_left(asker: Asker, body: bytes):
    async def stall(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n" + body)
        await writer.drain()
        await asyncio.Event().wait()

    async with answering(stall) as server:
        with pytest.raises(UnavailableError):
            await asker.ask(server, "plan", 1, options={"timeout": 0.5, "retries": 1})

    assert len(server.heads) == 2


async def test_an_answer_that_trickles_for_ever_is_left_at_the_deadline(asker: Asker):
    async def trickle(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.01)

    async with answering(trickle) as server:
        with pytest.raises(UnavailableError, match="did not end in time"):
            await asker.ask(server, "plan", 1, options={"deadline": 0.3})

    assert len(server.heads) == 1


async def test_an_endless_answer_is_left(asker: Asker):
    full = bytes(8 * 1024 * 1024)

    async def flood(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(full)
            await writer.drain()

    async with answering(flood) as server:
        with pytest.raises(UnreadableError, match="too long"):
            await asker.ask(server, "plan", 1)


@pytest.mark.parametrize(
    "later", ["3600", "9" * 400, format_datetime(datetime.datetime(2999, 1, 1, tzinfo=datetime.UTC), usegmt=True)]
)
async def test_a_wait_beyond_the_deadline_is_an_error_at_once(asker: Asker, later: str):
    async with answering(problem(429, Retry_After=later)) as server:
        with pytest.raises(RateLimitedError):
            await asker.ask(server, "plan", 1)

    assert len(server.heads) == 1


@pytest.mark.parametrize("wrong", ["soon", "-5", "Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 99 Jan", "٣", *OUTSIDE])
async def test_a_wait_that_can_not_be_read_is_none(asker: Asker, wrong: str):
    header = wrong.encode().decode("latin-1")
    async with answering(problem(503, Retry_After=header), answer(200, plan())) as server:
        assert await asker.ask(server, "plan", 1)


async def test_a_token_is_sent_to_the_api_alone_and_shown_nowhere(asker: Asker, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    secret, shown = "cbf_secret", ""
    async with answering(answer(200, plan())) as other:
        moved = answer(302, b"", Location=f"http://127.0.0.1:{other.port}/v1/plans/1")
        for reply in (moved, problem(401), answer(200, LOGIN), b""):
            async with answering(reply) as server:
                with pytest.raises(CoachbookError) as failed:
                    await asker.ask(server, "plan", 1, options={"token": secret, "retries": 0})
                shown += "".join(traceback.format_exception(failed.value)) + repr(failed.value)
                assert server.sent("Authorization") == [f"bearer {secret}"]

    assert other.heads == []
    assert secret not in shown + caplog.text + repr(asker.kind("http://127.0.0.1", secret).__dict__)


@pytest.mark.parametrize(
    ("url", "token"),
    [
        ("127.0.0.1:8080", "t"),
        ("ftp://127.0.0.1", "t"),
        ("http://", "t"),
        ("http://user:pass@127.0.0.1", "t"),
        ("http://127.0.0.1/?token=t", "t"),
        ("http://127.0.0.1/#a", "t"),
        ("http://127.0.0.1:x", "t"),
        ("http://127.0.0.1", "cbf_se\ncret"),
        ("http://127.0.0.1", "cbf_se cret"),
        ("http://127.0.0.1", "cbf_sécret"),
        ("http://127.0.0.1", ""),
    ],
)
@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_an_address_or_a_token_that_is_none_is_refused(kind: type[Client] | type[AsyncClient], url: str, token: str):
    with pytest.raises(ValueError, match=r"The (address|token)") as refused:
        kind(url, token)

    assert "pass" not in str(refused.value)
    assert "cret" not in str(refused.value)


async def test_a_server_of_this_machine_is_asked_without_a_proxy(asker: Asker, monkeypatch: pytest.MonkeyPatch):
    async with answering(answer(200, plan())) as server, answering(answer(200, LOGIN)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        assert await asker.ask(server, "plan", 1, options={"token": "t"})

    assert proxy.heads == []


def test_the_errors_are_one_tree():
    assert issubclass(RateLimitedError, UnavailableError)
    assert issubclass(InvalidError, CoachbookError)


def test_without_its_library_the_client_says_what_to_install():
    ended = subprocess.run([sys.executable, "-c", WITHOUT_LIBRARY], capture_output=True, text=True, check=False)

    assert ended.stderr.splitlines()[-1].endswith(
        "The client needs httpx. Install it: pip install 'coachbook[client]'."
    )
