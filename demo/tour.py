"""The tour of `make try`: four users use the bot step by step, and each result is checked."""

import asyncio
import contextlib
import dataclasses
import os
import signal
import sys
import webbrowser
from collections.abc import Awaitable, Callable

from rich.markup import escape

from demo.bot_process import BotProcess
from demo.drawing import candles
from demo.environment import DATA_FOLDER, Environment, running_environment
from demo.errors import SetupError
from demo.screen import Screen
from sandbox.driver import ActionFailedError, NoAnswerError, Person, Seen
from sandbox.world.entities import Upload

FIRST = "Long NQ above 21,450. Stop 21,410. Half off at 21,500, rest at the close."
CHANGED = "Long NQ above 21,460. Stop 21,420. Half off at 21,510, rest at the close."
INTRADAY = "Nothing before 10:00. Then fade the first push if VIX is above 18."
TOMORROW = "CPI at 08:30. No trades before 08:45."
_KEPT = "The plans are kept for the next time."
_NOT_KEPT = "The plans of this run are deleted then; a run that is started with KEEP=1 keeps its own."


class Tour:
    """The steps of the tour, with the numbers of all and of failed ones."""

    def __init__(self, environment: Environment, screen: Screen) -> None:
        """Take the tour in `environment`."""
        self._environment = environment
        self._screen = screen
        self.steps = 0
        self.failures = 0

    async def run(self) -> None:
        """Run the steps."""
        dana, ivan, mia, max_ = (
            self._environment.dana,
            self._environment.ivan,
            self._environment.mia,
            self._environment.max,
        )
        await self._type(dana, "plan post", "Posted: Coach D (Day Trading)", text=FIRST)
        card = await self._look("the plan's card is in the channel", "Coach D (Day Trading)", FIRST)
        form = await self._type(ivan, "plan post", "Coach I")
        await self._step(ivan, "writes and sends the form", ivan.submit(form, Plan=INTRADAY), "Posted: Coach I")
        await self._open_today()
        await self._edit(card, FIRST, CHANGED, "#2")
        await self._add_charts(card)
        await self._see_changes()
        await self._press_buttons(card)
        await self._read("Coach D", "Coach I", "2 charts")
        await self._type(mia, "history diff", "~~21,450~~ → **21,460**", **{"from": "1", "to": "2"}, coach="d")
        await self._save_message()
        await self._type(mia, "plan post", "not a coach", "My own plan", text="My own plan")
        await self._type(max_, "admin coach add", "Coach W (Weekly)", key="w", name="Coach W (Weekly)")
        await self._type(max_, "plan export", "3 plans", format="zip")

    async def _edit(self, card: Seen, before: str, after: str, *expected: str) -> None:
        """Edit the plan from its card and check that the card shows the new text."""
        dana = self._environment.dana
        form = await self._step(dana, "presses Edit on the card", dana.click(card, "Edit"), before)
        await self._step(dana, "changes the text and sends it", dana.submit(form, Plan=after), "Edited", *expected)
        await self._look_again(card, "the same card shows the new text", after, *expected)

    async def _add_charts(self, card: Seen) -> None:
        dana = self._environment.dana
        pictures = {f"chart{number}": Upload(f"nq-{number}.png", candles(number)) for number in (1, 2)}
        adding = self._done(dana.slash("chart add", **pictures), "2 charts added")
        await self._step(dana, "types /chart add and adds two pictures", adding, "2 charts added")
        await self._look_again(card, "the same card shows the charts", CHANGED, "#3")

    async def _press_buttons(self, card: Seen) -> None:
        """Use the card's buttons: its changes as a member, and deletion as a manager."""
        mia, max_ = self._environment.mia, self._environment.max
        history = mia.click(card, "What changed (2)")
        await self._step(mia, "presses What changed (2) on the card", history, "to #3")
        of_ivan = await self._environment.shows(INTRADAY)
        more = max_.click(of_ivan, "More\N{HORIZONTAL ELLIPSIS}")
        panel = await self._step(max_, "presses More… on Ivan's card", more, "1 revision")
        asked = await self._step(max_, "presses Delete", max_.click(panel, "Delete"), "Delete Coach I")
        await self._step(max_, "presses Cancel", max_.click(asked, "Cancel"), "Canceled")

    async def _open_today(self) -> None:
        """Open a plan of today as a member."""
        mia = self._environment.mia
        today = await self._type(mia, "today", "2 plans", "Coach D", "Coach I")
        await self._step(mia, "presses Open beside Dana's plan", mia.click(today, "Open"), FIRST)

    async def _see_changes(self) -> None:
        """See what changed since the member opened the plan."""
        mia = self._environment.mia
        today = await self._type(mia, "today", "Changed since you opened it")
        changes = mia.click(today, "What changed: Coach D (Day Trading)")
        await self._step(mia, "presses What changed below the plans", changes, "since you opened it", "**21,460**")

    async def _save_message(self) -> None:
        ivan = self._environment.ivan
        form = await self._step(
            ivan,
            f"writes into the channel: {TOMORROW}; opens its Apps menu and chooses Save as plan",
            ivan.message_action("Save as plan", ivan.send(TOMORROW)),
            TOMORROW,
        )
        sending = ivan.submit(form, Day=[_options(form)[1]])
        await self._step(ivan, "changes the day to tomorrow and sends the form", sending, "Posted: Coach I")
        await self._look("the plan links to its source", TOMORROW, "Saved from")

    async def _read(self, *coaches: str) -> None:
        mia = self._environment.mia
        await self._type(mia, "plan show", "Long NQ", "#", coach="d")
        await self._type(mia, "plan list", "plan", *coaches)

    async def _type(self, who: Person, path: str, *expected: str, **options: str | int) -> Seen:
        """Type a command as a user could on the page."""
        words = " ".join([f"/{path}", *(f"{name}:{value}" for name, value in options.items())])
        answer = self._done(who.slash(path, **options), expected[0])
        return await self._step(who, f"types {words}", answer, *expected)

    async def _done(self, act: Awaitable[Seen], word: str) -> Seen:
        """Wait until a receipt has the word, as it shows progress before."""
        receipt = await act
        if receipt.interaction and not receipt.form:
            with contextlib.suppress(TimeoutError):
                await receipt.interaction.until(lambda: word in receipt.text)
        return receipt

    async def _look(self, why: str, *expected: str) -> Seen:
        """Wait until a member sees a message with all that is expected."""
        return await self._step(self._environment.mia, f"looks: {why}", self._environment.shows(*expected), *expected)

    async def _look_again(self, card: Seen, why: str, *expected: str) -> None:
        """Wait until the same card shows all that is expected: it is edited, not posted again."""
        seen = await self._environment.shows(*expected)
        missing = [] if seen.message is card.message else ["the same message"]
        self._report(self._environment.mia, f"looks: {why}", seen, missing)

    async def _step(self, who: Person, does: str, act: Awaitable[Seen], *expected: str) -> Seen:
        seen = await act
        text = seen.text + "".join(field.value for field in seen.form.fields) if seen.form else seen.text
        self._report(who, does, seen, [words for words in expected if words not in text])
        return seen

    def _report(self, who: Person, does: str, seen: Seen, missing: list[str]) -> None:
        self._screen.show(who, does, seen, missing)
        self.steps += 1
        self.failures += bool(missing)


@dataclasses.dataclass(frozen=True, slots=True)
class TourOptions:
    """Options of `make try`."""

    keep: bool = False
    """Keep the data, and use the data kept last time."""
    port: int | None = None
    """Of the page; None: the default or any free one."""
    once: bool = False
    """Stop after the tour."""
    opens_browser: bool = True


async def run_tour(write: Callable[[str], None], options: TourOptions) -> int:
    """Run the tour, keep running until Ctrl-C, and return the exit status; print with `write`."""
    stop_requested = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop_requested.set)
    running = asyncio.create_task(_run(write, options, stop_requested))
    stopping = asyncio.create_task(stop_requested.wait())
    await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not running.done():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(running), 0.1)
    if not running.done():
        running.cancel()
    try:
        return await running
    except asyncio.CancelledError:
        return 0


async def _run(write: Callable[[str], None], options: TourOptions, stop_requested: asyncio.Event) -> int:
    screen = Screen(write, str)
    try:
        async with running_environment(keep=options.keep, port=options.port) as environment:
            screen = Screen(write, environment.person_named)
            screen.say(f"The page is [bold]{environment.address}[/]. The bot is starting.")
            if options.opens_browser and not options.once:
                _open_browser(environment.address)
            failures = await _show(environment, screen, options, stop_requested)
    except (SetupError, ActionFailedError, NoAnswerError) as error:
        screen.say(f"[red]The local Discord was stopped:[/] {escape(str(error))}")
        return 1
    if options.keep:
        screen.say(f"Data kept in {DATA_FOLDER}: make try KEEP=1 continues from here.")
    return 1 if failures else 0


async def _show(environment: Environment, screen: Screen, options: TourOptions, stop_requested: asyncio.Event) -> int:
    """Run the bot and the tour, then the bot alone until a stop is requested; return the number of failed steps."""
    async with environment.bot() as bot:
        failures = await _begin(environment, screen)
        if options.once:
            return failures
        screen.say(f"Use the bot by hand: [bold]{environment.address}[/]. Its log is {environment.log}.")
        if environment.plans_address:
            screen.say(f"Programs read the plans: [bold]curl {environment.plans_address}[/]")
        screen.say(f"Press Ctrl-C to stop. {_KEPT if options.keep else _NOT_KEPT}")
        is_ended = await _has_ended(bot, screen, stop_requested)
    while is_ended:
        async with environment.bot() as bot:
            screen.say("The bot is connected again.")
            is_ended = await _has_ended(bot, screen, stop_requested)
    return failures


async def _begin(environment: Environment, screen: Screen) -> int:
    """Run the tour where nothing was kept, report the result, and return the number of failed steps."""
    if environment.is_kept:
        screen.say("The bot is connected. Everything is shown as it was left the last time, so there is no tour.")
        return 0
    screen.say("The bot is connected. The tour begins.")
    tour = Tour(environment, screen)
    await tour.run()
    screen.say(_verdict(tour))
    return tour.failures


async def _has_ended(bot: BotProcess, screen: Screen, stop_requested: asyncio.Event) -> bool:
    """Wait for the bot's end, which is reported, or for a request to stop; return True for the former."""
    ended, stopping = asyncio.create_task(bot.ended()), asyncio.create_task(stop_requested.wait())
    await asyncio.wait({ended, stopping}, return_when=asyncio.FIRST_COMPLETED)
    for task in (ended, stopping):
        task.cancel()
    if stop_requested.is_set():
        return False
    screen.say(f"[red]The bot ended {ended.result()}.[/] It is being started again, with the same plans.")
    return True


def _open_browser(address: str) -> None:
    """Open the page in a browser, if the session is interactive."""
    has_screen = sys.platform in ("darwin", "win32") or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
    if has_screen and sys.stdout.isatty() and not os.environ.get("CI"):
        webbrowser.open(address)


def _verdict(tour: Tour) -> str:
    if tour.failures:
        return f"[red]{tour.failures} of {tour.steps} steps were not as expected.[/]"
    return f"[green]All {tour.steps} steps were as expected.[/]"


def _options(form: Seen) -> list[str]:
    """Return the values to choose from in a form."""
    fields = form.form.fields if form.form else []
    return [option["value"] for field in fields for option in field.component.get("options", ())]
