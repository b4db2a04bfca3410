"""A stand-in for Discord."""

import dataclasses
from collections.abc import Awaitable, Callable, Collection, Mapping

from bot.domain.values import Actor, ChannelId, View
from bot.feed.access import NOBODY
from bot.service.readers import NoViews


@dataclasses.dataclass
class Views(NoViews):
    """The same view of all channels, for everybody."""

    view: View
    unanswered: int = 0
    """The questions that are not answered before."""
    meanwhile: Callable[[], Awaitable[object]] | None = None
    """Happens once, before a program is answered."""

    async def of(
        self, actor: Actor, channels: Collection[ChannelId], parents: Mapping[ChannelId, ChannelId]
    ) -> Mapping[ChannelId, View]:
        del parents
        if self.meanwhile and actor.user_id == NOBODY:
            happen, self.meanwhile = self.meanwhile, None
            await happen()
        view = View.UNKNOWN if self.unanswered > 0 else self.view
        self.unanswered -= 1
        return dict.fromkeys(channels, view)
