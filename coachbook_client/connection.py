"""The address of the API, and the right to read it."""

import ipaddress
import re
from typing import Any, Final

import httpx

_TOKEN: Final = re.compile(r"[!-~]+", re.ASCII)
_AGENT: Final = "coachbook-client"


def settings(url: str, token: str | None) -> dict[str, Any]:
    """Return the arguments of httpx’s client: redirects are not followed, so the token goes nowhere else.

    A server of this machine is asked without the proxy that the environment names.

    Raises:
        ValueError: the address or the token can’t be one.
    """
    try:
        base = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ValueError("The address can’t be read. Write it as http://127.0.0.1:8080.") from error
    if base.scheme not in ("http", "https") or not base.host or base.userinfo or base.query or base.fragment:
        raise ValueError("The address has to be that of the API alone, such as http://127.0.0.1:8080.")
    if token is not None and not _TOKEN.fullmatch(token):
        raise ValueError("The token has characters that no token has.")
    # What is not packed can't unpack to more than was sent.
    headers = {"User-Agent": _AGENT, "Accept-Encoding": "identity"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    return {
        "base_url": base,
        "headers": headers,
        "follow_redirects": False,
        "trust_env": not _is_local(base.host),
        "verify": base.scheme == "https",  # certificates are not read where none is asked for
    }


def _is_local(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
