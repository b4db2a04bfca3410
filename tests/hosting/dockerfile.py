"""The steps of our Dockerfile in a plain folder, where no docker is needed.

A path of the image is one below the folder, and the numbers of its user are this user's own. A stage begins with a
clean environment, but all stages have the same files. Of the packages that are locked, those of this environment, which
come from the same lock, are linked into the image's: pip then finds them installed, in the versions that it wants.
"""

import dataclasses
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from tests.processes import ROOT

_PATHS = re.compile(r"(?<![\w./-])/(opt/coachbook|source|data|var/lib/coachbook)(?![\w-])")
_NUMBER = re.compile(r"\b10001\b")
_SYSTEM = "/usr/local/bin:/usr/bin:/bin"
_PIP = ("HOME", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
"""Variables with which pip finds its configuration, beside those that begin with PIP_."""


@dataclasses.dataclass(frozen=True)
class Instruction:
    """A line of a Dockerfile."""

    name: str
    value: str

    @property
    def words(self) -> list[str]:
        """The value's words, also of a JSON list."""
        return json.loads(self.value) if self.value.startswith("[") else shlex.split(self.value)


def parse(text: str) -> list[Instruction]:
    """Return the instructions of a Dockerfile."""
    lines = text.replace("\\\n", " ").splitlines()
    return [Instruction(*line.split(maxsplit=1)) for line in lines if line.strip() and not line.startswith("#")]


class PlainFolder:
    """A folder in which a Dockerfile's steps are done."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environment: dict[str, str] = {}
        self.folder = root
        """The working directory."""
        self.command: list[str] = []
        """The entry point with its arguments."""
        self.health_check: list[str] = []

    def build(self) -> None:
        """Do all steps of our Dockerfile."""
        (self.root / "bin").mkdir(parents=True)
        base = Path(sys.base_prefix, "bin", f"python{sys.version_info.major}.{sys.version_info.minor}")
        (self.root / "bin" / "python").symlink_to(base)
        for each in parse((ROOT / "Dockerfile").read_text(encoding="utf-8")):
            self._do(each)

    def path(self, text: str) -> str:
        """Return the text with each path of the image as one below this folder."""
        return _PATHS.sub(lambda found: f"{self.root}/{found[1]}", text)

    def _do(self, step: Instruction) -> None:
        match step.name:
            case "FROM":
                self.environment = {"PATH": f"{self.root / 'bin'}:{_SYSTEM}"}
            case "RUN":
                self._run(step.value)
            case "COPY":
                self._copy(step.words)
            case "ENV":
                name, _, value = step.value.partition("=")
                self.environment[name] = self.path(value)
            case "WORKDIR":
                self.folder = Path(self.path(step.value))
            case "ENTRYPOINT" | "CMD":
                self.command += step.words
            case "HEALTHCHECK":
                self.health_check = Instruction("CMD", step.value.partition("CMD ")[2]).words
            case _:
                assert step.name in ("USER", "VOLUME"), step

    def _run(self, command: str) -> None:
        mapped = _NUMBER.sub(lambda _: str(os.getuid()), self.path(command))
        pip = {name: value for name, value in os.environ.items() if name in _PIP or name.startswith("PIP_")}
        done = subprocess.run(
            ["/bin/sh", "-euc", mapped],
            cwd=self.root,
            env=pip | self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        if "-m venv" in command:
            _link_locked(next(self.root.glob("opt/coachbook/lib/python*/site-packages")))

    def _copy(self, words: list[str]) -> None:
        source, target = words[-2:]
        if words[0].startswith("--from="):
            assert source == target, "all stages have the same files"
            return
        place = Path(self.path(target))
        for path in _context() if source == "." else [source]:
            to = place / path if source == "." else place
            to.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / path).is_dir():
                shutil.copytree(ROOT / path, to, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
            else:
                shutil.copy(ROOT / path, to)


def _context() -> Iterator[str]:
    """Yield the files and folders that .dockerignore lets into the image."""
    yield from re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)


def _link_locked(target: Path) -> None:
    """Link the locked packages of this environment into another."""
    lock = (ROOT / "requirements" / "feed.txt").read_text(encoding="utf-8")
    for line in re.findall(r"^[a-z0-9].*?(?= \\$)", lock, re.MULTILINE):
        requirement = Requirement(line)
        if requirement.marker and not requirement.marker.evaluate():
            continue
        for file in metadata.distribution(requirement.name).files or ():
            if ".." not in file.parts:
                _link(Path(str(file.locate())), target / file)


def _link(file: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        target.hardlink_to(file)
    except OSError:  # on another disk
        shutil.copy(file, target)
