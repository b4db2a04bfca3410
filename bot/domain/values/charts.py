"""Pictures, on their way in and on a plan."""

import dataclasses
import enum
import pathlib
import re


@dataclasses.dataclass(frozen=True, slots=True)
class Attachment:
    """A picture that lies with Discord only, behind a link that ends after about a day."""

    url: str
    filename: str
    """As its owner named it: any text."""
    size: int
    """Bytes, as Discord says."""
    description: str | None = None
    """The owner's description: any text."""
    is_spoiler: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Chart:
    """A picture on a plan. Its bytes are kept as long as any revision of any plan shows it."""

    sha256: str
    """Of its bytes: 64 hexadecimal digits. On one plan each picture stands once."""
    filename: str
    """As its owner named it, in what can be shown on one line."""
    media_type: str
    """By its bytes: image/png, image/jpeg, image/gif or image/webp."""
    width: int
    height: int
    size: int
    """Bytes."""
    caption: str | None = None
    is_spoiler: bool = False
    """True: hidden until a reader opens it."""

    @property
    def mark(self) -> str:
        """What tells it from the others of its plan wherever it is moved to; no number, and no file's name."""
        return f"picture-{self.sha256[:16]}"


def is_mark(words: str) -> bool:
    """Return whether the words are the mark of a chart, on whatever plan."""
    return re.fullmatch("picture-[0-9a-f]{16}", words) is not None


@dataclasses.dataclass(frozen=True, slots=True)
class RejectedPicture:
    """A picture that was not added to a plan."""

    filename: str
    why: str
    """Reason for its owner: the end of a sentence that begins with the name (`bot.domain.picture_reasons`)."""
    is_unchecked: bool = False
    """True: it could not be checked, so it may be good."""
    is_final: bool = False
    """True: a retry can't help, as it is not a picture, or a duplicate."""


@dataclasses.dataclass(frozen=True, slots=True)
class Received:
    """What came of pictures that were to be fetched."""

    pictures: tuple[Chart | Attachment, ...]
    """In the order asked for; one that could not be had stayed an attachment."""
    left_out: tuple[RejectedPicture, ...]
    refused: frozenset[int] = frozenset()
    """The places of pictures that will not be taken, however often they are sent."""

    @property
    def usable(self) -> tuple[Chart | Attachment, ...]:
        """The pictures that are kept, or may still be had."""
        return tuple(picture for place, picture in enumerate(self.pictures) if place not in self.refused)

    @property
    def charts(self) -> tuple[Chart, ...]:
        """The pictures that are kept."""
        return tuple(picture for picture in self.pictures if isinstance(picture, Chart))


class PictureProblem(enum.StrEnum):
    """Why a picture that was kept can't be had."""

    MISSING = "missing"
    """Its file is not there."""
    ALTERED = "altered"
    """Its file has other bytes."""
    UNREADABLE = "unreadable"
    """Its file, or the folder, can't be read now; it may well be whole."""


@dataclasses.dataclass(frozen=True, slots=True)
class LackingPicture:
    """A picture that can't be had."""

    sha256: str
    filename: str
    problem: PictureProblem
    why: str
    """The end of a sentence that begins with the picture; names no file of the machine."""

    @property
    def is_unreadable(self) -> bool:
        """True: it may well be there, and whole."""
        return self.problem is PictureProblem.UNREADABLE

    def __str__(self) -> str:
        """Say it in words."""
        return f"{self.filename} {self.why}"


@dataclasses.dataclass(frozen=True, slots=True)
class KeptChart:
    """A chart at its place on a plan, with its file."""

    number: int
    """Counts from 1."""
    chart: Chart
    path: pathlib.Path | None
    """The file with its bytes; None: nobody looked for it, or it can't be had."""
    lacking: LackingPicture | None = None
    """Why it can't be had."""
