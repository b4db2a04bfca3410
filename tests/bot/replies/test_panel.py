"""The panel of a plan: what it says about charts."""

import dataclasses

import hikari
import pytest

from bot import replies
from bot.domain.values import MAX_CHARTS, Chart, PlanOptions, Rights
from tests.bot.replies.test_replies import PLAN

CHART = Chart("a" * 64, "nq.png", "image/png", 64, 48, 9)


@pytest.mark.parametrize(
    ("charts", "may_edit", "is_advised"),
    [(0, True, True), (MAX_CHARTS - 1, True, True), (MAX_CHARTS, True, False), (0, False, False)],
)
def test_one_who_can_add_charts_reads_how(charts: int, may_edit: bool, is_advised: bool):
    plan = dataclasses.replace(PLAN, charts=(CHART,) * charts)

    block = replies.plan_panel(PlanOptions(plan, Rights(may_edit=may_edit)))["components"][0]

    texts = [each.content for each in block.components if each.type is hikari.ComponentType.TEXT_DISPLAY]
    assert ("Add charts with Edit, /chart add" in "".join(texts)) == is_advised
