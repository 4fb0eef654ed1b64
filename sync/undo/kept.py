"""What a step of a run keeps in the ledger so that it can be taken back: the whole new task, or the fields before."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

from connectors.tasks import Task, TaskChange, WrittenTask

_DATES = {"due_on": date, "due_at": datetime}
"""Fields of a Task that JSON has no word for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """A task as the CRM held it before a step, in the words of WrittenTask."""

    subject: str
    body: str
    owner_id: str | None
    due: str
    priority: str
    status: str
    state: str


def kept_of(write: Task | TaskChange, before: WrittenTask | None) -> dict[str, Any]:
    """For a step's detail, as JSON: `write` of a new task, `before` of a change of one that was there."""
    if isinstance(write, Task):
        return {"write": _plain(write)}
    if before is None:
        return {}
    return {"before": {each.name: getattr(before, each.name) for each in fields(Before)}}


def task_in(detail: Mapping[str, Any]) -> Task | None:
    """The new task that a step wrote; None where the step has none, as of an older Keptword."""
    kept = detail.get("write")
    if not kept:
        return None
    read: dict[str, Any] = {
        name: _DATES[name].fromisoformat(value) if name in _DATES else value for name, value in kept.items()
    }
    return Task(**read)


def before_in(detail: Mapping[str, Any]) -> Before | None:
    """What there was before a step changed it; None where the step does not say."""
    kept = detail.get("before")
    return Before(**kept) if kept else None


def _plain(task: Task) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(task).items()
    }
