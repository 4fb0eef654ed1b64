"""What a step of a run keeps in the ledger so that it can be taken back: the whole new task, or before and after."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

from connectors.as_stored import changed
from connectors.tasks import (
    Crm,
    Status,
    Task,
    TaskChange,
    WrittenTask,
    held_values,
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
    return Task(**_typed(kept)) if kept else None


def before_in(detail: Mapping[str, Any]) -> Before | None:
    """What there was before a step changed it; None where the step does not say, as of an older Keptword."""
    kept = detail.get("before")
    return Before(**kept) if kept and "sent" in detail else None


def left_by(crm: Crm, detail: Mapping[str, Any]) -> dict[str, str] | None:
    """The canonical value of each of FIELDS as the step left it; None where it does not say."""
    task, before = task_in(detail), before_in(detail)
    if before is None:
        return wanted_values(crm, task) if task else None
    held = WrittenTask(id="", key="", account_ids=(), **asdict(before))
    change = TaskChange(id="", key="", state="", **_typed(detail["sent"]))
    return held_values(crm, changed(crm, held, change, at=None))


def _typed(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _DATES[name].fromisoformat(value) if name in _DATES and value else value
        for name, value in kept.items()
    }


def _plain(write: Task | TaskChange) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(write).items()
    }
