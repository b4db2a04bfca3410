"""Admin: `/admin ...`, settings and reports for server managers and operators."""

# In the order in which Discord lists the commands.
from plugins.admin import setup, coaches, settings, sessions, reports, feed, backups, plugins  # noqa: I001
from plugins.admin.group import plugin

__all__ = ["backups", "coaches", "feed", "plugin", "plugins", "reports", "sessions", "settings", "setup"]
