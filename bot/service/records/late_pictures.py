"""Pictures that a plan was posted without, until they are added to it or have failed."""

from bot.domain.values import Actor, Attachment, ChannelId, Chart, DraftId, GuildId, LatePictures, PlanId, UserId
from bot.service.records.charts import Pictures, read, with_result, written
from storage.models import LatePicturesRow


def expect(draft_id: DraftId, actor: Actor, plan_id: PlanId, pictures: Pictures) -> None:
    """Note that the plan, made of this draft, is to have those of its pictures that are still links."""
    LatePicturesRow.insert(
        id=draft_id,
        guild_id=actor.guild_id,
        user_id=actor.user_id,
        channel_id=actor.channel_id,
        plan=plan_id,
        pictures=written(pictures),
    ).execute()


def put_result(draft_id: DraftId, link: Attachment, result: Chart | None) -> None:
    """Put the chart in the place of its link, if that is expected; None: remove the link."""
    if row := LatePicturesRow.get_or_none(LatePicturesRow.id == draft_id):
        row.pictures = written(with_result(read(row.pictures), link, result))
        row.save()


def expected() -> list[LatePictures]:
    """Return all expected pictures, of all guilds."""
    return [_late_of(row) for row in LatePicturesRow.select().order_by(LatePicturesRow.id)]


def end(draft_id: DraftId) -> bool:
    """Stop expecting them, and return whether they were expected."""
    return bool(LatePicturesRow.delete().where(LatePicturesRow.id == draft_id).execute())


def _late_of(row: LatePicturesRow) -> LatePictures:
    return LatePictures(
        DraftId(row.id),
        Actor(
            GuildId(row.guild_id),
            UserId(row.user_id),
            channel_id=None if row.channel_id is None else ChannelId(row.channel_id),
        ),
        PlanId(row.plan_id),
        read(row.pictures),
    )
