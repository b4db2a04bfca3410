"""The setup of a guild."""

import dataclasses

from bot.domain.values.cards import CardPermission
from bot.domain.values.guilds import CoachPage, GuildSettings, MemberNames
from bot.domain.values.ids import GuildId


@dataclasses.dataclass(frozen=True, slots=True)
class Setup:
    """The state of a guild, as the setup panel shows it."""

    guild_id: GuildId
    settings: GuildSettings
    coaches: CoachPage
    """Without retired ones."""
    names: MemberNames
    timezones: tuple[str, ...]
    """The common ones."""
    lacking: tuple[CardPermission, ...] = ()
    """The bot's missing permissions in the plans' channel."""
    is_channel_gone: bool = False
    """True: the plans' channel was deleted."""
