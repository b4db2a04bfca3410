"""Locks between processes."""

import pathlib
import subprocess
import sys
import threading

import pytest

from storage.errors.database import DatabaseLockedError
from storage.process_lock import ProcessLock, lock_database
from tests.processes import DEADLINE, ROOT

HOLDER = """
import pathlib, sys, time
from storage.process_lock import ProcessLock

lock = ProcessLock.acquire(pathlib.Path(sys.argv[1]))
print("locked", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def file(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "book.db.lock"


def test_a_lock_is_free_as_soon_as_its_process_is_killed(file: pathlib.Path):
    command = [sys.executable, "-c", HOLDER, str(file)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        holder.stdout.readline()
        with pytest.raises(BlockingIOError):
            ProcessLock.acquire(file)

        holder.kill()
        holder.wait(DEADLINE)

        ProcessLock.acquire(file).release()
    assert file.exists()


@pytest.mark.parametrize("wait_seconds", [DEADLINE, None])
def test_a_lock_that_is_waited_for_is_had_once_it_is_free(file: pathlib.Path, wait_seconds: float | None):
    first = ProcessLock.acquire(file)
    done = threading.Event()

    def wait() -> None:
        with ProcessLock.acquire(file, wait_seconds):
            done.set()

    waiting = threading.Thread(target=wait)
    waiting.start()
    assert not done.is_set()
    first.release()

    assert done.wait(DEADLINE)
    waiting.join()


def test_a_wait_for_a_lock_ends(file: pathlib.Path):
    with ProcessLock.acquire(file), pytest.raises(BlockingIOError):
        ProcessLock.acquire(file, 0.01)


def test_a_lock_whose_file_was_removed_or_replaced_is_not_current(file: pathlib.Path):
    with ProcessLock.acquire(file) as lock:
        assert lock.is_current
        file.unlink()
        assert not lock.is_current
        with ProcessLock.acquire(file) as another:
            assert (lock.is_current, another.is_current) == (False, True)


def test_a_database_is_locked_until_its_lock_is_released(tmp_path: pathlib.Path):
    path = tmp_path / "book.db"
    with lock_database(path), pytest.raises(DatabaseLockedError, match="Stop that one first"):
        lock_database(path)

    lock_database(path).release()
