"""The configuration template: each setting with its default and a comment."""

import contextlib
import importlib.resources
import secrets
from pathlib import Path

from bot.cli.errors import CommandError
from storage import private_files
from storage.fsync import move_to_new, sync


def write(path: Path) -> Path:
    """Write the template into a new file, and return the file.

    Raises:
        CommandError: the file exists, or can't be written.
    """
    content = importlib.resources.files("bot.config").joinpath("template.toml").read_bytes()
    part = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with private_files.create(part) as file:
            file.write(content)
        sync(part)
        move_to_new(part, path)
    except FileExistsError as error:
        raise CommandError(f"{path} already exists. Choose a new file.") from error
    except OSError as error:
        raise CommandError(f"{path} can't be written: {error.strerror}.") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
    return path
