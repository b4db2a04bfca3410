"""Plugins as an operator writes them: good ones, and all that can be wrong with one."""

import textwrap
from pathlib import Path

HEAD = """
import asyncio, sys
import hikari, lightbulb
from bot import replies
from bot.plugin import GUILD_ONLY, Plugin

plugin = Plugin("mine", "Mine.")
"""

COMMAND = """
@plugin.command
class {kind}(lightbulb.SlashCommand, name="{name}", description="{description}", **GUILD_ONLY):
    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context) -> None:
        await ctx.respond(**replies.note("{says}"))
"""


def command(name: str = "hello", description: str = "Says hello.", says: str = "one") -> str:
    """The source of a command."""
    return COMMAND.format(kind=name.title(), name=name, description=description, says=says)


def plugin(*parts: str) -> str:
    """The source of a plugin with these parts."""
    return HEAD + "\n".join(textwrap.dedent(part) for part in parts)


def waiting(begun: Path, released: Path) -> str:
    """The source of a part whose import makes one file, and waits for another."""
    return f"""
        import pathlib, time
        pathlib.Path({str(begun)!r}).touch()
        while not pathlib.Path({str(released)!r}).exists(): time.sleep(0.01)
        """


ONE = plugin(command(says="one"))
TWO = plugin(command(says="two"))

TASK = """
@plugin.task(lightbulb.uniformtrigger(hours=1, wait_first=False))
async def always_fails() -> None:
    raise RuntimeError("not today")
"""

LISTENER = """
@plugin.listener(hikari.InteractionCreateEvent)
async def always_fails(event: hikari.InteractionCreateEvent) -> None:
    raise RuntimeError("not today")
"""

_MANY = "\n".join(command(f"hello{number}") for number in range(101))

BROKEN = {
    "a syntax error": (plugin("def"), "mine_plugin.py, line 8: SyntaxError"),
    "a missing import": (plugin("import nothing_of_this_name"), "line 8: ModuleNotFoundError: No module named"),
    "a missing name": (plugin("from bot.replies import nothing_of_this_name"), "line 8: ImportError: cannot import"),
    "an exception": (plugin("x = 1 / 0"), "mine_plugin.py, line 8: ZeroDivisionError: division by zero"),
    "an exit": (plugin("sys.exit(3)"), "line 8: it calls sys.exit"),
    "an interrupt": (plugin("raise KeyboardInterrupt"), "line 8: KeyboardInterrupt"),
    "a cancellation": (plugin("raise asyncio.CancelledError"), "line 8: CancelledError"),
    "an error that can't be shown": (
        plugin("class Mute(Exception):\n    def __str__(self): return 1 / 0", "raise Mute"),
        "line 10: Mute",
    ),
    "a part that is cancelled": (
        plugin(
            command(),
            """
            class Part(lightbulb.loaders.Loadable):
                async def load(self, client): raise asyncio.CancelledError
                async def unload(self, client): pass
            plugin.add(Part())
            """,
        ),
        "When it was added: CancelledError",
    ),
    "a requirement that is no list": (ONE.replace('"Mine."', '"Mine.", "plans"'), "requires is a list of names"),
    "an error handler": (
        plugin("@plugin.error_handler\nasync def handle(failed): return True"),
        "line 8: TypeError: a plugin has no error handlers",
    ),
    "a listener of no event": (
        plugin("@plugin.listener(int)\nasync def listen(event): pass"),
        "line 8: TypeError: int is no type of event",
    ),
    "no plugin": ("plugin = 1", "it has no `plugin = Plugin(...)`"),
    "the name of another": (ONE.replace('"mine"', '"plans"'), "it calls itself plans now"),
    "a bad name": (ONE.replace('"mine"', '"My Own"'), "“My Own” can’t be a plugin’s name"),
    "the command of another": (plugin(command("plan")), "commands that plans has already: plan"),
    "101 commands": (plugin(_MANY), "would have 106 slash commands, and Discord takes 100"),
    "a long description": (plugin(command(description="x" * 101)), "'description' - must be 1-100 characters"),
    "a bad name of a command": (
        plugin(command("Hello World".replace(" ", "_"))),
        "the name “Hello_World” can’t be used",
    ),
    "what it requires missing": (ONE.replace('"Mine."', '"Mine.", ("polls",)'), "requires the plugin polls"),
    "a part that fails": (
        plugin(
            """
            class Broken(lightbulb.loaders.Loadable):
                async def load(self, client): raise RuntimeError("not today")
                async def unload(self, client): pass
            """,
            command(says="two"),
            "plugin.add(Broken())",
        ),
        "When it was added: RuntimeError: not today",
    ),
    "a hard exit": (plugin("import os", "os._exit(0)"), "its import ended the process (exit status 0)"),
    "a kill": (
        plugin("import os, signal", "os.kill(os.getpid(), signal.SIGKILL)"),
        "its import ended the process (exit status -9)",
    ),
}
"""Mistakes of an operator: a source, and words of the answer."""

ENDLESS = {
    "an endless loop": (plugin("while True:\n    pass"), "its import had not ended after"),
    "a stubborn loop": (
        plugin(
            """
            while True:
                try:
                    while True:
                        pass
                except BaseException:
                    pass
            """
        ),
        "its import had not ended after",
    ),
    "a regular expression without end": (
        plugin("import re", 're.match("(a+)+b", "a" * 60)'),
        "its import had not ended after",
    ),
}
"""The same, with imports that never end."""
