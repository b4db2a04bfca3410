"""Plans by the message or the member that somebody acts on."""

from peewee import Expression

from bot.domain.errors import NoOwnPlanError, NoSuchCardError
from bot.domain.values import MAX_CHOICES, Actor, MessageId, Plan, PlanFilter, PlanId, Reader
from bot.service.plan_base import PlanActs
from bot.service.records.plan_pages import PlanList
from bot.service.records.plans import live_plans, plans, plans_of, readable
from bot.service.records.roster import Roster
from bot.service.transactions import reads, reads_first
from storage.models import PlanRow


class MessageService(PlanActs):
    """Finds the plans that are meant by one who points at a message or a member."""

    @reads_first
    def plan(self, actor: Reader, shown: PlanId | None, message_id: MessageId) -> PlanId:
        """Return the plan that a message is about: the one that it shows, or one that was saved from it.

        Of several that were saved from it: a live one, of the actor's coaches if there is one, and the newest. Whoever
        shows a deleted one asks whether the actor may see its history.

        Raises:
            NoSuchCardError: it is about none that the actor may read.
        """
        return _plan(actor, shown, message_id)

    @reads_first
    def plan_to_change(self, actor: Reader, shown: PlanId | None, message_id: MessageId) -> PlanId:
        """Return the plan that a message is about, as `plan` does, for one who may change a plan.

        Raises:
            NoCoachError: the actor is neither a manager nor a member of a coach.
            NoOwnPlanError: the message is about no plan, and there is none that the actor may change.
            NoSuchCardError: it is about none that the actor may read.
        """
        Roster.of(actor.guild_id).require_poster(actor)
        try:
            return _plan(actor, shown, message_id)
        except NoSuchCardError:
            if not actor.is_manager and not live_plans(actor.guild_id).where(_of_their_coaches(actor)).exists():
                raise NoOwnPlanError from None
            raise

    @reads
    def extendable(self, actor: Actor) -> tuple[Plan, ...]:
        """Return the plans that the actor may add charts to: the only one of today, or else the newest, 25 at most.

        Raises:
            NoCoachError: the actor is neither a manager nor a member of a coach.
            NoOwnPlanError: there is none.
        """
        roster, today = Roster.of(actor.guild_id), self.today(actor)
        roster.require_poster(actor)
        author = actor.user_id if actor.is_manager else None
        newest = PlanList(Reader.of(actor), roster, PlanFilter(mine=True), author).read(MAX_CHOICES)
        if not newest:
            raise NoOwnPlanError
        todays = [plan for plan in newest if plan.day == today]
        return tuple(todays if len(todays) == 1 else newest)

    @reads
    def todays(self, actor: Reader, member: Actor) -> tuple[Plan, ...]:
        """Return the plans of today that a member wrote, or that their coaches have, and that the actor may read."""
        theirs = _of_their_coaches(member) | (PlanRow.author_id == member.user_id)
        todays = live_plans(actor.guild_id).where((PlanRow.day == self.today(actor)) & theirs)
        rows = readable(todays, actor, Roster.of(actor.guild_id))
        return tuple(plans_of(rows.order_by(PlanRow.id.desc()).limit(MAX_CHOICES)))


def _plan(actor: Reader, shown: PlanId | None, message_id: MessageId) -> PlanId:
    if shown is not None:
        return shown
    saved = plans().where((PlanRow.guild_id == actor.guild_id) & (PlanRow.source_message_id == message_id))
    may_read = readable(saved, actor, Roster.of(actor.guild_id))
    is_live = PlanRow.deleted_at.is_null()
    best_first = ((is_live & _of_their_coaches(actor)).desc(), is_live.desc(), PlanRow.id.desc())
    row = may_read.order_by(*best_first).limit(1).get_or_none()
    if row is None:
        raise NoSuchCardError
    return PlanId(row.id)


def _of_their_coaches(member: Actor) -> Expression:
    """Return the condition for plans of the coaches that a member of the guild belongs to."""
    return PlanRow.coach.in_([coach.id for coach in Roster.of(member.guild_id).memberships(member)])
