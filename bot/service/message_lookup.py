"""What a message or a member leads to, when somebody acts on it."""

from bot.domain.errors import NoPlanError, NoSuchCardError
from bot.domain.values import MOST_CHOICES, Actor, MessageId, Plan, PlanId
from bot.service.plan_base import PlanActs
from bot.service.records.plans import live_plans, plans_of
from bot.service.records.roster import Roster
from bot.service.transactions import reads, reads_first
from storage.models import PlanRow


class MessageService(PlanActs):
    """Finds the plans that are meant by one who points at a message or a member."""

    @reads_first
    def plan(self, actor: Actor, shown: PlanId | None, message_id: MessageId) -> PlanId:
        """The plan that a message is about: the one that it shows, or the one that was last saved from it.

        Whether the actor may see it is asked by whoever shows it.

        Raises:
            NoSuchCardError: it is about none.
        """
        if shown is not None:
            return shown
        saved = PlanRow.select().where((PlanRow.guild_id == actor.guild_id) & (PlanRow.source_message_id == message_id))
        row = saved.order_by(PlanRow.deleted_at.is_null().desc(), PlanRow.id.desc()).limit(1).get_or_none()
        if row is None:
            raise NoSuchCardError
        return PlanId(row.id)

    @reads
    def extendable(self, actor: Actor) -> tuple[Plan, ...]:
        """The plans that the actor may add charts to: the only one of today, or else the newest, 25 at most.

        Raises:
            NoPlanError: there is none.
        """
        today = self.today(actor)
        newest = _theirs(actor)
        if not newest:
            raise NoPlanError(None, today)
        todays = [plan for plan in newest if plan.day == today]
        return tuple(todays if len(todays) == 1 else newest)

    @reads
    def todays(self, actor: Actor, member: Actor) -> tuple[Plan, ...]:
        """The plans of today that a member of the actor's guild wrote, or that their coaches have."""
        today = self.today(actor)
        return tuple(plan for plan in _theirs(member) if plan.day == today)


def _theirs(actor: Actor) -> list[Plan]:
    """The newest plans that the actor may edit, 25 at most."""
    own = [coach.id for coach in Roster.of(actor.guild_id).own(actor)]
    rows = live_plans(actor.guild_id).where((PlanRow.author_id == actor.user_id) | PlanRow.coach.in_(own))
    return plans_of(rows.order_by(PlanRow.day.desc(), PlanRow.id.desc()).limit(MOST_CHOICES))
