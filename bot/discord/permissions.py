"""A member's permissions in a channel, computed from roles and overwrites (Discord's documentation, "Permissions")."""

import dataclasses
from collections.abc import Collection, Iterable, Mapping

import hikari


@dataclasses.dataclass(frozen=True, slots=True)
class GuildPermissions:
    """The owner of a guild, and the permissions of its roles."""

    guild_id: int
    owner_id: int
    roles: Mapping[int, hikari.Permissions]
    """By the role's id, which is the guild's for @everyone; an unknown role has no permissions."""

    def of_member(self, user_id: int, role_ids: Collection[int]) -> hikari.Permissions:
        """Return a member's permissions in the guild, before a channel's overwrites."""
        if user_id == self.owner_id:
            return hikari.Permissions.all_permissions()
        granted = hikari.Permissions.NONE
        for role_id in (self.guild_id, *role_ids):
            granted |= self.roles.get(role_id, hikari.Permissions.NONE)
        return hikari.Permissions.all_permissions() if granted & hikari.Permissions.ADMINISTRATOR else granted

    def in_channel(
        self, user_id: int, role_ids: Collection[int], overwrites: Iterable[hikari.PermissionOverwrite]
    ) -> hikari.Permissions:
        """Return a member's permissions in a channel with these overwrites; none without View Channel."""
        granted = self.of_member(user_id, role_ids)
        if granted & hikari.Permissions.ADMINISTRATOR:
            return granted
        by_subject = {int(each.id): each for each in overwrites}
        for subjects in ((self.guild_id,), role_ids, (user_id,)):
            applying = [by_subject[each] for each in subjects if each in by_subject]
            for overwrite in applying:
                granted &= ~overwrite.deny
            for overwrite in applying:
                granted |= overwrite.allow
        return granted if granted & hikari.Permissions.VIEW_CHANNEL else hikari.Permissions.NONE
