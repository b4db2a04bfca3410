"""Every command: executed once for each operation, with the same result whenever it is delivered again."""

import dataclasses
import typing
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.domain import errors
from bot.domain.commands import (
    AddCharts,
    CaptionChart,
    Command,
    DeletePlan,
    EditPlan,
    MoveChart,
    PostPlan,
    RemoveChart,
    RestorePlan,
    RevertPlan,
)
from bot.domain.values import AddChartsResult, Chart, EditResult, PlanId, PlanOfDay, Received
from bot.service.transactions import executes
from tests.service.scene import DANA, DAY, Services, fresh

FIRST = PlanId(1)
OF_DAY = PlanOfDay("d", DAY)


def execute(services: Services, command: Command) -> Callable[..., Awaitable[Any]]:
    """The method of a service that handles the command."""
    plans, charts = services.plans, services.charts
    return {
        PostPlan: plans.post,
        EditPlan: plans.edit,
        DeletePlan: plans.delete,
        RestorePlan: plans.restore,
        RevertPlan: services.history.revert,
        AddCharts: charts.add,
        RemoveChart: charts.remove,
        MoveChart: charts.move,
        CaptionChart: charts.caption,
    }[type(command)]


def story(first: Chart, second: Chart) -> list[Command]:
    """Commands that each change the plan, every kind by id and by coach and day."""
    return [
        PostPlan("first", day=DAY),
        EditPlan(FIRST, "second", 1),
        EditPlan(OF_DAY, "third"),
        AddCharts(FIRST, Received((first,), ())),
        AddCharts(OF_DAY, Received((second,), ())),
        MoveChart(FIRST, "2", 1),
        MoveChart(OF_DAY, "2", 1),
        CaptionChart(FIRST, "1", "The open"),
        CaptionChart(OF_DAY, "1", None),
        RemoveChart(FIRST, "2"),
        RemoveChart(OF_DAY, "1"),
        RevertPlan(FIRST, 1, 11),
        RevertPlan(OF_DAY, 3, 12),
        DeletePlan(FIRST, 13),
        RestorePlan(OF_DAY),
        DeletePlan(OF_DAY, 15),
        RestorePlan(FIRST),
    ]


def without_details(result: Any) -> Any:
    """The result as the second receipt has it: the database does not note the charts of a change."""
    if isinstance(result, EditResult):
        return dataclasses.replace(result, chart=None)
    return AddChartsResult(result.plan, None) if isinstance(result, AddChartsResult) else result


async def test_every_command_is_done_once_and_gives_its_first_result_again(services: Services):
    commands = story(services.keep(b"first"), services.keep(b"second"))
    assert {type(each) for each in commands} == set(typing.get_args(Command))

    for revision, command in enumerate(commands, 1):
        operation = fresh()
        once = await execute(services, command)(DANA, command, operation)
        again = await execute(services, command)(DANA, command, operation)

        assert again == without_details(once)
        assert getattr(once, "plan", once).revision == revision, command
    assert [each.revision for each in (await services.plans.list(DANA)).plans] == [len(commands)]


async def test_every_command_that_can_not_be_saved_says_what_was_asked_for(services: Services):
    commands = story(services.keep(b"first"), services.keep(b"second"))
    await services.plans.list(DANA)
    await services.plans.store.close()

    for command in commands:
        with pytest.raises(errors.UnsavedError) as refusal:
            await execute(services, command)(DANA, command, fresh())
        assert refusal.value.request is command


def test_a_handler_that_can_not_give_its_first_result_again_can_not_be_made():
    with pytest.raises(TypeError, match="first_result"):
        executes(PostPlan)  # pyright: ignore[reportCallIssue]
