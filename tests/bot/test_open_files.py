"""Files that say that there was a database where none is."""

from pathlib import Path

import pytest

from bot.config.settings import Config
from bot.open_files import refuse_missing
from storage.errors.database import DatabaseMissingError

UNREADABLE = Path("/proc/self/mem")
"""A file that even root can't read from its beginning."""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """The settings of a database that is not there, whose pictures are."""
    (tmp_path / "charts").mkdir()
    (tmp_path / "charts" / ".book").write_text("a" * 32)
    return Config.model_validate(
        {
            "storage": {
                "path": tmp_path / "book.db",
                "charts_path": tmp_path / "charts",
                "spool_path": tmp_path / "spool",
            },
            "backup": {"folder": tmp_path / "backups"},
        }
    )


def test_pictures_say_that_there_was_one(config: Config, tmp_path: Path):
    (tmp_path / "book.db.before-0001").write_bytes(b"SQLite format 3\0")
    (tmp_path / "rescued.db").write_bytes(b"SQLite format 3\0")

    with pytest.raises(DatabaseMissingError, match="the pictures of one"):
        refuse_missing(config)


@pytest.mark.parametrize("folder", ["", "spool"])
def test_a_copy_of_the_lost_one_says_that_there_was_one(config: Config, tmp_path: Path, folder: str):
    (tmp_path / "charts" / ".book").unlink()
    refuse_missing(config)
    copy = tmp_path / folder / "rescued-2.db"
    copy.parent.mkdir(exist_ok=True)
    copy.write_bytes(b"SQLite format 3\0")

    with pytest.raises(DatabaseMissingError, match=f"{copy} has what was open when it was lost"):
        refuse_missing(config)


def test_beside_another_database_pictures_say_nothing_whatever_can_not_be_read(config: Config, tmp_path: Path):
    for name in ("a", "z"):  # before and after it, in whichever order they are found
        (tmp_path / name).symlink_to(UNREADABLE)
    (tmp_path / "other.db").write_bytes(b"SQLite format 3\0")

    refuse_missing(config)
