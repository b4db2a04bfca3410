"""Fetching from a real server: only from named hosts, whole, and never more or longer than agreed."""

import asyncio
import gc
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from pathlib import Path

import pytest
from aiohttp import web

from bot.service.pictures import downloads as module
from bot.service.pictures.downloads import (
    CHUNK_BYTES,
    TRIES,
    DownloadError,
    Downloads,
    ForeignHostError,
    LinkGoneError,
    TooLargeError,
    TooSlowError,
    UnreachableError,
)
from tests import image_samples
from tests.processes import DEADLINE
from tests.service.pictures.server import PICTURE, Server

MOST_BYTES = 2**20
SECONDS = 2 * DEADLINE
"""Longer than any test but those that wait for a fetch to be too slow."""
SHORT_SECONDS = 1.2
SOCKETS_BYTES = 16 * 2**20
"""More than what is on its way between two sockets of this machine."""


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    started = await Server.start()
    yield started
    await started.stop()


@pytest.fixture
async def elsewhere() -> AsyncIterator[Server]:
    """A server that nobody named."""
    started = await Server.start()
    yield started
    await started.stop()


@pytest.fixture
async def open_downloads() -> AsyncIterator[Callable[..., Downloads]]:
    opened: list[Downloads] = []

    def opening(hosts: Collection[str], seconds: float = SECONDS) -> Downloads:
        opened.append(Downloads(hosts, MOST_BYTES, seconds))
        return opened[-1]

    yield opening
    for each in opened:
        await each.close()


@pytest.fixture
def downloads(server: Server, open_downloads) -> Downloads:
    return open_downloads({server.host})


@pytest.fixture
def hasty(server: Server, open_downloads) -> Downloads:
    """Downloads that wait for a short time only."""
    return open_downloads({server.host}, SHORT_SECONDS)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "incoming"


@pytest.fixture(autouse=True)
def _no_long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE_SECONDS", 0.01)


async def within_deadline(what: Awaitable[object]) -> None:
    """Wait for it; an error of the test and no TimeoutError when it takes too long."""
    done, _ = await asyncio.wait([asyncio.ensure_future(what)], timeout=DEADLINE)
    assert done, "it took too long"
    await done.pop()


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1, MOST_BYTES])
async def test_the_files_bytes_arrive(downloads: Downloads, server: Server, path, size: int):
    server.data = image_samples.noise_png(MOST_BYTES)[:size]

    await downloads.fetch(server.link, path)

    assert path.read_bytes() == server.data
    assert len(path.read_bytes()) == size


async def test_the_link_is_asked_for_once_and_as_it_is(downloads: Downloads, server: Server, path):
    target = "/attachments/1/a%20b%2Fc.png?ex=65a&is=%C3%A9&hm=0%2b&"

    await downloads.fetch(f"http://{server.host}{target}", path)

    [request] = server.asked
    assert (request.method, request.raw_path) == ("GET", target)


async def test_the_bytes_are_asked_for_as_they_are(downloads: Downloads, server: Server, path):
    await downloads.fetch(server.link, path)

    assert server.asked[0].headers.getall("Accept-Encoding") == ["identity"]


async def test_what_was_in_the_file_goes(downloads: Downloads, server: Server, path):
    path.write_bytes(PICTURE * 2)

    await downloads.fetch(server.link, path)

    assert path.read_bytes() == PICTURE


async def test_several_files_come_at_once(downloads: Downloads, server: Server, tmp_path):
    paths = [tmp_path / f"{number}" for number in range(5)]

    await asyncio.gather(*(downloads.fetch(server.link, path) for path in paths))

    assert [path.read_bytes() for path in paths] == [PICTURE] * 5


@pytest.mark.parametrize(
    "link",
    [
        "http://127.0.0.1:{other}/chart.png",
        "http://127.0.0.1/chart.png",
        "http://127.0.0.1:{port}0/chart.png",
        "http://localhost:{port}/chart.png",
        "http://127.1:{port}/chart.png",
        "http://2130706433:{port}/chart.png",
        "http://127.0.0.1.:{port}/chart.png",
        "http://[::1]:{port}/chart.png",
        "http://[::ffff:127.0.0.1]:{port}/chart.png",
        "http://①②⑦.0.0.1:{port}/chart.png",
        "http://127.0.0.1:{port}.example.invalid/chart.png",
        "http://example.invalid/?127.0.0.1:{port}",
        "http://example.invalid/@127.0.0.1:{port}/chart.png",
        "http://example.invalid#@127.0.0.1:{port}/chart.png",
        "http://127.0.0.1:{port}@127.0.0.1:{other}/chart.png",
        "http://127.0.0.1:{port}\\@127.0.0.1:{other}/chart.png",
        "http://user:password@127.0.0.1:{port}/chart.png",
        "http://user@127.0.0.1:{port}/chart.png",
        "http://:password@127.0.0.1:{port}/chart.png",
        "ftp://127.0.0.1:{port}/chart.png",
        "ws://127.0.0.1:{port}/chart.png",
        "file:///etc/passwd",
        "file://127.0.0.1:{port}/etc/passwd",
        "unix://127.0.0.1:{port}/run/socket",
        "data:image/png;base64,AAAA",
        "//127.0.0.1:{port}/chart.png",
        "127.0.0.1:{port}/chart.png",
        "/chart.png",
        "",
        " ",
        "\0",
        "http://",
        "http://[",
        "http://[::1",
        "http://127.0.0.1:{port}x/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:-1/",
        "http://a..b/",
        "http://\ud800/",
        "x" * 100_000,
    ],
    ids=ascii,
)
async def test_a_link_to_elsewhere_is_refused_and_nobody_is_asked(
    downloads: Downloads, server: Server, elsewhere: Server, path, link: str
):
    with pytest.raises(ForeignHostError, match="is not hosted by Discord"):
        await downloads.fetch(link.format(port=server.port, other=elsewhere.port), path)

    assert server.asked == elsewhere.asked == []
    assert not path.exists()


@pytest.mark.parametrize("target", ["/\0", "/chart.png?\0", "/\x1f", "/\x7f"], ids=ascii)
async def test_a_link_that_can_not_be_asked_for_is_refused(downloads: Downloads, server: Server, path, target: str):
    with pytest.raises(DownloadError):
        await downloads.fetch(f"http://{server.host}{target}", path)

    assert not path.exists()


@pytest.mark.parametrize(
    "link",
    [
        "http://127.0.0.1:{port}/chart.png",
        "https://127.0.0.1:{port}/chart.png",
        "http://127.0.0.1/chart.png",
        "http://127.0.0.1:443/chart.png",
        "https://127.0.0.1:80/chart.png",
    ],
)
async def test_a_host_without_a_port_is_not_asked_by_http_nor_at_other_ports(
    open_downloads, server: Server, path, link: str
):
    with pytest.raises(ForeignHostError):
        await open_downloads({"127.0.0.1"}).fetch(link.format(port=server.port), path)

    assert server.asked == []


@pytest.mark.parametrize("port", ["", ":443"])
async def test_a_host_without_a_port_is_asked_by_https(open_downloads, path, port: str):
    with pytest.raises(UnreachableError):  # nobody there has a certificate for this address
        await open_downloads({"127.0.0.1"}).fetch(f"https://127.0.0.1{port}/chart.png", path)


async def test_https_is_never_given_up_for_http(downloads: Downloads, server: Server, path):
    with pytest.raises(UnreachableError):
        await downloads.fetch(server.link.replace("http:", "https:"), path)

    assert server.asked == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("where", ["itself", "elsewhere"])
async def test_a_redirect_is_not_followed(
    downloads: Downloads, server: Server, elsewhere: Server, path, status: int, where: str
):
    target = {"itself": server.link, "elsewhere": elsewhere.link}[where]

    async def redirect(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": target})

    server.answer = redirect

    with pytest.raises(LinkGoneError, match="Send it again"):
        await downloads.fetch(server.link, path)

    assert (len(server.asked), elsewhere.asked) == (1, [])
    assert not path.exists()


async def test_a_proxy_in_the_environment_is_not_asked(
    downloads: Downloads, server: Server, elsewhere: Server, path, monkeypatch: pytest.MonkeyPatch
):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://{elsewhere.host}")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)

    await downloads.fetch(server.link, path)

    assert (len(server.asked), elsewhere.asked) == (1, [])


@pytest.mark.parametrize("status", [204, 206, 400, 401, 403, 404, 410])
async def test_a_link_that_has_ended_is_told_at_once(downloads: Downloads, server: Server, path, status: int):
    server.status(status)

    with pytest.raises(LinkGoneError, match=r"its link expired\. Send it again"):
        await downloads.fetch(server.link, path)

    assert len(server.asked) == 1


@pytest.mark.parametrize("fault", [500, 502, 503, 429])
async def test_a_server_that_recovers_is_asked_again(downloads: Downloads, server: Server, path, fault: int):
    server.status(fault, fault, 200)

    await downloads.fetch(server.link, path)

    assert path.read_bytes() == PICTURE
    assert len(server.asked) == TRIES


@pytest.mark.parametrize("fault", [500, 429])
async def test_a_server_that_stays_broken_is_given_up(downloads: Downloads, server: Server, path, fault: int):
    server.status(fault)

    with pytest.raises(UnreachableError, match="could not be downloaded from Discord"):
        await downloads.fetch(server.link, path)

    assert len(server.asked) == TRIES


async def test_nobody_at_the_other_end_is_told(downloads: Downloads, server: Server, path):
    link = server.link
    await server.stop()

    with pytest.raises(UnreachableError):
        await downloads.fetch(link, path)


@pytest.mark.parametrize(
    "half",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(PICTURE), b"?" * (len(PICTURE) // 2)),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"this is no HTTP\r\n\r\n",
        b"",
    ],
    ids=["declared", "chunked", "headers", "garbage", "nothing"],
)
async def test_a_connection_that_breaks_once_is_no_loss(downloads: Downloads, server: Server, path, half: bytes):
    server.raw(half)

    await downloads.fetch(server.link, path)

    assert path.read_bytes() == PICTURE
    assert len(server.asked) == 2


async def test_a_connection_that_breaks_each_time_is_given_up(downloads: Downloads, server: Server, path):
    server.raw(*[b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"] * TRIES)

    with pytest.raises(UnreachableError):
        await downloads.fetch(server.link, path)


async def test_what_comes_after_the_declared_end_is_not_taken(downloads: Downloads, server: Server, path):
    server.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfourmore")

    await downloads.fetch(server.link, path)

    assert path.read_bytes() in (b"four", PICTURE)  # aiohttp may take such an answer for a broken one


async def test_a_body_without_an_end_is_broken_off(downloads: Downloads, server: Server, path):
    server.answer = server.give_endlessly

    with pytest.raises(TooLargeError, match="is larger than 1 MiB"):
        await within_deadline(downloads.fetch(server.link, path))

    assert path.stat().st_size <= MOST_BYTES
    assert server.sent <= MOST_BYTES + SOCKETS_BYTES
    assert len(server.asked) == 1


async def test_one_byte_too_many_is_too_large(downloads: Downloads, server: Server, path):
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(bytes(MOST_BYTES + 1))
        return response

    server.answer = answer

    with pytest.raises(TooLargeError):
        await downloads.fetch(server.link, path)


async def test_a_body_that_is_declared_too_large_is_not_read(downloads: Downloads, server: Server, path):
    server.answer = server.declare_too_much

    with pytest.raises(TooLargeError, match="is larger than 1 MiB"):
        await within_deadline(downloads.fetch(server.link, path))

    assert not path.exists()
    assert server.sent <= SOCKETS_BYTES
    assert len(server.asked) == 1


async def test_zipped_bytes_are_not_unzipped(downloads: Downloads, server: Server, path):
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(body=b"as if zipped", headers={"Content-Encoding": "gzip"})

    server.answer = answer

    await downloads.fetch(server.link, path)

    assert path.read_bytes() == b"as if zipped"


@pytest.mark.parametrize("slow", ["trickle", "say_nothing"])
async def test_what_does_not_come_in_time_is_given_up(hasty: Downloads, server: Server, path, slow: str):
    server.answer = getattr(server, slow)

    with pytest.raises(TooSlowError, match=r"within 1\.2 seconds\. Send it again"):
        await within_deadline(hasty.fetch(server.link, path))

    assert len(server.asked) == 1


async def test_the_time_is_that_of_all_tries_together(
    hasty: Downloads, server: Server, path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "PAUSE_SECONDS", SHORT_SECONDS * 2)
    server.status(500)

    with pytest.raises(TooSlowError):
        await within_deadline(hasty.fetch(server.link, path))

    assert len(server.asked) == 1


@pytest.mark.parametrize("size", [1, 2 * CHUNK_BYTES])
async def test_a_full_disk_is_told_and_not_tried_again(downloads: Downloads, server: Server, size: int):
    server.data = bytes(size)

    with pytest.raises(OSError, match="No space left"):
        await downloads.fetch(server.link, Path("/dev/full"))

    assert len(server.asked) == 1


@pytest.mark.parametrize("slow", ["trickle", "say_nothing"])
async def test_a_fetch_that_is_cancelled_ends_and_the_next_one_works(
    downloads: Downloads, server: Server, path, slow: str
):
    server.answer = getattr(server, slow)
    fetching = asyncio.create_task(downloads.fetch(server.link, path))
    await within_deadline(server.was_asked.wait())

    fetching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetching

    server.answer = server.give
    await downloads.fetch(server.link, path)
    assert path.read_bytes() == PICTURE


@pytest.mark.parametrize("slow", ["trickle", "say_nothing"])
async def test_closing_breaks_off_what_is_being_fetched(downloads: Downloads, server: Server, path, slow: str):
    server.answer = getattr(server, slow)
    fetching = asyncio.create_task(downloads.fetch(server.link, path))
    await within_deadline(server.was_asked.wait())

    await downloads.close()

    done, _ = await asyncio.wait([fetching], timeout=DEADLINE)
    fetching.cancel()
    assert done, "the fetch went on"
    with pytest.raises(DownloadError):
        await fetching


async def test_nothing_is_fetched_after_closing(downloads: Downloads, server: Server, path):
    await downloads.fetch(server.link, path)
    await downloads.close()

    with pytest.raises(DownloadError):
        await downloads.fetch(server.link, path)

    assert len(server.asked) == 1


async def test_closing_leaves_nothing_open(server: Server, path):
    downloads = Downloads({server.host}, MOST_BYTES, SECONDS)
    await downloads.fetch(server.link, path)

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        await downloads.close()
        await downloads.close()
        del downloads
        gc.collect()

    assert told == []


async def test_closing_what_was_never_used_is_no_error():
    await Downloads({"example.invalid"}, MOST_BYTES, SECONDS).close()
