"""Histories that no CRM keeps: notes changes of due dates and owners as they are pulled, and tells rules of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from connectors.connector import ObjectSchema
from rules.case import CHANGES, OWN_TASKS, WATCHED, Memory
from rules.identity.copies import RAISED
from rules.records import ID_SEPARATOR, RECORDS
from sync.connections import Connection
from sync.ledger.changes import Change
from sync.ledger.ledger import Ledger
from sync.mirror.mirror import Mirror
from sync.plan.episodes import OwnTask

_WATCHED_COLUMNS: Mapping[str, str] = {"account": "owner_id", "commitment": "due_on"}
"""Record -> the column whose changes rules ask for; only where it is one field of the CRM's as it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedField:
    """One field of one object that feeds a watched column."""

    object: str
    field: str
    record: str
    column: str


def watched_fields(connection: Connection, schemas: Mapping[str, ObjectSchema | None]) -> list[WatchedField]:
    """What of a connection is watched: mapped by a plain field that the org has."""
    found = []
    for record, column in _WATCHED_COLUMNS.items():
        for source in connection.mapping.get(record, ()):
            text, schema = source.columns.get(column), schemas.get(source.object)
            if isinstance(text, str) and schema is not None and text in schema.fields:
                found.append(WatchedField(object=source.object, field=text, record=record, column=column))
    return found


class Watcher:
    """Takes what a pull sees change into the ledger, before the mirror moves on."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def saw(self, org_id: str, object_name: str, changed: Mapping[str, pa.Table], *, at: datetime) -> None:
        """`changed` has, by field, a table of record_id, old and new as text."""
        self._ledger.changes.record(
            Change(org_id=org_id, object_name=object_name, field=field, seen_at=at, **row)
            for field, rows in changed.items()
            for row in rows.to_pylist()
        )

    def began(self, org_id: str, object_name: str, fields: Sequence[str], *, at: datetime) -> None:
        """These fields were read with nothing to compare them with."""
        if fields:
            self._ledger.watches.begin(org_id, object_name, fields, at=at)


def memory_of(
    ledger: Ledger, mirror: Mirror, connections: Sequence[Connection], own_tasks: Sequence[OwnTask]
) -> Memory:
    """What rules may know beside the records: changes since the watch began, and our own tasks."""
    changes: list[dict[str, Any]] = []
    watched: list[dict[str, Any]] = []
    for connection in connections:
        org_id = mirror.org_id(connection.name)
        if org_id is None:
            continue
        for each in watched_fields(connection, mirror.schemas(connection.name)):
            since_at = ledger.watches.since(org_id, each.object, each.field)
            if since_at is None:
                continue
            watched.append(
                {"record": each.record, "column_name": each.column, "org_id": org_id, "since_at": since_at}
            )
            changes += _told(ledger, org_id, each)
    tasks = [
        {"owner_id": f"{own.org_id}{ID_SEPARATOR}{own.task.owner_id}", "is_open": own.is_open}
        for own in own_tasks
        if own.task.owner_id
    ]
    raised = [
        {
            "task_id": f"{own.org_id}{ID_SEPARATOR}{own.task.id}",
            "org_id": own.org_id,
            "account_id": f"{own.org_id}{ID_SEPARATOR}{account}",
            "subject": own.task.subject,
        }
        for own in own_tasks
        for account in own.task.account_ids
        if own.task.subject
    ]
    return Memory(
        changes=pa.Table.from_pylist(changes, CHANGES),
        watched=pa.Table.from_pylist(watched, WATCHED),
        own_tasks=pa.Table.from_pylist(tasks, OWN_TASKS),
        raised=pa.Table.from_pylist(raised, RAISED),
    )


def _told(ledger: Ledger, org_id: str, watched: WatchedField) -> Iterator[dict[str, Any]]:
    column = RECORDS[watched.record].column(watched.column)
    is_id = column is not None and column.is_id
    for change in ledger.changes.of_records(org_id, watched.object):
        if change.field != watched.field:
            continue
        row: dict[str, Any] = {
            "record": watched.record,
            "record_id": f"{org_id}{ID_SEPARATOR}{change.record_id}",
            "column_name": watched.column,
            "seen_at": change.seen_at,
        }
        for name, value in (("old", change.old), ("new", change.new)):
            if is_id:
                row[f"{name}_id"] = f"{org_id}{ID_SEPARATOR}{value}" if value else None
            else:
                # A due date is kept as a day or as an instant; the day is what was promised.
                row[f"{name}_on"] = date.fromisoformat(value[:10]) if value else None
        yield row
