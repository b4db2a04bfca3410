"""A file of lines: each is on the disk once it counts, and what a crash cut off is never taken for one."""

import os
import pathlib
import resource

import pytest

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
    [file] = spool.folder.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("length", range(12))
def test_a_line_that_was_cut_off_is_left_out_and_spoils_no_other(spool: SpoolFile, length: int):
    spool.append(b"one")
    spool.append(b"the second")
    [file] = spool.folder.iterdir()
    os.truncate(file, len(b"one\n") + length - 1)

    spool.append(b"three")

    found = spool.read()
    assert found[-1] == b"three"
    assert len(found) == (3 if length > 1 else 2)
    assert b"the second" not in found or length == 11


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

    assert spool.read()[0] == b"one"
    assert spool.read()[-1] == b"three"
    assert b"the second" not in spool.read()


def test_a_folder_that_is_another_name_for_one_is_not_used(tmp_path: pathlib.Path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")

    with pytest.raises(PermissionError):
        SpoolFile(tmp_path / "link").append(b"one")

    assert not list((tmp_path / "real").iterdir())
