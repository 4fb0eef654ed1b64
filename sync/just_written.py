"""Puts into the mirror what was just written, so that a plan before the next pull knows of it."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from connectors.as_stored import changed, stored
from connectors.tasks import Crm, Task, WrittenTask
from sync.apply import Written
from sync.connections import Connection
from sync.mirror.mirror import OWN_TASKS, Mirror


def show(mirror: Mirror, connection: Connection, tasks: Iterable[WrittenTask]) -> None:
    """The next pull reads them again, as everything that has changed since the last."""
    known = list(tasks)
    if known:
        mirror.keep_own_tasks(connection.name, known, mirror.mark(connection.name, OWN_TASKS), full=False)


def tasks_of(crm: Crm, written: Iterable[Written], *, at: datetime) -> Iterator[WrittenTask]:
    """The tasks of those writes that surely happened; one that was there already may be as anybody left it."""
    for each in written:
        write, id_ = each.change.write, each.outcome.id
        if isinstance(write, Task):
            if each.outcome.result == "created" and id_:
                yield stored(crm, write, id_=id_, at=at)
        elif each.outcome.result == "updated" and each.change.before is not None:
            yield changed(crm, each.change.before, write, at=at)
