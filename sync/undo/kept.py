"""What a step of a run keeps in the ledger so that it can be taken back: the whole new task, or before and after."""

import html
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

from connectors.tasks import (
    Crm,
    Status,
    Task,
    TaskChange,
    WrittenTask,
    held_values,
    iso_instant,
    wanted_values,
)

_DATES = {"due_on": date, "due_at": datetime}
"""Fields of a Task that JSON has no word for."""
_NAMES = ("id", "key", "state")
"""What a TaskChange has besides the fields that it writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """A task as the CRM held it before a step, in the words of WrittenTask."""

    subject: str
    body: str
    owner_id: str | None
    due: str
    priority: str
    status: Status
    state: str


def kept_of(write: Task | TaskChange, before: WrittenTask | None) -> dict[str, Any]:
    """For a step's detail, as JSON: `write` of a new task; of a change of one `before`, and `sent`, what it wrote."""
    if isinstance(write, Task):
        return {"write": _plain(write)}
    if before is None:
        return {}
    sent = {name: value for name, value in _plain(write).items() if value is not None and name not in _NAMES}
    return {"before": {each.name: getattr(before, each.name) for each in fields(Before)}, "sent": sent}


def task_in(detail: Mapping[str, Any]) -> Task | None:
    """The new task that a step wrote; None where the step has none."""
    kept = detail.get("write")
    if not kept:
        return None
    read: dict[str, Any] = {
        name: _DATES[name].fromisoformat(value) if name in _DATES else value for name, value in kept.items()
    }
    return Task(**read)


def before_in(detail: Mapping[str, Any]) -> Before | None:
    """What there was before a step changed it; None where the step does not say, as of an older Keptword."""
    kept = detail.get("before")
    return Before(**kept) if kept and "sent" in detail else None


def left_by(crm: Crm, detail: Mapping[str, Any]) -> dict[str, str] | None:
    """The canonical value of each of FIELDS as the step left it; None where it does not say."""
    task, before = task_in(detail), before_in(detail)
    if before is None:
        return wanted_values(crm, task) if task else None
    sent: Mapping[str, Any] = detail["sent"]
    body = sent.get("body")
    if body is not None and crm == "hubspot":
        body = html.escape(body, quote=False)
    return held_values(
        crm,
        WrittenTask(
            id="", key="", state="", account_ids=(),
            subject=sent.get("subject", before.subject),
            body=sent.get("raw_body", body if body is not None else before.body),
            owner_id=sent.get("owner_id", before.owner_id),
            due=_due(crm, sent) if "due_on" in sent else before.due,
            priority=sent.get("priority", before.priority),
            status=sent.get("status", before.status),
        ),
    )  # fmt: skip


def _due(crm: Crm, sent: Mapping[str, Any]) -> str:
    return str(sent["due_on"]) if crm == "salesforce" else iso_instant(datetime.fromisoformat(sent["due_at"]))


def _plain(write: Task | TaskChange) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(write).items()
    }
