"""Backups: taken while plans are posted, put back as they were, and refused when anything about them is wrong."""

import asyncio
import contextlib
import datetime
import errno
import itertools
import os
import random
import signal
import subprocess
import sys
import zipfile
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import IO

import apsw
import pytest

from bot.cli import backups
from bot.cli.transfers import CommandError
from bot.config.loader import load_config
from bot.config.settings import Config
from bot.domain.clock import utc_now
from bot.domain.commands import AddCharts, PostPlan
from bot.domain.values import Received
from sandbox.driver import Driver
from storage.errors import StorageError
from storage.errors.backups import BackupFailedError, BadBackupError, RestoreFailedError, RestoreUnfinishedError
from storage.errors.database import DatabaseLockedError
from storage.file_checks import check_file
from storage.process_lock import lock_database
from storage.store import Store
from tests import fork_server
from tests.conftest import Discord, Room
from tests.crash.killed_command import is_killed
from tests.full_disk import full_disk
from tests.processes import ROOT, BotProcess, environment
from tests.rounds import rounds
from tests.service.scene import DANA, FakeClock, Services, fresh

ROUNDS = rounds(8, 50)


def settings(folder: Path) -> dict[str, str]:
    return environment(
        COACHBOOK_STORAGE__PATH=str(folder / "book.db"), COACHBOOK_BACKUP__FOLDER=str(folder.parent / "backups")
    )


def config_of(folder: Path) -> Config:
    return load_config(environ=settings(folder))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "kept"
    made.mkdir()
    return made


def write_plans(folder: Path, count: int, first: int = 0) -> None:
    """Post plans with a picture each, and change them."""
    asyncio.run(_write_plans(folder, count, first))


async def _write_plans(folder: Path, count: int, first: int) -> None:
    services = Services.on(Store.open(folder / "book.db"), FakeClock())
    for number in range(first, first + count):
        plan = await services.plans.post(
            DANA, PostPlan(f"plan {number}", day=f"2026-{number // 28 + 1:02}-{number % 28 + 1:02}"), fresh()
        )
        received = Received((services.keep(f"picture {number}".encode()),), ())
        await services.charts.add(DANA, AddCharts(plan.id, received), fresh())
    await services.plans.store.close()


async def _post_on(folder: Path, days: Sequence[datetime.date]) -> None:
    services = Services.on(Store.open(folder / "book.db"), FakeClock())
    for day in days:
        await services.plans.post(DANA, PostPlan("text", day=day.isoformat()), fresh())
    await services.plans.store.close()


def create_backup(config: Config) -> Path:
    return config.backup_folder / backups.create_backup(backups.paths_of(config), config.backup_folder, ignore).name


def ignore(_: int) -> None:
    """No bar is shown."""


def restored(config: Config, backup: Path, *, force: bool = False) -> None:
    backups.restore_backup(config, backup, None, force=force, on_progress=ignore)


def content(folder: Path) -> tuple[list[tuple[object, ...]], set[str]]:
    """The rows of the histories, and the names of the pictures."""
    connection = apsw.Connection(str(folder / "book.db"))
    try:
        rows = list(connection.execute("SELECT plan_id, revision, hash FROM plan_history ORDER BY 1, 2"))
    finally:
        connection.close()
    return rows, {path.name for path in (folder / "charts").glob("[0-9a-f][0-9a-f]/*")}


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    """Return the status of a command of the bot, and its output."""
    return fork_server.run(arguments, ROOT, settings(folder))


def is_ok(checked: tuple[int, str]) -> bool:
    """Return whether a check has found no fault."""
    status, said = checked
    return status == 0 and said.splitlines()[-1] == "ok"


class Load:
    """Another process, which changes plans and their pictures."""

    def __init__(self, writer: int, revisions: IO[str]) -> None:
        self._writer = writer
        self._revisions = revisions

    @contextlib.contextmanager
    def going_on(self, past: int) -> Generator[None]:
        """Let it work until its plan is past this revision, and inside; afterwards it stands still."""
        os.kill(self._writer, signal.SIGCONT)
        while int(self._revisions.readline()) <= past:
            pass
        yield
        os.kill(self._writer, signal.SIGSTOP)


@contextlib.contextmanager
def loaded(folder: Path) -> Generator[Load]:
    """Inside, there is another process that changes plans and their pictures."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.crash.chart_writer", str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdin
        assert parent.stdout
        parent.stdin.write("1\n")
        parent.stdin.flush()
        writer = int(parent.stdout.readline())
        try:
            yield Load(writer, parent.stdout)
        finally:
            os.kill(writer, signal.SIGKILL)
            parent.communicate()


def test_what_was_backed_up_comes_back_as_it_was(folder: Path, tmp_path: Path):
    write_plans(folder, 3)
    before = content(folder)

    status, said = run(folder, "backup")
    assert status == 0, said
    assert "plans: 3, revisions: 6, pictures: 3" in said
    [backup] = (tmp_path / "backups").iterdir()
    write_plans(folder, 2, first=3)
    status, said = run(folder, "restore", str(backup), "--to-dir", str(tmp_path / "other"))

    assert status == 0, said
    assert content(tmp_path / "other") == before
    assert is_ok(run(tmp_path / "other", "check", "--deep"))
    assert len(content(folder)[0]) == 10


def test_any_program_can_take_out_what_is_in_a_backup(folder: Path):
    write_plans(folder, 2)

    with zipfile.ZipFile(create_backup(config_of(folder))) as file:
        assert file.testzip() is None
        assert {name.split("/")[0] for name in file.namelist()} == {"manifest.json", "book.db", "charts"}


@pytest.mark.crash
def test_backups_under_load_each_restore_to_a_sound_book(folder: Path, tmp_path: Path):
    write_plans(folder, 3)
    config = config_of(folder)
    rows, _ = content(folder)
    counts = [len(rows)]
    with loaded(folder) as load:
        for number in range(ROUNDS):
            with load.going_on(past=counts[-1] - counts[0]):
                backup = create_backup(config)
            other = tmp_path / f"other{number}"
            restored(config_of(other), backup)
            assert check_file(other / "book.db") == []
            rows, pictures = content(other)
            assert pictures
            counts.append(len(rows))

    assert counts == sorted(set(counts)), "no backup has less than the one before, or the same"
    last = tmp_path / f"other{ROUNDS - 1}"
    assert is_ok(run(last, "check", "--deep"))


def test_a_backup_that_is_torn_or_altered_anywhere_is_refused_and_changes_nothing(folder: Path, tmp_path: Path):
    write_plans(folder, 1)
    whole = create_backup(config_of(folder)).read_bytes()
    other, bad = config_of(tmp_path / "other"), tmp_path / "bad.zip"
    chance = random.Random(7)  # noqa: S311 - which bytes are altered is no secret
    cuts = [*range(200), *range(len(whole) - 200, len(whole)), *chance.sample(range(len(whole)), 200)]
    spots = [*range(200), *range(len(whole) - 300, len(whole)), *chance.sample(range(len(whole)), 500)]

    for cut in cuts[:: rounds(4, 1)]:
        bad.write_bytes(whole[:cut])
        with pytest.raises(BadBackupError):
            restored(other, bad)
    for spot in spots[:: rounds(4, 1)]:
        altered = bytearray(whole)
        altered[spot] ^= 1 << chance.randrange(8)
        bad.write_bytes(altered)
        with pytest.raises(BadBackupError):
            restored(other, bad)
    bad.write_bytes(whole + b"\n")
    with pytest.raises(BadBackupError):
        restored(other, bad)

    assert not (tmp_path / "other").exists()
    bad.write_bytes(whole)
    restored(other, bad)


@pytest.mark.parametrize("name", ["a text", "a zip", "a folder", "nothing"])
def test_what_is_no_backup_is_refused_in_plain_words(folder: Path, tmp_path: Path, name: str):
    path = tmp_path / "backup.zip"
    if name == "a text":
        path.write_text("My notes. " * 50)
    elif name == "a zip":
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("book.db", "x" * 500)
    elif name == "a folder":
        path.mkdir()

    status, said = run(folder, "restore", str(path))

    assert status == 1
    assert "can't be used" in said or "can't be read" in said
    assert "Traceback" not in said
    assert not list(folder.iterdir())


def test_what_is_there_is_set_aside_whole_and_only_by_force(folder: Path):
    write_plans(folder, 2)
    config = config_of(folder)
    backup = create_backup(config)
    write_plans(folder, 3, first=2)
    connection = apsw.Connection(str(folder / "book.db"))
    connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    connection.execute("UPDATE coaches SET name = 'Renamed'")
    connection.close()
    assert (folder / "book.db-wal").stat().st_size  # as a bot that was killed leaves it
    before = content(folder)
    status, said = run(folder, "restore", str(backup))
    assert (status, "--force" in said) == (1, True)

    restored(config, backup, force=True)

    assert len(content(folder)[0]) == 4
    [aside] = [path for path in folder.glob("book.db.before-*") if path.suffix not in ("-wal", "-shm")]
    [pictures] = folder.glob("charts/before-*")
    aside.rename(folder.parent / "book.db")
    pictures.rename(folder.parent / "charts")
    assert content(folder.parent) == before


@pytest.mark.parametrize("name", ["book.db", "charts"])
def test_half_of_the_configured_book_is_not_set_aside(folder: Path, tmp_path: Path, name: str):
    write_plans(folder, 1)
    backup, other = create_backup(config_of(folder)), tmp_path / "other"
    places = {each: folder / each for each in ("book.db", "charts")} | {name: other / name}
    half = {
        "COACHBOOK_STORAGE__PATH": str(places["book.db"]),
        "COACHBOOK_STORAGE__CHARTS_PATH": str(places["charts"]),
    }
    before = content(folder)

    with pytest.raises(CommandError, match=f"{name} is the configured one. Choose another folder"):
        backups.restore_backup(
            load_config(environ=settings(folder) | half), backup, other, force=True, on_progress=ignore
        )

    assert not other.exists()
    assert content(folder) == before


def test_cards_that_may_show_a_later_change_are_marked_for_an_update(folder: Path):
    config = config_of(folder)
    ages = {200: False, 31: False, 29: True, 0: True, -5: True}
    today = utc_now().date()
    asyncio.run(_post_on(folder, [today - datetime.timedelta(days=age) for age in (*ages, -6)]))
    connection = apsw.Connection(str(folder / "book.db"))
    connection.execute("UPDATE cards SET message_id = 1000 + id, revision = 1, done = wanted WHERE id < 6")
    connection.close()

    restored(config, create_backup(config), force=True)

    connection = apsw.Connection(str(folder / "book.db"))
    cards = list(connection.execute("SELECT done < wanted, asked = done FROM cards WHERE message_id ORDER BY plan_id"))
    [without_message] = connection.execute("SELECT wanted = asked FROM cards WHERE message_id IS NULL")
    connection.close()
    assert cards == [(is_marked, True) for is_marked in ages.values()]
    assert without_message == (True,)
    assert is_ok(run(folder, "check"))


def test_a_damaged_book_is_set_aside_and_a_good_one_put_in_its_place(folder: Path):
    write_plans(folder, 2)
    config = config_of(folder)
    backup = create_backup(config)
    before = content(folder)
    (folder / "book.db").write_bytes(b"no book " * 999)
    with pytest.raises(StorageError):
        create_backup(config)

    restored(config, backup, force=True)

    assert content(folder) == before
    assert next(folder.glob("book.db.before-*")).read_bytes() == b"no book " * 999


def test_a_book_with_faults_is_not_backed_up_over_good_ones(folder: Path):
    write_plans(folder, 2)
    config = config_of(folder)
    with apsw.Connection(str(folder / "book.db")) as connection:
        connection.execute(
            "DROP TRIGGER plan_history_keeps_what_it_says" if False else "UPDATE coach_plans SET text = 'altered'"
        )

    with pytest.raises(BackupFailedError, match="the database has errors: plan 1"):
        create_backup(config)

    assert not list(config.backup_folder.iterdir())


def test_a_picture_that_is_missing_is_told_and_the_rest_backed_up(folder: Path, tmp_path: Path):
    write_plans(folder, 2)
    config = config_of(folder)
    gone = next((folder / "charts").glob("[0-9a-f][0-9a-f]/*"))
    gone.unlink()

    made = backups.create_backup(backups.paths_of(config), config.backup_folder, ignore)
    assert (made.pictures, made.missing) == (1, 1)
    status, said = run(folder, "restore", str(config.backup_folder / made.name), "--to-dir", str(tmp_path / "other"))

    assert status == 0
    assert f"missing pictures: 1; the first: {gone.name}" in said


def test_pictures_that_can_not_be_read_now_are_told_apart_from_missing_ones(folder: Path):
    write_plans(folder, 2)
    config = config_of(folder)
    (folder / "charts").rename(folder / "away")

    made = backups.create_backup(backups.paths_of(config), config.backup_folder, ignore)
    status, said = run(folder, "backup")

    assert (made.pictures, made.missing, made.unreadable) == (0, 0, 2)
    assert made.why_unreadable
    assert "can't be read now: the charts' folder is not there" in made.why_unreadable
    assert status == 0
    assert "left out, unreadable pictures: 2" in said
    assert len(backups.verify_backup(config.backup_folder / made.name).missing) == 2


@pytest.mark.parametrize("most", [1, 5_000, 60_000, 130_000])
def test_a_full_disk_leaves_nothing_half(folder: Path, tmp_path: Path, most: int):
    write_plans(folder, 5)
    config = config_of(folder)
    backup = create_backup(config)
    assert backup.stat().st_size > 130_000
    before = files_in(tmp_path)
    other = config_of(tmp_path / "other")

    with full_disk(most):
        with pytest.raises(
            BackupFailedError, match=f"backup {config.backup_folder}/.*so nothing was changed: File too l"
        ):
            create_backup(config)
        with pytest.raises(
            RestoreFailedError, match=f"restored: {tmp_path}/other(/charts)?: File too large. Nothing was c"
        ):
            restored(other, backup)

    assert files_in(tmp_path) == before
    restored(other, backup)


def files_in(folder: Path) -> set[Path]:
    """All but locks, and what SQLite keeps beside a book that is open."""
    passing = (".lock", ".running", "-wal", "-shm")
    return {path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(passing)}


def test_what_killed_backups_have_left_is_removed_after_a_day(folder: Path):
    write_plans(folder, 1)
    config = config_of(folder)
    old, young = (config.backup_folder / f".backup-{name}" for name in ("old", "young"))
    for left in (old, young):
        left.mkdir(parents=True)
        (left / "book.db").write_text("half")
    os.utime(old, (1, 1))

    create_backup(config)

    assert not old.exists()
    assert young.exists()


def test_several_backups_in_a_second_are_all_kept(folder: Path):
    write_plans(folder, 1)

    made = {create_backup(config_of(folder)) for _ in range(4)}

    assert len(made) == 4
    assert all(path.exists() for path in made)


@pytest.mark.parametrize("copied", [1, 4])
def test_a_backup_of_a_book_that_is_exchanged_meanwhile_is_none(folder: Path, copied: int):
    write_plans(folder, 1)
    config = config_of(folder)
    older = create_backup(config)
    write_plans(folder, 2, first=1)
    steps: list[int] = []

    def restore_once(count: int) -> None:
        steps.append(count)
        if len(steps) == copied:  # of the book and three pictures
            restored(config, older, force=True)

    with pytest.raises(BackupFailedError, match="was replaced meanwhile; run the backup again"):
        backups.create_backup(backups.paths_of(config), config.backup_folder, restore_once)

    assert list(config.backup_folder.iterdir()) == [older]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("pathlib.Path.rename", marks=pytest.mark.crash),
        "pathlib.Path.unlink",
        "storage.private_files.touch",
    ],
)
def test_a_restore_that_is_killed_leaves_all_there_and_can_be_done_again(folder: Path, name: str):
    write_plans(folder, 2)
    config = config_of(folder)
    backup = create_backup(config)
    old = content(folder)
    write_plans(folder, 1, first=2)
    newer = content(folder)
    kills = 0
    while is_killed("restore", name, kills, backup, env=settings(folder)):
        kills += 1
        restored(config, backup, force=True)
        assert content(folder) == old
        assert all_set_aside(folder, newer)
        assert check_file(config.storage.path) == []
        write_plans(folder, 1, first=2)
        newer = content(folder)
        for path in (*folder.glob("*.before-*"), *folder.glob("charts/before-*")):
            remove(path)

    assert kills
    assert not [*folder.glob(".restore-*"), *folder.glob("charts/.restore-*")]


def test_what_can_not_be_moved_is_told_and_all_is_as_it_was(folder: Path, monkeypatch: pytest.MonkeyPatch):
    write_plans(folder, 2)
    config = config_of(folder)
    backup = create_backup(config)
    old = content(folder)
    write_plans(folder, 1, first=2)
    newer, files = content(folder), files_in(folder)
    real, calls, busy = Path.rename, itertools.count(), 0

    def rename(path: Path, target: Path) -> Path:
        if next(calls) == busy:
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(path))
        return real(path, target)

    monkeypatch.setattr(Path, "rename", rename)
    while why := refusal(config, backup):
        assert "Device or resource busy" in why
        assert why.endswith("Nothing was changed.")
        assert (content(folder), files_in(folder)) == (newer, files)
        assert check_file(config.storage.path) == []
        calls, busy = itertools.count(), busy + 1

    assert busy > 5
    assert content(folder) == old


def refusal(config: Config, backup: Path) -> str:
    """Why it can't be restored; nothing: it was."""
    try:
        restored(config, backup, force=True)
    except RestoreFailedError as error:
        return str(error)
    return ""


def test_the_folder_of_the_pictures_stays_where_it_is_as_a_mounted_one_must(folder: Path):
    write_plans(folder, 2)
    config = config_of(folder)
    backup = create_backup(config)
    old = content(folder)
    write_plans(folder, 1, first=2)
    (folder / "charts" / "lost+found").mkdir()
    (folder / "charts" / "notes.txt").write_text("mine")
    before = (folder / "charts").stat()

    restored(config, backup, force=True)

    after = (folder / "charts").stat()
    assert (after.st_dev, after.st_ino) == (before.st_dev, before.st_ino)
    assert {path.name for path in folder.iterdir() if path.name.startswith("charts")} == {"charts"}
    assert content(folder) == old
    assert (folder / "charts" / "lost+found").is_dir()
    assert (folder / "charts" / "notes.txt").read_text() == "mine"


def test_a_new_disk_is_no_pictures(folder: Path, tmp_path: Path):
    write_plans(folder, 1)
    backup = create_backup(config_of(folder))
    (tmp_path / "other" / "charts" / "lost+found").mkdir(parents=True)

    restored(config_of(tmp_path / "other"), backup)

    assert content(tmp_path / "other") == content(folder)


def all_set_aside(folder: Path, newer: tuple[list[tuple[object, ...]], set[str]]) -> bool:
    """Return whether the former revisions and pictures are beside the restored database."""
    for book in folder.glob("book.db.before-*"):
        if book.name.endswith(("-wal", "-shm")):
            continue
        connection = apsw.Connection(str(book))
        rows = list(connection.execute("SELECT plan_id, revision, hash FROM plan_history ORDER BY 1, 2"))
        connection.close()
        places = (folder / "charts", *folder.glob("charts/before-*"))
        pictures = {path.name for place in places for path in place.glob("[0-9a-f][0-9a-f]/*")}
        if rows == newer[0] and newer[1] <= pictures:
            return True
    return False


def remove(path: Path) -> None:
    if path.is_dir():
        for each in sorted(path.rglob("*"), reverse=True):
            each.rmdir() if each.is_dir() else each.unlink()
        path.rmdir()
    else:
        path.unlink()


def test_a_broken_off_restore_is_refused_by_everything_until_it_is_done_again(folder: Path):
    write_plans(folder, 1)
    config = config_of(folder)
    backup = create_backup(config)
    (folder / "book.db.restoring").touch()

    with pytest.raises(RestoreUnfinishedError, match="Nothing is lost"):
        Store.open(config.storage.path)
    status, said = run(folder, "check")
    assert (status, "was interrupted" in said) == (1, True)
    restored(config, backup, force=True)

    assert is_ok(run(folder, "check"))


def test_nothing_is_restored_under_a_running_bot(folder: Path):
    write_plans(folder, 1)
    config = config_of(folder)
    backup = create_backup(config)
    hold = lock_database(config.storage.path)

    with pytest.raises(DatabaseLockedError, match="Stop that one first"):
        restored(config, backup, force=True)

    hold.release()
    restored(config, backup, force=True)


def test_check_deep_reads_the_backups_too(folder: Path):
    write_plans(folder, 1)
    backup = create_backup(config_of(folder))
    content = bytearray(backup.read_bytes())
    content[len(content) // 2] ^= 1
    backup.write_bytes(content)

    assert is_ok(run(folder, "check"))
    status, said = run(folder, "check", "--deep")

    assert status == 1
    assert "is truncated or altered" in said


def test_there_is_nothing_to_back_up_without_a_book(folder: Path):
    status, said = run(folder, "backup")

    assert status == 1
    assert "There is no database" in said


async def test_an_operator_makes_a_backup_and_nobody_else(own_discord: Discord, own_room: Room):
    bot = await (await BotProcess.start("run", env=own_discord.settings())).ready()
    await own_room.dana.slash("plan post", text="before")
    olga = Driver(own_discord.sandbox).person("olga", own_room.channel)

    refused = await own_room.max.slash("admin backup")
    assert refused.interaction
    await refused.interaction.until(lambda: "Only the bot’s operators" in refused.text)
    made = await olga.slash("admin backup")
    assert made.interaction
    await made.interaction.until(lambda: "1 plan, 1 revision" in made.text)

    [backup] = (own_discord.folder / "backups").iterdir()
    assert backups.verify_backup(backup).missing == ()
    healthy = await olga.slash("admin health")
    assert healthy.interaction
    await healthy.interaction.until(lambda: "Last backup" in healthy.text)
    assert "automatic backups are off" in healthy.text
    assert await bot.stop() == 0, bot.output


async def test_a_running_bot_backs_up_its_own_book_whatever_the_configuration_says_by_now(
    own_discord: Discord, own_room: Room
):
    file = own_discord.folder / "config.toml"
    file.write_text(f'[storage]\npath = "{own_discord.folder / "book.db"}"\n')
    env = own_discord.settings(COACHBOOK_CONFIG=str(file))
    del env["COACHBOOK_STORAGE__PATH"]
    bot = await (await BotProcess.start("run", env=env)).ready()
    await own_room.dana.slash("plan post", text="before")
    olga = Driver(own_discord.sandbox).person("olga", own_room.channel)
    file.write_text("half of an ed[")

    made = await olga.slash("admin backup")

    assert made.interaction
    await made.interaction.until(lambda: "1 plan, 1 revision" in made.text)
    assert await bot.stop() == 0, bot.output


async def test_a_running_bot_makes_backups_by_itself(own_discord: Discord, own_room: Room):
    bot = await BotProcess.start("run", env=own_discord.settings(COACHBOOK_BACKUP__EVERY="24"))
    await bot.ready()
    await bot.logged("backup made")
    assert await bot.stop() == 0, bot.output

    again = await BotProcess.start("run", env=own_discord.settings(COACHBOOK_BACKUP__EVERY="24"))
    await again.ready()
    assert "Posted" in (await own_room.dana.slash("plan post", text="as always")).text
    assert await again.stop() == 0, again.output
    assert len(list((own_discord.folder / "backups").iterdir())) == 1


async def test_a_bot_can_be_given_a_backup_while_it_waits_for_one(own_discord: Discord, own_room: Room):
    env = own_discord.settings()
    bot = await (await BotProcess.start("run", env=env)).ready()
    await own_room.dana.slash("plan post", text="before the damage")
    await own_room.shows("before the damage")
    await (await BotProcess.start("backup", env=env)).ended()
    assert await bot.stop() == 0
    damage(own_discord.folder / "book.db")

    bot = await (await BotProcess.start("run", env=env)).ready()
    kept = await own_room.ivan.slash("plan post", text="after the damage")
    assert "queued, not saved yet" in kept.text
    [backup] = (own_discord.folder / "backups").iterdir()
    restoring = await BotProcess.start("restore", str(backup), "--force", env=env)
    assert await restoring.ended() == 0, restoring.output

    await own_room.shows("after the damage")
    assert "before the damage" in (await own_room.mia.slash("plan show", coach="d")).text
    assert await bot.stop() == 0, bot.output


async def test_cards_show_the_restored_plan_again(own_discord: Discord, own_room: Room):
    env = own_discord.settings()
    bot = await (await BotProcess.start("run", env=env)).ready()
    await own_room.dana.slash("plan post", text="before")
    card = await own_room.shows("before")
    backup = await BotProcess.start("backup", env=env)
    assert await backup.ended() == 0, backup.output
    await own_room.dana.slash("plan edit", text="after")
    await own_discord.until(lambda: "after" in card.text)
    assert await bot.stop() == 0, bot.output

    [file] = (own_discord.folder / "backups").iterdir()
    restoring = await BotProcess.start("restore", str(file), "--force", env=env)
    assert await restoring.ended() == 0, restoring.output
    bot = await (await BotProcess.start("run", env=env)).ready()

    await own_discord.until(lambda: "before" in card.text)
    assert len(own_room.cards()) == 1
    assert await bot.stop() == 0, bot.output


def damage(book: Path) -> None:
    content = bytearray(book.read_bytes())
    for page in range(2, len(content) // 4096):
        content[page * 4096] ^= 0x55
    book.write_bytes(content)
