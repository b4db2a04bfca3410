"""Texts that were erased."""

from storage.models import PlanRow, RevisionRow

_NOTHING = {"text": None, "charts": "[]", "actor_id": None, "note": None, "salt": None}


def erase(plan_id: int, revision: int | None = None) -> None:
    """Erase a revision of a plan, or all, as one does whose writer asked for it."""
    RevisionRow.update(_NOTHING | {"erased_at": RevisionRow.made_at}).where(
        RevisionRow.plan == plan_id,
        RevisionRow.revision == (revision or RevisionRow.revision),
        RevisionRow.erased_at.is_null(),
    ).execute()
    PlanRow.update(text="").where(PlanRow.id == plan_id, PlanRow.revision == (revision or PlanRow.revision)).execute()
