"""The tasks that were raised in a span of days, as CRM and ledger know them: what for, for whom, and how they stand."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from connectors.tasks import TaskOutcome, read_state
from sync.ledger.answers import EndedTask
from sync.ledger.ledger import Ledger
from sync.ledger.tasks import RememberedTask
from sync.plan.episodes import OwnTask
from sync.plan.keys import read_key

_THERE = ("created", "adopted")
"""Results of a create after which the task stands in the CRM."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a task stands, by whoever knows best: the CRM, else the ledger."""

    status: Literal["open", "done", "deleted"] = "open"
    by_us: bool = False
    """Keptword closed it, since its reason had gone."""
    outcome: TaskOutcome = ""
    ended_at: datetime | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisedTask:
    """One task; it counts for each rule that it was ever written for."""

    key: str
    repeat: int
    account_id: str | None
    owner_id: str | None
    """Whose it is now, with the org's prefix."""
    raised_at: datetime
    """Naive UTC, by the CRM's clock where it is known."""
    findings: tuple[tuple[str, str], ...]
    """(rule, subject id), the id empty where only the key tells of the task."""
    standing: Standing


def raised_tasks(
    ledger: Ledger, tasks: Iterable[OwnTask], orgs: Iterable[str], *, since: datetime
) -> list[RaisedTask]:
    """Every task that was sent as new since then, or that a CRM says was made since then, but those that were undone."""
    owns = {(own.org_id, own.task.key): own for own in tasks}
    steps = ledger.raised.since(since)
    answers = {said.key: said for said in ledger.answers.all()}
    written = {(org, key): task for org in orgs for key, task in ledger.tasks.written(org).items()}
    found: list[RaisedTask] = []
    for name in dict.fromkeys((*steps, *owns)):
        own, its = owns.get(name), steps.get(name, ())
        if _is_raised(own, its, since=since):
            standing = _standing(own, answers.get(name[1]), written.get(name))
            found.append(_task(name, own, its, standing))
    return found


def _is_raised(own: OwnTask | None, steps: Sequence[Mapping[str, Any]], *, since: datetime) -> bool:
    if not steps:
        return own is not None and own.task.created_at is not None and own.task.created_at >= since
    if steps[-1]["action"] == "delete" and steps[-1]["result"] == "deleted":
        return False
    return own is not None or any(step["action"] == "create" and step["result"] in _THERE for step in steps)


def _task(
    name: tuple[str, str], own: OwnTask | None, steps: Sequence[Mapping[str, Any]], standing: Standing
) -> RaisedTask:
    org_id, text = name
    key = read_key(text)
    account_id = next((step["account_id"] for step in steps if step["account_id"]), None)
    owner_id = next((step["owner_id"] for step in reversed(steps) if step["owner_id"]), None)
    raised_at = min((step["sent_at"] for step in steps), default=datetime.min)
    if own is not None:
        account_id = f"{org_id}:{own.task.account_ids[0]}" if own.task.account_ids else account_id
        owner_id = f"{org_id}:{own.task.owner_id}" if own.task.owner_id else None
        raised_at = own.task.created_at or raised_at
    return RaisedTask(
        key=text,
        repeat=key.repeat if key else 0,
        account_id=account_id,
        owner_id=owner_id,
        raised_at=raised_at,
        findings=tuple(dict.fromkeys(_findings(text, steps))),
        standing=standing,
    )


def _findings(text: str, steps: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """A closing names what was gone already, so only what a task was made or changed for counts."""
    named = [
        (str(finding["rule"]), str(finding["subject_id"]))
        for step in steps
        if step["action"] in ("create", "update", "reassign")
        for finding in step["detail"].get("findings", ())
    ]
    key = read_key(text)
    yield from named or ([(key.rule, "")] if key else [])


def _standing(own: OwnTask | None, said: EndedTask | None, written: RememberedTask | None) -> Standing:
    if own is not None:
        return Standing(
            status="deleted" if own.task.deleted else own.task.status,
            by_us=own.state.closed_by_us and not own.is_open,
            outcome=own.task.outcome,
            ended_at=None if own.is_open else own.ended_at,
            due_on=date.fromisoformat(own.task.due[:10]) if own.task.due else None,
        )
    if said is not None:
        status: Literal["done", "deleted"] = "deleted" if said.how == "deleted" else "done"
        return Standing(status=status, outcome=said.outcome, ended_at=said.answered_at)
    if written is not None and (written.is_closed or written.is_deleted):
        return Standing(
            status="deleted" if written.is_deleted else "done",
            by_us=read_state(written.state).closed_by_us,
            ended_at=written.confirmed_at,
        )
    return Standing()
