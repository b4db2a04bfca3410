"""A file of lines: each is on the disk once it counts, and what a crash cut off is never taken for one."""

import os
import pathlib
import resource
import shutil

import pytest

from storage.errors import SpoolHeldError
from storage.spool import SpoolFile


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


def test_a_disk_that_is_full_takes_no_line(spool: SpoolFile):
    spool.append(b"one")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (6, hard))
    try:
        with pytest.raises(OSError, match="bytes were taken"):
            spool.append(b"the second")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

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
    with pytest.raises(OSError, match="not there any more"):
        spool.append(b"two")
    spool.begin_anew()
    spool.append(b"two")

    assert spool.read()[-1] == b"two"
    assert not spool.is_gone()


def test_two_do_not_share_a_folder(spool: SpoolFile):
    first = SpoolFile.open(spool.folder)

    with pytest.raises(SpoolHeldError):
        SpoolFile.open(spool.folder)
    shutil.rmtree(spool.folder)
    second = SpoolFile.open(spool.folder)
    with pytest.raises(SpoolHeldError):
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


def test_a_folder_that_is_another_name_for_one_is_not_used(tmp_path: pathlib.Path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")

    with pytest.raises(PermissionError):
        SpoolFile(tmp_path / "link").append(b"one")

    assert not list((tmp_path / "real").iterdir())
