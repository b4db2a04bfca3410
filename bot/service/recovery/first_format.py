"""Lines of the queue's file as release 0.1.0 wrote them: the name of a service's method, and its arguments."""

from collections.abc import Mapping
from typing import Any, Final

KINDS: Final = {
    "PlanService.post": "post_plan",
    "PlanService.edit": "edit_plan",
    "PlanService.edit_of_day": "edit_plan",
    "PlanService.delete": "delete_plan",
    "PlanService.restore": "restore_plan",
    "PlanService.restore_by_id": "restore_plan",
    "HistoryService.take_back": "revert_plan",
    "ChartService.add": "add_charts",
    "ChartService.add_of_day": "add_charts",
    "ChartService.remove": "remove_chart",
    "ChartService.move": "move_chart",
    "ChartService.caption": "caption_chart",
}


def upgrade(line: Mapping[str, Any]) -> dict[str, Any]:
    """Return the line in today's form, without the version.

    Raises:
        KeyError: it lacks something, or names a method that never was queued.
        TypeError: its arguments are no object.
    """
    if "done" in line:
        return {"done": line["done"]}
    rest = {name: line[name] for name in ("operation", "sent_at", "actor")}
    return {**rest, "database": line.get("book"), "downloaded": line.get("put_aside", {}), "request": _request(line)}


def _request(line: Mapping[str, Any]) -> dict[str, Any]:
    if "writing" in line:
        return {"kind": "submit", "submission": line["writing"]}
    kind = KINDS[line["act"]]
    arguments = {name: value for name, value in line["arguments"].items() if name != "operation"}
    if "number" in arguments:
        arguments["revision"] = arguments.pop("number")
    if kind != "post_plan":
        coach, day, plan_id = (arguments.pop(name, None) for name in ("coach", "day", "plan_id"))
        arguments["plan"] = {"coach": coach, "day": day} if plan_id is None else plan_id
    return {"kind": kind, **arguments}
