"""A file of lines: each is on the disk once it counts, and what a crash cut off is never taken for one."""

import os
import pathlib
import shutil
from collections.abc import Callable

import pytest

from storage.errors.charts import ChartUnwritableError
from storage.errors.database import SpoolLockedError
from storage.private_files import UnsafeFolderError
from storage.spool import SpoolFile
from storage.spool_reserve import PIECE_BYTES, RESERVE_BYTES, SpoolReserve
from tests.full_disk import full_disk
from tests.service.scene import FakeClock

ANOTHER = 65_534
"""A user who is not the one who runs the tests."""


@pytest.fixture
def spool(tmp_path: pathlib.Path) -> SpoolFile:
    return SpoolFile(tmp_path / "deep" / "spool")


def test_lines_come_back_in_order_until_they_are_cleared(spool: SpoolFile):
    assert spool.read() == []
    for line in (b"one", "zwei äö".encode(), b"three"):
        spool.append(line)

    assert SpoolFile(spool.folder).read() == [b"one", "zwei äö".encode(), b"three"]
    spool.clear()
    assert spool.read() == []
    spool.clear()


def test_nobody_else_can_read_them(spool: SpoolFile):
    spool.append(b"precious words")

    assert spool.folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in spool.folder.iterdir()} == {0o600}


@pytest.mark.parametrize("length", range(12))
def test_a_line_that_was_cut_off_is_left_out_and_spoils_no_other(spool: SpoolFile, length: int):
    spool.append(b"one")
    spool.append(b"the second")
    spool.close()
    os.truncate(spool.folder / "operations.jsonl", len(b"one\n") + length)

    after = SpoolFile(spool.folder)
    before = after.read()
    after.append(b"three")

    assert before == ([b"one", b"the second"] if length == 11 else [b"one"])
    assert after.read() == [*before, b"three"]


@pytest.mark.parametrize("lines", [(b"the second",), (b"2", b"the third")])
def test_a_disk_that_has_no_room_for_all_lines_takes_none(spool: SpoolFile, lines: tuple[bytes, ...]):
    spool.append(b"one")
    with full_disk(6), pytest.raises(OSError, match="only a part of it was written: no space left"):
        spool.append(*lines)

    spool.append(b"three")

    assert spool.read() == [b"one", b"three"]


@pytest.mark.parametrize("how", ["the file", "the folder", "its end", "replaced"])
def test_lines_that_others_took_away_are_missed(spool: SpoolFile, how: str):
    assert not spool.is_gone()
    spool.append(b"one")
    assert not spool.is_gone()
    file = spool.folder / "operations.jsonl"
    match how:
        case "the file":
            file.unlink()
        case "the folder":
            shutil.rmtree(spool.folder)
        case "its end":
            os.truncate(file, 1)
        case _:
            shutil.copy(file, spool.folder / "copy")
            (spool.folder / "copy").replace(file)

    assert spool.is_gone()
    with pytest.raises(OSError, match="written before are missing"):
        spool.append(b"two")
    spool.forget()
    spool.append(b"two")

    assert spool.read()[-1] == b"two"
    assert not spool.is_gone()


def test_two_do_not_share_a_folder(spool: SpoolFile):
    first = SpoolFile.open(spool.folder)

    with pytest.raises(SpoolLockedError):
        SpoolFile.open(spool.folder)
    shutil.rmtree(spool.folder)
    second = SpoolFile.open(spool.folder)
    with pytest.raises(SpoolLockedError):
        first.append(b"one")
    second.close()

    first.append(b"one")
    assert first.read() == [b"one"]


def test_a_folder_that_cannot_be_made_is_tried_again(tmp_path: pathlib.Path):
    (tmp_path / "file").touch()
    spool = SpoolFile.open(tmp_path / "file" / "spool")
    with pytest.raises(OSError, match="Not a directory"):
        spool.append(b"one")

    (tmp_path / "file").unlink()
    spool.append(b"one")

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
def test_a_folder_that_others_can_write_is_neither_written_nor_read_nor_emptied(
    spool: SpoolFile, tmp_path: pathlib.Path, how: str
):
    spool.append(b"forged")
    pictures = spool.pictures(FakeClock())
    pictures.discard(pictures.begin())
    spool.close()
    UNSAFE[how](spool.folder)
    before = sorted(tmp_path.rglob("*"))

    after = SpoolFile.open(spool.folder)
    for act in (after.prepare, after.read, after.fill_reserve, after.make_folder, lambda: after.append(b"precious")):
        with pytest.raises(UnsafeFolderError):
            act()
    with pytest.raises(ChartUnwritableError, match=r"or choose another storage\.spool_path"):
        after.pictures(FakeClock()).begin()
    after.pictures(FakeClock()).remove_all()

    assert sorted(tmp_path.rglob("*")) == before
    assert (spool.folder / "operations.jsonl").read_bytes() == b"forged\n"


def test_a_link_in_the_folder_is_not_followed(spool: SpoolFile, tmp_path: pathlib.Path):
    (tmp_path / "another").write_text("another's")
    spool.prepare()
    (spool.folder / "operations.jsonl").symlink_to(tmp_path / "another")

    for act in (spool.read, lambda: spool.append(b"precious")):
        with pytest.raises(OSError, match="symbolic link"):
            act()

    assert (tmp_path / "another").read_text() == "another's"


def test_a_folder_above_is_made_the_first_time_alone(spool: SpoolFile):
    spool.append(b"one")
    away = spool.folder.parent.rename(spool.folder.parent.with_name("away"))

    for act in (spool.make_folder, spool.fill_reserve, lambda: spool.append(b"two")):
        with pytest.raises(FileNotFoundError):
            act()
    assert not spool.folder.parent.exists(), "a disk is to be mounted there"
    away.rename(spool.folder.parent)
    spool.append(b"two")

    assert spool.read() == [b"one", b"two"]


def test_room_is_set_aside_and_given_back_piece_by_piece(tmp_path: pathlib.Path):
    reserve = SpoolReserve(tmp_path / "reserve")
    assert not reserve.release_piece()
    reserve.fill()
    reserve.fill()
    found = (tmp_path / "reserve").stat()
    assert (found.st_size, found.st_blocks * 512 >= RESERVE_BYTES) == (RESERVE_BYTES, True)

    pieces = sum(iter(reserve.release_piece, False))

    assert pieces == RESERVE_BYTES // PIECE_BYTES
    assert not (tmp_path / "reserve").exists()
    reserve.fill()
    assert (tmp_path / "reserve").stat().st_size == RESERVE_BYTES


def test_room_that_the_disk_does_not_have_is_not_set_aside(tmp_path: pathlib.Path):
    with full_disk(PIECE_BYTES), pytest.raises(OSError, match="File too large"):
        SpoolReserve(tmp_path / "reserve").fill()

    assert list(tmp_path.iterdir()) == []
