"""The configured and installed plugins, imported without Discord."""

import asyncio

from bot.config.settings import Config
from bot.plugin_host.candidates import Discovery, discover
from bot.plugin_host.preflight import Preflight
from bot.plugin_host.sources import sources


def discover_plugins(config: Config) -> list[Discovery]:
    """Import and return all plugins that the configuration names or that are installed."""
    return asyncio.run(_discover(config))


async def _discover(config: Config) -> list[Discovery]:
    preflight = Preflight()
    try:
        return await discover(sources(config.plugins.enabled, config.plugins.extra), preflight)
    finally:
        await preflight.close()
