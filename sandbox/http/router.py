"""Which route a request is, and its rate limit bucket."""

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
"""Every route the sandbox knows; the first which matches is taken."""

_PARAMETER = re.compile(r"\{(\w+)\}")
_MAIN_PARAMETERS = ("channel_id", "guild_id", "webhook_id", "webhook_token")


@dataclass(frozen=True, slots=True)
class Match:
    """A route with the parameters of a path."""

    route: Route
    parameters: dict[str, str]

    def bucket(self, caller: str) -> tuple[str, ...]:
        """The rate limit bucket of a request by `caller`."""
        main = [self.parameters.get(name, "") for name in _MAIN_PARAMETERS]
        return (self.route.method, self.route.template, caller, *main)


def _pattern(template: str) -> re.Pattern[str]:
    parts = _PARAMETER.split(template)
    return re.compile("".join(f"(?P<{part}>[^/]+)" if at % 2 else re.escape(part) for at, part in enumerate(parts)))


_PATTERNS = [(_pattern(route.template), route) for route in ROUTES]


def find(method: str, path: str) -> Match | None:
    """The route of a request, or None when the sandbox does not know it."""
    for pattern, route in _PATTERNS:
        if route.method == method and (match := pattern.fullmatch(path)):
            return Match(route, match.groupdict())
    return None
