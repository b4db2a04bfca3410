"""The tokens of programs that read plans."""

from collections.abc import Sequence

from bot.domain.as_of import NOW
from bot.domain.counts import count_of
from bot.domain.values import FeedToken, NewFeedToken
from bot.replies import layout
from bot.replies.layout import Reply
from bot.replies.phrases import note


def feed_token_created(made: NewFeedToken) -> Reply:
    """Show a new token, this once."""
    return note(
        f"Created: {_listed(made.token)}\n```\n{made.secret}\n```\n"
        "Copy it now: it is not shown again. Programs send it as `Authorization: Bearer ...`. "
        "Whoever has it can read the plans; revoke it with /admin feed revoke."
    )


def feed_tokens(tokens: Sequence[FeedToken]) -> Reply:
    """Return the tokens of the server."""
    if not tokens:
        return note("This server has no tokens. Create one with /admin feed token.")
    return note("\n".join([f"### {count_of(len(tokens), 'token')}", *map(_listed, tokens)]))


def feed_token_revoked(name: str) -> Reply:
    """Say that a token was revoked."""
    return note(f"Revoked: **{layout.escape(name)}**. Its program can’t read anything anymore.")


def _listed(token: FeedToken) -> str:
    parts = [f"**{layout.escape(token.name)}**"]
    if token.as_of != NOW:
        parts.append(f"as of {token.as_of}")
    if token.channel_id:
        parts.append(f"also <#{token.channel_id}>")
    expires = layout.timestamp(token.expires_at, "R") if token.expires_at else "never"
    return " · ".join([*parts, f"expires: {expires}"])
