"""Default paths, and conflicts between configured paths."""

import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.config.errors import Fault

Place = tuple[str, str]
"""A setting: section and key."""

BOOK: Place = ("storage", "path")
CHARTS: Place = ("storage", "charts_path")
SPOOL: Place = ("storage", "spool_path")
BACKUPS: Place = ("backup", "folder")
_SERVICES_STATE = "/var/lib/coachbook"
_USERS_STATE = ".local/state"


def spool_beside(book: Path) -> Path:
    """Return the folder for what the book can't take for now, beside the book."""
    return book.with_name(f"spool-{book.name}")


def spool_in_state(book: Path, environ: Mapping[str, str]) -> Path | None:
    """Return that folder where the system has a place for what lasts; None: it names none.

    The first of `STATE_DIRECTORY` (systemd.exec(5), StateDirectory=), or else `XDG_STATE_HOME` (XDG Base Directory
    Specification). Several books share such a place, so each has a folder of its own there.
    """
    return next(_spools_in_state(book, environ), None)


def other_spools(book: Path, used: Path, environ: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """Return the other folders where a bot may have left what waits for the book, the one that is used left out.

    They are where it lies by default in this environment, without it, and as systemd's `StateDirectory=coachbook` has
    it for services of the system and of a user (systemd.exec(5)), as a shell does not have the variables of a service;
    and where it was at first.
    """
    usual = {"STATE_DIRECTORY": _SERVICES_STATE, "XDG_STATE_HOME": str(Path(environ.get("HOME", ""), _USERS_STATE))}
    in_state = [*_spools_in_state(book, environ), *_spools_in_state(book, usual)]
    places = dict.fromkeys(place.absolute() for place in (*in_state, spool_beside(book), former_spool(book)))
    return tuple(place for place in places if place != used.absolute())


def former_spool(book: Path) -> Path:
    """Return that folder as it was chosen at first: among the temporary files, where anybody could take its name."""
    return Path(tempfile.gettempdir(), f"coachbook-{os.geteuid()}-{_digest(book)}")


def clashes(places: Mapping[Place, Path]) -> Iterator[Fault]:
    """Yield an issue for each path inside the pictures' folder, which is moved or removed as a whole."""
    ruled = {CHARTS: places[CHARTS], SPOOL: places[SPOOL] / "charts"}
    for ruler, folder in ruled.items():
        for place, path in places.items():
            if place != ruler and _lies_in(path, folder):
                text = f"{folder} is for pictures alone, and {'.'.join(place)} lies in it: {path}. Name a folder apart."
                yield Fault(ruler, text)


def _spools_in_state(book: Path, environ: Mapping[str, str]) -> Iterator[Path]:
    systems = environ.get("STATE_DIRECTORY", "").split(":")[0]
    users = environ.get("XDG_STATE_HOME", "")
    for state in (Path(systems), Path(users, "coachbook")):
        if state.is_absolute():
            yield state / f"spool-{_digest(book)}"


def _digest(book: Path) -> str:
    return hashlib.sha256(str(book.absolute()).encode()).hexdigest()[:12]


def _lies_in(path: Path, folder: Path) -> bool:
    inner, outer = (Path(os.path.realpath(each)) for each in (path, folder))
    return inner.is_relative_to(outer)
