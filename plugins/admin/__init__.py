"""Admin: `/admin ...`, what the managers of a guild and those who run the bot set up and look at."""

# In the order in which Discord lists the commands.
from plugins.admin import coaches, settings, reports, backups, plugins  # noqa: I001
from plugins.admin.group import plugin

__all__ = ["backups", "coaches", "plugin", "plugins", "reports", "settings"]
