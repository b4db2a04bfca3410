"""Replies: whatever people write, what is sent stays within Discord's limits."""

import dataclasses
import datetime
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hikari
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import replies
from bot.discord import modal_fields
from bot.domain import diff, errors
from bot.domain.sessions import SessionCalendar
from bot.domain.values import (
    MAX_CHARTS,
    MAX_TEMPLATE_NAME,
    MAX_TEMPLATES,
    AddChartsResult,
    Card,
    CardFailure,
    CardId,
    CardPictures,
    CardProblem,
    ChangedCharts,
    ChangeKind,
    Changes,
    ChannelId,
    Chart,
    ChartChange,
    ChartFile,
    Coach,
    CoachId,
    Comparison,
    Draft,
    DraftId,
    DraftKind,
    DraftPage,
    EditResult,
    Exported,
    GuildId,
    HistoryPage,
    Limits,
    ListedDraft,
    ListedRevision,
    Merged,
    MessageId,
    PageNumber,
    Plan,
    PlanCursor,
    PlanFilter,
    PlanId,
    PlanOptions,
    PlanPage,
    PlanSnapshot,
    PluginAction,
    PluginFailure,
    Plugins,
    PluginState,
    PluginStatus,
    PostForm,
    ReadMarker,
    RejectedPicture,
    Revision,
    Rights,
    Since,
    Template,
    TemplateId,
    TemplatePanel,
    TodayPage,
    Turn,
    Usage,
    UserId,
)
from bot.replies import layout
from bot.replies.custom_ids import with_custom_ids
from bot.replies.modals import Modal, UploadField
from bot.service import day_choices
from bot.service.records.text_rules import coach_name
from sandbox import rules
from tests.rounds import rounds

NOW = datetime.datetime(2026, 11, 23, 14, 31, tzinfo=datetime.UTC)
DAY = datetime.date(2026, 11, 23)
LARGEST = 2**63 - 1
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300),
    st.sampled_from(
        [
            "\N{CHART WITH UPWARDS TREND}" * 4000,
            "*" * 4000,
            "word " * 800,
            "```" * 1333,
            "\n" * 3999 + "x",
        ]
    ),
)


def _is_name(given: str) -> bool:
    try:
        return coach_name(given) == given
    except errors.CoachNameError:
        return False


NAMES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=100).filter(_is_name), st.just("*" * 100)
)
WORDS_OF_CHARTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=100),
    st.sampled_from(["*" * 100, "\N{CHART WITH UPWARDS TREND}" * 100]),
)
CHARTS = st.lists(
    st.builds(
        Chart,
        sha256=st.just("0" * 64),
        filename=WORDS_OF_CHARTS,
        media_type=st.sampled_from(["image/png", "image/jpeg"]),
        width=st.just(64),
        height=st.just(48),
        size=st.integers(1, 10 * 2**20),
        caption=st.none() | WORDS_OF_CHARTS,
    ),
    max_size=MAX_CHARTS,
).map(lambda charts: tuple(dataclasses.replace(each, sha256=f"{n:016x}" * 4) for n, each in enumerate(charts)))
LIMIT = 4000


PLAN = Plan(
    id=PlanId(LARGEST),
    coach=Coach(CoachId(LARGEST), GuildId(LARGEST), "k" * 16, "Coach D"),
    day=DAY,
    text="text",
    author_id=UserId(LARGEST),
    revision=LARGEST,
    hash="0" * 64,
    posted_at=NOW,
    changed_at=NOW,
    changed_by=UserId(LARGEST),
)
CARD = Card(CardId(LARGEST), PLAN.id, GuildId(LARGEST), ChannelId(LARGEST), MessageId(LARGEST), True, False, None)
CARDS = (
    None,
    CARD,
    dataclasses.replace(CARD, is_current=False),
    dataclasses.replace(CARD, is_current=False, message_id=None),
    dataclasses.replace(CARD, is_gone=True),
    *(dataclasses.replace(CARD, failure=failure) for failure in CardFailure),
)
PICTURE = ChartFile(0, Chart("f" * 64, "*" * 100, "image/webp", 9, 9, 9, "*" * 100), Path("kept"))
TROUBLE = CardProblem(ChannelId(LARGEST), CardFailure.CLOSED, 10**6)


def plan_saying(text: str, *, name: str = "Coach D") -> Plan:
    return dataclasses.replace(PLAN, text=text, coach=dataclasses.replace(PLAN.coach, name=name))


@pytest.mark.parametrize("shows", [replies.card, replies.plan_view, replies.ask_delete])
def test_a_plan_whose_text_was_erased_says_so(shows: Callable[[Plan], layout.Reply]):
    reply = shows(dataclasses.replace(PLAN, text="", is_erased=True))

    accept(reply)
    assert any("This text was erased." in text for text in _texts(reply))


def form_of(name: str = "Coach", coaches: int = 1, *, chosen: bool = True) -> PostForm:
    offered = tuple(Coach(CoachId(each), GuildId(1), f"{each:016}", name) for each in range(coaches))
    days = tuple(day_choices.offered(DAY, DAY + datetime.timedelta(365), SessionCalendar()))
    return PostForm(offered, offered[0] if offered and chosen else None, days, DAY if chosen else None)


def draft_of(text: str) -> Draft:
    meant: dict[str, Any] = {"coach": "k" * 100, "day": "d" * 100, "plan_id": PlanId(LARGEST), "seen": LARGEST}
    stored: dict[str, Any] = {"id": DraftId(LARGEST), "guild_id": GuildId(1), "user_id": UserId(1), "saved_at": NOW}
    return Draft(DraftKind.EDIT, text, **stored, **meant)


def page_of(*drafts: Draft) -> DraftPage:
    coached = tuple(ListedDraft(each, PLAN.coach) for each in drafts)
    return DraftPage(coached, Usage(len(drafts), 20), Usage(300, 300))


def accept(reply: layout.Reply) -> None:
    """Fail unless Discord would take this message."""
    components = [component.build() for component in reply["components"]]
    names = dict.fromkeys(resource.filename for _, resources in components for resource in resources)
    body = {
        "components": _plain([payload for payload, _ in components]),
        "flags": int(reply.get("flags", 0)) | int(hikari.MessageFlag.IS_COMPONENTS_V2),
        "attachments": [{"id": number, "filename": name} for number, name in enumerate(names)],
    }
    rules.check_message(body, {str(number): name for number, name in enumerate(names)}, ephemeral=True)


def accept_modal(modal: Modal) -> None:
    """Fail unless Discord would take this modal."""
    assert len(modal.fields) <= 4  # one of Discord's five is free
    for form in (modal_fields.labels, modal_fields.rows):
        components = _plain([each.build()[0] for each in form(modal.fields)])
        rules.check_modal({"title": modal.title, "custom_id": modal.custom_id, "components": components})


@settings(deadline=None)
@given(TEXTS, NAMES, CHARTS)
def test_every_reply_about_a_plan_is_within_discords_limits(text: str, name: str, charts: tuple[Chart, ...]):
    plan = dataclasses.replace(plan_saying(text, name=name), charts=charts)
    gone = dataclasses.replace(plan, deleted_at=NOW, deleted_by=UserId(LARGEST))

    for reply in (
        replies.write_button(),
        replies.card(plan),
        replies.card(gone),
        replies.plan_view(plan),
        replies.part(plan, 2),
        *(replies.card(plan, CardPictures(tuple(page), PICTURE), is_changed_today=True) for page in _pages(plan)),
        *(replies.plan_view(plan, page) for page in _pages(plan)),
        *(replies.gallery(plan, page, number) for number, page in enumerate(_pages(plan), 1)),
        replies.note(replies.unchanged(plan)),
        *(
            replies.receipt(
                done,
                each,
                left_out=_left_out(charts),
                news=[TROUBLE] * 10,
                is_new=True,
                undo=replies.undo_button(plan, LARGEST),
            )
            for done in _done(plan)
            for each in CARDS
        ),
        *(
            replies.plan_panel(
                PlanOptions(each, rights),
                _pages(plan)[0],
                replies.receipt(replies.saved(plan), CARDS[0], news=[TROUBLE] * 10)["components"],
                replies.panel_undo_button(plan, LARGEST, is_redo=True),
            )
            for each in (plan, gone)
            for rights in (Rights(), Rights(*[True] * 4))
        ),
        replies.plan_view(plan, rights=Rights(may_edit=True, may_delete=True)),
        replies.receiving(3, 10),
        replies.ask_delete(plan),
        replies.canceled(plan),
    ):
        accept(reply)
    for chart in charts:
        accept_modal(replies.caption_modal(plan, chart))


@pytest.mark.parametrize("letter", ["x", "_", "\N{CHART WITH UPWARDS TREND}"])
def test_a_plan_and_its_captions_at_their_longest_fit_with_every_chart_numbered(letter: str):
    chart = Chart("0" * 64, letter * 100, "image/png", 9, 9, 9, letter * 100)
    charts = tuple(dataclasses.replace(chart, sha256=f"{number:016x}" * 4) for number in range(MAX_CHARTS))
    some = (*charts[:-1], dataclasses.replace(charts[-1], caption=None))

    for each in (charts, some):
        plan = dataclasses.replace(plan_saying(letter * 4000, name=letter * 100), charts=each)
        reply = replies.card(plan, CardPictures(tuple(_pages(plan)[0])), is_changed_today=True)
        accept(reply)
        [captions] = [text for text in _texts(reply) if text.startswith("1. ")]
        lines = [line for line in captions.splitlines() if line[0].isdecimal()]
        assert [line.partition(".")[0] for line in lines] == [str(number) for number in range(1, MAX_CHARTS + 1)]


def test_charts_without_captions_are_not_listed_below_them():
    plan = dataclasses.replace(PLAN, charts=(Chart("0" * 64, "a.png", "image/png", 9, 9, 9),))
    reply = replies.card(plan, CardPictures((ChartFile(1, plan.charts[0], Path("kept")),)))

    assert "a.png" not in "".join(_texts(reply))


@pytest.mark.parametrize(
    ("erased", "words"),
    [
        ((1999,), "*The text of #1999 was erased.*"),
        ((2000,), "*The text of #2000 was erased.*"),
        ((1999, 2000), "*The texts of #1999 and #2000 were erased.*"),
        ((), "The text is the same."),
    ],
)
def test_a_comparison_says_which_text_was_erased(erased: tuple[int, ...], words: str):
    texts = [("", True) if number in erased else ("same", False) for number in (1999, 2000)]
    before, after = (
        Revision(1999 + place, ChangeKind.EDITED, text, (), UserId(1), NOW, "0" * 64, is_erased=is_erased)
        for place, (text, is_erased) in enumerate(texts)
    )

    assert words in _texts(replies.comparison(Comparison(PLAN, before, after, ())))


@settings(deadline=None, max_examples=rounds(12, 250))
@given(TEXTS, TEXTS, CHARTS, st.booleans())
def test_every_reply_about_a_history_is_within_discords_limits(
    before: str, after: str, charts: tuple[Chart, ...], is_erased: bool
):
    plan = dataclasses.replace(plan_saying(after, name="*" * 100), revision=2000, charts=charts)
    old = Revision(1999, ChangeKind.CHART_CAPTIONED, before, charts[::2], UserId(LARGEST), NOW, "0" * 64, "x" * 50)
    new = dataclasses.replace(
        old, number=2000, text=None if is_erased else after, charts=charts[1::2], is_erased=is_erased
    )
    found = Comparison(plan, old, new, diff.compare(before, new.text or ""))
    changed = replies.changed_charts(found)
    files = tuple(ChartFile(number, chart, None) for number, chart in enumerate(charts, 1))
    changes = tuple(ChangedCharts(each, files) for each in (ChartChange.ADDED, ChartChange.REMOVED) if files)
    kinds = itertools.cycle(ChangeKind)
    listed = [
        ListedRevision(dataclasses.replace(old, number=n, kind=next(kinds)), 4000, 4000, changes) for n in range(10)
    ]
    others = tuple(dataclasses.replace(plan, id=PlanId(number)) for number in range(30))

    for reply in (
        replies.history(HistoryPage(plan, tuple(listed), 2, 200, others)),
        replies.snapshot(PlanSnapshot(plan, old, NOW, NOW, may_revert=True), _pages(plan)[0]),
        replies.snapshot(PlanSnapshot(plan, new, None), part=2),
        *(replies.comparison(found, changed, number) for number in (1, 2, 99)),
        *(replies.what_changed(Changes(found, since, NOW, NOW), changed) for since in Since),
        replies.ask_revert(found, changed),
    ):
        accept(reply)


@pytest.mark.parametrize(
    ("kind", "changes", "words", "choice"),
    [
        (ChangeKind.POSTED, [(ChartChange.ADDED, 2)], "· 2 charts added (1.png, 2.png)", "posted"),
        (
            ChangeKind.REVERTED,
            [(ChartChange.ADDED, 1), (ChartChange.REMOVED, 5)],
            "· chart 1 (1.png) added · 5 charts removed (1.png, 2.png, 3.png and 2 more)",
            "reverted",
        ),
        (ChangeKind.CHART_ADDED, [(ChartChange.ADDED, 2)], "2 charts added (1.png, 2.png) by", "2 charts added"),
        (ChangeKind.CHART_MOVED, [(ChartChange.MOVED, 1)], "Chart 1 (1.png) moved by", "1 chart moved"),
    ],
)
def test_a_history_names_the_charts_of_each_change(kind, changes, words, choice):
    charts = tuple(
        ChartFile(number, Chart("0" * 64, f"{number}.png", "image/png", 9, 9, 9), None) for number in range(1, 6)
    )
    revision = Revision(1, kind, "a", (), UserId(7), NOW, "0" * 64)
    listed = ListedRevision(revision, 0, 0, tuple(ChangedCharts(change, charts[:count]) for change, count in changes))

    reply = replies.history(HistoryPage(PLAN, (listed,), 1, 1))

    menu = reply["components"][1]
    assert words in "".join(_texts(reply))
    assert [each.label for each in menu.components[0].options] == [f"#1: {choice}"]


@pytest.mark.parametrize("may_revert", [True, False])
def test_only_who_may_revert_to_an_older_revision_gets_the_button(may_revert: bool):
    plan = dataclasses.replace(PLAN, revision=3)
    old = Revision(1, ChangeKind.POSTED, "a", (), UserId(7), NOW, "0" * 64)

    block, buttons = replies.snapshot(PlanSnapshot(plan, old, NOW, NOW, may_revert=may_revert))["components"]

    labels = ["What changed since", *["Revert to this\N{HORIZONTAL ELLIPSIS}"] * may_revert, "All revisions"]
    assert [each.label for each in buttons.components] == labels
    assert "-# The plan as of <t:1795444260:f>. Current from" in block.components[0].content


def test_an_edit_says_how_many_charts_it_added():
    some = EditResult(PLAN, is_changed=True, kind=ChangeKind.EDITED, added=2)

    assert replies.changed(some).endswith("), 2 charts added.")
    assert replies.changed(dataclasses.replace(some, added=0)).endswith(").")


@pytest.mark.parametrize(
    ("added", "removed", "charts"),
    [(0, 0, ""), (2, 0, ", 2 charts added"), (0, 1, ", 1 chart removed"), (1, 2, ", 1 chart added, 2 charts removed")],
)
def test_what_undo_redo_and_a_revert_say_has_the_charts_that_came_and_went(added: int, removed: int, charts: str):
    reverted = EditResult(PLAN, is_changed=True, kind=ChangeKind.REVERTED, added=added, removed=removed)

    for words in (replies.undone, replies.redone, replies.changed):
        assert words(reverted).endswith(f"(#{PLAN.revision}){charts}.")


@pytest.mark.parametrize(
    ("first", "actors", "words"),
    [
        (4, (7,), "Edited by <@7>, <t:1795444260:f> (#5 `"),
        (2, (7,), "#3 to #5 by <@7> (`"),
        (1, (7, 8, None), "#2 to #5 by <@7>, <@8> and someone unknown (`"),
        (1, tuple(range(1, 13)), "<@10> and 2 more (`"),
    ],
)
def test_a_comparison_names_everyone_who_changed_the_plan(first: int, actors: tuple[int | None, ...], words: str):
    after = Revision(5, ChangeKind.EDITED, "b", (), UserId(7), NOW, "0" * 64, None)
    before = dataclasses.replace(after, number=first, text="a")
    by = tuple(None if each is None else UserId(each) for each in actors)

    reply = replies.comparison(Comparison(PLAN, before, after, diff.compare("a", "b"), by))

    assert words in _texts(reply)[0]


@pytest.mark.parametrize(
    ("makers", "words"),
    [
        ((7,), ", merged with <@7>’s change, <t:1795444260:t> (<t:1795444260:R>)."),
        ((7, None), ", merged with changes by <@7> and someone unknown, <t:"),
        (tuple(range(1, 13)), "<@10> and 2 more, <t:"),
    ],
)
def test_a_receipt_names_everyone_whose_change_was_merged(makers: tuple[int | None, ...], words: str):
    merged = Merged(tuple(None if each is None else UserId(each) for each in makers), NOW)

    assert words in replies.changed(EditResult(PLAN, is_changed=True, kind=ChangeKind.EDITED, merged=merged))


@given(TEXTS, TEXTS)
def test_every_refusal_is_within_discords_limits(yours: str, current: str):
    plan, draft = plan_saying(current), draft_of(yours)

    for buttons in (
        replies.draft_buttons(draft),
        replies.gone_buttons(draft),
        replies.exists_buttons(plan, draft),
        replies.exists_buttons(plan, None),
        replies.changed_buttons(plan, draft),
        replies.changed_buttons(plan, None),
    ):
        accept(replies.refusal("No.", yours=yours, current=current, buttons=buttons))


@pytest.mark.parametrize("character", ["*", "\U0001f4c8", "x"])
@pytest.mark.parametrize("number", [0, 1, MAX_TEMPLATES])
def test_every_panel_of_templates_is_within_discords_limits(character: str, number: int):
    coach = dataclasses.replace(PLAN.coach, name=character * 100)
    name, text = character * MAX_TEMPLATE_NAME, character * 4000
    template = Template(TemplateId(LARGEST), coach, name, text, LARGEST, UserId(LARGEST), NOW)
    many = tuple(dataclasses.replace(template, id=TemplateId(LARGEST - each)) for each in range(number))
    others = tuple(dataclasses.replace(coach, key=f"{'k' * 14}{each}") for each in range(30))

    panel = TemplatePanel(coach, DAY, many, DAY if number else None, others if number else ())

    accept(replies.templates(panel, replies.template_saved(template)))
    accept(replies.templates(panel, replies.template_deleted(template), template.text))
    accept(replies.templates(panel, refused=replies.refusal_words(errors.NoTemplateError())))
    for modal in (
        replies.template_modal(coach, DAY.isoformat(), template),
        replies.template_modal(coach, DAY.isoformat()),
        replies.post_modal(form_of(coach.name, 3, chosen=True), 4000, text),
    ):
        accept_modal(modal)


def test_a_panel_of_templates_has_a_button_for_each_and_only_menus_with_something_to_choose():
    template = Template(TemplateId(7), PLAN.coach, "Opening", "{last}", 2, UserId(8), NOW)
    full = TemplatePanel(PLAN.coach, DAY, (template,) * MAX_TEMPLATES, DAY)

    empty = replies.templates(TemplatePanel(PLAN.coach, DAY, (), None))
    shown = replies.templates(full)

    assert [len(each.components) for each in empty["components"][1:]] == [1]
    assert [len(each.components) for each in shown["components"][1:]] == [5, 5, 1, 1, 1]
    assert shown["components"][1].components[0].label.startswith("Start from the last plan (")
    assert "**Opening** by <@8>, <t:1795444260:R>: {last}" in _texts(shown)[1]


@given(TEXTS, NAMES, CHARTS, st.integers(1, 4000), st.integers(0, 40), st.booleans())
def test_every_modal_is_within_discords_limits(
    text: str, name: str, charts: tuple[Chart, ...], limit: int, coaches: int, chosen: bool
):
    plan = dataclasses.replace(plan_saying(text, name=name), charts=charts)
    draft = dataclasses.replace(draft_of(text), pictures=charts)
    form = form_of(name, coaches, chosen=chosen)

    accept_modal(replies.post_modal(form, limit))
    accept_modal(replies.edit_modal(plan, limit))
    accept_modal(replies.draft_post_modal(draft, form, Limits(limit)))
    accept_modal(replies.draft_edit_modal(draft, LARGEST, Limits(limit)))


@given(TEXTS, NAMES, st.integers(0, 25))
def test_every_page_is_within_discords_limits(text: str, name: str, count: int):
    plan = plan_saying(text, name=name)
    plans = tuple(dataclasses.replace(plan, id=PlanId(number)) for number in range(count))
    newer, older = (PlanCursor(PlanId(LARGEST), turn) for turn in (Turn.NEWER, Turn.OLDER))
    page = PlanPage(plans, PlanFilter(DAY, "k" * 16, mine=True), DAY, newer, older)

    accept(replies.plans(page))


@pytest.mark.parametrize(("count", "has_pages"), [(9, False), (10, False), (11, False), (20, True)])
@given(TEXTS, NAMES, CHARTS)
def test_every_page_of_today_is_within_discords_limits(
    count: int, has_pages: bool, text: str, name: str, charts: tuple[Chart, ...]
):
    plan = dataclasses.replace(plan_saying(text, name=name), charts=charts, early_close=NOW)
    plans = tuple(dataclasses.replace(plan, id=PlanId(LARGEST - number)) for number in range(count))
    newer, older = (PlanCursor(PlanId(LARGEST), turn) if has_pages else None for turn in (Turn.NEWER, Turn.OLDER))

    opened = {each.id: ReadMarker(UserId(1), each.id, GuildId(1), 1, NOW) for each in plans}

    for shown in (plans, tuple(dataclasses.replace(each, revision=1 + (n < 5)) for n, each in enumerate(plans))):
        number = PageNumber(999, 999, LARGEST) if has_pages else None
        page = PlanPage(shown, PlanFilter(DAY), DAY, newer, older, is_partial=True)
        following = DAY + datetime.timedelta(days=1)
        for coming in ((), tuple(dataclasses.replace(each, day=following) for each in plans)):
            accept(replies.today(TodayPage(page, opened, False, following, NOW, coming, number)))


@pytest.mark.parametrize(
    ("is_closed", "words"),
    [
        (False, "No plans for today, Mon 23 Nov, yet."),
        (True, "This server has no session today"),
    ],
)
def test_today_without_plans_says_whether_the_exchange_is_closed(is_closed: bool, words: str):
    reply = replies.today(TodayPage(PlanPage((), PlanFilter(DAY), DAY), {}, is_closed))

    assert words in _texts(reply)[0]


def test_plans_of_the_next_session_are_named_so():
    page = PlanPage((PLAN,), PlanFilter(DAY), DAY - datetime.timedelta(days=1))

    assert _texts(replies.today(TodayPage(page, {})))[0] == "### Next session, Mon 23 Nov: 1 plan"


def test_a_page_of_many_plans_has_its_number_and_their_number():
    page = PlanPage((PLAN,), PlanFilter(DAY), DAY, older=PlanCursor(PLAN.id, Turn.OLDER))

    reply = replies.today(TodayPage(page, {}, number=PageNumber(2, 3, 61)))

    assert _texts(reply)[0] == "### Today, Mon 23 Nov\n-# Page 2 of 3 · 61 plans"


@pytest.mark.parametrize(("plans", "days_ahead", "is_named"), [((), 1, True), ((PLAN,), 1, True), ((PLAN,), 0, False)])
def test_the_next_session_is_named_unless_its_plans_are_shown(plans: tuple[Plan, ...], days_ahead: int, is_named: bool):
    next_session = DAY + datetime.timedelta(days=days_ahead)

    shown = TodayPage(PlanPage(plans, PlanFilter(DAY), DAY), {}, next_session=next_session)

    for each, half in (
        (shown, ""),
        (dataclasses.replace(shown, next_close=NOW), ", half day, closes <t:1795444260:t>"),
    ):
        lines = "\n".join(_texts(replies.today(each))).splitlines()
        assert [line for line in lines if "Next session" in line] == [f"-# Next session: Tue 24 Nov{half}"] * is_named


def test_who_has_a_plan_for_the_next_session_is_named_and_their_plans_can_be_opened():
    following = DAY + datetime.timedelta(days=1)
    coming = dataclasses.replace(PLAN, id=PlanId(7), day=following)
    shown = TodayPage(PlanPage((PLAN,), PlanFilter(DAY), DAY), {}, next_session=following, coming=(coming,) * 20)

    reply = replies.today(shown)

    line = _texts(reply)[1]
    assert line.startswith(f"-# Next session: Tue 24 Nov · plans of {PLAN.coach.name}, {PLAN.coach.name}")
    assert line.endswith(f"{PLAN.coach.name} and others")
    [menu] = [each for each in with_custom_ids(reply["components"]) if each.custom_id.startswith("cb:plans.choose~")]
    assert [option.value for option in menu.options] == ["7"] * 20


def test_a_closed_day_is_named_above_todays_plans():
    shown = TodayPage(PlanPage((PLAN,), PlanFilter(DAY), DAY), {}, is_closed=True)

    assert _texts(replies.today(shown))[0] == "### Today, Mon 23 Nov, closed: 1 plan"


def test_a_half_day_is_named_above_todays_plans():
    plan = dataclasses.replace(PLAN, early_close=NOW)

    reply = replies.today(TodayPage(PlanPage((plan,), PlanFilter(DAY), DAY), {}))

    assert _texts(reply)[0] == "### Today, Mon 23 Nov, half day, closes <t:1795444260:t>: 1 plan"


@pytest.mark.parametrize(
    ("revision", "opened", "times", "has_button"),
    [
        (1, None, "Posted <t:1795444260:t> (<t:1795444260:R>)", False),
        (1, 1, "Posted <t:1795444260:t> (<t:1795444260:R>)", False),
        (2, None, "Changed <t:1795444260:t> (<t:1795444260:R>)", True),
        (3, 2, "**Changed since you opened it** · <t:1795444260:t> (<t:1795444260:R>)", True),
        (3, 3, "Changed <t:1795444260:t> (<t:1795444260:R>)", False),
    ],
)
def test_todays_plans_have_a_mark_if_they_changed_since_their_reader_opened_them(
    revision: int, opened: int | None, times: str, has_button: bool
):
    plan = dataclasses.replace(PLAN, revision=revision, lineage=tuple(range(1, revision + 1)))
    markers = {plan.id: ReadMarker(UserId(1), plan.id, GuildId(1), opened, NOW)} if opened else {}

    reply = replies.today(TodayPage(PlanPage((plan,), PlanFilter(DAY), DAY), markers))

    [section] = [each for each in reply["components"][0].components if each.type is hikari.ComponentType.SECTION]
    assert section.components[0].content == f"**Coach D**\ntext\n-# {times}"
    assert len(reply["components"]) == 1 + has_button


@pytest.mark.parametrize(
    ("since", "seen_at", "words"),
    [
        (Since.OPENED, None, "Changes since you opened it, <t:1795444260:t> (<t:1795444260:R>):"),
        (Since.POSTED, None, "Changes since it was posted, <t:1795444260:t> (<t:1795444260:R>):"),
        (Since.SESSION_OPEN, None, "Changes since the session opened, <t:1795444260:t> (<t:1795444260:R>):"),
        (
            Since.LAST_CHANGE,
            NOW,
            "Nothing changed since you opened it, <t:1795444260:t> (<t:1795444260:R>). This is the last change:",
        ),
    ],
)
@pytest.mark.parametrize("is_deleted", [False, True])
def test_what_changed_says_since_when_and_opens_the_plan(
    since: Since, seen_at: datetime.datetime | None, words: str, is_deleted: bool
):
    plan = dataclasses.replace(PLAN, deleted_at=NOW if is_deleted else None)
    after = Revision(5, ChangeKind.EDITED, "b", (), UserId(7), NOW, "0" * 64, None)
    before = dataclasses.replace(after, number=4, text="a")

    reply = replies.what_changed(Changes(Comparison(plan, before, after, diff.compare("a", "b")), since, NOW, seen_at))

    text, _, buttons = reply["components"]
    assert text.content == words
    assert [each.label for each in buttons.components] == ["All revisions", *([] if is_deleted else ["Open"])]


def test_an_edit_whose_pictures_could_not_be_added_says_that_first():
    nothing, rejected = EditResult(PLAN, is_changed=False), (RejectedPicture("photo.heic", "is a HEIC picture"),)

    assert replies.sent(nothing, rejected).startswith("No chart was added, and the text of Coach D")
    assert replies.sent(nothing).startswith("Nothing changed: ")


def test_what_changed_says_that_a_plan_was_changed_back_but_not_of_one_that_was_deleted():
    revision = Revision(3, ChangeKind.REVERTED, "a", (), UserId(7), NOW, "0" * 64, None)
    words = [
        replies.what_changed(Changes(Comparison(plan, revision, revision, ()), Since.OPENED, NOW))["components"][
            0
        ].content
        for plan in (PLAN, dataclasses.replace(PLAN, deleted_at=NOW))
    ]

    assert words[0].startswith("Changed and changed back since you opened it, ")
    assert words[1].startswith("Changes since you opened it, ")


@given(TEXTS, CHARTS)
def test_a_long_plan_can_be_read_to_its_end_in_parts(text: str, charts: tuple[Chart, ...]):
    plan = dataclasses.replace(plan_saying(text), charts=charts)
    first = replies.plan_view(plan, _pages(plan)[0])

    shown, number = [_texts(first)[1]], 2
    while f"part {number} of" in "".join(_texts(replies.part(plan, number))):
        shown.append(_texts(replies.part(plan, number))[0])
        number += 1

    assert _visible("".join(shown)) == _visible(text)


def test_a_refused_text_with_a_code_fence_is_given_back_as_a_file():
    reply = replies.refusal("No.", yours="a ``` b")

    [_, file] = reply["components"]
    assert file.file.filename == "your-text.txt"


def test_an_edit_form_lets_a_text_stay_that_is_longer_than_the_limit_now():
    [text, _] = modal_fields.labels(replies.edit_modal(plan_saying("x" * 300), 100).fields)

    assert text.build()[0]["component"]["max_length"] == 300


def test_a_form_offers_coaches_only_where_there_are_several():
    def fields(coaches: int, *, chosen: bool = True) -> list[str]:
        shown = replies.post_modal(form_of(coaches=coaches, chosen=chosen), LIMIT)
        return [f"{type(each).__name__} {each.custom_id}" for each in shown.fields]

    assert fields(0, chosen=False) == fields(1) == ["TextField text", "UploadField files", "SelectField day"]
    assert fields(1, chosen=False)[2] == fields(2)[2] == fields(25)[2] == "SelectField coach"
    assert fields(26)[2] == "TextField coach"


def test_a_form_takes_as_many_files_as_the_plan_has_room_for():
    def room(modal: Modal) -> list[int]:
        return [each.limit for each in modal.fields if isinstance(each, UploadField)]

    def drawn(count: int) -> tuple[Chart, ...]:
        return tuple(Chart(f"{number:064}", "x.png", "image/png", 1, 1, 1) for number in range(count))

    for count, expected in ((0, [10]), (7, [3]), (10, [])):
        draft = dataclasses.replace(draft_of("text"), pictures=drawn(count))
        assert room(replies.edit_modal(dataclasses.replace(PLAN, charts=drawn(count)), LIMIT)) == expected
        assert room(replies.draft_post_modal(draft, form_of(), Limits())) == expected


@pytest.mark.parametrize(
    ("page_filter", "words"),
    [(PlanFilter(), "No plans yet"), (PlanFilter(day=DAY), "No plan for Mon 23 Nov yet.")],
)
def test_an_empty_list_does_not_tell_members_to_post(page_filter: PlanFilter, words: str):
    [text] = _texts(replies.plans(PlanPage((), page_filter, DAY)))

    assert words in text
    assert "/plan post" not in text


def test_a_list_over_a_years_end_shows_the_year_of_days_that_are_not_of_this_one():
    old = dataclasses.replace(PLAN, day=datetime.date(2025, 12, 31))
    listed = replies.plans(PlanPage((PLAN, old), PlanFilter(), DAY))
    asked = replies.ask_where((PLAN, old), draft_of("text"), Limits())

    assert _texts(listed)[1:] == ["**Mon 23 Nov** (today)\nCoach D: text", "**Wed 31 Dec 2025**\nCoach D: text"]
    for reply in (listed, asked):
        [menu] = reply["components"][1].components
        assert [option.label for option in menu.options] == ["Mon 23 Nov: Coach D", "Wed 31 Dec 2025: Coach D"]


def test_a_page_of_a_list_says_its_days_and_the_last_page_has_no_older_one():
    old = dataclasses.replace(PLAN, id=PlanId(7), day=DAY - datetime.timedelta(days=4))
    page = PlanPage((PLAN, old), PlanFilter(coach="d"), DAY, newer=PlanCursor(PLAN.id, Turn.NEWER))

    listed = replies.plans(page)

    assert _texts(listed)[0] == "### Plans from Thu 19 Nov to Mon 23 Nov"
    buttons = listed["components"][-1].components
    assert [(each.label, each.custom_id, each.is_disabled) for each in buttons] == [
        ("Newest", "cb:plans.page::d:0:1", False),
        ("Newer", f"cb:plans.newer::d:0:{PLAN.id}", False),
        ("Older", "cb:plans.older::d:0:0", True),
    ]
    assert _texts(replies.plans(dataclasses.replace(page, plans=(old,))))[0] == "### Plans for Thu 19 Nov"
    assert _texts(replies.plans(dataclasses.replace(page, newer=None)))[0] == "### 2 plans"


def test_a_link_in_a_list_and_in_a_question_stays_a_link():
    plan = plan_saying("See https://a.example/b_c*d and *wait*")

    for shown in (
        _texts(replies.plans(PlanPage((plan,), PlanFilter(), DAY)))[1],
        _texts(replies.ask_delete(plan))[1],
        _texts(replies.drafts(page_of(draft_of(plan.text)), 30))[1],
    ):
        assert r"See https://a.example/b_c*d and \*wait\*" in shown


@pytest.mark.parametrize("plans", [(), (PLAN,)])
def test_a_list_says_that_threads_could_not_be_checked(plans: tuple[Plan, ...]):
    page = PlanPage(plans, PlanFilter(), DAY)

    assert "couldn’t be checked" not in "".join(_texts(replies.plans(page)))
    assert "couldn’t be checked" in "".join(_texts(replies.plans(dataclasses.replace(page, is_partial=True))))


def test_an_export_says_that_threads_could_not_be_checked():
    exported = Exported("plans.md", b"", plans=1, revisions=1, missing=0)

    assert "couldn’t be checked" not in "".join(_texts(replies.export(exported)))
    assert "couldn’t be checked" in "".join(_texts(replies.export(dataclasses.replace(exported, is_partial=True))))


@given(CHARTS)
def test_the_pages_show_each_chart_once_and_none_is_too_large(charts: tuple[Chart, ...]):
    plan = dataclasses.replace(PLAN, charts=charts)

    pages = replies.chart_pages(plan)

    assert [number for page in pages for number in page] == list(range(1, len(charts) + 1))
    for page in pages:
        assert len(page) <= 1 or sum(charts[number - 1].size for number in page) <= layout.MESSAGE_BYTES


def _pages(plan: Plan) -> list[list[ChartFile]]:
    """The plan's charts by pages, every second file missing."""
    return [
        [ChartFile(number, plan.charts[number - 1], Path("kept") if number % 2 else None) for number in page]
        for page in replies.chart_pages(plan)
    ]


def _done(plan: Plan) -> list[str]:
    """All that a receipt can say was done."""
    said = (replies.posted, replies.saved, replies.deleted, replies.restored, replies.shown_again)
    added = [replies.charts_added(AddChartsResult(plan, number)) for number in (len(plan.charts), None)]
    return [*(each(plan) for each in said), *added]


def _left_out(charts: tuple[Chart, ...]) -> tuple[RejectedPicture, ...]:
    return tuple(RejectedPicture(chart.filename, "is the same picture as " + "x" * 100) for chart in charts)


def _visible(text: str) -> str:
    """The text without what a part may have beyond it: marks that are closed and opened again, or escaped."""
    return text.translate(dict.fromkeys(map(ord, f"{layout.NOTHING_TO_SEE}\\`\n"))).strip()


def _texts(reply: layout.Reply) -> list[str]:
    [block, *_] = reply["components"]
    return [part.content for part in block.components if part.type is hikari.ComponentType.TEXT_DISPLAY]


def _plain(value: Any) -> Any:
    """Builders' payloads as JSON carries them."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else value


def test_a_list_of_very_many_plugins_shows_the_loaded_ones_and_counts_the_others():
    at = datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC)
    broken = [
        PluginStatus(f"broken_{number}", "", "1.0", PluginState.FAILED, at, (), PluginFailure(at, "x" * 400))
        for number in range(30)
    ]
    good = PluginStatus("good", "", "1.0", PluginState.LOADED, at, ("/good",), None)
    acts = [PluginAction(at, UserId(1), "reload", "y" * 32, "refused: " + "z" * 400)] * 9

    shown = replies.plugin_list(Plugins((*broken, good), tuple(acts)))

    texts = [each.content for each in shown["components"][0].components]
    assert "**good**" in texts[1].splitlines()[0]
    listed = texts[1].count("**broken")
    assert texts[1].splitlines()[-1].startswith(f"and {30 - listed} more")
    assert sum(map(layout.units, texts)) <= layout.MESSAGE_TEXT


@pytest.mark.parametrize(
    ("text", "number", "shown"), [("x" * 300, 70, 25), ("x" * 300, 25, None), ("*" * 300, 25, 17), ("", 1, None)]
)
def test_more_drafts_than_a_message_has_are_told_and_fit(text: str, number: int, shown: int | None):
    drafts = [dataclasses.replace(draft_of(text), id=DraftId(each)) for each in range(1, number + 1)]

    reply = replies.drafts(page_of(*drafts), 30)

    accept(reply)
    accept(replies.drafts(page_of(*drafts), 30, drafts[0]))
    accept(replies.drafts(page_of(*drafts), 30, refused=replies.refusal_words(errors.DraftGoneError())))
    texts = [each.content for each in reply["components"][0].components]
    assert any(f"These are the newest {shown}." in each for each in texts) == (shown is not None)
    assert [len(row.components[0].options) for row in reply["components"][1:]] == [shown or number] * 2


@pytest.mark.parametrize(
    ("changes", "line", "choice"),
    [
        (
            {"day": "2026-11-26", "pictures": (Chart("a" * 64, "nq.png", "image/png", 64, 48, 9),) * 2},
            "1. Thu 26 Nov · Coach D · 2 charts · <t:1795444260:R>: Long \\*above\\*",
            "1. Thu 26 Nov · Coach D · Long *above*",
        ),
        (
            {"kind": DraftKind.EDIT, "day": "2025-11-26", "text": " "},
            "1. Edit · Wed 26 Nov 2025 · Coach D · <t:1795444260:R>: no text yet",
            "1. Edit · Wed 26 Nov 2025 · Coach D · no text yet",
        ),
        ({"day": None}, "1. Coach D · <t:1795444260:R>: Long", "1. Coach D · Long *above*"),
        ({"day": "x*" * 50}, "1. x\\*x", "1. x*x"),
    ],
)
def test_a_draft_shows_what_it_is_for_its_pictures_and_its_age(changes: dict[str, Any], line: str, choice: str):
    draft = dataclasses.replace(draft_of("Long\n*above*"), kind=DraftKind.POST)

    reply = replies.drafts(page_of(dataclasses.replace(draft, **changes)), 30)

    assert _texts(reply)[1].startswith(line)
    assert reply["components"][1].components[0].options[0].label.startswith(choice)
