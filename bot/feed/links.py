"""Addresses of the API in its answers."""

import functools
import re
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request

from bot.feed.description.parameters import AS_OF, TOKEN
from bot.feed.http.problems import invalid

_HOST: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?")


class Links:
    """The addresses in the answer to a request, with what the program needs to follow them."""

    def __init__(self, request: Request, base_url: str | None, query_token: str | None) -> None:
        """`base_url` None: programs reach the API by the name that the request gives it."""
        self._request = request
        self._base_url = base_url
        self._query_token = query_token

    def to_chart(self, sha256: str) -> str:
        """Return the address of a picture.

        Raises:
            ProblemError: the request names no host.
        """
        folder, query = self._of_charts
        return f"{folder}{sha256}{query}"

    @functools.cached_property
    def _of_charts(self) -> tuple[str, str]:
        """The beginning and the end of the address of a picture."""
        folder = "v1" if self._query_token is None else "api/coach-plans"
        as_of = next(filter(None, self._request.query_params.getlist(AS_OF.name)), None)
        query = urlencode({name: value for name, value in ((AS_OF.name, as_of), (TOKEN, self._query_token)) if value})
        return f"{self._base_url or self._named}/{folder}/charts/", query and f"?{query}"

    @property
    def _named(self) -> str:
        host = self._request.headers.get("host", "")
        if not _HOST.fullmatch(host):
            raise invalid("The header Host names no host.")
        return f"{self._request.url.scheme}://{host}"
