"""The plugins, for the one who runs the bot: imported, and without Discord."""

import asyncio

from bot.config.settings import Config
from bot.plugin_host.candidates import Discovery, discover, listed
from bot.plugin_host.sources import sources

__all__ = ["faults", "find", "listed"]


def find(config: Config) -> list[Discovery]:
    """All plugins that the configuration names or that are installed, each imported."""
    return asyncio.run(discover(sources(config.plugins.enabled, config.plugins.extra)))


def faults(config: Config) -> list[str]:
    """Why plugins can't be loaded; empty: all can be."""
    return [str(found.refusal) for found in find(config) if found.refusal]
