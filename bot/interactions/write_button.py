"""The message with the button *Post today's plan*, as Discord has it."""

import hikari

from bot.domain.errors import DatabaseUnavailableError
from bot.domain.values import Actor, WriteButton
from bot.service.settings import SettingsService


class WriteButtonLookup:
    """Looks for the message whenever a manager opens a panel that names it: nothing watches it in between."""

    def __init__(self, gateway: hikari.GatewayBot, settings: SettingsService) -> None:
        self._rest = gateway.rest
        self._settings = settings

    async def find(self, actor: Actor) -> WriteButton | None:
        """Return where the button is, and note if its message was deleted; None: it is nowhere, or that is not known.

        Raises:
            NotManagerError: the actor does not manage their guild.
        """
        try:
            button = (await self._settings.read(actor)).write_button
            if button is None or button.message_id is None:
                return button
            try:
                await self._rest.fetch_message(button.channel_id, button.message_id)
            except hikari.NotFoundError:
                return await self._settings.note_deleted_button(actor, button.message_id)
            except (hikari.HikariError, OSError):
                pass  # it may exist
        except DatabaseUnavailableError:
            return None
        return button
