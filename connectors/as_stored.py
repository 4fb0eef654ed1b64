"""A task as its CRM holds it right after a write, before anybody has read it."""

from dataclasses import replace
from datetime import datetime

from connectors.task_body import marked_up
from connectors.tasks import Crm, Task, TaskChange, WrittenTask, iso_instant


def stored(crm: Crm, task: Task, *, id_: str, at: datetime) -> WrittenTask:
    """A new task, by its id; `at`: when it was written, naive UTC."""
    return WrittenTask(
        id=id_,
        key=task.key,
        state=task.state,
        subject=task.subject,
        body=marked_up(crm, task.body),
        owner_id=task.owner_id,
        due=task.due_on.isoformat() if crm == "salesforce" else iso_instant(task.due_at),
        priority=task.priority,
        status=task.status,
        account_ids=(task.account_id,) if task.account_id else (),
        created_at=at,
        modified_at=at,
    )


def changed(crm: Crm, held: WrittenTask, change: TaskChange, *, at: datetime | None) -> WrittenTask:
    """A task that was as `held`, with what the change wrote."""
    body = held.body if change.body is None else marked_up(crm, change.body)
    due = held.due
    if crm == "salesforce" and change.due_on is not None:
        due = change.due_on.isoformat()
    if crm == "hubspot" and change.due_at is not None:
        due = iso_instant(change.due_at)
    status = change.status or held.status
    return replace(
        held,
        state=change.state or held.state,
        subject=held.subject if change.subject is None else change.subject,
        body=body if change.raw_body is None else change.raw_body,
        owner_id=change.owner_id or held.owner_id,
        due=due,
        priority=change.priority or held.priority,
        status=status,
        modified_at=at or held.modified_at,
        closed_at=None if status == "open" else held.closed_at or at,
    )
