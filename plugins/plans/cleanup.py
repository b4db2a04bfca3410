"""The task that throws away what nobody needs any more."""

import lightbulb

from bot.service.cleanup import CleanupService
from plugins.plans.group import plugin


@plugin.task(lightbulb.uniformtrigger(hours=24, wait_first=False))
async def sweep(cleanup: CleanupService) -> None:
    """Throw away what nobody needs any more."""
    swept = await cleanup.sweep()
    plugin.log.info("swept", drafts=swept.drafts, operations=swept.operations, pictures=swept.pictures)
