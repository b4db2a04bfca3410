"""The types of values in the configuration: strict about the meaning, lenient about the notation.

The message of a ValueError raised here describes the invalid value in a few words.
"""

import difflib
import functools
import ipaddress
import json
import os
import re
import urllib.parse
import zoneinfo
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from bot.domain.timezone_abbreviations import TIMEZONE_ABBREVIATIONS
from bot.domain.values import COACH_KEY

T = TypeVar("T")

MAX_PORT = 65_535
MAX_SNOWFLAKE = 2**63 - 1  # SQLite stores ids as signed 64-bit integers

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9]([a-z0-9.-]*[a-z0-9])?)(:(?P<port>[0-9]{1,5}))?")
_MAX_NAME_BYTES = 255
_MAX_PATH_BYTES = 4000
"""Linux allows 4,096; files in a folder have longer paths."""
_MAX_DATABASE_NAME_BYTES = 180
"""Files that belong to the database have its name and a suffix."""
_WITHOUT_SUMMER_TIME = ("EST", "MST", "HST")
"""Time zones that people choose for places where they are an hour off in summer."""


def nearest(given: str, known: Iterable[str]) -> str | None:
    """Return the known word that `given` is probably a misspelling of; None: no word is similar."""
    by_lower = {word.lower(): word for word in known}
    near = difflib.get_close_matches(given.lower(), by_lower, n=1, cutoff=0.7)
    return by_lower[near[0]] if near else None


def _whole(given: object) -> int:
    if isinstance(given, str) and re.fullmatch(r"\s*[0-9]{1,20}\s*", given, re.ASCII):
        return int(given)
    if isinstance(given, int) and not isinstance(given, bool):
        return given
    raise ValueError("no whole number")


def _decoded(given: object) -> object:
    if not isinstance(given, str):
        return given
    try:
        return json.loads(given)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"no JSON: {error}") from error


def _listed(given: object) -> object:
    if isinstance(given, str) and not given.lstrip().startswith(("[", "{")):
        return [entry.strip() for entry in given.split(",") if entry.strip()]
    return _decoded(given)


def _unique(entries: tuple[T, ...]) -> tuple[T, ...]:
    twice = {str(entry) for entry in entries if entries.count(entry) > 1}
    if twice:
        raise ValueError(f"twice in the list: {', '.join(sorted(twice))}")
    return entries


def _some(entries: tuple[T, ...]) -> tuple[T, ...]:
    if not entries:
        raise ValueError("an empty list")
    return entries


def _lower(given: object) -> object:
    return given.strip().lower() if isinstance(given, str) else given


def _split_url(url: str) -> urllib.parse.SplitResult:
    try:
        parts = urllib.parse.urlsplit(url)
        _ = parts.port  # raises a ValueError if it is invalid
    except ValueError as error:
        raise ValueError("no web address") from error
    return parts


def _url(given: str) -> str:
    parts = _split_url(given)
    is_plain = parts.scheme in ("http", "https") and parts.hostname and re.fullmatch("[!-~]+", given)
    if not is_plain or parts.username is not None or parts.query or parts.fragment:
        raise ValueError("no plain web address")
    return given.rstrip("/")


def _origin(given: str) -> str:
    if _split_url(given).path or "*" in given:
        raise ValueError("not one site")
    return _url(given)


def _proxy(given: object) -> object:
    if not isinstance(given, str):
        return given
    with_scheme = given if "://" in given else f"http://{given}"
    parts = _split_url(with_scheme)
    is_plain = parts.scheme == "http" and parts.hostname and re.fullmatch("[!-~]+", given)
    if not is_plain or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("no address of an HTTP proxy")
    return with_scheme


def _host(given: str) -> str:
    match = _HOST.fullmatch(given)
    if match is None or not 0 < int(match["port"] or "443") <= MAX_PORT:
        raise ValueError("no host")
    return given


def _ip_address(given: str) -> str:
    try:
        return str(ipaddress.ip_address(given.strip()))
    except ValueError as error:
        raise ValueError("no IP address") from error


def is_text(given: Path | str) -> bool:
    """Return true if SQLite can store the text: bytes that are not UTF-8 are read as surrogates."""
    try:
        str(given).encode()
    except UnicodeEncodeError:
        return False
    return True


def _path(given: Path) -> Path:
    if not given.name or "\0" in str(given):
        raise ValueError("no path of a file or folder")
    if not is_text(given):
        raise ValueError("not UTF-8 text")
    encoded = str(given).encode()
    if len(encoded) > _MAX_PATH_BYTES or any(len(part) > _MAX_NAME_BYTES for part in encoded.split(b"/")):
        raise ValueError("longer than a path can be")
    try:
        return given.expanduser()
    except RuntimeError as error:
        raise ValueError("the home folder of nobody known") from error


def _followed(given: Path) -> Path:
    if len(given.name.encode()) > _MAX_DATABASE_NAME_BYTES:
        raise ValueError(f"a name of more than {_MAX_DATABASE_NAME_BYTES} bytes")
    try:
        is_link = given.is_symlink()
    except OSError:  # reported when it is opened
        return given
    return Path(os.path.realpath(given)) if is_link else given


def _timezone(given: str) -> str:
    if given in _timezones() and given not in _WITHOUT_SUMMER_TIME:
        return given
    why = "without summer time" if given in _WITHOUT_SUMMER_TIME else "no time zone"
    near = next(iter(TIMEZONE_ABBREVIATIONS.get(given.lower(), ())), None) or nearest(given, _timezones())
    raise ValueError(f"{why}; did you mean {near}?" if near else why)


@functools.cache
def _timezones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


FromJson = BeforeValidator(_decoded)
"""A variable may give the value as JSON."""

Unique = AfterValidator(_unique)
"""No entry twice."""

Some = AfterValidator(_some)
"""At least one entry."""

Whole = Annotated[int, BeforeValidator(_whole)]
"""A whole number, or a string of digits; neither true nor 1.0."""

Snowflake = Annotated[Whole, Field(ge=1, le=MAX_SNOWFLAKE)]
"""An id assigned by Discord."""

Listed = BeforeValidator(_listed)
"""A list; a variable gives it as JSON, or as entries with commas between them."""

Snowflakes = Annotated[tuple[Snowflake, ...], Listed, Unique]

Url = Annotated[str, AfterValidator(_url)]
"""http or https, without user, query and fragment; stored without a slash at its end."""

Origin = Annotated[str, BeforeValidator(_lower), AfterValidator(_origin)]
"""A site as browsers name it: scheme and host, with the port unless it is the usual one; in lower case."""

ProxyUrl = Annotated[str, BeforeValidator(_proxy)]
"""The address of an HTTP proxy, perhaps with user and password; http:// may be left out."""

Host = Annotated[str, BeforeValidator(_lower), AfterValidator(_host)]
"""A host, or host:port; in lower case."""

IpAddress = Annotated[str, AfterValidator(_ip_address)]
"""An address of this machine: of one interface, or 0.0.0.0 or :: for all."""

FilePath = Annotated[Path, AfterValidator(_path)]
"""The path of a file or folder that need not exist; `~` is the home folder."""

DatabasePath = Annotated[FilePath, AfterValidator(_followed)]
"""The path of a database, with a link resolved: SQLite puts its other files next to the database itself."""

Timezone = Annotated[str, AfterValidator(_timezone)]
"""A name of the IANA time zone database."""

ModuleName = Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_]*$")]
DottedName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$")]
CoachKey = Annotated[str, StringConstraints(pattern=f"^{COACH_KEY}$")]
CoachName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Choice = BeforeValidator(_lower)
"""One of a few words, in any case."""
