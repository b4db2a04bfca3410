"""Default paths, and conflicts between configured paths."""

import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.config.errors import ConfigIssue

Setting = tuple[str, str]
"""A setting: section and key."""

DATABASE: Setting = ("storage", "path")
CHARTS: Setting = ("storage", "charts_path")
SPOOL: Setting = ("storage", "spool_path")
BACKUPS: Setting = ("backup", "folder")
_SERVICES_STATE = "/var/lib/coachbook"
_USERS_STATE = ".local/state"


def default_spool(database: Path) -> Path:
    """Return the default folder of queued changes next to the database."""
    return database.with_name(f"spool-{database.name}")


def spool_in_state(database: Path, environ: Mapping[str, str]) -> Path | None:
    """Return the default folder of queued changes in the system's state folder; None: there is no state folder.

    The first of `STATE_DIRECTORY` (systemd.exec(5), StateDirectory=), or else `XDG_STATE_HOME` (XDG Base Directory
    Specification). Several databases share it, so each has a folder of its own there.
    """
    return next(_spools_in_state(database, environ), None)


def other_spools(database: Path, used: Path, environ: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """Return the folders other than `used` in which a bot may have queued changes for the database.

    A shell does not have the variables of a service, so these are the default folders with this environment's
    variables, with none, and with those of a service of the system or of a user that has `StateDirectory=coachbook`
    (systemd.exec(5)); and the former default folder.
    """
    usual = {"STATE_DIRECTORY": _SERVICES_STATE, "XDG_STATE_HOME": str(Path(environ.get("HOME", ""), _USERS_STATE))}
    in_state = [*_spools_in_state(database, environ), *_spools_in_state(database, usual)]
    folders = dict.fromkeys(each.absolute() for each in (*in_state, default_spool(database), former_spool(database)))
    return tuple(each for each in folders if each != used.absolute())


def former_spool(database: Path) -> Path:
    """Return the former default folder of queued changes: a temporary one, whose name anybody could take."""
    return Path(tempfile.gettempdir(), f"coachbook-{os.geteuid()}-{_digest(database)}")


def conflicts(paths: Mapping[Setting, Path]) -> Iterator[ConfigIssue]:
    """Yield an issue for each path inside the pictures' folder, which is moved or removed as a whole."""
    for owner, folder in {CHARTS: paths[CHARTS], SPOOL: paths[SPOOL] / "charts"}.items():
        for setting, path in paths.items():
            if setting != owner and _is_within(path, folder):
                text = (
                    f"{folder} is for pictures only, and {'.'.join(setting)} is in it: {path}. Choose another folder."
                )
                yield ConfigIssue(owner, text)


def _spools_in_state(database: Path, environ: Mapping[str, str]) -> Iterator[Path]:
    systems = environ.get("STATE_DIRECTORY", "").split(":")[0]
    users = environ.get("XDG_STATE_HOME", "")
    for state in (Path(systems), Path(users, "coachbook")):
        if state.is_absolute():
            yield state / f"spool-{_digest(database)}"


def _digest(database: Path) -> str:
    return hashlib.sha256(str(database.absolute()).encode()).hexdigest()[:12]


def _is_within(path: Path, folder: Path) -> bool:
    inner, outer = (Path(os.path.realpath(each)) for each in (path, folder))
    return inner.is_relative_to(outer)
