"""The components of messages and modals: each with those inside it, found by custom_id, numbered."""

from collections.abc import Iterator, Sequence

from sandbox.world.entities import Json


def find_component(components: Sequence[Json], custom_id: str) -> Json:
    """The component with a custom_id, however deep.

    Raises:
        LookupError: there is none.
    """
    for component in every_component(components):
        if component.get("custom_id") == custom_id:
            return component
    raise LookupError(f"no component has the custom_id {custom_id!r}")


def every_component(components: Sequence[Json]) -> Iterator[Json]:
    """Each component with those inside it, from top to bottom."""
    for component in components:
        yield component
        yield from every_component(component.get("components") or [])
        for key in ("accessory", "component"):
            if key in component:
                yield from every_component([component[key]])


def number(components: list[Json]) -> None:
    """Give an id to each component which has none, as Discord counts them."""
    taken = {each["id"] for each in every_component(components) if each.get("id")}
    free = (candidate for candidate in range(1, 1 << 31) if candidate not in taken)
    for each in every_component(components):
        if not each.get("id"):
            each["id"] = next(free)
