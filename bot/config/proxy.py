"""The environment's proxy for Discord, by the same variables as curl and most programs."""

import ipaddress
import urllib.parse
from collections.abc import Mapping


def proxy_in(environ: Mapping[str, str], url: str) -> tuple[str, str] | None:
    """Return the variable that names a proxy for this address, and its value; None: there is no proxy.

    HTTPS_PROXY is for https:// addresses, HTTP_PROXY for http://, in lower or upper case. This machine and the hosts
    in NO_PROXY are connected to directly.
    """
    parts = urllib.parse.urlsplit(url)
    host = parts.hostname or ""
    excluded = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    if _is_this_machine(host) or _is_excluded(host, excluded):
        return None
    name = f"{parts.scheme}_proxy"
    return next(((each, environ[each]) for each in (name, name.upper()) if environ.get(each)), None)


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_excluded(host: str, excluded: str) -> bool:
    """Return true if a list such as `localhost, .example.com` has the host or a domain of it."""
    domains = [each.strip().lstrip("*.").lower() for each in excluded.split(",")] if excluded.strip() != "*" else [host]
    return any(domain and (host == domain or host.endswith(f".{domain}")) for domain in domains)
