"""Reasons why a picture is rejected or unavailable: each the end of a sentence that begins with the picture's name."""

from typing import Final

from bot.domain.image_problems import MAX_FRAMES, MAX_PARTS, MAX_SCANS, ImageProblem
from bot.domain.values import MAX_CHARTS

DISK_NEARLY_FULL: Final = "can’t be saved right now: the disk is nearly full"
NO_LINK: Final = "has no link"
ON_PLAN_ALREADY: Final = "is on the plan already"
LINK_EXPIRED: Final = "can’t be downloaded anymore"
MISSING: Final = "is missing"
ALTERED: Final = "was altered"
PLAN_DELETED: Final = "arrived after the plan was deleted"
PLAN_CHANGED: Final = "arrived after the plan’s charts were replaced"
PLAN_REVERTED: Final = "arrived after the plan was reverted"
ONE_TOO_MANY: Final = f"is one too many: the limit is {MAX_CHARTS}"
UNREACHABLE: Final = "could not be reached"

_SEND_SCREENSHOT = "Send a screenshot of it, or save it as JPEG or PNG and send that"
_SAVE_AGAIN = "Save the picture again and send that"
_OF_PROBLEM = {
    ImageProblem.EMPTY: "is empty",
    ImageProblem.NOT_A_PICTURE: "is not a PNG, JPEG, GIF or WebP picture",
    ImageProblem.HEIC: f"is a HEIC picture. {_SEND_SCREENSHOT}",
    ImageProblem.AVIF: f"is an AVIF picture. {_SEND_SCREENSHOT}",
    ImageProblem.BROKEN: "is cut off or damaged",
    ImageProblem.TOO_MANY_PIXELS: "has more than {megapixels} million pixels",
    ImageProblem.TOO_MANY_FRAMES: f"has more than {MAX_FRAMES:,} frames. Send a shorter animation, or one frame",
    ImageProblem.TOO_MANY_SCANS: f"is a JPEG with more than {MAX_SCANS} scans. {_SAVE_AGAIN}",
    ImageProblem.TOO_MANY_PARTS: f"is a file with more than {MAX_PARTS:,} parts. {_SAVE_AGAIN}",
    ImageProblem.TOO_SLOW: "took too long to check",
    ImageProblem.NO_MEMORY: "could not be checked: out of memory. Send it again",
    ImageProblem.KILLED: "could not be checked: the checking process was stopped, twice. Send it again",
}


def same_as(filename: str) -> str:
    """Return the reason for a duplicate of the picture with this name."""
    return f"is the same picture as {filename}"


def too_large(size: int, limit: int) -> str:
    """Return the reason for a picture of `size` bytes, where `limit` are allowed."""
    return f"has {-(-size // 2**10):,} KiB, and the limit is {limit // 2**10} KiB. Send a smaller one"


def unreadable(why: str) -> str:
    """Return the reason for a stored picture that can't be read now."""
    return f"can’t be read right now: {why}"


def of_problem(problem: ImageProblem, megapixels: int) -> str:
    """Return the reason for an image with this problem; `megapixels` is the limit."""
    return _OF_PROBLEM[problem].format(megapixels=megapixels)
