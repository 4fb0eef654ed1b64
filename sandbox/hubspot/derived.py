"""What HubSpot itself sets when a record changes: completion dates, closed stages, last contact."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sandbox.hubspot.portal import Portal
from sandbox.hubspot.schema import ObjectType

Values = dict[str, str | None]


def follow_up(
    portal: Portal, kind: ObjectType, *, held: Mapping[str, Any], changes: Mapping[str, Any], now: str
) -> Values:
    """The calculated properties that follow from changes to a record that held `held`."""
    values: Values = {}
    if changes.get("hubspot_owner_id"):
        values["hubspot_owner_assigneddate"] = now
    rule = _RULES.get(kind.name)
    return values | (rule(portal, held, changes, now) if rule else {})


def _task(portal: Portal, held: Mapping[str, Any], changes: Mapping[str, Any], now: str) -> Values:
    if "hs_task_status" not in changes:
        return {}
    done = changes["hs_task_status"] == "COMPLETED"
    return {"hs_task_is_completed": str(int(done)), "hs_task_completion_date": now if done else None}


def _deal(portal: Portal, held: Mapping[str, Any], changes: Mapping[str, Any], now: str) -> Values:
    values: Values = {}
    if "amount" in changes:
        values["amount_in_home_currency"] = changes["amount"]
    if "dealstage" in changes:
        stage = portal.catalogue.stage(
            "deals", changes.get("pipeline") or held.get("pipeline"), changes["dealstage"]
        )
        metadata = (stage or {}).get("metadata", {})
        closed = metadata.get("isClosed", "false")
        values["hs_is_closed"] = closed
        values["hs_deal_stage_probability"] = metadata.get("probability")
        values["hs_is_closed_won"] = (
            "true" if closed == "true" and metadata["probability"] == "1.0" else "false"
        )
        if closed == "true" and not (changes.get("closedate") or held.get("closedate")):
            values["closedate"] = now
    return values


def _ticket(portal: Portal, held: Mapping[str, Any], changes: Mapping[str, Any], now: str) -> Values:
    if "hs_pipeline_stage" not in changes:
        return {}
    pipeline = changes.get("hs_pipeline") or held.get("hs_pipeline")
    stage = portal.catalogue.stage("tickets", pipeline, changes["hs_pipeline_stage"])
    if not stage or stage["metadata"]["ticketState"] != "CLOSED":
        return {"hs_is_closed": "false", "closed_date": None, "time_to_close": None}
    closed_at = changes.get("closed_date") or now
    created_at = changes.get("createdate") or held.get("createdate") or now
    seconds = (datetime.fromisoformat(closed_at) - datetime.fromisoformat(created_at)).total_seconds()
    return {"hs_is_closed": "true", "closed_date": closed_at, "time_to_close": str(int(seconds * 1000))}


_RULES: Mapping[str, Callable[[Portal, Mapping[str, Any], Mapping[str, Any], str], Values]] = {
    "tasks": _task, "deals": _deal, "tickets": _ticket,
}  # fmt: skip
