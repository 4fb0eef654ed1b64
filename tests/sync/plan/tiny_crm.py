"""A CRM in memory that stores what it is told the way the vendors do: texts trimmed, HTML cleaned, ids its own."""

import html
import itertools
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from connectors.connector import (
    Chunk,
    ObjectSchema,
    Probe,
    ReadRequest,
    SetupStep,
    Swept,
    WriteReadiness,
)
from connectors.tasks import Crm, Outcome, Task, TaskChange, WrittenTask, iso_instant


@dataclass
class TinyCrm:
    """Follows the Connector protocol for everything that apply uses; `tasks` is what people see in it."""

    crm: Crm
    org_id: str
    now: datetime
    tasks: dict[str, WrittenTask] = field(default_factory=dict)
    writes: list[Task | TaskChange] = field(default_factory=list)
    fault: BaseException | None = None
    """Raised by the next write, once it has stored its first task."""
    read_fault: BaseException | None = None
    """Raised by the next reading of tasks by id."""
    before_write: Callable[[], None] = lambda: None
    """What happens elsewhere just before a write arrives."""
    side_by_side: int = 1
    whole_up_to: int = 0
    count_tells: bool = False
    stamps_calculated: bool = True
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def person(self, task_id: str, **edits: Any) -> None:
        """Somebody edits a task by hand."""
        ended = self.now if edits.get("status") == "done" or edits.get("deleted") else None
        self.tasks[task_id] = replace(
            self.tasks[task_id], **{"modified_at": self.now, "closed_at": ended, **edits}
        )

    def create(self, tasks: Sequence[Task]) -> list[Outcome]:
        self.before_write()
        return [self._insert(task) for task in tasks]

    def update(self, changes: Sequence[TaskChange]) -> list[Outcome]:
        self.before_write()
        return [self._change(change) for change in changes]

    def archive(self, tasks: Sequence[WrittenTask]) -> list[Outcome]:
        self.before_write()
        for task in tasks:
            self.person(task.id, deleted=True)
        return [Outcome(key=task.key, result="deleted", id=task.id) for task in tasks]

    def reread(self, ids: Collection[str]) -> dict[str, WrittenTask]:
        if self.read_fault is not None:
            fault, self.read_fault = self.read_fault, None
            raise fault
        return {each: self.tasks[each] for each in ids if each in self.tasks}

    def own_tasks(
        self, *, since: datetime | None, known_ids: Collection[str], all_deleted: bool = True
    ) -> Iterator[WrittenTask]:
        yield from self.tasks.values()

    def _insert(self, task: Task) -> Outcome:
        twin = next((each for each in self.tasks.values() if each.key == task.key), None)
        if twin is not None:
            return Outcome(key=task.key, result="adopted", id=twin.id)
        written = WrittenTask(
            id=f"{self.org_id}t{next(self._ids)}", key=task.key, state=task.state, subject=task.subject.strip(),
            body=self._mark_up(task.body), owner_id=task.owner_id, priority=self._priority(task.priority),
            due=task.due_on.isoformat() if self.crm == "salesforce" else iso_instant(task.due_at), status=task.status,
            account_ids=(task.account_id,) if task.account_id else (), created_at=self.now, modified_at=self.now,
        )  # fmt: skip
        self.tasks[written.id] = written
        self._after(task)
        return Outcome(key=task.key, result="created", id=written.id)

    def _change(self, change: TaskChange) -> Outcome:
        body = None if change.body is None else self._mark_up(change.body)
        said: dict[str, Any] = {
            "subject": change.subject and change.subject.strip(), "body": change.raw_body or body, "owner_id": change.owner_id,
            "priority": change.priority and self._priority(change.priority), "status": change.status,
        }  # fmt: skip
        written = {name: value for name, value in said.items() if value is not None}
        closed_at = self.now if change.status == "done" else None
        self.tasks[change.id] = replace(
            self.tasks[change.id], **written, state=change.state, modified_at=self.now, closed_at=closed_at
        )
        self._after(change)
        return Outcome(key=change.key, result="updated", id=change.id)

    def _after(self, write: Task | TaskChange) -> None:
        self.writes.append(write)
        if self.fault is not None:
            fault, self.fault = self.fault, None
            raise fault

    def _mark_up(self, text: str) -> str:
        if self.crm == "salesforce":
            return text.strip()
        return f"<div>{html.escape(' '.join(text.strip().split(' ')), quote=False)}</div>".replace(
            "\n", "<br />"
        )

    def _priority(self, priority: str) -> str:
        return priority.upper() if self.crm == "hubspot" else priority.capitalize()

    # What apply never asks for.
    def probe(self) -> Probe:
        return Probe(org_id=self.org_id, user="tiny", server_now=self.now)

    def describe(self, object_name: str) -> ObjectSchema | None:
        return None

    def read(self, request: ReadRequest) -> Iterator[Chunk]:
        return iter(())

    def count(self, schema: ObjectSchema) -> int | None:
        return None

    def sweep(
        self, schema: ObjectSchema, *, token: str | None, most_calls: int, links: Collection[str] = ()
    ) -> Iterator[Swept]:
        return iter(())

    def object_names(self) -> tuple[str, ...]:
        return ()

    def calls_for(self, request: ReadRequest, rows: int) -> int:
        return 0

    def calls_left(self) -> int | None:
        return None

    def readiness(self) -> WriteReadiness:
        return WriteReadiness(ready=True, mode="unique")

    def setup(self, *, write: bool) -> list[SetupStep]:
        return []

    def sees(self, pairs: Collection[tuple[str, str]]) -> dict[tuple[str, str], bool]:
        return {}

    def collapse_twins(self) -> list[str]:
        return []

    def calls_made(self) -> dict[str, int]:
        return {"write": len(self.writes)}

    def close(self) -> None:
        return None
