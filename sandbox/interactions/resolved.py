"""The `resolved` field of an interaction: entities that its options, values and targets refer to."""

from collections.abc import Sequence

from sandbox import rendering
from sandbox.world import permissions
from sandbox.world.entities import AnyJson, Attachment, Channel, Json, Message
from sandbox.world.state import World

USER, CHANNEL, ROLE, MENTIONABLE, ATTACHMENT = 6, 7, 8, 9, 11
"""Option types that refer to an entity."""

_OPTION_OF_SELECT = {5: USER, 6: ROLE, 7: MENTIONABLE, 8: CHANNEL}
"""The option type that corresponds to a select menu's component type."""


class Resolved:
    """Collects the entities referred to in one channel; members and roles are of its guild."""

    def __init__(self, world: World, channel: Channel) -> None:
        """Resolve as in `channel`."""
        self._world = world
        self._guild = world.guilds[channel.guild_id] if channel.guild_id is not None else None
        self._fields: dict[str, Json] = {}

    def fields(self) -> Json:
        """Return `{"resolved": ...}`, or {} without any entity."""
        return {"resolved": self._fields} if self._fields else {}

    def add_option(self, option_type: int, value: AnyJson) -> None:
        """Resolve the entity of an option's value, if its type refers to one."""
        if option_type == USER:
            self.add_user(int(value))
        elif option_type == ROLE:
            self._add_role(int(value))
        elif option_type == CHANNEL:
            self._add_channel(int(value))
        elif option_type == MENTIONABLE:
            is_role = self._guild is not None and int(value) in self._guild.roles
            self._add_role(int(value)) if is_role else self.add_user(int(value))

    def add_chosen(self, component_type: int, values: Sequence[str]) -> None:
        """Resolve the entities chosen in a select menu."""
        for value in values if component_type in _OPTION_OF_SELECT else ():
            self.add_option(_OPTION_OF_SELECT[component_type], value)

    def add_user(self, user_id: int) -> None:
        """Resolve a user with their member."""
        self._put("users", user_id, rendering.user(self._world.users[user_id]))
        member = self._guild.members.get(user_id) if self._guild else None
        if self._guild and member:
            body = rendering.member(self._world, member, with_user=False)
            del body["deaf"], body["mute"]
            body["permissions"] = str(int(permissions.in_guild(self._guild, member)))
            self._put("members", user_id, body)

    def add_message(self, message: Message) -> None:
        """Resolve a message."""
        self._put("messages", message.id, rendering.message(self._world, message))

    def add_attachment(self, attachment: Attachment) -> None:
        """Resolve an uploaded file."""
        self._put("attachments", attachment.id, rendering.attachment(self._world, attachment))

    def _add_role(self, role_id: int) -> None:
        if self._guild is not None:
            self._put("roles", role_id, rendering.role(self._guild.roles[role_id]))

    def _add_channel(self, channel_id: int) -> None:
        body = rendering.channel(self._world, self._world.channels[channel_id])
        body.pop("permission_overwrites", None)
        self._put("channels", channel_id, body | {"permissions": "0"})

    def _put(self, kind: str, key: int, body: Json) -> None:
        self._fields.setdefault(kind, {})[str(key)] = body
