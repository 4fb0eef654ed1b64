"""What the ledger learns from a pull: which tasks stand, what people answered, which unanswered writes arrived."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from connectors.tasks import WrittenTask
from sync.connections import Connection
from sync.ledger.answers import EndedTask
from sync.ledger.ledger import Ledger
from sync.ledger.steps import InDoubt, StepOutcome
from sync.ledger.tasks import RememberedTask
from sync.mirror.mirror import OWN_TASKS, Mirror
from sync.plan.episodes import own_tasks

SEARCH_LAG = timedelta(minutes=10)
"""A task that was sent so recently may exist although the CRM's search does not show it yet."""

_RESULTS: Mapping[str, Literal["created", "deleted"]] = {"create": "created", "delete": "deleted"}
"""What a step is that arrived; any other is an update."""


def remember_tasks(
    ledger: Ledger, mirror: Mirror, connections: Sequence[Connection], *, at: datetime
) -> None:
    """Notes what the CRM holds of our tasks: CRMs forget deleted tasks, and a lost ledger comes back this way."""
    for connection in connections:
        org_id = mirror.org_id(connection.name)
        if org_id is None:
            continue
        tasks = mirror.own_tasks(connection.name)
        ledger.tasks.remember(org_id, _news(ledger, org_id, tasks, at=at))
        ledger.answers.keep(_answers(ledger, connection.name, org_id, tasks, at=at))
        if mirror.mark(connection.name, OWN_TASKS).complete:
            by_key = {task.key: task for task in tasks}
            ledger.steps.settle(org_id, _settled(ledger.steps.in_doubt(org_id), by_key, at=at), at=at)


def known_task_ids(ledger: Ledger, mirror: Mirror, connections: Sequence[Connection]) -> dict[str, set[str]]:
    """Org id -> ids of tasks that we wrote and that nobody is known to have ended: a search may not show them yet."""
    found: dict[str, set[str]] = {}
    for connection in connections:
        org_id = mirror.org_id(connection.name) or connection.pinned_org
        if org_id:
            written = ledger.tasks.written(org_id).values()
            found[org_id] = {task.record_id for task in written if not (task.is_closed or task.is_deleted)}
    return found


def orgs_in_doubt(ledger: Ledger, mirror: Mirror, connections: Sequence[Connection]) -> frozenset[str]:
    """The orgs in which a write may or may not have happened."""
    orgs = {mirror.org_id(connection.name) or connection.pinned_org for connection in connections}
    return frozenset(org_id for org_id in orgs if org_id and ledger.steps.in_doubt(org_id))


def _news(ledger: Ledger, org_id: str, tasks: Iterable[WrittenTask], *, at: datetime) -> list[RememberedTask]:
    known = ledger.tasks.written(org_id)
    return [
        RememberedTask(
            key=task.key, record_id=task.id, state=task.state, confirmed_at=at,
            is_closed=task.status == "done", is_deleted=task.deleted,
        )
        for task in tasks
        if (held := known.get(task.key)) is None
        or (held.is_closed, held.is_deleted, held.state) != (task.status == "done", task.deleted, task.state)
    ]  # fmt: skip


def _answers(
    ledger: Ledger, connection: str, org_id: str, tasks: Sequence[WrittenTask], *, at: datetime
) -> list[EndedTask]:
    """What people ended since the ledger last heard of it: of twins with one key the later answer counts."""
    known = {said.key: said for said in ledger.answers.all()}
    ended = [
        own for own in own_tasks(connection, org_id, tasks) if not own.is_open and not own.state.closed_by_us
    ]
    news: dict[str, EndedTask] = {}
    for own in sorted(ended, key=lambda own: own.ended_at or at):
        account = own.task.account_ids[0] if own.task.account_ids else None
        before = known.get(own.task.key)
        said = EndedTask(
            key=own.task.key,
            account_id=f"{org_id}:{account}" if account else before.account_id if before else None,
            marks="".join(own.state.findings),
            how="deleted" if own.task.deleted else "completed",
            outcome=own.task.outcome,
            answered_at=own.ended_at or (before.answered_at if before else at),
        )
        if said != before:
            news[own.task.key] = said
    return list(news.values())


def _settled(
    doubts: Iterable[InDoubt], by_key: Mapping[str, WrittenTask], *, at: datetime
) -> Iterator[StepOutcome]:
    """What the CRM's tasks say to steps that were sent and never clearly answered."""
    for doubt in doubts:
        task = by_key.get(doubt.key)
        if task is not None and _arrived(doubt, task):
            yield StepOutcome(
                key=doubt.key,
                action=doubt.action,
                result=_RESULTS.get(doubt.action, "updated"),
                record_id=task.id,
            )
        elif doubt.sent_at <= at - SEARCH_LAG:
            yield StepOutcome(key=doubt.key, action=doubt.action, result="failed", reason="not written")


def _arrived(doubt: InDoubt, task: WrittenTask) -> bool:
    if doubt.action == "delete":
        return task.deleted
    return doubt.action == "create" or task.state == doubt.detail.get("state")
