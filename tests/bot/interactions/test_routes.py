"""Custom ids: there and back, within Discord's limits, and never taken for what they are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.interactions.routes import Route, Routes
from bot.replies.custom_ids import MAX_CUSTOM_ID, RouteId, UnknownRouteError, fresh_route_id, route_id

WORDS = st.text(alphabet=st.characters(exclude_characters=":~", exclude_categories=["Cs"]), max_size=12)


@given(st.lists(WORDS, max_size=4))
def test_a_route_id_can_be_read_back(arguments: list[str]):
    read = RouteId.parse(route_id("plans.edit", *arguments))

    assert read == RouteId("plans.edit", tuple(arguments))


def test_a_fresh_route_id_differs_each_time_and_leads_to_the_same_place():
    first, second = (fresh_route_id("plans.edit", 12, 3) for _ in range(2))

    assert first != second
    assert RouteId.parse(first) == RouteId.parse(second) == RouteId("plans.edit", ("12", "3"))


@pytest.mark.parametrize("custom_id", ["", "cb", "cb:", "other:plans.edit:1", "plans.edit", "~", "cb~:"])
def test_a_foreign_custom_id_is_unknown(custom_id: str):
    with pytest.raises(UnknownRouteError):
        RouteId.parse(custom_id)


@pytest.mark.parametrize("argument", ["a:b", "a~b"])
def test_an_argument_with_a_character_of_the_notation_is_refused(argument: str):
    with pytest.raises(ValueError, match="holds"):
        route_id("plans.edit", argument)


@pytest.mark.parametrize("build", [route_id, fresh_route_id])
def test_a_custom_id_longer_than_discord_takes_is_refused(build):
    with pytest.raises(ValueError, match="characters"):
        build("plans.edit", "x" * MAX_CUSTOM_ID)


def test_the_longest_custom_id_is_allowed():
    room = MAX_CUSTOM_ID - len(route_id("plans.edit", ""))

    assert len(route_id("plans.edit", "x" * room)) == MAX_CUSTOM_ID


def test_a_route_that_is_taken_can_be_neither_taken_over_nor_removed_by_another():
    async def handle() -> None: ...

    first, second = Route(handle), Route(handle)
    routes = Routes()
    routes.add("plans.edit", first)

    with pytest.raises(ValueError, match="exists already"):
        routes.add("plans.edit", second)
    routes.remove("plans.edit", second)

    assert list(routes) == ["plans.edit"]
    routes.remove("plans.edit", first)
    assert not list(routes)
