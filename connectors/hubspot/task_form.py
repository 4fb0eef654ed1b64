"""What a task of ours looks like in HubSpot: its properties and links, both ways."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors.hubspot.values import instant_of
from connectors.task_body import marked_up
from connectors.tasks import Task, TaskChange, WrittenTask, iso_instant, outcome_of

KEY, STATE = "keptword_key", "keptword_state"
OUTCOME = "keptword_outcome"
"""Optional: a portal without it leaves it out of what it gives, as it does with any name that it does not know."""

READ_PROPERTIES = (
    KEY, STATE, OUTCOME, "hs_task_subject", "hs_task_body", "hubspot_owner_id", "hs_timestamp", "hs_task_priority",
    "hs_task_status", "hs_lastmodifieddate", "hs_createdate", "hs_task_completion_date",
)  # fmt: skip

TARGETS: Mapping[str, int] = {"companies": 192, "contacts": 204}
"""Object -> HubSpot's own association type from a task to it."""

_PRIORITIES = {"high": "HIGH", "normal": "MEDIUM", "low": "LOW"}
_PRIORITIES_READ = {theirs: ours for ours, theirs in _PRIORITIES.items()}
_STATUSES = {"open": "NOT_STARTED", "done": "COMPLETED"}
_UNTOUCHED = frozenset(("", *_STATUSES.values()))
_KINDS = {"call": "CALL", "email": "EMAIL", "todo": "TODO"}  # HubSpot's own words for hs_task_type


def input_for(task: Task) -> dict[str, Any]:
    """The task as an input of batch/create, with its links and the key as HubSpot's objectWriteTraceId."""
    targets = {"companies": task.account_id, "contacts": task.contact_id}
    return {
        "objectWriteTraceId": task.key,
        "properties": {
            "hs_task_subject": task.subject,
            "hs_task_body": marked_up("hubspot", task.body),
            "hs_task_status": _STATUSES[task.status],
            "hs_task_priority": _PRIORITIES[task.priority],
            "hs_task_type": _KINDS[task.kind],
            "hs_timestamp": iso_instant(task.due_at),
            KEY: task.key,
            STATE: task.state,
            **({"hubspot_owner_id": task.owner_id} if task.owner_id else {}),
        },
        "associations": [_link(object_name, id_) for object_name, id_ in targets.items() if id_],
    }


def _link(object_name: str, to_id: str) -> dict[str, Any]:
    kind = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": TARGETS[object_name]}
    return {"to": {"id": to_id}, "types": [kind]}


def change_for(change: TaskChange) -> dict[str, Any]:
    """The change as an input of batch/update: the fields that it names, and the state."""
    properties: dict[str, str] = {STATE: change.state}
    if change.subject is not None:
        properties["hs_task_subject"] = change.subject
    if change.body is not None:
        properties["hs_task_body"] = marked_up("hubspot", change.body)
    if change.raw_body is not None:
        properties["hs_task_body"] = change.raw_body
    if change.owner_id is not None:
        properties["hubspot_owner_id"] = change.owner_id
    if change.due_at is not None:
        properties["hs_timestamp"] = iso_instant(change.due_at)
    if change.priority is not None:
        properties["hs_task_priority"] = _PRIORITIES[change.priority]
    if change.status is not None:
        properties["hs_task_status"] = _STATUSES[change.status]
    return {"id": change.id, "objectWriteTraceId": change.key, "properties": properties}


def written_task(record: Mapping[str, Any], account_ids: Sequence[str], *, deleted: bool) -> WrittenTask:
    """A record of HubSpot as one of our tasks."""
    held = record.get("properties") or {}
    priority = held.get("hs_task_priority") or ""
    done = held.get("hs_task_status") == _STATUSES["done"]
    ended = (record.get("archivedAt") or record.get("updatedAt")) if deleted else None
    return WrittenTask(
        id=str(record["id"]),
        key=held.get(KEY) or "",
        state=held.get(STATE) or "",
        subject=held.get("hs_task_subject") or "",
        body=held.get("hs_task_body") or "",
        owner_id=held.get("hubspot_owner_id") or None,
        due=_canonical_due(held.get("hs_timestamp")),
        priority=_PRIORITIES_READ.get(priority, priority.lower()),
        status="done" if done else "open",
        account_ids=tuple(account_ids),
        deleted=deleted,
        created_at=_instant(held.get("hs_createdate") or record.get("createdAt")),
        modified_at=_instant(held.get("hs_lastmodifieddate") or record.get("updatedAt")),
        closed_at=_instant((held.get("hs_task_completion_date") if done else None) or ended),
        outcome=outcome_of(held.get(OUTCOME)),
        begun=(held.get("hs_task_status") or "") not in _UNTOUCHED,
    )


def gone_task(id_: str) -> WrittenTask:
    """Stands for a task that HubSpot no longer knows at all: nothing is left of it but the id."""
    return WrittenTask(
        id=id_, key="", state="", subject="", body="", owner_id=None, due="", priority="", status="open",
        account_ids=(), deleted=True,
    )  # fmt: skip


def _canonical_due(text: str | None) -> str:
    at = _instant(text)
    return iso_instant(at) if at else ""


def _instant(text: str | None) -> datetime | None:
    try:
        return instant_of(text) if text else None
    except (ValueError, OverflowError):
        return None
