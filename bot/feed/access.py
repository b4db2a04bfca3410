"""The right to read: a token, or on this machine the configured server without one."""

import dataclasses
import datetime
from http import HTTPStatus
from typing import Final

from starlette.requests import Request

from bot.domain.as_of import AsOf, as_of_words, parse_as_of
from bot.domain.values import Actor, FeedToken, GuildId, UserId
from bot.feed.description.parameters import TOKEN
from bot.feed.http.clients import is_local
from bot.feed.http.limits import RateLimit
from bot.feed.http.problems import ProblemError
from bot.service.feed.tokens import FeedTokenService

NOBODY: Final = UserId(0)
"""The reader of a program: no member, so with no role and no coach."""
_CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="coachbook"'}
_LOCAL_NAMES: Final = frozenset(("localhost", "127.0.0.1", "[::1]"))
_FORWARDED: Final = frozenset(
    ("forwarded", "via", "x-original-host", "x-original-forwarded-for", "x-envoy-external-address", "cdn-loop",
     "x-azure-clientip")
)  # fmt: skip
_OF_A_CLIENT: Final = "-ip"
"""The end of `X-Real-IP`, `CF-Connecting-IP`, `Fly-Client-IP` and all like them."""
_OWN_SITES: Final = frozenset(("none", "same-origin"))
"""Of `Sec-Fetch-Site`: a person opened the address."""


@dataclasses.dataclass(frozen=True, slots=True)
class Access:
    """The right of a request to read."""

    actor: Actor
    latest: AsOf | None
    """The last moment; None: now."""
    token_id: int = 0
    """0: there is no token."""
    secret: str | None = dataclasses.field(default=None, repr=False)
    """The token; None: a program of this machine asks without one."""
    is_in_query: bool = False
    """True: the token was in the address, so the links of the answer need it too."""
    expires_at: datetime.datetime | None = None

    @property
    def last_as_of(self) -> str:
        """The last moment in words: `now`, `session_open`, `session_close` or `09:25`."""
        return as_of_words(self.latest)


class Gate:
    """Admits requests."""

    def __init__(self, tokens: FeedTokenService, local_guild: int, rate: int) -> None:
        self._tokens = tokens
        self._local_guild = GuildId(local_guild) if local_guild else None
        self._requests = RateLimit(rate)

    async def admit(self, request: Request, *, takes_query: bool) -> Access:
        """Return what the request may read.

        Raises:
            DatabaseUnreadableError: the database can't be read.
            ProblemError: the request may read nothing, or there were too many requests.
        """
        secret, is_in_query = _secret_of(request, takes_query=takes_query)
        if secret is None:
            guild_id = await self._require_local(request)
            self._requests.count(0)
            return Access(Actor(guild_id, NOBODY), None)
        token = await self._find(secret)
        self._requests.count(token.id)
        return _access(token, secret, is_in_query=is_in_query)

    async def renew(self, access: Access) -> Access:
        """Return what a request that was admitted may read now.

        Raises:
            DatabaseUnreadableError: the database can't be read.
            ProblemError: the token has expired or was revoked.
        """
        if access.secret is None:
            return access
        token = await self._find(access.secret)
        return _access(token, access.secret, is_in_query=access.is_in_query)

    async def _find(self, secret: str) -> FeedToken:
        token = await self._tokens.find(secret)
        if token is None:
            raise _refused("The token is unknown, has expired or was revoked. Ask a server manager for another.")
        return token

    async def _require_local(self, request: Request) -> GuildId:
        if self._local_guild is None:
            raise _refused("A token is needed: send it as “Authorization: Bearer ...”.")
        if not _asked_locally(request):
            raise _refused("Without a token only programs on this machine are answered, and not through a proxy.")
        if not await self._tokens.has_guild(self._local_guild):
            raise _refused("The server that feed.local_guild names is not known. Correct its id, or send a token.")
        return self._local_guild


def _secret_of(request: Request, *, takes_query: bool) -> tuple[str | None, bool]:
    """Return the token's secret, and true if it is in the address; an empty one there is none."""
    headers = request.headers.getlist("authorization")
    in_query = [each for each in request.query_params.getlist(TOKEN) if each] if takes_query else []
    if len(headers) + len(in_query) > 1:
        raise _refused("More than one token was sent. Send one.")
    if in_query:
        return in_query[0], True
    if not headers:
        return None, False
    scheme, _, secret = headers[0].partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise _refused("Send the token as “Authorization: Bearer ...”.")
    return secret.strip(), False


def _asked_locally(request: Request) -> bool:
    """Return whether a program of this machine asks, and names it: no known proxy, and no page of another site.

    Programs use HTTP/1.1; a proxy with few settings uses 1.0.
    """
    hosts = request.headers.getlist("host")
    if request.client is None or len(hosts) != 1 or not is_local(request.client.host):
        return False
    if request.scope["http_version"] != "1.1" or "origin" in request.headers:
        return False
    if request.headers.get("sec-fetch-site", "none").lower() not in _OWN_SITES:
        return False
    if any(map(_is_forwarding, request.headers)):
        return False
    name, _, port = hosts[0].rpartition(":")
    named = name if port.isdecimal() and name else hosts[0]
    return named.lower() in _LOCAL_NAMES


def _is_forwarding(header: str) -> bool:
    return header in _FORWARDED or header.startswith("x-forwarded") or header.endswith(_OF_A_CLIENT)


def _access(token: FeedToken, secret: str, *, is_in_query: bool) -> Access:
    actor = Actor(token.guild_id, NOBODY, channel_id=token.channel_id)
    latest = parse_as_of(token.as_of)
    return Access(actor, latest, token.id, secret, is_in_query, token.expires_at)


def _refused(why: str) -> ProblemError:
    return ProblemError(HTTPStatus.UNAUTHORIZED, why, _CHALLENGE)
