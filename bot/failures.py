"""The one place where a failure becomes what the user reads.

A refusal is shown in its own words. Anything else is logged with a short reference, which the user
is told. Either way a text that the user had written is given back, and kept as a draft if it can be.
"""

import contextvars
import dataclasses
import secrets

import hikari
import structlog

from bot import errors, layout, replies
from bot.layout import Button, Reply
from bot.plugin import Respondable, actor_of
from bot.routes import UnknownRouteError
from bot.service.drafts import DraftService
from bot.values import Draft, Writing

_log = structlog.get_logger(__name__)

_TOO_LATE = (hikari.NotFoundError, hikari.UnauthorizedError)
"""What Discord answers when an interaction is past its 3 s or its token past its 15 min."""
_ANSWERED_ALREADY = 40060
"""Discord's code where an interaction has its first answer: it came twice, or the answer was sent twice."""
_UNKNOWN_ROUTE = (
    "This button is from another version of Coachbook and does nothing any more. Use the commands instead: /plan show."
)
_FAILED = (
    "Something went wrong, and it is not your doing. Try again in a moment; if it stays like this, "
    "tell those who run this bot the reference {reference}."
)


_writing: contextvars.ContextVar[Writing | None] = contextvars.ContextVar("writing", default=None)


def give_back(writing: Writing) -> None:
    """Should the interaction that is being handled fail from here on, give the user this text back."""
    _writing.set(writing)


class Failures:
    """Tells users about failures."""

    def __init__(self, drafts: DraftService) -> None:
        self._drafts = drafts

    async def tell(self, ctx: Respondable, error: Exception) -> None:
        """Answer the user whose interaction failed with `error`. Never raises."""
        if why := _cannot_be_answered(error):
            _log.warning(why, interaction_id=int(ctx.interaction.id))
            return
        try:
            await ctx.respond(**await self._reply(ctx, error))
        except Exception as failure:  # noqa: BLE001 - the last resort: there is nobody left to tell but the log
            _log.error("could not answer", interaction_id=int(ctx.interaction.id), exc_info=failure)

    async def _reply(self, ctx: Respondable, error: Exception) -> Reply:
        writing = _writing.get()
        draft = await self._kept(ctx, writing) if writing else None
        yours = writing.text if writing else None
        if isinstance(error, errors.PlanChangedError):
            buttons = replies.changed_buttons(error.plan, draft)
            current = error.plan.text if writing else None
            return replies.refusal(_words(ctx, error), yours=yours, current=current, buttons=buttons)
        return replies.refusal(_words(ctx, error), yours=yours, buttons=_ways_on(error, draft))

    async def _kept(self, ctx: Respondable, writing: Writing) -> Draft | None:
        """The text as a draft; None where it can't be one, and the user gets it back as text alone."""
        try:
            return await self._drafts.keep(actor_of(ctx.interaction), **dataclasses.asdict(writing))
        except errors.RefusalError:
            return None
        except Exception as failure:  # noqa: BLE001 - the book may be what failed; the text is given back all the same
            _log.error("could not keep a draft", exc_info=failure)
            return None


def _cannot_be_answered(error: Exception) -> str | None:
    if isinstance(error, _TOO_LATE):
        return "answered too late"
    if isinstance(error, hikari.BadRequestError) and error.code == _ANSWERED_ALREADY:
        return "answered already"
    return None


def _words(ctx: Respondable, error: Exception) -> str:
    if isinstance(error, errors.RefusalError):
        return layout.escape(str(error))
    if isinstance(error, UnknownRouteError):
        return _UNKNOWN_ROUTE
    reference = secrets.token_hex(3)
    _log.error("failed", reference=reference, interaction_id=int(ctx.interaction.id), exc_info=error)
    return _FAILED.format(reference=reference)


def _ways_on(error: Exception, draft: Draft | None) -> list[Button]:
    if isinstance(error, errors.PlanExistsError):
        return replies.exists_buttons(error.plan, draft)
    if draft is None:
        return []
    is_gone = isinstance(error, errors.PlanGoneError)
    return replies.gone_buttons(draft) if is_gone else replies.draft_buttons(draft)
