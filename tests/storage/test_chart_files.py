"""The files of pictures: whole under the name that their bytes give, or not there at all."""

import contextlib
import datetime
import hashlib
import multiprocessing
import os
import pathlib
import resource
import shutil
import tempfile
from collections.abc import Generator, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor

import pytest

from storage.chart_files import ChartFiles, OldPictures
from storage.chart_folder import SUBFOLDERS
from storage.errors.charts import (
    ChartAlteredError,
    ChartMissingError,
    ChartsUnreadableError,
    ChartUnreadableError,
    ChartUnwritableError,
    DiskReserveError,
)
from tests import image_samples
from tests.rounds import rounds
from tests.service.scene import SUNDAY_MORNING, FakeClock

PICTURE = image_samples.png()
ROUNDS = rounds(60, 1000)
LATER = SUNDAY_MORNING + datetime.timedelta(days=1)
"""The `before` of someone who removes what was kept on Sunday morning, and nothing that is kept again."""

MOST_BYTES = 16
"""Bytes that the full disk still takes."""
NOBODY = 65_534


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "charts"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def files(folder: pathlib.Path, clock: FakeClock) -> ChartFiles:
    return ChartFiles.open(folder, clock)


@pytest.fixture
def child() -> Iterator[ProcessPoolExecutor]:
    """Another process, which shares nothing with this one."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    with ProcessPoolExecutor(1, context) as executor:
        yield executor


def stored(files: ChartFiles, data: bytes = PICTURE) -> str:
    with incoming(files) as path:
        path.write_bytes(data)
        return files.store(path).sha256


@contextlib.contextmanager
def incoming(files: ChartFiles) -> Generator[pathlib.Path]:
    """Inside, a picture is on its way in."""
    path = files.begin()
    try:
        yield path
    finally:
        files.discard(path)


def stored_names(folder: pathlib.Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.glob("??/*")}


def unfinished(folder: pathlib.Path) -> list[pathlib.Path]:
    return list((folder / "incoming").iterdir())


def set_time(path: pathlib.Path, moment: datetime.datetime) -> None:
    os.utime(path, (moment.timestamp(), moment.timestamp()))


def test_bytes_are_kept_under_their_sha256(files: ChartFiles, folder: pathlib.Path):
    name = stored(files)

    path = files.path_of(name)

    assert name == hashlib.sha256(PICTURE).hexdigest()
    assert path
    assert path == folder / name[:2] / name
    assert path.read_bytes() == PICTURE
    assert unfinished(folder) == []


def test_the_same_bytes_are_kept_once(files: ChartFiles, folder: pathlib.Path):
    names = [stored(files, data) for data in (PICTURE, image_samples.png(seed=1), PICTURE)]

    assert names[0] == names[2] != names[1]
    assert stored_names(folder) == {f"{name[:2]}/{name}" for name in names}
    assert unfinished(folder) == []


def test_what_is_kept_is_there_for_the_next_process(files: ChartFiles, folder: pathlib.Path, clock: FakeClock):
    name = stored(files)

    assert ChartFiles.open(folder, clock).path_of(name)


def test_an_error_on_the_way_in_leaves_nothing(files: ChartFiles, folder: pathlib.Path):
    def fail(path: pathlib.Path) -> None:
        path.write_bytes(PICTURE)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), incoming(files) as path:
        fail(path)

    assert unfinished(folder) == []
    assert stored_names(folder) == set()


def test_a_picture_that_is_not_kept_goes(files: ChartFiles, folder: pathlib.Path):
    with incoming(files) as path:
        path.write_bytes(PICTURE)
        assert unfinished(folder) == [path]

    assert unfinished(folder) == []


def test_pictures_on_their_way_in_do_not_meet(files: ChartFiles):
    with incoming(files) as one, incoming(files) as other:
        assert one != other
        assert one.read_bytes() == other.read_bytes() == b""


def test_a_picture_on_its_way_in_is_for_this_user_alone(files: ChartFiles):
    with incoming(files) as path:
        assert path.stat().st_mode & 0o077 == 0


def test_what_a_kill_left_goes_once_it_is_old(files: ChartFiles, folder: pathlib.Path):
    for name, moment in (("old", SUNDAY_MORNING), ("new", LATER)):
        (folder / "incoming" / name).write_bytes(PICTURE[:99])
        set_time(folder / "incoming" / name, moment)

    assert files.remove_unfinished(SUNDAY_MORNING) == 0
    assert files.remove_unfinished(LATER) == 1

    assert unfinished(folder) == [folder / "incoming" / "new"]


def test_removing_what_is_unfinished_touches_no_kept_picture(files: ChartFiles):
    name = stored(files)

    assert files.remove_unfinished(SUNDAY_MORNING + datetime.timedelta(days=400)) == 0

    assert files.path_of(name)


def test_the_size_is_that_of_what_is_kept(files: ChartFiles, folder: pathlib.Path):
    stored(files, b"one")
    stored(files, b"three")
    files.begin().write_bytes(b"on its way")

    assert files.size() == len(b"one") + len(b"three")
    assert files.free() > 0

    shutil.rmtree(folder)
    assert files.size() == 0
    with pytest.raises(OSError, match="No such file"):
        files.free()


def test_a_missing_picture_has_no_path(files: ChartFiles):
    assert files.path_of(hashlib.sha256(PICTURE).hexdigest()) is None


@pytest.mark.parametrize(
    "altered",
    [bytes([PICTURE[0] ^ 1]) + PICTURE[1:], PICTURE[:-1] + bytes([PICTURE[-1] ^ 128]), PICTURE[:-1], b"", PICTURE * 2],
    ids=["first byte", "last byte", "cut", "empty", "twice"],
)
def test_an_altered_picture_has_no_path_until_it_is_kept_again(files: ChartFiles, folder: pathlib.Path, altered: bytes):
    name = stored(files)
    (folder / name[:2] / name).write_bytes(altered)

    assert files.path_of(name) is None
    assert stored(files) == name

    healed = files.path_of(name)
    assert healed
    assert healed.read_bytes() == PICTURE


def test_why_a_picture_can_not_be_had_is_told(files: ChartFiles, folder: pathlib.Path):
    missing, altered = hashlib.sha256(b"never kept").hexdigest(), stored(files)
    (folder / altered[:2] / altered).write_bytes(b"other")

    for look in (files.find, files.read):
        with pytest.raises(ChartMissingError):
            look(missing)
        with pytest.raises(ChartAlteredError):
            look(altered)


def test_a_picture_is_read_as_it_was_kept(files: ChartFiles):
    assert files.read(stored(files)) == PICTURE


@pytest.mark.parametrize("is_replaced", [False, True])
def test_pictures_of_a_folder_that_is_away_are_not_missing(
    files: ChartFiles, folder: pathlib.Path, *, is_replaced: bool
):
    assert files.folder.belongs_to("the book")
    name = stored(files)
    away = folder.rename(folder.with_name("away"))
    if is_replaced:
        folder.mkdir()

    with pytest.raises(ChartUnreadableError, match="its disk may not be mounted" if is_replaced else "is not there"):
        files.path_of(name)

    if is_replaced:
        folder.rmdir()
    away.rename(folder)
    assert files.path_of(name)


def test_pictures_of_a_folder_whose_disk_comes_late_are_not_missing(folder: pathlib.Path, clock: FakeClock):
    on_its_disk = ChartFiles.open(folder, clock, "the book")
    assert on_its_disk.folder.belongs_to("the book")
    name = stored(on_its_disk)
    away = folder.rename(folder.with_name("away"))

    files = ChartFiles.open(folder, clock, "the book")

    assert not files.folder.belongs_to("the book", is_empty=False)
    with pytest.raises(ChartUnreadableError, match="its disk may not be mounted"):
        files.path_of(name)
    shutil.rmtree(folder)
    away.rename(folder)
    assert files.path_of(name)
    assert files.path_of(stored(files, b"another"))


def test_a_folder_that_was_the_books_is_not_made_again(files: ChartFiles, folder: pathlib.Path):
    assert files.folder.belongs_to("the book")
    away = folder.rename(folder.with_name("away"))

    with pytest.raises(ChartUnwritableError, match="put it back"):
        files.try_to_write()

    away.rename(folder)
    files.try_to_write()


@pytest.mark.parametrize("limit", ["files", "rights"])
def test_a_picture_that_can_not_be_opened_now_is_not_missing(
    folder: pathlib.Path, child: ProcessPoolExecutor, limit: str
):
    with tempfile.TemporaryDirectory(dir="/tmp") as place:  # where everybody may look
        pathlib.Path(place).chmod(0o755)
        name = stored(ChartFiles.open(pathlib.Path(place) / "charts", FakeClock()))

        error = child.submit(error_of_limited_read, pathlib.Path(place) / "charts", name, limit).result()

    assert error == {"files": "Too many open files", "rights": "Permission denied"}[limit]


def error_of_limited_read(folder: pathlib.Path, name: str, limit: str) -> str:
    """Return the error of reading a picture in a process that may open no more files, or has no right to."""
    files = ChartFiles(folder, FakeClock())
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit == "files":
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, before[1]))
    else:
        (folder / name[:2]).chmod(0o000)
        if os.getuid() == 0:
            os.setuid(NOBODY)
    try:
        files.path_of(name)
    except ChartUnreadableError as error:
        return error.why
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    return "nothing"


def test_a_folder_in_a_pictures_place_is_no_picture(files: ChartFiles, folder: pathlib.Path):
    name = hashlib.sha256(PICTURE).hexdigest()
    (folder / name[:2] / name).mkdir(parents=True)

    assert files.path_of(name) is None


def test_a_picture_is_old_by_the_clock_once_its_time_is_before(files: ChartFiles, clock: FakeClock):
    first = stored(files)
    clock.move(hours=1)
    second = stored(files, image_samples.png(seed=1))

    assert files.old(SUNDAY_MORNING).names == ()
    assert files.old(SUNDAY_MORNING + datetime.timedelta(seconds=1)).names == (first,)
    assert set(files.old(LATER).names) == {first, second} == set(files.names())


def test_old_pictures_are_listed_in_parts(files: ChartFiles):
    expected = sorted(stored(files, image_samples.png(seed=number)) for number in range(20))
    parts, following = list[OldPictures](), 0

    while following < SUBFOLDERS:
        parts.append(files.old(LATER, following, limit=3))
        following = parts[-1].next

    assert sorted(name for part in parts for name in part.names) == expected
    assert [len(part.names) for part in parts[:-1] if len(part.names) < 3] == []
    assert len(parts) > 3


def test_only_the_old_ones_among_the_named_go(files: ChartFiles, clock: FakeClock):
    old, unnamed = stored(files), stored(files, image_samples.png(seed=1))
    clock.move(days=2)
    young = stored(files, image_samples.png(seed=2))

    assert files.remove_old([old, young], LATER) == 1

    assert files.path_of(old) is None
    assert files.path_of(unnamed)
    assert files.path_of(young)


def test_a_picture_that_is_kept_again_meanwhile_stays(files: ChartFiles, clock: FakeClock):
    stored(files)
    clock.move(days=2)
    old = files.old(LATER).names

    name = stored(files)

    assert old == (name,)
    assert files.remove_old(old, LATER) == 0
    assert files.path_of(name)


def test_a_picture_that_is_gone_already_is_no_error(files: ChartFiles):
    name = stored(files)

    assert files.remove_old([name, name, "0" * 64], LATER) == 1


@pytest.mark.parametrize("kind", ["thread", "process"])
def test_a_picture_that_is_kept_again_is_never_lost_to_who_removes_it(
    folder: pathlib.Path, clock: FakeClock, child: ProcessPoolExecutor, kind: str
):
    name = stored(ChartFiles.open(folder, clock))
    picture, stop = folder / name[:2] / name, folder / "stop"
    clock.move(days=2)

    def make_old() -> None:
        with contextlib.suppress(FileNotFoundError):
            set_time(picture, SUNDAY_MORNING)

    def at_the_last_moment() -> datetime.datetime:
        make_old()
        return clock()

    soon, late = ChartFiles.open(folder, clock), ChartFiles.open(folder, at_the_last_moment)
    lost, number = 0, 0
    with ThreadPoolExecutor(1) as thread:
        remover: Executor = thread if kind == "thread" else child
        assert remover.submit(remove_until, folder, name, folder).result() == 0  # it is warm
        removed = remover.submit(remove_until, folder, name, stop)
        try:
            while number < ROUNDS or not (folder / "removed").exists():
                if number % 2:
                    make_old()
                stored(soon if number % 2 else late)
                lost += not picture.exists()
                number += 1
        finally:
            stop.touch()

    assert lost == 0
    assert 0 < removed.result() <= number


def remove_until(folder: pathlib.Path, name: str, stop: pathlib.Path) -> int:
    """Remove the picture as often as it is old, until there is a file `stop`; how often that was."""
    files = ChartFiles.open(folder, FakeClock())
    removed = 0
    while not stop.exists():
        removed += files.remove_old([name], LATER)
        if removed:
            (folder / "removed").touch()
    return removed


def test_looking_for_old_pictures_while_another_removes_them_is_no_error(files: ChartFiles, folder: pathlib.Path):
    names = [f"ab{number:062x}" for number in range(100)]
    (folder / "ab").mkdir()

    with ThreadPoolExecutor(1) as other:
        for _ in range(20):
            for name in names:
                (folder / "ab" / name).touch()
                set_time(folder / "ab" / name, SUNDAY_MORNING)
            removed = other.submit(files.remove_old, names, LATER)
            while not removed.done():
                assert set(files.old(LATER).names) <= set(names)
            assert removed.result() == len(names)


def test_the_folder_is_made_with_those_above_it(tmp_path: pathlib.Path, clock: FakeClock):
    folder = tmp_path / "a" / "b" / "charts"

    assert stored(ChartFiles.open(folder, clock))

    assert len(stored_names(folder)) == 1


def test_a_relative_folder_stays_where_it_was(
    tmp_path: pathlib.Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    files = ChartFiles.open(pathlib.Path("charts"), clock)
    monkeypatch.chdir("/")

    name = stored(files)

    assert files.path_of(name) == tmp_path / "charts" / name[:2] / name


def test_a_folder_that_went_meanwhile_is_made_again(files: ChartFiles, folder: pathlib.Path):
    (folder / "incoming").rmdir()
    (folder / ".lock").unlink()
    folder.rmdir()

    assert files.path_of(stored(files))


@pytest.mark.parametrize("is_owned", [False, True])
def test_a_folder_that_is_another_takes_nothing(files: ChartFiles, folder: pathlib.Path, *, is_owned: bool):
    if is_owned:
        assert files.folder.belongs_to("the book")
    before = stored(files)
    away = folder.rename(folder.with_name("away"))
    folder.mkdir()

    for act in (files.begin, files.try_to_write, lambda: files.folder.belongs_to("the book")):
        with pytest.raises(ChartUnwritableError, match="another folder is in its place"):
            act()
    assert not list(folder.iterdir())
    folder.rmdir()
    away.rename(folder)

    assert files.path_of(before)
    assert files.path_of(stored(files, b"another"))


def test_a_copy_of_the_folder_goes_on_for_it(files: ChartFiles, folder: pathlib.Path):
    assert files.folder.belongs_to("the book")
    before = stored(files)
    away = folder.rename(folder.with_name("away"))
    shutil.copytree(away, folder)

    assert files.path_of(before)
    assert files.path_of(stored(files, b"another"))


@pytest.mark.parametrize("below", ["", "charts", "more/charts"])
def test_a_file_in_the_folders_place_is_told(tmp_path: pathlib.Path, clock: FakeClock, below: str):
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(ChartsUnreadableError, match=f"{tmp_path / 'file'} is not a folder"):
        ChartFiles.open(tmp_path / "file" / below, clock)

    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_what_lies_in_the_way_inside_the_folder_is_told(folder: pathlib.Path, clock: FakeClock):
    folder.mkdir()
    (folder / "incoming").write_bytes(b"")

    with pytest.raises(ChartsUnreadableError, match=str(folder / "incoming")):
        ChartFiles.open(folder, clock)


def test_a_lock_that_can_not_be_had_is_told(folder: pathlib.Path, clock: FakeClock):
    (folder / ".lock").mkdir(parents=True)

    with pytest.raises(ChartsUnreadableError, match=str(folder / ".lock")):
        ChartFiles.open(folder, clock)


def test_a_name_that_the_disk_does_not_take_is_told(tmp_path: pathlib.Path, clock: FakeClock):
    with pytest.raises(ChartsUnreadableError, match="too long"):
        ChartFiles.open(tmp_path / ("x" * 300), clock)


def test_a_link_that_leads_nowhere_is_told(tmp_path: pathlib.Path, clock: FakeClock):
    (tmp_path / "charts").symlink_to(tmp_path / "nowhere")

    with pytest.raises(ChartsUnreadableError, match=str(tmp_path / "charts")):
        ChartFiles.open(tmp_path / "charts", clock)


@pytest.mark.parametrize("mode", [0o000, 0o444, 0o555])
@pytest.mark.parametrize("below", ["", "charts"])
def test_a_folder_that_this_user_has_no_right_to_is_told(child: ProcessPoolExecutor, mode: int, below: str):
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:  # where everybody may look
        pathlib.Path(folder).chmod(mode)
        error = child.submit(error_of_nobody, pathlib.Path(folder) / below).result()
        pathlib.Path(folder).chmod(0o700)

    assert f"{folder} can't be written; give this user the right to" in error


def error_of_nobody(folder: pathlib.Path) -> str:
    """Return the error of a user who is not root on opening the folder."""
    if os.getuid() == 0:
        os.setuid(NOBODY)
    try:
        ChartFiles.open(folder, FakeClock())
    except ChartsUnreadableError as error:
        return str(error)
    return "nothing"


def test_a_full_disk_keeps_nothing_by_halves(files: ChartFiles, folder: pathlib.Path, child: ProcessPoolExecutor):
    before = stored(files, image_samples.png(seed=1))

    error = child.submit(error_of_full_disk, folder).result()

    assert error == "File too large"
    assert unfinished(folder) == []
    assert stored_names(folder) == {f"{before[:2]}/{before}"}
    assert files.path_of(before)


def error_of_full_disk(folder: pathlib.Path) -> str:
    """Return the error of storing a picture in a process whose files can't grow; Python ignores SIGXFSZ."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_BYTES, MOST_BYTES))
    try:
        stored(ChartFiles.open(folder, FakeClock()))
    except OSError as error:
        return os.strerror(error.errno or 0)
    return "nothing"


def test_a_picture_that_the_disk_does_not_take_is_not_kept(files: ChartFiles, folder: pathlib.Path):
    name = hashlib.sha256(PICTURE).hexdigest()
    (folder / name[:2]).write_bytes(b"")

    with pytest.raises(ChartUnwritableError, match=f"{folder}.*File exists"):
        stored(files)

    assert unfinished(folder) == []
    assert stored_names(folder) == set()


def test_a_disk_that_takes_no_new_file_is_told(files: ChartFiles, folder: pathlib.Path):
    (folder / "incoming").rmdir()
    (folder / "incoming").write_bytes(b"")

    with pytest.raises(ChartUnwritableError, match=str(folder)), incoming(files):
        pytest.fail("there is no file")


def test_a_picture_that_went_on_its_way_in_is_told(files: ChartFiles):
    with incoming(files) as path:
        path.unlink()
        with pytest.raises(ChartUnwritableError, match="No such file"):
            files.store(path)


def test_files_of_others_in_the_folder_are_never_touched(files: ChartFiles, folder: pathlib.Path):
    digits = "ab" + "0" * 62
    foreign = ["README", digits, "ab/not-a-hash", f"ab/{digits}.part", f"ab/{digits[:-1]}", f"ab/{digits.upper()}"]
    foreign += [f"zz/{digits}", f"AB/{digits}", f"abc/{digits}", f"notes/{digits}"]
    for name in foreign:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"mine")
        set_time(folder / name, SUNDAY_MORNING)
    stored(files)
    far = SUNDAY_MORNING + datetime.timedelta(days=36_500)

    assert files.remove_old(files.old(far).names, far) == 1
    assert files.remove_unfinished(far) == 0

    assert [name for name in foreign if (folder / name).read_bytes() != b"mine"] == []
    assert (folder / ".lock").exists()


def test_a_picture_that_would_leave_too_little_room_is_refused(files: ChartFiles):
    free = files.free()

    files.refuse_low_space(0, free // 2)
    with pytest.raises(DiskReserveError):
        files.refuse_low_space(free // 2, free)
