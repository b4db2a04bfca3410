"""`/admin plugin ...`: plugins, for operators."""

import lightbulb

from bot import replies
from bot.domain.values import MAX_CHOICE_LENGTH, MAX_CHOICES
from bot.interactions.options import Suggest
from bot.interactions.receipts import answer, open_receipt
from bot.plugin import CommandContext, actor_of
from bot.plugin_host.host import PluginHost
from plugins.admin.group import plugins


async def suggest_plugins(ctx: lightbulb.AutocompleteContext[str], host: PluginHost) -> None:
    """Offer the names of plugins, to operators."""
    names = host.suggest(actor_of(ctx.interaction), str(ctx.focused.value or ""))
    await ctx.respond(names[:MAX_CHOICES])


def plugin_option(suggest: Suggest = suggest_plugins) -> str:
    """Return a required option for a plugin."""
    return lightbulb.string("name", "The plugin.", max_length=MAX_CHOICE_LENGTH, autocomplete=suggest)


def any_plugin_option(suggest: Suggest = suggest_plugins) -> str | None:
    """Return an optional option for a plugin."""
    description = "The plugin. Default: all loaded plugins."
    return lightbulb.string("name", description, default=None, max_length=MAX_CHOICE_LENGTH, autocomplete=suggest)


@plugins.register
class ListPlugins(lightbulb.SlashCommand, name="list", description="List plugins and their status."):
    """`/admin plugin list`."""

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, host: PluginHost) -> None:
        """Show them."""
        await open_receipt(ctx)
        await answer(ctx, replies.plugin_list(await host.statuses(actor_of(ctx.interaction))))


@plugins.register
class LoadPlugin(lightbulb.SlashCommand, name="load", description="Load a plugin."):
    """`/admin plugin load`."""

    name = plugin_option()

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, host: PluginHost) -> None:
        """Load it."""
        await open_receipt(ctx)
        await answer(ctx, replies.plugin_loaded(await host.load(actor_of(ctx.interaction), self.name)))


@plugins.register
class UnloadPlugin(lightbulb.SlashCommand, name="unload", description="Unload a plugin and its commands."):
    """`/admin plugin unload`."""

    name = plugin_option()

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, host: PluginHost) -> None:
        """Unload it."""
        await open_receipt(ctx)
        await answer(ctx, replies.plugin_unloaded(await host.unload(actor_of(ctx.interaction), self.name)))


@plugins.register
class ReloadPlugin(lightbulb.SlashCommand, name="reload", description="Reload a plugin’s changed code."):
    """`/admin plugin reload`."""

    name = any_plugin_option()

    @lightbulb.invoke
    async def invoke(self, ctx: CommandContext, host: PluginHost) -> None:
        """Reload it, or all."""
        await open_receipt(ctx)
        actor = actor_of(ctx.interaction)
        if self.name is None:
            reply = replies.plugins_reloaded(await host.reload_all(actor))
        else:
            reply = replies.plugin_reloaded(await host.reload(actor, self.name))
        await answer(ctx, reply)
