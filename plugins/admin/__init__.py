"""Admin: `/admin ...`, what the managers of a guild and those who run the bot set up and look at."""

# In the order in which Discord lists the commands.
from plugins.admin import coaches, settings, reports, backups, plugins  # noqa: F401, I001
from plugins.admin.group import plugin

__all__ = ["plugin"]
