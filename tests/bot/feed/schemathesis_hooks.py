"""A check for schemathesis, which loads this module by its name."""

import re
from http import HTTPStatus
from typing import Any

import schemathesis

NO_DAYS = re.compile(r"-(02-(29|30|31)|(04|06|09|11)-31)")
"""Days that a month does not have, or not in each year; no pattern tells."""


@schemathesis.check
def valid_values_are_read(
    _: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case[Any]
) -> None:
    """Refuse a value that the schema allows and the API can't read; unknown coaches and the future it may refuse."""
    is_valid = case.meta is None or case.meta.generation.mode is schemathesis.GenerationMode.POSITIVE
    if is_valid and response.status_code == HTTPStatus.BAD_REQUEST and response.content:
        detail = response.json()["detail"]
        assert not detail.startswith("The parameter") or NO_DAYS.search(str(case.query)), detail
