"""What a rule finds, as short words for the tables of the tests."""

from collections.abc import Callable
from typing import Any

from sandbox.rules import FieldErrors, RefusedError


def found(rule: Callable[..., None], *arguments: Any, **more: Any) -> list[str]:
    """The faults as `path: CODE`, in order; the code alone for a refusal that names no field; [] when accepted."""
    try:
        rule(*arguments, **more)
    except FieldErrors as error:
        return [f"{'.'.join(path)}: {code}" for path, faults in error.faults.items() for code, _ in faults]
    except RefusedError as error:
        return [str(error.code)]
    return []
