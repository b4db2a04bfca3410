"""Pictures, on their way in and on a plan."""

import dataclasses
import pathlib


@dataclasses.dataclass(frozen=True, slots=True)
class Attachment:
    """A picture that lies with Discord only, behind a link that ends after about a day."""

    url: str
    filename: str
    """As its owner named it: any text."""
    size: int
    """Bytes, as Discord says."""


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

    @property
    def mark(self) -> str:
        """What tells it from the others of its plan wherever it is moved to; no number, and no file's name."""
        return f"picture-{self.sha256[:16]}"


@dataclasses.dataclass(frozen=True, slots=True)
class LeftOut:
    """A picture that was not taken."""

    filename: str
    why: str
    """For its owner: the end of a sentence that begins with the name."""
    is_unchecked: bool = False
    """Nobody knows whether it is good: it could not be looked at."""


@dataclasses.dataclass(frozen=True, slots=True)
class Received:
    """What came of pictures that were to be fetched."""

    pictures: tuple[Chart | Attachment, ...]
    """In the order asked for; one that could not be had stayed an attachment."""
    left_out: tuple[LeftOut, ...]

    @property
    def charts(self) -> tuple[Chart, ...]:
        """The pictures that are kept."""
        return tuple(picture for picture in self.pictures if isinstance(picture, Chart))


@dataclasses.dataclass(frozen=True, slots=True)
class KeptChart:
    """A chart at its place on a plan, with its file."""

    number: int
    """Counts from 1."""
    chart: Chart
    path: pathlib.Path | None
    """The file with its bytes; None: it is missing or was altered, and can't be shown."""
