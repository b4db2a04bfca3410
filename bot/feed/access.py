"""The right to read: a token, or on this machine the configured server without one."""

import dataclasses
import ipaddress
import time
from http import HTTPStatus
from typing import Final

from starlette.requests import Request

from bot.domain.as_of import AsOf, parse_as_of
from bot.domain.values import Actor, FeedToken, GuildId, UserId
from bot.feed.parameters import TOKEN
from bot.feed.problems import ProblemError
from bot.service.feed_tokens import FeedTokenService

NOBODY: Final = UserId(0)
"""The reader of a program: no member, so with no role and no coach."""
_CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="coachbook"'}
_LOCAL_NAMES: Final = frozenset(("localhost", "127.0.0.1", "[::1]"))
_FORWARDED: Final = ("forwarded", "via", "x-real-ip", "cf-connecting-ip", "true-client-ip", "x-client-ip")
_MAX_BUCKETS: Final = 10_000


@dataclasses.dataclass(frozen=True, slots=True)
class Access:
    """What a request may read."""

    actor: Actor
    latest: AsOf | None
    """The last moment; None: now."""
    query_token: str | None
    """The token of the address, which its links need too; None: it came in a header, or there is none."""
    is_local: bool


class Gate:
    """Admits requests."""

    def __init__(self, tokens: FeedTokenService, local_guild: int, rate: int) -> None:
        self._tokens = tokens
        self._local_guild = GuildId(local_guild) if local_guild else None
        self._rate = rate
        self._left: dict[int, tuple[float, float]] = {}
        """The requests that are left for each token, and when that was; 0: the machine's own."""

    async def admit(self, request: Request, *, takes_query: bool) -> Access:
        """Return what the request may read.

        Raises:
            DatabaseUnreadableError: the database can't be read.
            ProblemError: nothing, or it is one of too many.
        """
        secret, query_token = _secret_of(request, takes_query=takes_query)
        if secret is None:
            guild_id = self._require_local(request)
            self._count(0)
            return Access(Actor(guild_id, NOBODY), None, None, is_local=True)
        token = await self._tokens.find(secret)
        if token is None:
            raise _refused("The token is unknown, has expired or was revoked. Ask a server manager for another.")
        self._count(token.id)
        return _access(token, query_token)

    def _require_local(self, request: Request) -> GuildId:
        if self._local_guild is None:
            raise _refused("A token is needed: send it as “Authorization: Bearer ...”.")
        if not _is_local(request):
            raise _refused("Without a token only programs on this machine are answered, and not through a proxy.")
        return self._local_guild

    def _count(self, key: int) -> None:
        now = time.monotonic()
        left, since = self._left.pop(key, (float(self._rate), now))
        left = min(left + (now - since) * self._rate, float(self._rate))
        if len(self._left) >= _MAX_BUCKETS:
            del self._left[next(iter(self._left))]
        self._left[key] = (max(left - 1, 0.0), now)
        if left < 1:
            raise ProblemError(
                HTTPStatus.TOO_MANY_REQUESTS, f"More than {self._rate} requests in a second.", {"Retry-After": "1"}
            )


def _secret_of(request: Request, *, takes_query: bool) -> tuple[str | None, str | None]:
    """Return the token's secret, and the same if it is in the address."""
    headers = request.headers.getlist("authorization")
    in_query = request.query_params.getlist(TOKEN) if takes_query else []
    if len(headers) + len(in_query) > 1:
        raise _refused("More than one token was sent. Send one.")
    if in_query:
        return in_query[0], in_query[0]
    if not headers:
        return None, None
    scheme, _, secret = headers[0].partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise _refused("Send the token as “Authorization: Bearer ...”.")
    return secret.strip(), None


def _is_local(request: Request) -> bool:
    """Return whether the request comes from this machine itself, and names it: no proxy and no web page sent it."""
    hosts = request.headers.getlist("host")
    if request.client is None or len(hosts) != 1 or not ipaddress.ip_address(request.client.host).is_loopback:
        return False
    if any(name in _FORWARDED or name.startswith("x-forwarded-") for name in request.headers):
        return False
    name, _, port = hosts[0].rpartition(":")
    named = name if port.isdecimal() and name else hosts[0]
    return named.lower() in _LOCAL_NAMES


def _access(token: FeedToken, query_token: str | None) -> Access:
    actor = Actor(token.guild_id, NOBODY, channel_id=token.channel_id)
    return Access(actor, parse_as_of(token.as_of), query_token, is_local=False)


def _refused(why: str) -> ProblemError:
    return ProblemError(HTTPStatus.UNAUTHORIZED, why, _CHALLENGE)
