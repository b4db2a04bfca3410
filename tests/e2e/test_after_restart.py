"""Every button, select and form that the bot can send works after a restart; a sweep finds any that was not tried."""

import contextlib
import copy
import dataclasses
import datetime
import importlib
import pkgutil
import re

import pytest

from sandbox.driver import Person, Seen
from sandbox.world.entities import Json, Upload
from tests import image_samples
from tests.conftest import Discord, Room, card_of, last_sunday_of_change, today
from tests.forms import old_form, write_button
from tests.processes import ROOT, BotProcess

LONG = "".join(f"line {number:04}\n" for number in range(400))[:4000].strip()
MODULES = [module.name for module in pkgutil.iter_modules([str(ROOT / "plugins")])]
ROUTES = {route for name in MODULES for route in importlib.import_module(f"plugins.{name}").plugin.routes}
ANSWERS = {
    "actions.add_to": "1 chart added",
    "admin.coaches": "page 2 of 3",
    "admin.setup_channel": "Saved: plans are posted in",
    "admin.setup_test": "Test passed",
    "admin.setup_button": "Button posted",
    "admin.setup_button_in": "Button posted",
    "admin.setup_timezone": "Saved: the time zone is",
    "admin.setup_exchange": "Saved: sessions follow",
    "admin.setup_other_timezone": "Time zone",
    "admin.setup_typed_timezone": "Saved: the time zone is",
    "admin.setup_members": "can now post as",
    "admin.setup": "New 11",  # the last of these: the panel then shows another page
    "admin.unassign": "can no longer post as",
    "charts.ask_caption": "Caption",
    "charts.caption": "Caption of chart",
    "charts.manage": "3 charts",
    "charts.page": "charts 3 to 3",
    "charts.put_first": "moved to 1",
    "charts.take_off": "removed",
    "charts.undo": "Undid your removal of a chart",
    "charts.redo": "Redone",
    "history.ask": "#12 to #11",
    "history.at": "had no plan",
    "history.changes": "#1 to #2",
    "history.choose": "#12 of 12",
    "history.export": "Exported 1 plan",
    "history.choose_changes": "#1 to #2",
    "history.compare": "#11 to #12",
    "history.other": "revision",
    "history.page": "page 2 of 2",
    "history.revision": "line 0399",
    "history.show": "revision",
    "history.take_back": "(#13)",
    "plans.add_charts": "1 chart added",
    "plans.ask_delete": "Delete Coach",
    "plans.begin": "Coach D",
    "plans.begin_with_last": "Coach D",
    "plans.bring_back": "Restored",
    "plans.change_on": "Edited",
    "plans.choose": "Coach",
    "plans.choose_draft": "",
    "plans.choose_hit": "text",
    "plans.delete": "Deleted",
    "plans.edit": "Edited",
    "plans.edit_kept": "Edited",
    "plans.keep": "Canceled",
    "plans.open": "Coach D",
    "plans.open_edit": "Edit",
    "plans.more": "revision",
    "plans.newer": "Plans from",
    "plans.newer_hits": "Plans with",
    "plans.older": "Plans from",
    "plans.older_hits": "Plans with",
    "plans.page": "Plans from",
    "plans.part": "line 0399",
    "plans.post": "Posted",
    "plans.post_draft": "Posted",
    "plans.post_anyway": "Posted",
    "plans.post_kept": "Posted",
    "plans.post_on": "Posted",
    "plans.refresh": "Coach D",
    "plans.replace": "Edited",
    "plans.send_draft": "Posted",
    "plans.resume": "",
    "plans.resume_edit": "Edit plan",
    "plans.resume_post": "",
    "plans.show_again": "Card posted again",
    "plans.new_template": "New template",
    "plans.add_template": "Template saved: After",
    "plans.open_template": "Edit template",
    "plans.save_template": "Template saved: Opening",
    "plans.templates": "Coach S",
    "plans.delete_template": "Template deleted",  # after the others
    "plans.today_newer": "Today",
    "plans.today_older": "Today",
    "plans.undo": "Undid your post",
    "plans.redo": "Restored",
    "plans.use": "Edited",
    "plans.write": "Post plan",
    "plans.write_for": "Post plan",
    "plans.discard_draft": "Discard the draft",
    "plans.drafts": "Your drafts",
    "plans.discard": "Draft discarded",
    "admin.assign_everyone": "can now post as New 1",  # the last: from then on everyone has two coaches
}
"""The answers of each, in the order in which they are tried."""
MENTIONABLE, CHANNEL = 7, 8
MORE = "More\N{HORIZONTAL ELLIPSIS}"
BROKEN = ("no longer valid", "Something went wrong", "reference")


@dataclasses.dataclass
class Way:
    """Something to press, choose or send."""

    person: Person
    seen: Seen
    component: Json | None
    """None: it is an open form."""
    message: list[Json] = dataclasses.field(default_factory=list)
    """The components of the message when it was seen: another way may have replaced them."""

    async def go(self) -> Seen:
        """Press it, choose the first that it offers, or send the form."""
        if self.component is None:
            text = {} if self.seen.text == "Time zone" else {"text": "sent after the restart"}
            return await self.person.submit(self.seen, **text)
        self.seen.shown.components = self.message
        custom_id = self.component["custom_id"]
        [now] = [each for each in self.seen.components if each.get("custom_id") == custom_id]
        if now["type"] in (MENTIONABLE, CHANNEL):
            preset = [each["id"] for each in now["default_values"] if now["type"] == MENTIONABLE]
            chosen = self.person.channel if now["type"] == CHANNEL else self.person.user
            return await self.person.use(self.seen, custom_id, [*preset, str(chosen.id)])
        if "options" in now:
            offered = [option["label"] for option in now["options"]]
            is_last = any(each in custom_id for each in ("put_first", "setup_exchange"))  # that exchange has all days
            chosen = offered[-1] if is_last else offered[0]
            return await self.person.select(self.seen, chosen, menu=now.get("placeholder"))
        return await self.person.click(self.seen, custom_id)


class Scene:
    """A guild in which much goes on; it remembers the first way to each route."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.ways: dict[str, Way] = {}

    def note(self, person: Person, seen: Seen, *, only: str = "") -> Seen:
        """Remember the ways that are new."""
        if seen.form and (action := _action(seen.form.custom_id)):
            self.ways.setdefault(action, Way(person, seen, None))
        for each in seen.components:
            action = _action(each.get("custom_id", ""))
            if action and not each.get("disabled") and only in action:
                self.ways.setdefault(action, Way(person, seen, each, copy.deepcopy(seen.shown.components)))
        return seen

    def day(self, ahead: int) -> str:
        return (today() + datetime.timedelta(ahead)).isoformat()

    async def post(self, ahead: int, text: str = "text", **options) -> Seen:
        """Post a plan as dana; the card."""
        dana = self.room.dana
        return await card_of(dana, await dana.slash("plan post", day=self.day(ahead), text=text, **options))

    async def play(self) -> None:
        """Let everything be sent that can be."""
        await self._forms()
        await self._refusals()
        await self._cards()
        await self._history()
        await self._templates()
        await self._lists()

    async def _forms(self) -> None:
        dana = self.room.dana
        self.note(dana, await dana.slash("plan post", day=self.day(40)))
        self.note(dana, await dana.slash("plan post", day=self.day(41), chart1=_picture(41)))
        for ahead, old in ((35, "cb:plans.post_draft"), (36, "cb:plans.post_kept")):
            opened = await dana.slash("plan post", day=self.day(ahead), chart1=_picture(ahead))
            assert opened.form
            draft = opened.form.custom_id.split(":")[2]
            self.note(dana, old_form(opened, f"{old}:{draft}", "text", "coach", "day"))
        self.note(dana, Seen(write_button(self.room)))
        await self.post(42)
        self.note(dana, await dana.slash("plan edit", day=self.day(42)))

    async def _refusals(self) -> None:
        dana, max_ = self.room.dana, self.room.max
        for ahead, only in ((37, "plans.add_charts"), (38, "plans.replace")):
            await self.post(ahead, chart1=_picture(1))
            taken = await dana.slash("plan post", day=self.day(ahead), text="mine", chart1=_picture(2))
            assert taken.interaction
            await taken.interaction.until(lambda: bool(taken.buttons))  # noqa: B023 - waited for at once
            self.note(dana, taken, only=only)
        refused = await dana.slash("plan post", coach="x", day=self.day(43), text="kept")
        self.note(dana, refused)
        await self.note_form(dana, await dana.slash("plan post", coach="x", day=self.day(44), text="kept too"))
        await self.post(60)
        self.note(dana, await dana.slash("plan post", day=self.day(60)), only="write_for")
        await max_.slash("admin session", day=self.day(50), kind="closed")
        self.note(dana, await dana.slash("plan post", day=self.day(50), text="closed?"), only="post_anyway")
        dana.user.locale = self.room.guild.preferred_locale = "eo"  # in which nobody knows how dates are written
        self.note(dana, await dana.slash("plan post", day="1/2/2031", text="which day?"), only="post_on")
        await dana.slash("plan post", day="2031-03-04", text="text")
        self.note(dana, await dana.slash("plan edit", day="3/4/2031", text="this day"), only="change_on")
        await self.post(45)
        stale = await dana.slash("plan edit", day=self.day(45))
        await dana.slash("plan edit", day=self.day(45), text="second")
        self.note(dana, await dana.submit(stale, Plan="mine"))
        await self.post(46)
        stale = await dana.slash("plan edit", day=self.day(46))
        await dana.slash("plan edit", day=self.day(46), text="second")
        changed = await dana.submit(stale, Plan="mine")
        self.note(dana, await dana.click(changed, "Edit my text"))
        await self.post(47)
        gone = await dana.slash("plan edit", day=self.day(47))
        await max_.click(await max_.slash("plan delete", coach="d", day=self.day(47)), "Delete")
        self.note(dana, await dana.submit(gone, Plan="mine"))
        await self.post(48)
        asked = await dana.slash("plan delete", day=self.day(48))
        await dana.slash("plan edit", day=self.day(48), text="second")
        self.note(dana, await dana.click(asked, "Delete"))

    async def note_form(self, person: Person, refused: Seen) -> None:
        """The form to mend what was refused, with a coach that there is."""
        form = await person.click(refused, "Edit and resend")
        person.type(form, Coach=["d"])
        self.note(person, form)

    async def _cards(self) -> None:
        dana, max_ = self.room.dana, self.room.max
        large = {f"chart{n}": Upload(f"{n}.png", image_samples.noise_png(9 * 2**20, seed=n)) for n in (1, 2, 3)}
        card = self.note(dana, await self.post(1, LONG, **large))
        panel = self.note(dana, await dana.click(card, MORE))
        self.note(dana, await dana.select(panel, "1: 1.png", menu="Caption a chart"))
        self._note_earlier(dana, await self.post(8, LONG, **large))
        self.note(dana, await dana.slash("plan post", day=self.day(9), text="text"), only="undo")
        other = await dana.click(await self.post(39, chart1=_picture(1), chart2=_picture(2)), MORE)
        removed = await dana.select(other, "1: 1.png", menu="Remove a chart")
        await self.room.discord.until(lambda: "Undo" in removed.buttons)
        self.note(dana, removed, only="charts.undo")
        await self._redo()
        self.note(dana, await dana.slash("plan show", day=self.day(42)), only="refresh")
        await self.post(2)
        self.note(dana, await dana.slash("plan delete", day=self.day(2)), only="plans.delete")
        await self.post(3)
        self.note(dana, await dana.slash("plan delete", day=self.day(3)), only="plans.keep")
        marked = await self.post(4)
        await dana.click(await dana.slash("plan delete", day=self.day(4)), "Delete")
        await self.room.discord.until(lambda: "Restore" in marked.buttons)
        self.note(dana, marked)
        await max_.slash("admin settings", deleted_cards="let_go")
        lost = await self.post(5)
        self.room.discord.sandbox.world.delete(lost.shown)
        self.note(dana, await self._until_gone())

    def _note_earlier(self, person: Person, card: Seen) -> None:
        """A button that the cards of earlier releases have."""
        button = card.button(MORE)
        button["custom_id"] = button["custom_id"].replace("plans.more", "charts.manage")
        self.note(person, card, only="charts.manage")

    async def _until_gone(self) -> Seen:
        """The receipt of an edit, once the bot has noticed that the card is gone."""
        dana = self.room.dana
        for number in range(100):
            receipt = await dana.slash("plan edit", day=self.day(5), text=f"{number}")
            if "Post again" in receipt.buttons:
                return receipt
        raise AssertionError("the deletion was not noticed")

    async def _redo(self) -> None:
        dana = self.room.dana
        undone = await dana.click(await dana.slash("plan post", day=self.day(51), text="text"), "Undo")
        await self.room.discord.until(lambda: "Redo" in undone.buttons)
        self.note(dana, undone, only="plans.redo")
        panel = await dana.click(await self.post(52, chart1=_picture(1)), MORE)
        await dana.select(panel, "1: 1.png", menu="Remove a chart")
        await self.room.discord.until(lambda: "Undo" in panel.buttons)
        await dana.click(panel, "Undo")
        await self.room.discord.until(lambda: "Redo" in panel.buttons)
        self.note(dana, panel, only="charts.redo")

    async def _history(self) -> None:
        dana, mia = self.room.dana, self.room.mia
        await self.post(6, LONG)
        for number in range(2, 12):
            await dana.slash("plan edit", day=self.day(6), text=f"text {number}")
        await dana.slash("plan edit", day=self.day(6), text=LONG)
        shown = self.note(dana, await dana.slash("history show", day=self.day(6)))
        self.note(dana, await dana.select(shown, "#12: edited"))
        old = self.note(dana, await dana.select(shown, "#11: edited"))
        self.note(dana, await dana.click(old, "Revert to this\N{HORIZONTAL ELLIPSIS}"))
        await self.post(7, "first")
        await dana.click(await dana.slash("plan delete", day=self.day(7)), "Delete")
        await self.post(7, "second")
        self.note(dana, await dana.slash("history show", day=self.day(7)))
        changed = last_sunday_of_change(today()).isoformat()
        await dana.slash("plan post", day=changed, text="when the clocks changed")
        await self.room.max.slash("admin settings", timezone="America/New_York")
        self.note(mia, await mia.slash("history at", time=f"{changed} 01:30", day=changed))

    async def _templates(self) -> None:
        dana, both = self.room.dana, self.room.both
        panel = await dana.slash("plan template", day=self.day(60))
        await dana.submit(await dana.click(panel, "New template"), Name="Opening", Text="text")
        await self.room.discord.until(lambda: "Opening" in panel.buttons)
        self.note(dana, panel)
        form = await dana.click(panel, "New template")
        dana.type(form, Name="After")
        self.note(dana, form)
        self.note(dana, await dana.select(panel, "Opening", menu="Edit a template"))
        self.note(both, await both.slash("plan template"))

    async def _lists(self) -> None:
        dana, max_ = self.room.dana, self.room.max
        self.note(dana, await dana.slash("plan list"))
        for route in ("plans.newer", "plans.page"):
            self.note(dana, await dana.click(await dana.slash("plan list"), "Older"), only=route)
        unwanted = await dana.slash("plan post", coach="x", day=self.day(49), text="unwanted", chart1=_picture(3))
        assert unwanted.interaction
        await unwanted.interaction.until(lambda: bool(unwanted.buttons))
        drafts = self.note(dana, await dana.slash("plan drafts"))
        self.note(dana, await dana.select(drafts, drafts.choices[0], menu="Discard a draft"))
        for number in range(9):
            await max_.slash("admin coach add", key=f"new{number}", name=f"New {number}")
        self.note(max_, await max_.slash("admin coach list"))
        setup = await max_.slash("admin setup")
        setup = await max_.use(setup, setup.selects[0]["custom_id"], [str(max_.channel.id)])
        self.note(max_, setup)
        self.note(max_, await max_.click(setup, "Other time zone\N{HORIZONTAL ELLIPSIS}"))
        everyone = self.room.guild.roles[self.room.guild.id]
        self.note(max_, await max_.slash("admin coach assign", coach="new1", role=everyone))
        self.note(max_, await max_.slash("admin coach unassign", coach="i"))
        message = dana.send("", [_picture(50)])
        self.note(dana, await dana.message_action("Add charts to plan", message))
        await self._today()

    async def _today(self) -> None:
        mia, max_ = self.room.mia, self.room.max
        for number in range(9, 21):
            await max_.slash("admin coach add", key=f"new{number}", name=f"New {number}")
        for number in range(21):
            await max_.slash("plan post", coach=f"new{number}", text="text")
            if number in range(9, 16):
                await max_.slash("plan edit", coach=f"new{number}", text="second")
            if number == 9:
                self.note(mia, await mia.slash("today"))
        self.note(mia, await mia.slash("today"))
        self.note(mia, await mia.click(await mia.slash("today"), "Next"), only="today_newer")
        self.note(mia, await mia.slash("plan search", words="text"))
        self.note(mia, await mia.click(await mia.slash("plan search", words="text"), "Older"), only="newer_hits")


@pytest.mark.slow
async def test_every_button_select_and_form_works_after_a_restart(own_discord: Discord, own_room: Room):
    first = await (await BotProcess.start("run", env=own_discord.settings())).ready()
    scene = Scene(own_room)
    await scene.play()
    assert await first.stop() == 0
    assert scene.ways.keys() == ROUTES == ANSWERS.keys()
    second = await (await BotProcess.start("run", env=own_discord.settings())).ready()

    wrong: dict[str, str] = {}
    for action, words in ANSWERS.items():
        answer = await scene.ways[action].go()
        with contextlib.suppress(TimeoutError):
            await own_discord.until(lambda: words in answer.text)  # noqa: B023 - waited for at once
        if words not in answer.text or any(told in answer.text for told in BROKEN):
            wrong[action] = answer.text

    assert not wrong
    assert await second.stop() == 0


def _picture(seed: int) -> Upload:
    return Upload(f"{seed}.png", image_samples.png(seed=seed))


def _action(custom_id: str) -> str | None:
    """The route that a `custom_id` leads to."""
    found = re.match(r"cb:([a-z_.]+)", custom_id)
    return found and found[1]
