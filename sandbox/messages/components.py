"""The component trees of messages and modals: traversal, lookup by custom_id, numbering."""

from collections.abc import Iterator, Sequence

from sandbox.world.entities import Json


def find_component(components: Sequence[Json], custom_id: str) -> Json:
    """Return the component with a custom_id, at any depth.

    Raises:
        LookupError: no component has this custom_id.
    """
    for component in every_component(components):
        if component.get("custom_id") == custom_id:
            return component
    raise LookupError(f"no component has the custom_id {custom_id!r}")


def every_component(components: Sequence[Json]) -> Iterator[Json]:
    """Yield each component, with nested ones, from top to bottom."""
    for component in components:
        yield component
        yield from every_component(component.get("components") or [])
        for key in ("accessory", "component"):
            if key in component:
                yield from every_component([component[key]])


def number(components: list[Json]) -> None:
    """Set the id of each component without one, in Discord's order."""
    taken = {each["id"] for each in every_component(components) if each.get("id")}
    free = (candidate for candidate in range(1, 1 << 31) if candidate not in taken)
    for each in every_component(components):
        if not each.get("id"):
            each["id"] = next(free)
