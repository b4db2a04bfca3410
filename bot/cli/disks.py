"""The folders of the configuration on their disks: the free space there, and why one can't be written."""

import dataclasses
import os
import pathlib
import shutil

from bot.config.paths import DATABASE, SPOOL
from bot.config.settings import Config
from storage import private_files

_MIB = 2**20


@dataclasses.dataclass(frozen=True, slots=True)
class Disk:
    """A disk with folders of the bot."""

    settings: tuple[str, ...]
    """The settings that name the folders."""
    free: int
    """The free space in MiB."""

    def __str__(self) -> str:
        return f"{self.free:,} MiB ({', '.join(self.settings)})"


def disks(config: Config) -> list[Disk]:
    """Return the disks of all folders, also of those that are yet to be made."""
    by_device: dict[int, tuple[pathlib.Path, list[str]]] = {}
    for setting, path in config.paths.items():
        folder = path.absolute().parent if setting == DATABASE else path.absolute()
        place = next(each for each in (folder, *folder.parents) if _is_folder(each))
        by_device.setdefault(place.stat().st_dev, (place, []))[1].append(".".join(setting))
    return [Disk(tuple(names), shutil.disk_usage(place).free // _MIB) for place, names in by_device.values()]


def low_space(disks: list[Disk], reserve: int) -> list[str]:
    """Return a line for each disk with less than `reserve` MiB left; one that has only the spool may be small."""
    return [
        f"Too little free space: {disk}, less than limits.reserve_mib ({reserve:,}). Free some space on that disk."
        for disk in disks
        if disk.free < reserve and disk.settings != (".".join(SPOOL),)
    ]


def why_unwritable(folder: pathlib.Path) -> str | None:
    """Try to make a folder in this one, or where it is to be made; return why that fails, or None."""
    folder = folder.absolute()
    place = next(each for each in (folder, *folder.parents) if os.path.lexists(each))
    if not place.is_dir():
        return f"{place} is not a folder"
    try:
        with private_files.temporary_folder(".check-", place):
            pass
    except OSError as error:
        return f"{place}: {error.strerror or error}"
    return None


def _is_folder(path: pathlib.Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a folder above it is not readable
        return False
