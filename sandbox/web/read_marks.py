"""The newest message that each user has seen in each channel: what is unread on the page."""

from sandbox.world.entities import Channel, ChannelKind, Message, User
from sandbox.world.state import World


class ReadMarks:
    """The read marks of all users; a channel is unread until a user first sees it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._marks: dict[tuple[int, int], int] = {}

    def see(self, user: User, channel: Channel) -> None:
        """Mark all messages of a channel as read by a user."""
        self._marks[user.id, channel.id] = channel.last_message_id or 0

    def is_unread(self, user: User, channel: Channel) -> bool:
        """Return True if the channel has a public message that the user has not seen."""
        return (channel.last_message_id or 0) > self._mark(user, channel)

    def mentions(self, user: User, channel: Channel) -> int:
        """Return the number of unread messages that notify the user: mentions, and all direct messages."""
        if not self.is_unread(user, channel):
            return 0
        mark = self._mark(user, channel)
        unread = (each for each in self._world.messages_in(channel.id) if each.id > mark and not each.ephemeral)
        return sum(channel.kind == ChannelKind.DIRECT or _mentions(each, user) for each in unread)

    def _mark(self, user: User, channel: Channel) -> int:
        return self._marks.get((user.id, channel.id), 0)


def _mentions(message: Message, user: User) -> bool:
    return message.mention_everyone or user.id in message.mention_ids
