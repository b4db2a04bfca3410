"""The configuration template: each setting with its default and a comment."""

import importlib.resources
from pathlib import Path

from bot.cli.errors import CommandError
from storage import private_files


def write(path: Path) -> Path:
    """Write the template into a new file, and return the file.

    Raises:
        CommandError: the file exists, or can't be written.
    """
    content = importlib.resources.files("bot.config").joinpath("template.toml").read_bytes()
    try:
        with private_files.create(path) as file:
            file.write(content)
    except FileExistsError as error:
        raise CommandError(f"{path} already exists. Choose a new file.") from error
    except OSError as error:
        raise CommandError(f"{path} can't be written: {error.strerror}.") from error
    return path
