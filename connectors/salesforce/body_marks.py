"""Tasks that are known by a line of their text, for orgs in which no fields can be made.

No index refuses twins there and no query finds the line, so our tasks are looked for among those that this login's
user has created, and a task is looked for before it is written.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

from connectors.errors import Refused
from connectors.salesforce.describe import Described
from connectors.salesforce.mark_line import read_mark, with_mark
from connectors.salesforce.marks import Mark
from connectors.salesforce.soql import encoded, fitting, text_literal
from connectors.tasks import Task, TaskChange, WrittenTask

_WRITTEN = ("Subject", "Description", "Status", "Priority", "ActivityDate", "OwnerId", "WhatId")
_NOBODY = "this login does not say who it is, so its own tasks cannot be told from others"
_NOBODY_REMEDY = "Give the login's app the scope openid"


class BodyMarks:
    """As Marks; `user_id` gives the id of this login's user, empty where the login does not tell."""

    mode: Literal["unique", "marker"] = "marker"
    fields: tuple[str, ...] = ()
    is_unique = False
    is_in_text = True

    def __init__(self, place: str, user_id: Callable[[], str]) -> None:
        self._place, self._user_id = place, user_id

    def problem(self, described: Described) -> str:
        """As Marks.problem: the standard fields must be writable, and the user known."""
        if not self._user_id():
            return f"{_NOBODY}. {_NOBODY_REMEDY}"
        rights = described.rights
        closed = [
            name
            for name in _WRITTEN
            if name not in rights or not (rights[name].createable and rights[name].updateable)
        ]
        return f"this login may not write {', '.join(closed)} of Task: grant it" if closed else ""

    def ours(self) -> str:
        """As Marks.ours; raises Refused where the user is not known."""
        user_id = self._user_id()
        if not user_id:
            raise Refused(self._place, _NOBODY, _NOBODY_REMEDY)
        return f"CreatedById = {text_literal(user_id)}"

    def canaries(self) -> str:
        """As Marks.canaries: they are about nobody, as few tasks of ours are."""
        return f"{self.ours()} AND WhatId = null AND WhoId = null AND IsDeleted = false"

    def near(self, tasks: Sequence[Task], *, room: int) -> Iterator[str]:
        """As Marks.near: by the accounts that they are about."""
        alive = f"{self.ours()} AND IsDeleted = false"
        accounts = sorted({text_literal(task.account_id) for task in tasks if task.account_id})
        for some in fitting(accounts, room - len(encoded(alive))):
            if some:
                yield f"{alive} AND WhatId IN ({','.join(some)})"
        if not all(task.account_id for task in tasks):
            yield f"{alive} AND WhatId = null"

    def read(self, record: Mapping[str, Any]) -> Mark | None:
        """As Marks.read."""
        found = read_mark(record.get("Description") or "")
        return Mark(key=found.key, state=found.state, body=found.body) if found else None

    def for_new(self, task: Task) -> dict[str, Any]:
        """As Marks.for_new."""
        return {"Description": with_mark(task.body, task.key, task.state)}

    def for_change(self, change: TaskChange, body: str | None, *, held: WrittenTask | None) -> dict[str, Any]:
        """As Marks.for_change: the text as it shall be, else as it is, with the mark renewed."""
        text = body if body is not None else held.body if held else ""
        return {"Description": with_mark(text, change.key, change.state)}
