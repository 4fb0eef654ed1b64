"""Tasks that are known by two fields: a unique key, and a state."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from connectors.salesforce.describe import Described
from connectors.salesforce.mark_line import BODY_LENGTH, cut
from connectors.salesforce.marks import CANARY, Mark
from connectors.salesforce.soql import fitting, text_literal
from connectors.salesforce.task_fields import KEY, STATE, problems_of
from connectors.tasks import Task, TaskChange, WrittenTask

WITHOUT_FIELDS = 'Where the org cannot have them, say task_marks = "body" for this connection'


class FieldMarks:
    """As Marks: the usual way."""

    mode: Literal["unique", "marker"] = "unique"
    fields: tuple[str, ...] = (KEY, STATE)
    is_unique = True
    is_in_text = False

    def problem(self, described: Described) -> str:
        """As Marks.problem: our fields must be there, wide, unique and writable."""
        found = problems_of(described)
        return f"{found}. {WITHOUT_FIELDS}" if found else ""

    def ours(self) -> str:
        """As Marks.ours."""
        return f"{KEY} != null"

    def canaries(self) -> str:
        """As Marks.canaries."""
        return f"{KEY} LIKE {text_literal(CANARY + '%')}"

    def near(self, tasks: Sequence[Task], *, room: int) -> Iterator[str]:
        """As Marks.near: by the keys themselves."""
        keys = sorted({text_literal(task.key) for task in tasks})
        return (f"{KEY} IN ({','.join(some)})" for some in fitting(keys, room))

    def read(self, record: Mapping[str, Any]) -> Mark | None:
        """As Marks.read."""
        key, body = record.get(KEY), record.get("Description") or ""
        return Mark(key=key, state=record.get(STATE) or "", body=body) if key else None

    def for_new(self, task: Task) -> dict[str, Any]:
        """As Marks.for_new."""
        return {KEY: task.key, STATE: task.state, "Description": cut(task.body, BODY_LENGTH)}

    def for_change(self, change: TaskChange, body: str | None, *, held: WrittenTask | None) -> dict[str, Any]:
        """As Marks.for_change: the state always, the text where it changes."""
        return {STATE: change.state, "Description": None if body is None else cut(body, BODY_LENGTH)}
