"""The task that deletes expired data."""

import dataclasses

import lightbulb

from bot.service.cleanup import CleanupService
from plugins.plans.group import plugin


@plugin.task(lightbulb.uniformtrigger(hours=1, wait_first=False))
async def sweep(cleanup: CleanupService) -> None:
    """Delete drafts, operations, read markers and pictures that are no longer needed."""
    swept = await cleanup.sweep()
    plugin.log.info("swept", **dataclasses.asdict(swept))
