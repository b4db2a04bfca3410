"""Backups of a running bot: when one is due, which are kept, and what comes of a try that fails."""

import contextlib
import dataclasses
import datetime
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from bot.domain import errors
from bot.domain.values import BackupResult, Retention
from bot.service.backups.scheduler import BackupService, retained
from storage.backup import archive
from storage.backup.file_names import name_at
from storage.backup.manifest import Manifest
from storage.errors.backups import BadBackupError
from tests.service.scene import FakeClock

NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
FIRST, SECOND = "1" * 64, "2" * 64
PROGRAM = """
import json, pathlib, sys, zipfile
folder, at, fails, manifest = sys.argv[1:]
if fails == "yes":
    sys.exit("no room for secrets")
name = f"coachbook-{at}Z.zip"
with zipfile.ZipFile(pathlib.Path(folder, name), "w") as file:
    file.writestr("manifest.json", manifest)
print("something before")
print(json.dumps(dict(name=name, size=8, plans=1, revisions=2, pictures=3, missing=0)))
"""


class Maker:
    """Backups as they would be made at the time that the clock shows."""

    def __init__(self, folder: Path, clock: FakeClock, keep: Retention, every: datetime.timedelta = DAY) -> None:
        self.folder, self.clock, self.keep, self.every = folder, clock, keep, every
        folder.mkdir(exist_ok=True)
        self.fails = False
        self.holds = Manifest(NOON.isoformat(), "b" * 32, "0" * 64, (FIRST, SECOND), (), 2)
        """The contents of the next backup."""

    @property
    def service(self) -> BackupService:
        at = f"{self.clock.now:%Y%m%dT%H%M%S}"
        fails = "yes" if self.fails else "no"
        program = (sys.executable, "-c", PROGRAM, str(self.folder), at, fails, self.holds.to_json().decode())
        return BackupService(self.clock, self.folder, self.every, self.keep, program)

    @property
    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())


@pytest.fixture
def maker(tmp_path: Path, clock) -> Maker:
    clock.now = NOON
    return Maker(tmp_path / "backups", clock, Retention(3, 2, 2))


@pytest.mark.parametrize(
    ("every", "count", "keep", "days"),
    [
        (DAY, 10, Retention(3, 0, 0), [0, 1, 2]),
        (DAY, 20, Retention(1, 3, 0), [0, 7, 14]),
        (DAY, 400, Retention(1, 1, 3), [0, 22, 53]),
        (DAY, 30, Retention(2, 2, 2), [0, 1, 7, 22]),
        (DAY, 1, Retention(7, 4, 12), [0]),
        (30 * DAY, 4, Retention(7, 4, 12), [0, 30, 60, 90]),
        (DAY, 0, Retention(), []),
    ],
)
def test_the_newest_of_each_day_week_and_month_is_kept(every, count, keep, days):
    made = [NOON - number * every for number in range(count)]

    assert retained(made, keep) == {NOON - number * DAY for number in days}


def test_of_a_day_the_newest_is_kept():
    made = [NOON - datetime.timedelta(hours=hours) for hours in range(30)]

    assert retained(made, Retention(2, 0, 0)) == {NOON, datetime.datetime(2026, 11, 21, 23, tzinfo=datetime.UTC)}


def test_what_was_made_within_minutes_is_kept():
    made = [NOON - datetime.timedelta(minutes=minutes) for minutes in (0, 3, 59, 60, 90)]

    assert retained(made, Retention(1, 0, 0)) == set(made[:3])


async def test_two_that_are_made_by_hand_within_minutes_are_both_there(maker: Maker):
    await maker.service.create()
    maker.clock.move(minutes=2)
    await maker.service.create()

    assert maker.names == [name_at(NOON), name_at(NOON + datetime.timedelta(minutes=2))]


async def test_one_is_made_at_once_and_then_when_the_time_has_come(maker: Maker):
    assert await maker.service.take_if_due() == BackupResult(name_at(NOON), 8, 1, 2, 3, 0)
    maker.clock.move(hours=23)
    assert await maker.service.take_if_due() is None
    maker.clock.move(hours=1)
    assert await maker.service.take_if_due()

    state = await maker.service.state()
    assert (state.last, state.is_failing, state.is_scheduled) == (NOON + DAY, False, True)


async def test_without_a_schedule_one_is_made_by_hand_alone(maker: Maker):
    maker.every = datetime.timedelta()
    assert await maker.service.take_if_due() is None

    assert (await maker.service.create()).name == name_at(NOON)
    assert not (await maker.service.state()).is_scheduled


async def test_after_each_those_that_are_not_to_be_kept_go(maker: Maker):
    (maker.folder / "notes.txt").write_text("mine")
    for _ in range(6):
        await maker.service.create()
        maker.clock.move(days=1)

    days = ["20261122", "20261125", "20261126", "20261127"]
    assert maker.names == [*(f"coachbook-{day}T120000Z.zip" for day in days), "notes.txt"]


@pytest.mark.parametrize(
    "worse",
    [
        {"pictures": (SECOND,), "missing": (FIRST,)},
        {"book": "a" * 32, "revisions": 9},
        {"revisions": 1},
        {"timeline": 7, "revisions": 9},
    ],
)
async def test_nothing_goes_that_no_newer_one_has(maker: Maker, worse: dict[str, Any]):
    await maker.service.create()
    good, maker.holds = maker.holds, dataclasses.replace(maker.holds, **worse)
    for _ in range(3):
        maker.clock.move(hours=1)
        await maker.service.create()
    assert maker.names == [name_at(NOON), name_at(maker.clock.now)]

    maker.holds = dataclasses.replace(good, pictures=(SECOND,), revisions=3)
    maker.clock.move(hours=1)
    await maker.service.create()

    assert name_at(NOON) not in maker.names


async def test_what_is_no_backup_but_for_its_name_stays(maker: Maker):
    for number in range(3):
        (maker.folder / name_at(NOON - number * DAY / 24)).write_text("mine")

    await maker.service.create()

    assert len(maker.names) == 3


async def test_one_that_was_altered_holds_up_none(maker: Maker):
    """Each byte of its directory in turn, where what it says of how it is packed and locked stands."""
    taken = await maker.service.create()
    whole = maker.folder / taken.name
    data = whole.read_bytes()

    for at in range(data.index(b"PK\x01\x02"), len(data)):
        whole.write_bytes(data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :])
        with contextlib.suppress(BadBackupError, OSError):
            assert archive.read_list(whole) == maker.holds


def test_one_that_does_not_say_how_many_revisions_it_has_can_be_read(tmp_path: Path):
    fields = dataclasses.asdict(Manifest(NOON.isoformat(), "b" * 32, "0" * 64, (FIRST,), ()))
    del fields["revisions"]
    with zipfile.ZipFile(tmp_path / "backup.zip", "w") as file:
        file.writestr("manifest.json", json.dumps(fields))

    assert archive.read_list(tmp_path / "backup.zip").pictures == (FIRST,)


async def test_one_of_a_time_to_come_holds_up_none(maker: Maker):
    (maker.folder / name_at(NOON + 4000 * DAY)).touch()

    assert await maker.service.take_if_due()
    assert (await maker.service.state()).last == NOON


async def test_a_try_that_fails_is_told_and_throws_nothing_away(maker: Maker):
    for _ in range(5):
        await Maker(maker.folder, maker.clock, Retention(9, 0, 0)).service.create()
        maker.clock.move(days=1)
    before = maker.names
    maker.fails = True
    service = maker.service

    with pytest.raises(errors.BackupError, match="No backup was made: see the log") as failed:
        await service.create()

    assert "secrets" not in str(failed.value)
    assert maker.names == before
    assert (await service.state()).is_failing


async def test_a_folder_that_cannot_be_read_is_not_called_empty(maker: Maker):
    await maker.service.create()
    away = maker.folder.rename(maker.folder.with_name("away"))
    maker.folder.symlink_to(maker.folder)

    with pytest.raises(errors.BackupError, match="the backup folder can’t be read"):
        await maker.service.take_if_due()
    assert not (await maker.service.state()).is_known

    maker.folder.unlink()
    away.rename(maker.folder)
    assert (await maker.service.state()).last == NOON


async def test_a_program_that_cannot_be_started_makes_no_backup(tmp_path: Path, clock):
    service = BackupService(clock, tmp_path, DAY, Retention(), (str(tmp_path / "nothing"),))

    with pytest.raises(errors.BackupError, match="can’t be started"):
        await service.create()

    assert (await service.state()).is_failing


async def test_the_program_does_not_know_the_token(tmp_path: Path, clock, monkeypatch):
    monkeypatch.setenv("DISCORD_TOKEN", "secret")
    taken = dict.fromkeys(("size", "plans", "revisions", "pictures", "missing"), 0)
    program = f"import json, os; print(json.dumps({taken} | dict(name=str('DISCORD_TOKEN' in os.environ))))"

    made = await BackupService(clock, tmp_path, DAY, Retention(), (sys.executable, "-c", program)).create()

    assert made.name == "False"


async def test_a_stop_breaks_off_what_is_being_made(tmp_path: Path, clock):
    service = BackupService(clock, tmp_path, DAY, Retention(), (sys.executable, "-c", "import time; time.sleep(60)"))
    await service.close()

    with pytest.raises(errors.BackupError):
        await service.create()
