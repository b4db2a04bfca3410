"""Pictures as answers, whole or in part."""

import asyncio
import os
import pathlib
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import FileResponse, MalformedRangeHeader, RangeNotSatisfiable, Response

from bot.feed.http.problems import ProblemError
from bot.feed.http.tags import ASK_AGAIN, client_has


class _Picture(FileResponse):
    """A file, without the time at which it was stored, which may be later than its reader's moment.

    A range that can't be answered is ignored, as RFC 9110 allows, so that no failure is a plain text.
    """

    def set_stat_headers(self, stat_result: os.stat_result) -> None:
        """Say the size alone."""
        self.headers["Content-Length"] = str(stat_result.st_size)

    def _should_use_range(self, http_if_range: str) -> bool:
        return http_if_range == self.headers["ETag"]

    @classmethod
    def _parse_range_header(cls, http_range: str, file_size: int) -> list[tuple[int, int]]:
        try:
            return super()._parse_range_header(http_range, file_size)
        except (MalformedRangeHeader, RangeNotSatisfiable):
            return []


def tag_of(sha256: str) -> str:
    """Return the tag of a picture."""
    return f'"{sha256}"'


def not_modified(sha256: str) -> Response:
    """Return that the client has the picture."""
    return Response(status_code=int(HTTPStatus.NOT_MODIFIED), headers=_headers(sha256))


async def picture_answer(request: Request, file: pathlib.Path, media_type: str, sha256: str) -> Response:
    """Return the file; its bytes never change, so clients keep it, but they ask again: rights change.

    Raises:
        ProblemError: the file is gone.
    """
    if client_has(request, tag_of(sha256)):
        return not_modified(sha256)
    try:
        found = await asyncio.to_thread(file.stat)
    except FileNotFoundError as error:
        raise ProblemError(HTTPStatus.NOT_FOUND, "There is no such picture.") from error
    except OSError as error:
        raise ProblemError.passing("The picture can’t be read now.") from error
    return _Picture(file, headers=_headers(sha256), media_type=media_type, stat_result=found)


def _headers(sha256: str) -> dict[str, str]:
    return {"ETag": tag_of(sha256), **ASK_AGAIN}
