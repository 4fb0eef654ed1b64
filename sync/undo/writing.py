"""Writes what takes a run back into one CRM, reading every task again just before it is written."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from connectors.errors import CrmError
from connectors.tasks import Outcome, Task, TaskChange, WrittenTask
from sync.connections import Connection
from sync.undo.inverse import Stays, TakeBack
from sync.undo.noted import TakenBack

BATCH = 200
"""Writes between two notes in the ledger; connectors cut it to what their CRM takes."""

Decide = Callable[[TakeBack, WrittenTask | None], TakeBack | Stays]
"""The same write for the task as it is now, or why it stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What became of one batch."""

    taken: tuple[TakenBack, ...]
    left: tuple[Stays, ...] = ()
    """What a person was quicker with."""


def write_batch(connection: Connection, batch: Sequence[TakeBack], decide: Decide) -> Batch:
    """Never raises CrmError: a task that could not be read or written is a `failed` or `unclear` outcome."""
    ids = [back.step.record_id for back in batch]
    try:
        held = connection.connector.reread(ids)
    except CrmError as error:
        return Batch(taken=tuple(TakenBack(back=back, outcome=_failed(back, error)) for back in batch))
    decided = [decide(back, held.get(back.step.record_id)) for back in batch]
    backs = [each for each in decided if isinstance(each, TakeBack)]
    outcomes = dict(_written(connection, backs))
    return Batch(
        taken=tuple(TakenBack(back=back, outcome=outcomes[back.key]) for back in backs),
        left=tuple(each for each in decided if isinstance(each, Stays)),
    )


def _written(connection: Connection, backs: Sequence[TakeBack]) -> Iterator[tuple[str, Outcome]]:
    """Key -> outcome."""
    crm = connection.connector
    anew = [back for back in backs if back.action == "create"]
    away = [back for back in backs if back.action == "delete"]
    changed = [back for back in backs if back.action not in ("create", "delete")]
    yield from _sent(
        changed, lambda some: crm.update([each.write for each in some if isinstance(each.write, TaskChange)])
    )
    yield from _archived(connection, away)
    yield from _sent(
        anew, lambda some: crm.create([each.write for each in some if isinstance(each.write, Task)])
    )


def _archived(connection: Connection, backs: Sequence[TakeBack]) -> Iterator[tuple[str, Outcome]]:
    """The state goes first: should the task vanish now, nobody must take that for a person's answer."""
    crm = connection.connector
    unsaid = [back for back in backs if back.held and back.held.state != back.state]
    said = dict(
        _sent(
            unsaid,
            lambda some: crm.update([each.write for each in some if isinstance(each.write, TaskChange)]),
        )
    )
    ready = [back for back in backs if back.key not in said or said[back.key].result == "updated"]
    yield from ((key, outcome) for key, outcome in said.items() if outcome.result != "updated")
    yield from _sent(
        ready, lambda some: crm.archive([replace(each.held, state=each.state) for each in some if each.held])
    )


def _sent(
    backs: Sequence[TakeBack], send: Callable[[Sequence[TakeBack]], Sequence[Outcome]]
) -> Iterator[tuple[str, Outcome]]:
    if not backs:
        return
    try:
        outcomes: Mapping[str, Outcome] = dict(zip((back.key for back in backs), send(backs), strict=True))
    except CrmError as error:
        outcomes = {back.key: _unclear(back, error) for back in backs}
    yield from outcomes.items()


def _failed(back: TakeBack, error: CrmError) -> Outcome:
    return Outcome(key=back.key, result="failed", reason=f"{error.problem}. {error.remedy}", temporary=True)


def _unclear(back: TakeBack, error: CrmError) -> Outcome:
    """The connector gave up in the middle: what it had sent by then may have been written."""
    reason = f"{error.problem}. {error.remedy}; the next run looks whether this was written"
    return Outcome(key=back.key, result="unclear", id=back.step.record_id or None, reason=reason)
