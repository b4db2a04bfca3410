"""The coaches of a guild, and which of them a user speaks as."""

from bot.service.acts import Service, reads
from bot.service.roster import Roster, folded
from bot.values import LONGEST_CHOICE, MOST_CHOICES, Actor, Coach, GuildId, Suggestion


class CoachService(Service):
    """Looks coaches up."""

    @reads
    def resolve(self, actor: Actor, given: str | None) -> Coach:
        """The coach that the actor posts as: by key, by name, or nothing for the only one.

        Raises:
            CoachError: it is unknown, not theirs, or more than one would do.
        """
        return Roster.of(actor.guild_id).to_post_as(actor, given)

    @reads
    def suggest(self, actor: Actor, typed: str, for_posting: bool) -> list[Suggestion]:
        """Coaches that fit what was typed so far, the actor's own first.

        For posting only those they may post as.
        """
        roster = Roster.of(actor.guild_id)
        return [
            Suggestion(_label(coach), coach.key)
            for coach in roster.preferred(actor)
            if folded(typed) in folded(_label(coach)) and (not for_posting or roster.may_post(actor, coach))
        ][:MOST_CHOICES]

    async def list(self, guild_id: GuildId) -> tuple[Coach, ...]:
        """The guild's coaches, in the order of their keys."""
        await self.guilds.welcome(guild_id)
        return (await self.store.read(Roster.of, guild_id)).coaches


def _label(coach: Coach) -> str:
    return f"{coach.key}: {coach.name}"[:LONGEST_CHOICE]
