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
        for changes, write in ((others, _update), (creates, _create)):
            for start in range(0, len(changes), BATCH):
                batch = changes[start : start + BATCH]
                lease.check()
                ledger.steps.sent(run_id, [change.key for change in batch])
                outcomes = write(connection, batch)
                _note(ledger, connection, batch, outcomes, run_id=run_id, org_id=orgs[name], now=now)
                written += [
                    Written(change=change, outcome=outcome)
                    for change, outcome in zip(batch, outcomes, strict=True)
                ]
    return written


def _create(connection: Connection, batch: Sequence[Change]) -> list[Outcome]:
    tasks = [change.write for change in batch if isinstance(change.write, Task)]
    try:
        return connection.connector.create(tasks)
    except CrmError as error:
        return [_unclear(task.key, None, error) for task in tasks]


def _update(connection: Connection, batch: Sequence[Change]) -> list[Outcome]:
    """Reads each task again and writes only what still is as the plan saw it."""
    changes = [change.write for change in batch if isinstance(change.write, TaskChange)]
    try:
        now_held = connection.connector.reread([change.id for change in changes])
    except CrmError as error:
        return [_failed(change.key, error) for change in changes]
    outcomes: dict[str, Outcome] = {}
    sent: list[TaskChange] = []
    for planned, change in zip(batch, changes, strict=True):
        still = _still_wanted(connection, planned, change, now_held.get(change.id))
        if isinstance(still, Outcome):
            outcomes[change.id] = still
        else:
            sent.append(still)
    try:
        answers = connection.connector.update(sent) if sent else []
    except CrmError as error:
        answers = [_unclear(change.key, change.id, error) for change in sent]
    outcomes |= {change.id: answer for change, answer in zip(sent, answers, strict=True)}
    return [outcomes[change.id] for change in changes]


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
    batch: Sequence[Change],
    outcomes: Sequence[Outcome],
    *,
    run_id: str,
    org_id: str,
    now: datetime,
) -> None:
    ledger.steps.answered(
        run_id,
        [
            StepOutcome(
                key=outcome.key,
                action=change.action,
                result=outcome.result,
                record_id=outcome.id,
                reason=outcome.reason,
                temporary=outcome.temporary if outcome.result == "failed" else None,
            )
            for change, outcome in zip(batch, outcomes, strict=True)
        ],
    )
    ledger.tasks.remember(
        org_id,
        [
            _remembered(connection, change, outcome, now)
            for change, outcome in zip(batch, outcomes, strict=True)
            if outcome.id and outcome.result in ("created", "adopted", "updated")
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
