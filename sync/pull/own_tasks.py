"""Reads our own tasks, as the CRM holds them now."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from connectors.errors import CrmError
from connectors.tasks import WrittenTask
from sync.mirror.marks import Mark
from sync.mirror.mirror import OWN_TASKS
from sync.pull.desk import Desk, Entered
from sync.pull.reading import OVERLAP
from sync.pull.statement import ObjectRead


def read_own_tasks(desk: Desk, entered: Entered, known: set[str], *, in_doubt: bool) -> ObjectRead:
    """All of them the first time, later what changed and all that are open; `known` are ids that the ledger knows.

    Deleted ones that nobody knows of are looked for where the answer to a write was lost, and once a day.
    """
    name = entered.connection.name
    with desk.at_mirror() as mirror:
        before, held = mirror.mark(name, OWN_TASKS), mirror.own_tasks(name)
    if entered.spent:
        return _unread(desk, entered, before, entered.spent)
    since = before.read_at - OVERLAP if before.complete and before.read_at else None
    ids = known | {task.id for task in held if task.status == "open" and not task.deleted}
    is_first_today = before.read_at is None or before.read_at.date() != entered.started_at.date()
    try:
        came = list(
            entered.connection.connector.own_tasks(
                since=since, known_ids=ids, all_deleted=in_doubt or is_first_today
            )
        )
    except CrmError as error:
        return _unread(desk, entered, before, f"{error.problem}. {error.remedy}")
    tasks = _named({task.id: task for task in held}, came)
    left = entered.connection.connector.calls_left()
    desk.progress(f"{name} {OWN_TASKS}", len(tasks), expected=len(tasks), calls_left=left)
    mark = Mark(object=OWN_TASKS, read_at=entered.started_at, complete=True, row_count=len(tasks))
    with desk.at_mirror() as mirror:
        mirror.keep_own_tasks(name, tasks, mark, full=since is None)
        held_now = len(mirror.own_tasks(name))
    return ObjectRead(
        connection=name, object=OWN_TASKS, rows=len(tasks), in_mirror=held_now, full=since is None, complete=True
    )  # fmt: skip


def about_winners(desk: Desk, entered: Entered) -> None:
    """Tasks about a client that was merged are about the winner from now on."""
    name = entered.connection.name
    clients = {view.object for view in entered.views if view.record == "account"}
    with desk.at_mirror() as mirror:
        winners = {
            loser: winner for (kind, loser), winner in mirror.merges.winners(name).items() if kind in clients
        }
        moved = [
            replace(task, account_ids=tuple(dict.fromkeys(winners.get(id_, id_) for id_ in task.account_ids)))
            for task in mirror.own_tasks(name)
            if not winners.keys().isdisjoint(task.account_ids)
        ]
        if moved:
            mirror.keep_own_tasks(name, moved, mirror.mark(name, OWN_TASKS), full=False)


def _named(held: Mapping[str, WrittenTask], tasks: Iterable[WrittenTask]) -> list[WrittenTask]:
    """The tasks, each once; one that is gone from the CRM altogether keeps what we knew of it."""
    read: dict[str, WrittenTask] = {}
    for task in tasks:
        known = held.get(task.id)
        if task.key:
            read[task.id] = task
        elif known is not None:
            closed_at = known.closed_at or known.modified_at
            read[task.id] = replace(
                known, deleted=True, closed_at=closed_at, outcome=task.outcome or known.outcome
            )
    return list(read.values())


def _unread(desk: Desk, entered: Entered, before: Mark, reason: str) -> ObjectRead:
    name, held = entered.connection.name, before.row_count
    with desk.at_mirror() as mirror:
        mirror.keep_mark(name, replace(before, complete=False, reason=reason))
    return ObjectRead(
        connection=name, object=OWN_TASKS, rows=0, in_mirror=held, full=not before.complete, complete=False, reason=reason
    )  # fmt: skip
