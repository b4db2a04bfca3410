"""Exports that people read."""

from markdown_it import MarkdownIt

from bot.domain.commands import AddCharts, PostPlan
from bot.domain.values import Actor, ExportFormat, Plan, PlanOfDay, Received
from tests.service.scene import DAY, Services, fresh
from tests.service.transfer.journals import Exports, journal_lines


async def test_a_plan_can_be_exported_to_be_read(export: Exports, plan: Plan, dana: Actor):
    exported = await export.days(dana, ExportFormat.MARKDOWN, coach=None, first=None, last=None)

    text = exported.content.decode()
    assert exported.filename == "coachbook-2026-11-23-to-2026-11-24.md"
    assert (exported.plans, exported.revisions) == (4, 8)
    assert "## Monday 23 November 2026: Coach D \\(Day Trading\\) (deleted)" in text
    assert "```\nLong 945\r" in text
    assert "| 2 | chart added | 2026-11-22 10:01:00 | user 1 |" in text
    assert text.index("posted again") < text.index("tuesday")


async def test_the_hash_of_the_newest_revision_is_in_what_is_read(export: Exports, plan: Plan, ivan: Actor):
    exported = await export.plan(ivan, ExportFormat.MARKDOWN, PlanOfDay("i", DAY))

    newest = await export.plan(ivan, ExportFormat.JSON_LINES, PlanOfDay("i", DAY))
    assert f"| `{journal_lines(newest.content)[-1]['hash'][:8]}` |" in exported.content.decode()


async def test_nothing_in_a_text_or_a_name_gets_out_of_its_place(export: Exports, services: Services, dana: Actor):
    texts = ("</blockquote>\n<!-- ", "```\n# x", "~~~\n````\n## y\n`````", "---\n- z\n![](http://x/)", "<h1>x</h1>")
    for number, text in enumerate(texts, 1):
        plan = await services.plans.post(dana, PostPlan(text, day=f"2026-12-0{number}"), fresh())
        chart = services.keep(text.encode(), f"{text.splitlines()[0]}| # <b> [a](b) &amp;")
        await services.charts.add(dana, AddCharts(plan.id, Received((chart,), ())), fresh())

    exported = await export.days(dana, ExportFormat.MARKDOWN, coach=None, first=None, last=None)

    tokens = MarkdownIt("commonmark").enable("table").parse(exported.content.decode())
    assert [each.content for each in tokens if each.type == "fence"] == [f"{text}\n" for text in texts]
    assert sum(each.type == "heading_open" for each in tokens) == 1 + len(texts)
    assert sum(each.type == "table_open" for each in tokens) == len(texts)
    assert not [each for each in tokens if each.type in ("html_block", "hr", "bullet_list_open")]
    inner = [child for each in tokens for child in each.children or ()]
    assert {each.type for each in inner} <= {"text", "text_special", "code_inline"}
