"""The properties of a picture that was inspected, which the bot needs without the code that inspects."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class ImageInfo:
    """A picture's properties by its bytes, never by its name."""

    media_type: str
    """One of image/png, image/jpeg, image/gif, image/webp."""
    width: int
    """Stored pixels, before any rotation."""
    height: int
