"""Plans: `/today` and `/plan post|edit|template|drafts|show|list|search|delete|restore|export`; forms and buttons."""

# In the order in which Discord lists the commands.
from plugins.plans import today, posting, editing, templates, drafts, reading, searching, deleting, exporting, cleanup  # noqa: I001
from plugins.plans.group import plugin

__all__ = [
    "cleanup",
    "deleting",
    "drafts",
    "editing",
    "exporting",
    "plugin",
    "posting",
    "reading",
    "searching",
    "templates",
    "today",
]
