"""Apply: carries a plan out, step by step in the ledger, and never a step twice."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from connectors.errors import CrmError
from connectors.tasks import (
    FIELDS,
    Outcome,
    Task,
    TaskChange,
    WrittenTask,
    held_values,
    read_state,
    state_text,
    wanted_values,
)
from sync.connections import Connection
from sync.ledger.lease import Lease
from sync.ledger.ledger import Ledger
from sync.ledger.steps import Step, StepOutcome
from sync.ledger.tasks import RememberedTask
from sync.plan.changes import Change, Plan
from sync.undo.kept import kept_of

BATCH = 400
"""Changes between two notes in the ledger; connectors cut it to what their CRM takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What became of one change."""

    change: Change
    outcome: Outcome


def apply_plan(
    plan: Plan,
    connections: Iterable[Connection],
    ledger: Ledger,
    lease: Lease,
    *,
    run_id: str,
    orgs: Mapping[str, str],
    now: datetime,
) -> list[Written]:
    """Writes every change of the plan; `orgs` has each connection's org id.

    Each batch is in the ledger as sent before it leaves, and as answered before the next one.
    A change that cannot be written is a `failed` outcome with the vendor's reason; the others go on.
    """
    by_name = {connection.name: connection for connection in connections}
    ledger.steps.plan(run_id, (_step(n, change, orgs) for n, change in enumerate(plan.changes, start=1)))
    written: list[Written] = []
    for name, connection in by_name.items():
        mine = [change for change in plan.changes if change.connection == name]
        creates = [change for change in mine if change.action == "create"]
        others = [change for change in mine if change.action != "create"]
        for changes in (others, creates):
            for start in range(0, len(changes), BATCH):
                batch = changes[start : start + BATCH]
                lease.check()
                ready, outcomes = _look_again(connection, batch)
                _note_sent(ledger, batch, ready, run_id=run_id, orgs=orgs)
                outcomes |= _send(connection, ready)
                # What was written is not always what was planned: a person's edit may have come in between.
                done = {change.key: change for change in ready}
                answered = [
                    Written(change=done.get(change.key, change), outcome=outcomes[change.key])
                    for change in batch
                ]
                _note(ledger, connection, answered, run_id=run_id, org_id=orgs[name], now=now)
                written += answered
    return written


def _look_again(connection: Connection, batch: Sequence[Change]) -> tuple[list[Change], dict[str, Outcome]]:
    """Reads each task again: the changes with what still is as the plan saw it, and by key why others are none."""
    changes = [change.write for change in batch if isinstance(change.write, TaskChange)]
    if not changes:
        return list(batch), {}
    try:
        now_held = connection.connector.reread([change.id for change in changes])
    except CrmError as error:
        return [], {change.key: _failed(change.key, error) for change in changes}
    ready: list[Change] = []
    outcomes: dict[str, Outcome] = {}
    for planned, change in zip(batch, changes, strict=True):
        still = _still_wanted(connection, planned, change, now_held.get(change.id))
        if isinstance(still, Outcome):
            outcomes[planned.key] = still
        else:
            ready.append(planned if still is change else replace(planned, write=still))
    return ready, outcomes


def _note_sent(
    ledger: Ledger, batch: Sequence[Change], ready: Sequence[Change], *, run_id: str, orgs: Mapping[str, str]
) -> None:
    planned = {change.key: change for change in batch}
    cut = [change for change in ready if change is not planned[change.key]]
    ledger.steps.restate(run_id, (_step(0, change, orgs) for change in cut))
    ledger.steps.sent(run_id, [change.key for change in ready])


def _send(connection: Connection, ready: Sequence[Change]) -> dict[str, Outcome]:
    """By key what became of each; the batch is of new tasks, or of changes."""
    tasks = [change.write for change in ready if isinstance(change.write, Task)]
    changes = [change.write for change in ready if isinstance(change.write, TaskChange)]
    outcomes: list[Outcome] = []
    try:
        outcomes += connection.connector.create(tasks) if tasks else []
        outcomes += connection.connector.update(changes) if changes else []
    except CrmError as error:
        outcomes = [_unclear(task.key, None, error) for task in tasks]
        outcomes += [_unclear(change.key, change.id, error) for change in changes]
    return {outcome.key: outcome for outcome in outcomes}


def _still_wanted(
    connection: Connection, planned: Change, change: TaskChange, held: WrittenTask | None
) -> TaskChange | Outcome:
    """The change without what a person has touched since the plan; an outcome when nothing is left of it."""
    if held is None or held.deleted:
        return Outcome(
            key=change.key, result="failed", id=change.id, reason="deleted: the task is gone from the CRM"
        )
    values = held_values(connection.connector.crm, held)
    touched = [name for name, seen in planned.seen.items() if values[name] != seen]
    if not touched:
        return change
    reason = f"a person changed {', '.join(touched)} since the plan was made; the next run looks again"
    untouched = set(planned.seen) - set(touched) - {"status"}
    if planned.action == "close" or "status" in touched or not untouched:
        return Outcome(key=change.key, result="failed", id=change.id, reason=reason, temporary=True)
    kept = read_state(held.state).digests
    mine = read_state(change.state)
    digests = {
        name: kept.get(name, mine.digests[name]) if name in touched else mine.digests[name] for name in FIELDS
    }
    dropped = {{"owner": "owner_id"}.get(name, name): None for name in touched}
    return replace(change, state=state_text(digests, mine.findings), **dropped)  # type: ignore[arg-type]  # None for fields that may be None


def _note(
    ledger: Ledger,
    connection: Connection,
    answered: Sequence[Written],
    *,
    run_id: str,
    org_id: str,
    now: datetime,
) -> None:
    ledger.steps.answered(
        run_id,
        [
            StepOutcome(
                key=each.outcome.key,
                action=each.change.action,
                result=each.outcome.result,
                record_id=each.outcome.id,
                reason=each.outcome.reason,
                temporary=each.outcome.temporary if each.outcome.result == "failed" else None,
            )
            for each in answered
        ],
    )
    ledger.tasks.remember(
        org_id,
        [
            _remembered(connection, each.change, each.outcome, now)
            for each in answered
            if each.outcome.id and each.outcome.result in ("created", "adopted", "updated")
        ],
    )


def _remembered(connection: Connection, change: Change, outcome: Outcome, now: datetime) -> RememberedTask:
    values = wanted_values(connection.connector.crm, change.write) if isinstance(change.write, Task) else {}
    return RememberedTask(
        key=change.key,
        record_id=outcome.id or "",
        state=change.write.state,
        confirmed_at=now,
        values=values,
        is_closed=change.action == "close",
    )


def _step(n: int, change: Change, orgs: Mapping[str, str]) -> Step:
    findings = [
        {"rule": finding.rule, "subject_id": finding.subject_id, "hash": finding.hash}
        for finding in change.findings
    ]
    return Step(
        n=n,
        action=change.action,
        org_id=orgs[change.connection],
        key=change.key,
        account_id=change.account_id,
        owner_id=str(change.task.get("owner_id") or "") or None,
        detail={
            "findings": findings,
            "task": dict(change.task),
            "why": list(change.why),
            "state": change.write.state,
            **kept_of(change.write, change.before),
        },
    )


def _failed(key: str, error: CrmError) -> Outcome:
    return Outcome(key=key, result="failed", reason=f"{error.problem}. {error.remedy}", temporary=True)


def _unclear(key: str, task_id: str | None, error: CrmError) -> Outcome:
    """The connector gave up in the middle: what it had sent by then may have been written."""
    reason = f"{error.problem}. {error.remedy}; the next run looks whether this was written"
    return Outcome(key=key, result="unclear", id=task_id, reason=reason)
