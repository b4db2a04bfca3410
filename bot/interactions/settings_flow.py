"""Changing settings: the calendar of another exchange is computed at once."""

from bot.cards.publisher import Publisher
from bot.domain.values import Actor, GuildSettings, SettingsChange
from bot.service.sessions import SessionService
from bot.service.settings import SettingsService


class SettingsFlow:
    """Changes settings, and what depends on them."""

    def __init__(self, settings: SettingsService, sessions: SessionService, publisher: Publisher) -> None:
        self._settings = settings
        self._sessions = sessions
        self._publisher = publisher

    async def change(self, actor: Actor, wanted: SettingsChange) -> GuildSettings:
        """Change the settings, update the cards that show them, and return all settings."""
        changed = await self._settings.change(actor, wanted)
        if wanted.exchange is not None:
            await self._sessions.renew()
            changed = await self._settings.read(actor)
        self._publisher.nudge()
        return changed
