"""The result by which an interaction is counted."""

import hikari
import pytest

from bot.domain import errors
from bot.interactions.context import FirstAnswer
from bot.interactions.deferral import FirstAnswerSent, noting_failure
from bot.interactions.measurements import InteractionResult
from bot.interactions.routes import Route, Routes
from bot.replies.custom_ids import UnknownRouteError, route_id


def answered_already() -> hikari.BadRequestError:
    return hikari.BadRequestError(url="", headers={}, raw_body="", code=40060)


@pytest.mark.parametrize(
    ("error", "result"),
    [
        (errors.NotManagerError(), InteractionResult.REFUSED),
        (UnknownRouteError("plans.old"), InteractionResult.REFUSED),
        (errors.DatabaseUnreadableError(), InteractionResult.UNAVAILABLE),
        (hikari.NotFoundError(url="", headers={}, raw_body=""), InteractionResult.UNANSWERED),
        (answered_already(), InteractionResult.UNANSWERED),
        (hikari.BadRequestError(url="", headers={}, raw_body=""), InteractionResult.FAILED),
        (RuntimeError(), InteractionResult.FAILED),
    ],
)
def test_an_error_is_a_result(error: Exception, result: InteractionResult):
    assert InteractionResult.of(error) is result


async def nothing() -> None:
    """Handle a button."""


def test_only_routes_that_are_loaded_have_a_name():
    routes = Routes()
    routes.add("plans.more", Route(nothing, FirstAnswer.PRIVATE))

    assert routes.action_of(route_id("plans.more", 1)) == "plans.more"
    assert routes.action_of(route_id("plans.made_up", 1)) is None
    assert routes.action_of("foreign") is None


@pytest.mark.parametrize(
    ("error", "result"),
    [
        (errors.DatabaseUnreadableError(), InteractionResult.UNAVAILABLE),
        (RuntimeError(), InteractionResult.FAILED),
    ],
)
async def test_a_failure_in_an_autocomplete_is_noted_and_raised(error: Exception, result: InteractionResult):
    sent = FirstAnswerSent()

    with pytest.raises(type(error)), noting_failure(sent):
        raise error

    assert sent.result is result
