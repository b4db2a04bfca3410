"""Plans: `/today` and `/plan post|edit|show|list|delete|restore|drafts|export`, with their forms and buttons."""

# In the order in which Discord lists the commands.
from plugins.plans import today, posting, editing, drafts, reading, deleting, exporting, cleanup  # noqa: I001
from plugins.plans.group import plugin

__all__ = ["cleanup", "deleting", "drafts", "editing", "exporting", "plugin", "posting", "reading", "today"]
