"""Downloads of files, only from the configured hosts."""

import asyncio
import pathlib
from collections.abc import Collection

import aiohttp
from yarl import URL

from storage import private_files

TRIES = 3
"""Attempts per file: a short outage of the CDN must not cost a chart."""
PAUSE_SECONDS = 0.5
"""Pause before the second attempt; the third waits twice as long."""
CHUNK_BYTES = 256 * 1024


class DownloadError(Exception):
    """The file could not be downloaded; the message is the end of a sentence about it, for its sender."""


class ForeignHostError(DownloadError):
    """The link's host is not a configured one."""

    def __init__(self) -> None:
        super().__init__("is not hosted by Discord")


class LinkGoneError(DownloadError):
    """The host does not have the file: the link expired, or redirects."""

    def __init__(self) -> None:
        super().__init__("can’t be downloaded: its link expired. Send it again")


class TooLargeError(DownloadError):
    """The file is larger than the limit."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__(f"is larger than {max_bytes // 2**20} MiB")


class UnreachableError(DownloadError):
    """The host does not answer, or answers with an error."""

    def __init__(self) -> None:
        super().__init__("could not be downloaded from Discord. Send it again")


class TooSlowError(DownloadError):
    """The download timed out."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"could not be downloaded within {seconds:g} seconds. Send it again")


class Downloads:
    """Downloads files, without redirects, with limits on size and time."""

    def __init__(self, hosts: Collection[str], max_bytes: int, seconds: float, *, proxy: str | None = None) -> None:
        """Download from `hosts`: by https, or from a `host:port` also by http; `proxy` is an address."""
        self._proxy = proxy
        self._hosts = frozenset(hosts)
        self._max_bytes = max_bytes
        self._seconds = seconds
        self._session: aiohttp.ClientSession | None = None
        self._timeouts: set[asyncio.Timeout] = set()
        self._closed = False

    def refuse_large(self, size: int) -> None:
        """Refuse a file of more bytes than the limit.

        Raises:
            TooLargeError: it is larger.
        """
        if size > self._max_bytes:
            raise TooLargeError(self._max_bytes)

    async def fetch(self, link: str, path: pathlib.Path) -> None:
        """Write the file behind the link to `path`.

        Raises:
            DownloadError: it can't be downloaded whole.
            OSError: the file can't be written.
        """
        url = self._checked(link)
        if self._closed:
            raise UnreachableError
        timeout = asyncio.timeout(self._seconds)
        self._timeouts.add(timeout)
        try:
            async with timeout:
                await self._try(url, path)
        except TimeoutError as error:
            raise (UnreachableError() if self._closed else TooSlowError(self._seconds)) from error
        finally:
            self._timeouts.discard(timeout)

    async def close(self) -> None:
        """Abort the downloads in progress."""
        self._closed = True
        for timeout in self._timeouts:
            if not timeout.expired():
                timeout.reschedule(0)
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
        async with self._open_session().get(url, allow_redirects=False, proxy=self._proxy) as response:
            if response.status >= 500 or response.status == 429:
                raise UnreachableError
            if response.status != 200:
                raise LinkGoneError
            self.refuse_large(response.content_length or 0)
            await self._write(response.content, path)

    async def _write(self, content: aiohttp.StreamReader, path: pathlib.Path) -> None:
        size = 0
        with private_files.rewrite(path) as file:  # opening is quick; only writes need a thread
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

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"Accept-Encoding": "identity"},
                timeout=aiohttp.ClientTimeout(total=None),
                trust_env=False,
            )
        return self._session
