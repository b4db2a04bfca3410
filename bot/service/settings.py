"""The settings of a guild: its time zone, its exchange, the plans' channel, who sees deleted plans."""

from bot.domain.errors import SetAndClearError
from bot.domain.values import (
    Actor,
    Clearable,
    GuildId,
    GuildSettings,
    MessageId,
    SettingsChange,
    Suggestion,
    WriteButton,
)
from bot.service import timezones
from bot.service.records import cards as card_rows
from bot.service.records import sessions as session_rows
from bot.service.transactions import Service, reads, reads_first, require_manager, writes
from storage.models import GuildSettingsRow


class SettingsService(Service):
    """Reads and changes the settings of a guild, for its managers; others are refused with `NotManagerError`."""

    @reads
    def read(self, actor: Actor) -> GuildSettings:
        """Return the settings."""
        require_manager(actor)
        return self.guilds.settings(actor.guild_id)

    @writes
    def change(self, actor: Actor, wanted: SettingsChange) -> GuildSettings:
        """Change the settings, and return all of them.

        A new time zone says when today is from now on; no plan and no revision is touched. Cards that can't be shown
        where they are go to a new plans' channel; the others stay. Cards from today on show another exchange's
        days.

        Raises:
            SetAndClearError: the same is to be set and cleared.
            TimezoneError: the words name no time zone.
        """
        require_manager(actor)
        _refuse_contradiction(wanted)
        before = self.guilds.timezone(actor.guild_id)
        row = GuildSettingsRow.get_by_id(actor.guild_id)
        if wanted.timezone is not None:
            row.timezone = timezones.timezone_meant(wanted.timezone)
        if wanted.plans_channel_id is not None:
            row.plans_channel_id = wanted.plans_channel_id
            card_rows.move_stranded(actor.guild_id, wanted.plans_channel_id, self.clock())
        if wanted.deleted_visible_to is not None:
            row.deleted_visible_to = wanted.deleted_visible_to
        if wanted.deleted_cards is not None:
            row.deleted_cards = wanted.deleted_cards
        if wanted.exchange is not None:
            row.exchange = wanted.exchange
        if wanted.clear is Clearable.TIMEZONE:
            row.timezone = None
        if wanted.clear is Clearable.PLANS_CHANNEL:
            row.plans_channel_id = None
        row.save()
        self._move_closes(actor.guild_id, before)
        if wanted.exchange is not None:
            card_rows.mark_days_dirty_from(actor.guild_id, self.guilds.today(actor))
        return self.guilds.settings(actor.guild_id)

    @writes
    def put_write_button(self, actor: Actor, posted: WriteButton) -> WriteButton | None:
        """Store where the button is, and return where the one was that it replaces; None: nowhere."""
        require_manager(actor)
        replaced = self.guilds.settings(actor.guild_id).write_button
        place = {"write_channel_id": posted.channel_id, "write_message_id": posted.message_id}
        GuildSettingsRow.update(place).where(GuildSettingsRow.guild_id == actor.guild_id).execute()
        return replaced

    @writes
    def note_deleted_button(self, actor: Actor, message_id: MessageId) -> WriteButton | None:
        """Note that the message with the button was deleted, unless another was posted since; return where it is."""
        require_manager(actor)
        is_it = (GuildSettingsRow.guild_id == actor.guild_id) & (GuildSettingsRow.write_message_id == message_id)
        GuildSettingsRow.update(write_message_id=None).where(is_it).execute()
        return self.guilds.settings(actor.guild_id).write_button

    async def create(self, guild_id: GuildId) -> bool:
        """Create the settings and coaches of a guild that the bot joined; return whether the guild is new.

        Raises:
            DatabaseUnavailableError: the database can't be written.
        """
        return await self._write(self.guilds.create, guild_id)

    @reads_first
    def timezone(self, actor: Actor) -> str:
        """Return the name of the time zone."""
        require_manager(actor)
        return self.guilds.timezone(actor.guild_id)

    @reads_first
    def suggest_timezones(self, _: Actor, typed: str) -> list[Suggestion]:
        """Return time zones that fit what was typed so far."""
        return timezones.suggestions(typed)

    def _move_closes(self, guild_id: GuildId, before: str) -> None:
        """Let sessions that follow the guild's clock close early at the same hour as in the time zone before."""
        after = self.guilds.timezone(guild_id)
        if after != before:
            for day in session_rows.move_closes(guild_id, before, after):
                card_rows.mark_day_dirty(guild_id, day)


def _refuse_contradiction(wanted: SettingsChange) -> None:
    if wanted.clear is Clearable.TIMEZONE and wanted.timezone is not None:
        raise SetAndClearError("the time zone")
    if wanted.clear is Clearable.PLANS_CHANNEL and wanted.plans_channel_id is not None:
        raise SetAndClearError("the plans\u2019 channel")
