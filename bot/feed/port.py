"""The port of the API, which is open where one is configured; what it needs is imported only then."""

import importlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Protocol

from bot.service.feed.changes import ChangeService
from bot.service.feed.plans import FeedService
from bot.service.feed.tokens import FeedTokenService

if TYPE_CHECKING:
    from bot.feed.http.server import FeedServer
    from bot.feed.status import Health

_LIBRARIES: Final = ("starlette", "uvicorn")
"""The libraries of the extra `feed` that the bot has from nothing else."""


class Section(Protocol):
    """The settings of the API."""

    @property
    def port(self) -> int:
        """The port; 0: none."""
        ...

    @property
    def host(self) -> str:
        """The IP address."""
        ...

    @property
    def local_guild(self) -> int:
        """The guild that programs on this machine read without a token; 0: none."""
        ...

    @property
    def rate(self) -> int:
        """Requests in a second with one token."""
        ...

    @property
    def base_url(self) -> str | None:
        """The address by which programs reach the API; None: the one that each names."""
        ...

    @property
    def cors_origins(self) -> Sequence[str]:
        """The sites whose pages may read."""
        ...


class FeedMissingError(Exception):
    """The libraries of the API are not installed."""

    def __init__(self) -> None:
        super().__init__(
            "The feed port needs the extra feed. Install it: pip install 'coachbook[feed]', or, with hashes, "
            "pip install --require-hashes -r requirements/feed.txt."
        )


def require_libraries(section: Section) -> None:
    """Check that what a configured port needs is installed.

    Raises:
        FeedMissingError: the extra `feed` is not installed.
    """
    try:
        for library in _LIBRARIES if section.port else ():
            importlib.import_module(library)
    except ModuleNotFoundError as error:
        raise FeedMissingError from error


class FeedPort:
    """Serves the API; does nothing where no port is configured."""

    def __init__(
        self,
        section: Section,
        feed: FeedService,
        changes: ChangeService,
        tokens: FeedTokenService,
        health: "Health",
    ) -> None:
        self._section = section
        self._feed = feed
        self._changes = changes
        self._tokens = tokens
        self._health = health
        self._server: FeedServer | None = None

    async def open(self) -> None:
        """Open the port.

        Raises:
            FeedMissingError: the extra `feed` is not installed.
            OSError: the port can't be opened.
        """
        if not self._section.port:
            return
        require_libraries(self._section)
        from bot.feed.access import Gate
        from bot.feed.application import application
        from bot.feed.changes import StreamLimits
        from bot.feed.http.connections import ConnectionLimits
        from bot.feed.http.server import FeedServer

        section, limits = self._section, ConnectionLimits()
        gate = Gate(self._tokens, section.local_guild, section.rate)
        app = application(
            *(self._feed, self._changes, gate, self._health, StreamLimits(limits.half)),
            base_url=section.base_url,
            cors_origins=section.cors_origins,
        )
        self._server = FeedServer(app, section.host, section.port, limits)

    async def close(self) -> None:
        """Close the port."""
        if self._server:
            await self._server.close()
