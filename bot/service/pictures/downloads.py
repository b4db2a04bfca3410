"""Fetching files by their links: from the hosts that the operator named, and from nowhere else."""

import asyncio
import pathlib
from collections.abc import Collection

import aiohttp
from yarl import URL

from storage import private_files

TRIES = 3
"""A CDN that is down for a moment must not cost a chart."""
PAUSE_SECONDS = 0.5
"""Before the second try; twice as long before the third."""
CHUNK_BYTES = 256 * 1024


class DownloadError(Exception):
    """The file could not be fetched; the message says why, to the one who sent the link."""


class ForeignHostError(DownloadError):
    """The link leads to a host that is not among the named ones."""

    def __init__(self) -> None:
        super().__init__("does not lie with Discord")


class LinkGoneError(DownloadError):
    """The link is answered, but not with the file: it ended, or leads elsewhere."""

    def __init__(self) -> None:
        super().__init__("can't be fetched any more: its link has ended. Send it again")


class TooLargeError(DownloadError):
    """The file is larger than what is taken."""

    def __init__(self, most_bytes: int) -> None:
        super().__init__(f"is larger than {most_bytes // 2**20} MiB")


class UnreachableError(DownloadError):
    """Nobody, or a server with a fault, is at the other end."""

    def __init__(self) -> None:
        super().__init__("could not be fetched: Discord did not hand it over. Send it again")


class TooSlowError(DownloadError):
    """The file took longer to come than we wait."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"could not be fetched within {seconds:g} seconds. Send it again")


class Downloads:
    """Fetches files, one request each, without redirects, and with a limit on size and time."""

    def __init__(self, hosts: Collection[str], most_bytes: int, seconds: float, *, proxy: str | None = None) -> None:
        """Fetch from `hosts`: a host alone is asked by https, a host:port by http too; `proxy` is an address."""
        self._proxy = proxy
        self._hosts = frozenset(hosts)
        self._most_bytes = most_bytes
        self._seconds = seconds
        self._session: aiohttp.ClientSession | None = None
        self._fetching: set[asyncio.Timeout] = set()
        self._closed = False

    def refuse_large(self, size: int) -> None:
        """Go on only with a file of no more bytes than are taken.

        Raises:
            TooLargeError: it has more.
        """
        if size > self._most_bytes:
            raise TooLargeError(self._most_bytes)

    async def fetch(self, link: str, path: pathlib.Path) -> None:
        """Write what lies behind the link into the file at `path`.

        Raises:
            DownloadError: it can't be fetched, or not all of it.
            OSError: the file can't be written.
        """
        url = self._checked(link)
        if self._closed:
            raise UnreachableError
        limit = asyncio.timeout(self._seconds)
        self._fetching.add(limit)
        try:
            async with limit:
                await self._try(url, path)
        except TimeoutError as error:
            raise (UnreachableError() if self._closed else TooSlowError(self._seconds)) from error
        finally:
            self._fetching.discard(limit)

    async def close(self) -> None:
        """Break off what is being fetched."""
        self._closed = True
        for limit in self._fetching:
            if not limit.expired():
                limit.reschedule(0)
        if self._session:
            await self._session.close()

    async def _try(self, url: URL, path: pathlib.Path) -> None:
        for number in range(1, TRIES):
            try:
                await self._fetch(url, path)
            except (aiohttp.ClientError, UnreachableError):
                await asyncio.sleep(PAUSE_SECONDS * number)
            else:
                return
        try:
            await self._fetch(url, path)
        except aiohttp.ClientError as error:
            raise UnreachableError from error

    async def _fetch(self, url: URL, path: pathlib.Path) -> None:
        async with self._opened().get(url, allow_redirects=False, proxy=self._proxy) as response:
            if response.status >= 500 or response.status == 429:
                raise UnreachableError
            if response.status != 200:
                raise LinkGoneError
            self.refuse_large(response.content_length or 0)
            await self._write(response.content, path)

    async def _write(self, content: aiohttp.StreamReader, path: pathlib.Path) -> None:
        size = 0
        with private_files.rewrite(path) as file:  # opening is quick; what can take time is handed to a thread
            async for chunk in content.iter_chunked(CHUNK_BYTES):
                size += len(chunk)
                self.refuse_large(size)
                await asyncio.to_thread(file.write, chunk)

    def _checked(self, link: str) -> URL:
        try:
            url = URL(link, encoded=True)
            host = url.host
        except ValueError as error:
            raise ForeignHostError from error
        by_port = f"{host}:{url.port}" in self._hosts and url.scheme in ("http", "https")
        by_host = host in self._hosts and (url.scheme, url.port) == ("https", 443)
        if not link.isprintable() or url.user or url.password or not (by_port or by_host):
            raise ForeignHostError
        return url

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"Accept-Encoding": "identity"},
                timeout=aiohttp.ClientTimeout(total=None),
                trust_env=False,
            )
        return self._session
