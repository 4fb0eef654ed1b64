"""Turns a task into the record that Salesforce stores, in this org's words and lengths."""

import threading
from collections.abc import Sequence
from typing import Any

from connectors.errors import Refused
from connectors.salesforce.call import Caller
from connectors.salesforce.field_marks import WITHOUT_FIELDS
from connectors.salesforce.full_ids import eighteen
from connectors.salesforce.mark_line import cut
from connectors.salesforce.org_words import OrgWords, org_words
from connectors.salesforce.own_tasks import OwnTasks
from connectors.tasks import Task, TaskChange, WrittenTask

SUBJECT_LENGTH = 255
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
            **self._own.marks.for_new(task),
            "Subject": cut(task.subject, SUBJECT_LENGTH),
            "Status": words.statuses[task.status],
            "Priority": words.priorities[task.priority],
            "ActivityDate": task.due_on.isoformat(),
            "OwnerId": task.owner_id,
            "WhatId": task.account_id,
            "WhoId": task.contact_id,
            "TaskSubtype": words.kinds.get(task.kind),
        }
        return {name: value for name, value in record.items() if value is not None}

    def changed(self, changes: Sequence[TaskChange]) -> list[dict[str, Any] | None]:
        """For each the id, the state and what changes; None for a task that does not bear our mark any more.

        Where the mark is a part of the text, the texts are read first: a person may have written in them.
        """
        words, marks = self._org_words(), self._own.marks
        if not marks.is_in_text:
            return [self._changed(change, words, None) for change in changes]
        held = self._own.by_ids([change.id for change in changes])
        return [
            self._changed(change, words, now)
            if (now := held.get(eighteen(change.id))) is not None and now.key == change.key
            else None
            for change in changes
        ]

    def _changed(self, change: TaskChange, words: OrgWords, held: WrittenTask | None) -> dict[str, Any]:
        # Salesforce keeps plain text: its own mark-up is none.
        body = change.body if change.raw_body is None else change.raw_body
        record = {
            "attributes": _TYPE,
            "Id": change.id,
            **self._own.marks.for_change(change, body, held=held),
            "Subject": None if change.subject is None else cut(change.subject, SUBJECT_LENGTH),
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
                    raise self._no_task()
                self._words = org_words(self._caller, described)
            return self._words

    def _no_task(self) -> Refused:
        fields = self._own.marks.fields
        problem, remedy = "this login does not see Task", "Let it read and create tasks"
        if fields:
            problem = f"Task has no {' and '.join(fields)} that this login sees"
            remedy = f"Run `keptword setup`. {WITHOUT_FIELDS}"
        return Refused(self._caller.place, problem, remedy, code="INVALID_FIELD")
