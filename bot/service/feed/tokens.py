"""Tokens with which programs read the plans of a guild: created, listed and revoked by its managers."""

import datetime
import hashlib
import re
import secrets
from collections.abc import Mapping
from typing import Final

import structlog

from bot.domain.as_of import NOW, UnknownAsOfError, parse_as_of
from bot.domain.errors import FeedTokenError
from bot.domain.values import Actor, ChannelId, FeedToken, GuildId, NewFeedToken, Suggestion
from bot.service.pseudonyms import pseudonym
from bot.service.transactions import Service, reads, reads_first, require_manager, writes
from storage.cached_reads import cached_read
from storage.models import FeedTokenRow, GuildSettingsRow

MAX_TOKENS: Final = 15
"""Of a guild."""
MAX_NAME: Final = 50
PREFIX: Final = "cbf_"
"""Before each secret, so that scanners for leaked secrets find it."""
_AS_OF_ADVICE: Final = "Write now, session_open, session_close or a time such as 09:25."
_SECRET: Final = re.compile(PREFIX + r"[A-Za-z0-9_-]{43}")

_log = structlog.get_logger(__name__)


class FeedTokenService(Service):
    """The tokens of a guild. Only hashes of their secrets are stored."""

    @writes
    def create(
        self, actor: Actor, name: str, as_of: str | None, days: int | None, channel_id: ChannelId | None
    ) -> NewFeedToken:
        """Create a token that expires after so many days; None: never.

        Raises:
            FeedTokenError: the name is taken, in whatever case, or can't be one, `as_of` is no moment of a day, or
                there are too many.
            NotManagerError: the actor does not manage the guild.
        """
        require_manager(actor)
        name, as_of = name.strip(), (as_of or NOW).strip()
        _refuse_wrong(name, as_of)
        is_own, now = FeedTokenRow.guild == actor.guild_id, self.now(actor)
        FeedTokenRow.delete().where(is_own, FeedTokenRow.expires_at <= now).execute()
        names = [row.name for row in FeedTokenRow.select().where(is_own)]
        if taken := next((each for each in names if each.casefold() == name.casefold()), None):
            raise FeedTokenError(f"There is a token named “{taken}” already. Choose another name, or revoke that one.")
        if len(names) >= MAX_TOKENS:
            raise FeedTokenError(f"This server has {MAX_TOKENS} tokens already. Revoke one first.")
        secret = PREFIX + secrets.token_urlsafe(32)
        row = FeedTokenRow.create(
            guild=actor.guild_id,
            name=name,
            digest=_digest(secret),
            as_of=as_of,
            channel_id=channel_id,
            created_at=now,
            expires_at=None if days is None else now + datetime.timedelta(days=days),
        )
        self._log_at_commit("token created", actor, row.id, name)
        return NewFeedToken(_token(row), secret)

    @reads
    def tokens(self, actor: Actor) -> tuple[FeedToken, ...]:
        """Return the tokens of the guild, in the order of their names.

        Raises:
            NotManagerError: the actor does not manage the guild.
        """
        require_manager(actor)
        return _tokens_of(actor)

    @reads_first
    def suggest(self, actor: Actor, typed: str) -> list[Suggestion]:
        """Return the tokens of the guild whose names fit what was typed so far; to others than managers none."""
        names = [token.name for token in _tokens_of(actor)] if actor.is_manager else []
        return [Suggestion(name, name) for name in names if typed.casefold() in name.casefold()]

    @writes
    def revoke(self, actor: Actor, name: str) -> str:
        """Revoke a token, and return its name.

        Raises:
            FeedTokenError: there is none with this name.
            NotManagerError: the actor does not manage the guild.
        """
        require_manager(actor)
        name = name.strip()
        is_meant = (FeedTokenRow.guild == actor.guild_id) & (FeedTokenRow.name == name)
        row = FeedTokenRow.get_or_none(is_meant)
        if row is None:
            raise FeedTokenError(f"There is no token named “{name[:MAX_NAME]}”. See all with /admin feed list.")
        row.delete_instance()
        self._log_at_commit("token revoked", actor, row.id, name)
        return name

    async def find(self, secret: str) -> FeedToken | None:
        """Return the token with this secret; None: there is none, or it has expired.

        Raises:
            DatabaseUnreadableError: the database can't be read.
        """
        if not _SECRET.fullmatch(secret):
            return None
        tokens = _by_digest.peek(None)
        if tokens is None:
            tokens = await self._read(_by_digest, None)
        token = tokens.get(_digest(secret))
        is_valid = token and (token.expires_at is None or self.clock() < token.expires_at)
        return token if is_valid else None

    async def has_guild(self, guild_id: GuildId) -> bool:
        """Return whether the database has the guild.

        Raises:
            DatabaseUnreadableError: the database can't be read.
        """
        return _has_guild.peek(guild_id) or await self._read(_has_guild, guild_id)

    def _log_at_commit(self, event: str, actor: Actor, token_id: int, name: str) -> None:
        """Log a change of a token, without its secret, once it is saved."""
        user = pseudonym(actor.user_id)
        self.store.on_commit(
            lambda _: _log.info(event, token_id=token_id, name=name, guild_id=actor.guild_id, user=user)
        )


def _tokens_of(actor: Actor) -> tuple[FeedToken, ...]:
    rows = FeedTokenRow.select().where(FeedTokenRow.guild == actor.guild_id).order_by(FeedTokenRow.name)
    return tuple(_token(row) for row in rows)


def _refuse_wrong(name: str, as_of: str) -> None:
    if not 1 <= len(name) <= MAX_NAME or not name.isprintable():
        raise FeedTokenError(f"A token’s name has 1 to {MAX_NAME} characters on one line.")
    try:
        moment = parse_as_of(as_of)
    except UnknownAsOfError as error:
        raise FeedTokenError(f"“{as_of[:MAX_NAME]}” can’t be as_of. {_AS_OF_ADVICE}") from error
    if isinstance(moment, datetime.datetime):
        raise FeedTokenError(f"as_of of a token is of every plan’s day. {_AS_OF_ADVICE}")


@cached_read(GuildSettingsRow)
def _has_guild(guild_id: GuildId) -> bool:
    return GuildSettingsRow.select().where(GuildSettingsRow.guild_id == guild_id).exists()


@cached_read(FeedTokenRow)
def _by_digest(_: None) -> Mapping[str, FeedToken]:
    """Return the tokens of all servers by the digests of their secrets: a wrong one costs no read."""
    return {row.digest: _token(row) for row in FeedTokenRow.select()}


def _token(row: FeedTokenRow) -> FeedToken:
    channel_id = None if row.channel_id is None else ChannelId(row.channel_id)
    return FeedToken(row.id, GuildId(row.guild_id), row.name, row.as_of, channel_id, row.created_at, row.expires_at)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
