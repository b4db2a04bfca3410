"""The modules of plugins in `sys.modules`, and as attributes of the packages that they lie in."""

import sys
from collections.abc import Collection, Mapping
from types import ModuleType


def within(module: str) -> set[str]:
    """Return the names of a module and of all imported modules inside it."""
    return {module, *(name for name in sys.modules.copy() if name.startswith(f"{module}."))}


def install(modules: Mapping[str, ModuleType]) -> None:
    """Add these modules, for other code to import."""
    sys.modules.update(modules)
    for name, module in modules.items():
        package, _, attribute = name.rpartition(".")
        if package not in modules and package in sys.modules:
            setattr(sys.modules[package], attribute, module)


def remove(names: Collection[str]) -> dict[str, ModuleType]:
    """Remove modules, so that they are imported from their files next time, and return them."""
    removed = {name: module for name in names if (module := sys.modules.pop(name, None)) is not None}
    for name in removed:
        package, _, attribute = name.rpartition(".")
        if package not in removed and package in sys.modules:
            vars(sys.modules[package]).pop(attribute, None)
    return removed
