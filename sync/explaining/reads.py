"""How far, and how completely, the objects were read that a record comes from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sync.connections import Connection, compiled_views
from sync.mirror.mirror import Mirror


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """The last read of one object that feeds a record, or why a connection has none."""

    record: str
    connection: str
    object: str
    read_at: datetime | None
    """Naive UTC; None: never."""
    is_complete: bool
    reason: str
    """Why it is not complete; empty when it is."""


def reads_of(connections: Iterable[Connection], mirror: Mirror) -> list[Read]:
    """By record, in the order of the connections; an object that a connection lacks is a read that never was."""
    reads: dict[tuple[str, str, str], Read] = {}
    for connection in connections:
        org_id = mirror.org_id(connection.name)
        if org_id is None:
            continue
        views, absent = compiled_views(connection, mirror, org_id, mirror.schemas(connection.name))
        marks = {mark.object: mark for mark in mirror.marks(connection.name)}
        fed = [
            (view.record, name)
            for view in views
            for name in sorted({view.object, *view.fields, *(link[0] for link in view.links)})
        ]
        for record, name in fed:
            mark = marks.get(name)
            is_complete = mark is not None and mark.complete
            reads[record, connection.name, name] = Read(
                record=record, connection=connection.name, object=name, read_at=mark.read_at if mark else None,
                is_complete=is_complete, reason="" if is_complete else (mark.reason if mark else "") or "not read yet",
            )  # fmt: skip
        for each in absent:
            reads.setdefault(
                (each.record, connection.name, each.object),
                Read(
                    record=each.record, connection=connection.name, object=each.object, read_at=None,
                    is_complete=False, reason=each.reason,
                ),
            )  # fmt: skip
    return list(reads.values())
