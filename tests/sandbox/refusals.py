"""Short form of a rule's errors for the tables of the tests."""

from collections.abc import Callable
from typing import Any

from sandbox.rules import FieldErrors, RefusedError


def found(rule: Callable[..., None], *arguments: Any, **more: Any) -> list[str]:
    """Return the errors as `path: CODE`, in order; only the code for errors without a field; [] if accepted."""
    try:
        rule(*arguments, **more)
    except FieldErrors as error:
        return [f"{'.'.join(path)}: {code}" for path, faults in error.faults.items() for code, _ in faults]
    except RefusedError as error:
        return [str(error.code)]
    return []
