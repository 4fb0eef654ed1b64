"""Turns a task into the record that Salesforce stores, in this org's words and lengths."""

import threading
from typing import Any

from connectors.errors import Refused
from connectors.salesforce.call import Caller
from connectors.salesforce.org_words import OrgWords, org_words
from connectors.salesforce.own_tasks import OwnTasks
from connectors.salesforce.task_fields import KEY, STATE
from connectors.tasks import Task, TaskChange

SUBJECT_LENGTH, BODY_LENGTH = 255, 32_000
_TYPE = {"type": "Task"}


class TaskRecords:
    """Makes records; asks the org for its words at the first."""

    def __init__(self, caller: Caller, own: OwnTasks) -> None:
        self._caller, self._own = caller, own
        self._words: OrgWords | None = None
        self._lock = threading.Lock()

    def new(self, task: Task) -> dict[str, Any]:
        """A whole record; account and contact only where the task has them."""
        words = self._org_words()
        record = {
            "attributes": _TYPE,
            KEY: task.key,
            STATE: task.state,
            "Subject": cut(task.subject, SUBJECT_LENGTH),
            "Description": cut(task.body, BODY_LENGTH),
            "Status": words.statuses[task.status],
            "Priority": words.priorities[task.priority],
            "ActivityDate": task.due_on.isoformat(),
            "OwnerId": task.owner_id,
            "WhatId": task.account_id,
            "WhoId": task.contact_id,
            "TaskSubtype": words.kinds.get(task.kind),
        }
        return {name: value for name, value in record.items() if value is not None}

    def changed(self, change: TaskChange) -> dict[str, Any]:
        """The id, the state and what changes."""
        words = self._org_words()
        # Salesforce keeps plain text: its own mark-up is none.
        body = change.body if change.raw_body is None else change.raw_body
        record = {
            "attributes": _TYPE,
            "Id": change.id,
            STATE: change.state,
            "Subject": None if change.subject is None else cut(change.subject, SUBJECT_LENGTH),
            "Description": None if body is None else cut(body, BODY_LENGTH),
            "OwnerId": change.owner_id,
            "ActivityDate": change.due_on.isoformat() if change.due_on else None,
            "Priority": words.priorities[change.priority] if change.priority else None,
            "Status": words.statuses[change.status] if change.status else None,
        }
        return {name: value for name, value in record.items() if value is not None}

    def _org_words(self) -> OrgWords:
        with self._lock:
            if self._words is None:
                described = self._own.task()
                if described is None:
                    problem = f"Task has no {KEY} and {STATE} that this login sees"
                    raise Refused(self._caller.place, problem, "Run `keptword setup`.", code="INVALID_FIELD")
                self._words = org_words(self._caller, described)
            return self._words


def cut(text: str, length: int) -> str:
    """At most `length` characters: whole words and an ellipsis where it is longer."""
    if len(text) <= length:
        return text
    head = text[: length - 1]
    words = head.rsplit(None, 1)[0] if not text[length - 1].isspace() else head
    # A single word of that length has no better place to be cut at.
    return (words if len(words) > length // 2 else head).rstrip() + "…"
