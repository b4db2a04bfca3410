"""Pictures: attachments, and charts of plans."""

import dataclasses
import enum
import pathlib
import re
from typing import Final

_NO_CHARTS: Final = frozenset(
    (
        *(".heic", ".heif", ".avif", ".svg", ".tif", ".tiff", ".bmp", ".psd", ".ico"),
        *(".pdf", ".doc", ".docx", ".xls", ".xlsx", ".ods", ".ppt", ".pptx", ".csv", ".txt", ".md", ".json", ".html"),
        *(".mp4", ".mov", ".avi", ".mkv", ".webm", ".mp3", ".m4a", ".wav", ".ogg", ".zip", ".rar", ".7z"),
    )
)
"""Endings of the names of files that are not pictures, or not of a kind that a chart can have."""


@dataclasses.dataclass(frozen=True, slots=True)
class Attachment:
    """A picture that only Discord has, behind a link that expires after about a day."""

    url: str
    filename: str
    """The user's name for it: any text."""
    size: int
    """Bytes, according to Discord."""
    description: str | None = None
    """The user's description: any text."""
    is_spoiler: bool = False

    def may_be_chart(self, max_mib: int) -> bool:
        """Return whether its name and its size allow that; whether it is a picture only its bytes show."""
        is_small = self.size <= max_mib * 2**20
        return is_small and pathlib.PurePosixPath(self.filename.casefold()).suffix not in _NO_CHARTS


@dataclasses.dataclass(frozen=True, slots=True)
class Chart:
    """A picture on a plan. Its file is stored as long as a revision of any plan has it."""

    sha256: str
    """Of its bytes: 64 hexadecimal digits. Unique on a plan."""
    filename: str
    """The user's name for it, on one line."""
    media_type: str
    """Detected from its bytes: image/png, image/jpeg, image/gif or image/webp."""
    width: int
    height: int
    size: int
    """Bytes."""
    caption: str | None = None
    is_spoiler: bool = False
    """True: hidden until a reader opens it."""

    @property
    def mark(self) -> str:
        """A stable identifier on its plan, which is neither a number nor a file's name."""
        return f"picture-{self.sha256[:16]}"


def is_mark(words: str) -> bool:
    """Return whether the words are the mark of a chart."""
    return re.fullmatch("picture-[0-9a-f]{16}", words) is not None


@dataclasses.dataclass(frozen=True, slots=True)
class RejectedPicture:
    """A picture that was not added."""

    filename: str
    why: str
    """For the user: the end of a sentence that begins with the name (`bot.domain.picture_reasons`)."""
    is_unchecked: bool = False
    """True: it could not be inspected, and may be fine."""
    is_final: bool = False
    """True: sending it again won't help, as it is not a picture, or a duplicate."""


@dataclasses.dataclass(frozen=True, slots=True)
class Received:
    """The result of fetching pictures."""

    pictures: tuple[Chart | Attachment, ...]
    """In the requested order; one that could not be fetched is still an attachment."""
    left_out: tuple[RejectedPicture, ...]
    refused: frozenset[int] = frozenset()
    """Indexes of pictures that are rejected for good."""

    @property
    def usable(self) -> tuple[Chart | Attachment, ...]:
        """The stored pictures, and the ones that may still be fetched."""
        return tuple(picture for place, picture in enumerate(self.pictures) if place not in self.refused)

    @property
    def charts(self) -> tuple[Chart, ...]:
        """The stored pictures."""
        return tuple(picture for picture in self.pictures if isinstance(picture, Chart))


class PictureProblem(enum.StrEnum):
    """Problems with the file of a stored picture."""

    MISSING = "missing"
    """Its file does not exist."""
    ALTERED = "altered"
    """Its file has other bytes."""
    UNREADABLE = "unreadable"
    """Its file, or the folder, can't be read now; it may be intact."""


@dataclasses.dataclass(frozen=True, slots=True)
class LackingPicture:
    """A picture whose file is unavailable."""

    sha256: str
    filename: str
    problem: PictureProblem
    why: str
    """The end of a sentence that begins with the picture; without a path of the machine."""

    @property
    def is_unreadable(self) -> bool:
        """True if its file may be intact."""
        return self.problem is PictureProblem.UNREADABLE

    def __str__(self) -> str:
        """Return a sentence for people."""
        return f"{self.filename} {self.why}"


@dataclasses.dataclass(frozen=True, slots=True)
class ChartFile:
    """A chart with its number on a plan, or the picture of a coach, and its file."""

    number: int
    """Counts from 1; 0: it is the picture of a coach."""
    chart: Chart
    path: pathlib.Path | None
    """None: not looked up, or unavailable."""
    lacking: LackingPicture | None = None
    """The reason why the file is unavailable."""
