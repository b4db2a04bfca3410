"""Templates: who sees and changes them, and what a plan begins with."""

import datetime

import pytest

from bot.domain import errors
from bot.domain.commands import DeletePlan, PostPlan
from bot.domain.values import MAX_FORM_LENGTH, MAX_TEMPLATES, Actor, BeginsWith, ChangeKind, Members, Template
from bot.service.records import revisions
from bot.service.templates import TemplateService
from tests.service.scene import DAY, MONDAY, FakeClock, Services, elsewhere, fresh

TEXT = "{weekday}\n{last}"


@pytest.fixture
def templates(services: Services) -> TemplateService:
    return services.templates


@pytest.fixture
async def opening(templates: TemplateService, dana: Actor) -> Template:
    """A template of coach d."""
    return await templates.add(dana, coach="d", name="Opening range", text=TEXT)


async def names(templates: TemplateService, actor: Actor) -> list[str]:
    return [each.name for each in (await templates.panel(actor, coach=None, day=None)).templates]


async def test_the_panel_has_the_templates_of_the_coach_by_name(templates, services, clock, dana, ivan, max, opening):
    another = await templates.add(dana, coach="Day Trading", name="  A\u2028 quiet day ", text="a\r\nb")
    await services.coaches.assign(max, "i", Members(frozenset({dana.user_id})))
    await templates.add(ivan, coach="i", name="Opening range", text="of another coach")
    await services.plans.post(dana, PostPlan("Friday's", coach="d", day="2026-11-20"), fresh())

    panel = await templates.panel(dana, coach=None, day=DAY)

    assert (panel.coach.key, panel.day, panel.last_day) == ("d", MONDAY, datetime.date(2026, 11, 20))
    assert panel.templates == (another, opening)
    assert (another.name, another.text, another.revision) == ("A quiet day", "a\nb", 1)
    assert (another.changed_by, another.changed_at) == (dana.user_id, clock.now)
    assert [each.key for each in panel.others] == ["i"]


async def test_only_the_team_sees_and_changes_its_templates(templates, ivan, mia, max, opening):
    for actor, refusal in (
        (ivan, errors.NotYourTemplatesError),
        (max, errors.NotYourTemplatesError),
        (mia, errors.NoCoachError),
    ):
        for act in (
            templates.panel(actor, coach="d", day=None),
            templates.new(actor, "d"),
            templates.add(actor, coach="d", name="mine", text="mine"),
            templates.begin_with_last(actor, coach="d", day=DAY),
            templates.begin_named(actor, opening.name, coach="d", day=None),
        ):
            with pytest.raises(refusal):
                await act
    for actor in (ivan, mia, max):
        for act in (
            templates.get(actor, opening.id),
            templates.edit(actor, opening.id, seen=1, name="mine", text="mine"),
            templates.delete(actor, opening.id),
            templates.begin(actor, opening.id, day=DAY),
        ):
            with pytest.raises(errors.NotYourTemplatesError):
                await act
        assert await templates.suggest(actor, "", None) == []
    with pytest.raises(errors.NoCoachError):
        await templates.panel(max, coach=None, day=None)


async def test_another_guild_has_other_templates(templates, services, dana, opening):
    await services.guilds.ensure_guild(elsewhere(dana).guild_id)

    assert await names(templates, elsewhere(dana)) == []
    with pytest.raises(errors.NoTemplateError):
        await templates.get(elsewhere(dana), opening.id)


async def test_one_who_has_left_the_team_saves_no_more(templates, services, dana, max, opening):
    await services.coaches.unassign(max, "d", Members(frozenset({dana.user_id})))

    with pytest.raises(errors.RefusalError):
        await templates.edit(dana, opening.id, seen=1, name="Opening range", text="late")
    with pytest.raises(errors.NoCoachError):
        await templates.add(dana, coach="d", name="new", text="late")


async def test_a_retired_coach_has_no_panel_and_begins_no_plan(templates, services, dana, max, opening):
    await services.plans.post(dana, PostPlan("first", day=DAY), fresh())
    await services.coaches.remove(max, "d")

    for act in (
        templates.panel(dana, coach="d", day=None),
        templates.add(dana, coach="d", name="new", text="late"),
        templates.begin(dana, opening.id, day="2026-11-24"),
    ):
        with pytest.raises(errors.RetiredCoachError):
            await act


async def test_a_coach_without_plans_that_is_removed_and_comes_back_has_its_templates(
    templates, services, dana, max, opening
):
    assert (await services.coaches.remove(max, "d")).is_retired

    assert not (await services.coaches.add(max, "d", "Coach D")).coach.is_retired
    assert await names(templates, dana) == [opening.name]


async def test_an_edit_makes_a_revision(templates, clock: FakeClock, services, dana, ivan, max, opening):
    await services.coaches.assign(max, "d", Members(frozenset({ivan.user_id})))
    clock.move(minutes=1)

    edited = await templates.edit(ivan, opening.id, seen=1, name="opening RANGE", text="new")

    assert (edited.name, edited.text, edited.revision) == ("opening RANGE", "new", 2)
    assert (edited.changed_by, edited.changed_at) == (ivan.user_id, clock.now)
    assert await templates.get(dana, opening.id) == edited


async def test_an_edit_of_an_outdated_template_overwrites_nothing(templates, dana, opening):
    newest = await templates.edit(dana, opening.id, seen=1, name="Opening range", text="second")

    with pytest.raises(errors.TemplateChangedError) as refusal:
        await templates.edit(dana, opening.id, seen=1, name="Opening range", text="late")

    assert refusal.value.template == newest
    assert await templates.edit(dana, opening.id, seen=1, name="Opening range", text="second") == newest


@pytest.mark.parametrize("name", ["", " \u200b", "x" * 51, "a\u202eb", "a\x00b"])
async def test_a_name_that_can_be_none_is_refused(templates, dana, opening, name: str):
    for act in (
        templates.add(dana, coach="d", name=name, text="text"),
        templates.edit(dana, opening.id, seen=1, name=name, text="text"),
    ):
        with pytest.raises(errors.TemplateNameError):
            await act


@pytest.mark.parametrize("text", ["", " \n", "x" * 4001])
async def test_a_text_that_can_be_no_plan_is_refused(templates, dana, opening, text: str):
    for act in (
        templates.add(dana, coach="d", name="new", text=text),
        templates.edit(dana, opening.id, seen=1, name="new", text=text),
    ):
        with pytest.raises(errors.TextError):
            await act


async def test_a_name_is_of_one_template_of_the_coach(templates, dana, opening):
    other = await templates.add(dana, coach="d", name="\N{ROCKET}", text="text")

    for act in (
        templates.add(dana, coach="d", name="OPENING range", text="text"),
        templates.edit(dana, other.id, seen=1, name="opening range", text="text"),
    ):
        with pytest.raises(errors.TemplateExistsError, match="named Opening range"):
            await act
    assert await templates.add(dana, coach="d", name="\N{ROCKET}", text="text") == other  # delivered again


async def test_a_coach_has_ten_templates_at_most(templates, dana):
    for number in range(MAX_TEMPLATES):
        assert await templates.new(dana, "d")
        await templates.add(dana, coach="d", name=f"{number}", text="text")

    for act in (templates.new(dana, "d"), templates.add(dana, coach="d", name="one more", text="text")):
        with pytest.raises(errors.TooManyTemplatesError):
            await act
    assert len(await names(templates, dana)) == MAX_TEMPLATES


async def test_a_deleted_template_is_gone_and_its_id_is_never_anothers(templates, dana, opening):
    assert await templates.delete(dana, opening.id) == opening

    again = await templates.add(dana, coach="d", name=opening.name, text=opening.text)
    assert again.id != opening.id
    for act in (
        templates.get(dana, opening.id),
        templates.delete(dana, opening.id),
        templates.edit(dana, opening.id, seen=1, name="x", text="x"),
        templates.begin(dana, opening.id, day=DAY),
        templates.begin_named(dana, "unknown", coach=None, day=None),
    ):
        with pytest.raises(errors.NoTemplateError):
            await act


async def test_a_plan_begins_with_the_template_and_the_last_plan_before_its_day(templates, services, dana, opening):
    for day, text in (("2026-11-19", "Thursday's"), ("2026-11-20", "Friday's"), ("2026-11-24", "Tuesday's")):
        await services.plans.post(dana, PostPlan(text, day=day), fresh())

    begun = await templates.begin(dana, opening.id, day=DAY)
    named = await templates.begin_named(dana, " opening range", coach=None, day=DAY)
    last = await templates.begin_with_last(dana, coach="d", day=DAY)

    assert (begun.form.coach and begun.form.coach.key, begun.form.day, begun.text) == ("d", MONDAY, "Monday\nFriday's")
    assert named == begun
    assert last.text == "Friday's"


async def test_without_a_last_plan_there_is_none_in_the_text(templates, services, dana, opening):
    deleted = await services.plans.post(dana, PostPlan("gone", day="2026-11-20"), fresh())
    await services.plans.delete(dana, DeletePlan(deleted.id, seen=1), fresh())

    assert (await templates.begin(dana, opening.id, day=DAY)).text == "Monday\n"
    assert (await templates.panel(dana, coach=None, day=DAY)).last_day is None


async def test_a_day_with_a_plan_begins_no_second(templates, services, dana, opening):
    await services.plans.post(dana, PostPlan("first", day=DAY), fresh())

    for act, template_id in (
        (templates.begin(dana, opening.id, day=DAY), opening.id),
        (templates.begin_named(dana, opening.name, coach="d", day=DAY), opening.id),
        (templates.begin_with_last(dana, coach="d", day=DAY), None),
    ):
        with pytest.raises(errors.PlanExistsError) as refusal:
            await act
        assert refusal.value.begins_with == BeginsWith(template_id)


async def test_the_longest_template_with_the_longest_last_plan_fits_into_the_form(templates, services, store, dana):
    template = await templates.add(dana, coach="d", name="long", text="{last}" + "x" * 3994)
    plan = await services.plans.post(dana, PostPlan("short", day="2026-11-20"), fresh())

    def grow() -> None:  # as an import makes it
        revisions.append(plan, ChangeKind.EDITED, dana.user_id, plan.posted_at, text="y" * 40_000)

    await store.write(grow)

    assert (await templates.begin(dana, template.id, day=DAY)).text == "yyyyy…" + "x" * 3994
    assert len((await templates.begin_with_last(dana, coach="d", day=DAY)).text) == MAX_FORM_LENGTH


async def test_names_are_offered_while_one_types(templates, services, dana, ivan, max, opening):
    await services.coaches.assign(max, "i", Members(frozenset({dana.user_id})))
    await templates.add(dana, coach="i", name="Close", text="text")

    assert [each.value for each in await templates.suggest(dana, "", None)] == ["Close", "Opening range"]
    assert [each.value for each in await templates.suggest(dana, "RANGE", None)] == ["Opening range"]
    assert [each.value for each in await templates.suggest(dana, "", "i")] == ["Close"]
    assert [each.value for each in await templates.suggest(ivan, "", None)] == ["Close"]


@pytest.fixture
async def both_daily(templates: TemplateService, services: Services, dana: Actor, max: Actor) -> None:
    """A template named Daily of each of dana's coaches: d and i."""
    await services.coaches.assign(max, "i", Members(frozenset({dana.user_id})))
    await templates.add(dana, coach="d", name="Daily", text="of d")
    await templates.add(dana, coach="i", name="daily", text="of i")


@pytest.mark.usefixtures("both_daily")
async def test_templates_of_two_coaches_with_one_name_are_offered_with_their_coaches(templates, services, dana):
    await templates.add(dana, coach="d", name="Close", text="text")

    offered = await templates.suggest(dana, "", None)

    assert [each.label for each in offered] == ["Close", "Daily (Coach D (Day Trading))", "daily (Coach I (Intraday))"]
    begun = [(await templates.begin_named(dana, each.value, coach=None, day=DAY)).text for each in offered]
    assert begun == ["text", "of d", "of i"]
    assert [each.label for each in await templates.suggest(dana, "", "i")] == ["daily"]


@pytest.mark.usefixtures("both_daily")
async def test_a_name_of_templates_of_two_coaches_needs_the_coach(templates, dana):
    with pytest.raises(errors.WhichCoachError) as refusal:
        await templates.begin_named(dana, "DAILY", coach=None, day=DAY)

    assert [each.key for each in refusal.value.coaches] == ["d", "i"]
    assert (await templates.begin_named(dana, "DAILY", coach="i", day=DAY)).text == "of i"


@pytest.mark.parametrize(("given", "offered"), [("intraday", ["daily"]), ("zebra", []), ("s", [])])
@pytest.mark.usefixtures("both_daily")
async def test_templates_are_offered_for_the_coach_that_would_be_meant(templates, dana, given, offered: list[str]):
    assert [each.label for each in await templates.suggest(dana, "", given)] == offered
