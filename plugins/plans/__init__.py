"""Plans: `/today` and `/plan post|edit|template|drafts|show|list|delete|restore|export`, with forms and buttons."""

# In the order in which Discord lists the commands.
from plugins.plans import today, posting, editing, templates, drafts, reading, deleting, exporting, cleanup  # noqa: I001
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
    "templates",
    "today",
]
