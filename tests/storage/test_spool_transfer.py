"""What waits where an earlier version has left it: moved once, if nobody else could have written it."""

import os
import pathlib
from collections.abc import Callable

import pytest

from storage.chart_files import ChartFiles
from storage.errors.database import SpoolLockedError
from storage.private_files import UnsafeFolderError
from storage.spool import SpoolFile
from storage.spool_transfer import move_queue, queued_lines
from tests import image_samples
from tests.service.scene import FakeClock

ANOTHER = 65_534
"""A user who is not the one who runs the tests."""
CLOCK = FakeClock()


@pytest.fixture
def spool(tmp_path: pathlib.Path) -> SpoolFile:
    return SpoolFile.open(tmp_path / "new" / "spool")


@pytest.fixture
def former(tmp_path: pathlib.Path) -> pathlib.Path:
    """A folder with two lines and a picture."""
    left = SpoolFile(tmp_path / "former")
    for line in (b"one", b"two"):
        left.append(line)
    add_picture(left.pictures(CLOCK))
    left.close()
    return left.folder


def add_picture(files: ChartFiles) -> str:
    incoming = files.begin()
    incoming.write_bytes(image_samples.png())
    return files.store(incoming).sha256


def test_lines_and_pictures_are_moved_once(spool: SpoolFile, former: pathlib.Path):
    assert move_queue(former, spool, CLOCK) == 2

    assert spool.read() == [b"one", b"two"]
    [picture] = spool.pictures(CLOCK).names()
    assert spool.pictures(CLOCK).path_of(picture)
    assert not former.exists()
    assert move_queue(former, spool, CLOCK) == 0
    assert spool.read() == [b"one", b"two"]


def test_they_come_behind_what_waits_already_and_what_is_not_ours_stays(spool: SpoolFile, former: pathlib.Path):
    (former / "rescued.db").write_text("a copy that an operator was told of")
    spool.append(b"before")

    move_queue(former, spool, CLOCK)

    assert spool.read() == [b"before", b"one", b"two"]
    assert [path.name for path in former.iterdir()] == ["rescued.db"]


def test_the_reserve_goes_with_the_former_folder(spool: SpoolFile, former: pathlib.Path):
    SpoolFile(former).fill_reserve()

    move_queue(former, spool, CLOCK)

    assert not former.exists()


def test_lines_that_wait_are_seen_and_nothing_is_touched(spool: SpoolFile, former: pathlib.Path):
    before = sorted(path.name for path in former.iterdir())

    assert queued_lines(former) == [b"one", b"two"]
    assert not queued_lines(spool.folder)
    assert not queued_lines(former / "missing")
    assert sorted(path.name for path in former.iterdir()) == before


def test_a_folder_that_is_still_the_one_in_use_is_left(spool: SpoolFile):
    spool.append(b"one")

    assert move_queue(spool.folder, spool, CLOCK) == 0
    assert spool.read() == [b"one"]


def make_link(folder: pathlib.Path) -> None:
    folder.rename(folder.with_name("elsewhere"))
    folder.symlink_to("elsewhere")


UNSAFE: dict[str, Callable[[pathlib.Path], object]] = {
    "a link": make_link,
    "another's": lambda folder: os.chown(folder, ANOTHER, -1),
    "writable by others": lambda folder: folder.chmod(0o777),
}


@pytest.mark.parametrize("how", UNSAFE)
def test_what_others_may_have_written_is_not_taken_over(spool: SpoolFile, former: pathlib.Path, how: str):
    UNSAFE[how](former)

    for act in (lambda: move_queue(former, spool, CLOCK), lambda: queued_lines(former)):
        with pytest.raises(UnsafeFolderError) as caught:
            act()
        assert "storage.spool_path" not in str(caught.value), "that would not help with a former one"

    assert spool.read() == []
    assert (former / "operations.jsonl").read_bytes() == b"one\ntwo\n"


def test_what_another_bot_still_uses_is_not_taken_over(spool: SpoolFile, former: pathlib.Path):
    other = SpoolFile.open(former)

    with pytest.raises(SpoolLockedError):
        move_queue(former, spool, CLOCK)

    assert other.read() == [b"one", b"two"]
    other.close()


def test_what_can_not_be_written_stays_for_the_next_time(spool: SpoolFile, former: pathlib.Path):
    (spool.folder / "operations.jsonl").mkdir()

    with pytest.raises(IsADirectoryError):
        move_queue(former, spool, CLOCK)
    (spool.folder / "operations.jsonl").rmdir()

    assert move_queue(former, spool, CLOCK) == 2
    assert spool.read() == [b"one", b"two"]
