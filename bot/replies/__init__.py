"""Values into messages and modals: pure. What a reply may hold at most is told by `bot.replies.layout`."""

from bot.replies.admin import (
    assigned,
    coach_added,
    coach_removed,
    coach_renamed,
    coaches,
    settings,
    settings_changed,
    unassigned,
)
from bot.replies.cards import ask_delete, card, kept, part, reading, unchanged
from bot.replies.charts import ask_where, chart_pages, gallery, manage_charts, receiving, upload_name
from bot.replies.errors import (
    changed_buttons,
    discarded,
    draft_buttons,
    drafts,
    exists_buttons,
    form_ready,
    gone_buttons,
    refusal,
)
from bot.replies.exports import export
from bot.replies.forms import caption_modal, edit_modal, kept_edit_modal, kept_modal, kept_post_modal, post_modal
from bot.replies.history import (
    ask_take_back,
    changed_charts,
    comparison,
    history,
    stood,
    which_moment_buttons,
)
from bot.replies.lists import plans, todays
from bot.replies.pending import carried_out, kept_for_now, never_carried_out, no_letter
from bot.replies.phrases import PART, note
from bot.replies.plugins import plugin_list, plugin_loaded, plugin_reloaded, plugin_unloaded, plugins_reloaded
from bot.replies.receipts import changed, charts_added, deleted, posted, receipt, restored, shown_again
from bot.replies.reports import backed_up, health, statistics

__all__ = [
    "PART",
    "ask_delete",
    "ask_take_back",
    "ask_where",
    "assigned",
    "backed_up",
    "caption_modal",
    "card",
    "carried_out",
    "changed",
    "changed_buttons",
    "changed_charts",
    "chart_pages",
    "charts_added",
    "coach_added",
    "coach_removed",
    "coach_renamed",
    "coaches",
    "comparison",
    "deleted",
    "discarded",
    "draft_buttons",
    "drafts",
    "edit_modal",
    "exists_buttons",
    "export",
    "form_ready",
    "gallery",
    "gone_buttons",
    "health",
    "history",
    "kept",
    "kept_edit_modal",
    "kept_for_now",
    "kept_modal",
    "kept_post_modal",
    "manage_charts",
    "never_carried_out",
    "no_letter",
    "note",
    "part",
    "plans",
    "plugin_list",
    "plugin_loaded",
    "plugin_reloaded",
    "plugin_unloaded",
    "plugins_reloaded",
    "post_modal",
    "posted",
    "reading",
    "receipt",
    "receiving",
    "refusal",
    "restored",
    "settings",
    "settings_changed",
    "shown_again",
    "statistics",
    "stood",
    "todays",
    "unassigned",
    "unchanged",
    "upload_name",
    "which_moment_buttons",
]
