"""Routing of requests, and their rate limit buckets."""

import re
from dataclasses import dataclass

from sandbox.http import callbacks, commands, guilds, messages, threads, webhooks
from sandbox.http.request import Route

ROUTES = [
    *guilds.ROUTES,
    *messages.ROUTES,
    *threads.ROUTES,
    *commands.ROUTES,
    *callbacks.ROUTES,
    *webhooks.ROUTES,
]
"""Every supported route; the first match is used."""

_PARAMETER = re.compile(r"\{(\w+)\}")
_MAIN_PARAMETERS = ("channel_id", "guild_id", "webhook_id", "webhook_token")


@dataclass(frozen=True, slots=True)
class Match:
    """A route with the parameters of a path."""

    route: Route
    parameters: dict[str, str]

    def bucket(self, caller: str) -> tuple[str, ...]:
        """Return the rate limit bucket of a request by `caller`."""
        main = [self.parameters.get(name, "") for name in _MAIN_PARAMETERS]
        return (self.route.method, self.route.template, caller, *main)


def _pattern(template: str) -> re.Pattern[str]:
    parts = _PARAMETER.split(template)
    return re.compile("".join(f"(?P<{part}>[^/]+)" if at % 2 else re.escape(part) for at, part in enumerate(parts)))


_PATTERNS = [(_pattern(route.template), route) for route in ROUTES]


def find(method: str, path: str) -> Match | None:
    """Return the route of a request; None: not supported."""
    for pattern, route in _PATTERNS:
        if route.method == method and (match := pattern.fullmatch(path)):
            return Match(route, match.groupdict())
    return None
