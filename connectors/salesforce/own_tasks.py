"""Reads back the tasks that Keptword wrote: all, changed ones, by id, or what is there of some; deleted and archived ones too."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from connectors.errors import Refused
from connectors.salesforce.call import Caller
from connectors.salesforce.describe import Described, Describer
from connectors.salesforce.full_ids import eighteen
from connectors.salesforce.marks import CANARY, Mark, Marks
from connectors.salesforce.org_words import our_priority, priorities_of
from connectors.salesforce.pages import Record, fetch_pages
from connectors.salesforce.soql import (
    ADDRESS_BYTES,
    IDS_PER_QUERY,
    Select,
    any_of,
    encoded,
    instant_literal,
)
from connectors.salesforce.task_fields import OUTCOME
from connectors.tasks import Priority, Task, TaskOutcome, WrittenTask, outcome_of

_NEEDED = (
    "Id", "Subject", "Description", "OwnerId", "ActivityDate", "Priority", "IsClosed", "IsDeleted",
    "AccountId", "WhatId", "CreatedDate", "SystemModstamp",
)  # fmt: skip
_IF_THERE = ("CompletedDateTime", "Status", OUTCOME)
_ACCOUNT_PREFIX = "001"


class OwnTasks:
    """Our tasks in one org."""

    def __init__(self, caller: Caller, describer: Describer, marks: Marks) -> None:
        self._caller, self._describer, self.marks = caller, describer, marks

    def everything(self) -> Iterator[WrittenTask]:
        """All that the CRM still has; nothing where our fields do not exist."""
        return self._known(self.marks.ours)

    def changed(self, since: datetime) -> Iterator[WrittenTask]:
        """Those whose stamp is at or after `since`, naive UTC."""
        return self._known(self.marks.ours, f"SystemModstamp >= {instant_literal(since)}")

    def live(self) -> Iterator[WrittenTask]:
        """Those that are not deleted."""
        return self._known(self.marks.ours, "IsDeleted = false")

    def by_ids(self, ids: Collection[str]) -> dict[str, WrittenTask]:
        """By 18-character id; one that is gone from the recycle bin too, or not ours any more, is left out."""
        wanted = sorted({eighteen(record_id) for record_id in ids})
        starts = range(0, len(wanted), IDS_PER_QUERY)
        found = (self._where(any_of("Id", wanted[start : start + IDS_PER_QUERY])) for start in starts)
        return {task.id: task for some in found for task in some}

    def theirs(self, ids: Collection[str]) -> set[str]:
        """Of 18-character ids those whose task is there, in no bin, and bears no key of ours: a person took it out."""
        found: set[str] = set()
        wanted, fields = sorted(ids), ("Id", "Description", *self.marks.fields)
        for start in range(0, len(wanted), IDS_PER_QUERY):
            where = (any_of("Id", wanted[start : start + IDS_PER_QUERY]),)
            select = Select(object_name="Task", fields=fields, stamp_field="SystemModstamp", where=where)
            for records in fetch_pages(self._caller, select, everything=False):
                found |= {eighteen(record["Id"]) for record in records if self.marks.read(record) is None}
        return found

    def held(self, tasks: Sequence[Task]) -> dict[str, WrittenTask]:
        """What is there under these tasks' keys: of several the living one, of those the oldest."""
        names = ",".join((*_NEEDED, *self.marks.fields, *_IF_THERE))
        room = ADDRESS_BYTES - len(encoded(names)) - 500
        keys = {task.key for task in tasks}
        found: dict[str, WrittenTask] = {}
        for condition in self.marks.near(tasks, room=room):
            for task in self._where(condition):
                if task.key in keys and (task.key not in found or _goes_before(task, found[task.key])):
                    found[task.key] = task
        return found

    def canaries(self) -> list[WrittenTask]:
        """Living trial tasks of an earlier setup that did not end well."""
        if self.task() is None:
            return []
        found = self._select(self.marks.canaries())
        return [task for task in found if task.key.startswith(CANARY) and not task.deleted]

    def task(self) -> Described | None:
        """The describe of Task if our fields are in it."""
        fields = self.marks.fields
        described = self._describer.describe("Task")
        if described and not described.has(*fields):
            # Setup may have run meanwhile; fields that are there stay.
            self._describer.forget("Task")
            described = self._describer.describe("Task")
        return described if described and described.has(*fields) else None

    def _known(self, ours: Callable[[], str], *conditions: str) -> Iterator[WrittenTask]:
        # Who we are is asked only where there is something to look for.
        if self.task() is not None:
            yield from self._where(ours(), *conditions)

    def _where(self, *conditions: str) -> Iterator[WrittenTask]:
        return (task for task in self._select(*conditions) if not task.key.startswith(CANARY))

    def _select(self, *conditions: str) -> Iterator[WrittenTask]:
        described = self.task()
        if described is None:
            return
        self._insist_on_fields(described)
        fields = (*_NEEDED, *self.marks.fields, *(name for name in _IF_THERE if described.has(name)))
        select = Select(object_name="Task", fields=fields, stamp_field="SystemModstamp", where=conditions)
        priorities, untouched = priorities_of(described), _untouched(described)
        for records in fetch_pages(self._caller, select, everything=True):
            for record in records:
                mark = self.marks.read(record)
                if mark is not None:
                    yield _written(record, mark, priorities, untouched)

    def _insist_on_fields(self, described: Described) -> None:
        missing = [name for name in _NEEDED if not described.has(name)]
        if missing:
            problem = f"this login does not see {', '.join(missing)} of Task"
            raise Refused(self._caller.place, problem, "Let the integration user read these fields.")


def _goes_before(task: WrittenTask, other: WrittenTask) -> bool:
    return (task.deleted, oldest_first(task)) < (other.deleted, oldest_first(other))


def oldest_first(task: WrittenTask) -> tuple[datetime, str]:
    """Orders twins: stamps are to the second, so the id, which grows, decides between those of one."""
    return task.created_at or datetime.max, task.id


def gone(record_id: str, outcome: TaskOutcome = "") -> WrittenTask:
    """What stands for a task of which the CRM has nothing left, or nothing of ours: its id alone."""
    return WrittenTask(
        id=record_id,
        key="",
        state="",
        subject="",
        body="",
        owner_id=None,
        due="",
        priority="",
        status="open",
        account_ids=(),
        deleted=True,
        outcome=outcome,
    )


def _untouched(described: Described) -> frozenset[str | None]:
    """The statuses of which a new task of ours may have one: as org_words() chooses it."""
    field = described.schema.fields.get("Status")
    return frozenset((described.defaults.get("Status"), "Not Started", *(field.values[:1] if field else ())))


def _written(
    record: Record, mark: Mark, priorities: Mapping[Priority, str], untouched: Collection[str | None]
) -> WrittenTask:
    deleted = record.get("IsDeleted") is True
    modified_at = _instant(record.get("SystemModstamp"))
    completed_at = _instant(record.get("CompletedDateTime"))
    status = record.get("Status")
    accounts = [record.get("AccountId"), record.get("WhatId")]
    return WrittenTask(
        id=eighteen(record["Id"]),
        key=mark.key,
        state=mark.state,
        subject=record.get("Subject") or "",
        body=mark.body,
        owner_id=record.get("OwnerId"),
        due=record.get("ActivityDate") or "",
        priority=our_priority(priorities, record.get("Priority")),
        status="done" if record.get("IsClosed") is True else "open",
        account_ids=tuple(
            dict.fromkeys(eighteen(each) for each in accounts if each and each.startswith(_ACCOUNT_PREFIX))
        ),
        deleted=deleted,
        created_at=_instant(record.get("CreatedDate")),
        modified_at=modified_at,
        # A deletion leaves no date of its own: the stamp moved with it.
        closed_at=completed_at or (modified_at if deleted else None),
        outcome=outcome_of(record.get(OUTCOME)),
        begun=status is not None and record.get("IsClosed") is not True and status not in untouched,
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None) if text else None
