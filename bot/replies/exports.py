"""Exports: their progress, and the file with a summary."""

from typing import Final

import hikari
from hikari.impl import FileComponentBuilder

from bot.domain.counts import count_of
from bot.domain.errors.history import THREADS_UNCHECKED
from bot.domain.values import MAX_EXPORTED, Exported, ExportProgress
from bot.replies import layout
from bot.replies.layout import Reply
from bot.replies.phrases import note

_MEDIA: Final = {"md": "text/markdown", "jsonl": "application/jsonl", "zip": "application/zip"}


def exporting(progress: ExportProgress) -> Reply:
    """Show the progress of an export, and the limits of one file."""
    ellipsis = "\N{HORIZONTAL ELLIPSIS}"
    if progress.ahead:
        status = f"Waiting: {count_of(progress.ahead, 'export')} before yours{ellipsis}"
    elif progress.percent is None:
        status = f"Reading the plans{ellipsis}"
    else:
        status = f"Writing the file: {progress.percent}%{ellipsis}"
    limit = f"-# One file holds up to {progress.max_bytes // 2**20} MiB and {MAX_EXPORTED:,} plans."
    return note(f"{status}\n{limit}")


def export(exported: Exported) -> Reply:
    """Return the file, with what is in it and what is missing."""
    plans, revisions = count_of(exported.plans, "plan"), count_of(exported.revisions, "revision")
    lines = [f"Exported {plans} with {revisions}."]
    if exported.missing:
        lines.append(
            f"{count_of(exported.missing, 'picture')} missing: the stored picture is gone or was altered. "
            "Tell the bot’s operators."
        )
    if exported.unreadable:
        hidden = count_of(exported.unreadable, "picture")
        lines.append(f"{hidden} left out: can’t be read right now. Export again later.")
    if exported.is_partial:
        lines.append(f"{THREADS_UNCHECKED}, so plans in them are not in the file. Export again later.")
    media = _MEDIA[exported.filename.rpartition(".")[2]]
    file = hikari.Bytes(exported.content, exported.filename, mimetype=media)
    return layout.private([layout.container(layout.LIVE, "\n".join(lines)), FileComponentBuilder(file=file)])
