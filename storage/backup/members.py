"""The members of a ZIP that somebody else may have made."""

import stat
import zipfile
from pathlib import PurePosixPath, PureWindowsPath

from storage.shown_text import quoted

MAX_NAME = 255
"""Characters: more than any that Coachbook gives."""
MAX_MEMBERS = 2_000_000


def fault_of(archive: zipfile.ZipFile) -> str | None:
    """Return why the members can't be trusted, as the end of a sentence about the file; None: they can."""
    infos = archive.infolist()
    if len(infos) > MAX_MEMBERS:
        return f"it has {len(infos):,} members; the most are {MAX_MEMBERS:,}"
    names: set[str] = set()
    for info in infos:
        if why := _fault_of(info):
            return f"its member {quoted(info.filename)} {why}"
        if info.filename in names:
            return f"its member {quoted(info.filename)} is there twice"
        names.add(info.filename)
    return None


def _fault_of(info: zipfile.ZipInfo) -> str | None:
    name = info.filename
    if len(name) > MAX_NAME:
        return f"has a name of {len(name):,} characters"
    if not name.isprintable():
        return "has characters in its name that are not seen"
    is_absolute = PurePosixPath(name).is_absolute() or PureWindowsPath(name).anchor
    if is_absolute or ".." in name.replace("\\", "/").split("/"):
        return "leads out of its folder"
    return "is a link" if stat.S_ISLNK(info.external_attr >> 16) else None
