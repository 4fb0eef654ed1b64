"""What an undo notes of itself: its steps and tasks in the ledger, its lines among the decisions, its figures."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from connectors.as_stored import changed, stored
from connectors.tasks import Crm, Outcome, Task, TaskChange, WrittenTask, wanted_values
from rules.hashes import short_hash
from sync.decisions.lines import NOTHING, Line, result_of
from sync.ledger.findings import FindingId
from sync.ledger.steps import Step, StepOutcome
from sync.ledger.tasks import RememberedTask
from sync.plan.changes import instant
from sync.undo.inverse import PastStep, Stays, TakeBack
from sync.undo.kept import kept_of

WRITTEN = ("created", "adopted", "updated", "deleted")
_COUNTED = {"delete": "deleted", "reopen": "reopened", "create": "created", "close": "closed", "update": "updated", "reassign": "updated"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """One write of an undo, and what became of it; without an outcome it was only looked at."""

    back: TakeBack
    outcome: Outcome | None = None

    @property
    def is_written(self) -> bool:
        """Whether the CRM has it."""
        return self.outcome is not None and self.outcome.result in WRITTEN


def step_of(n: int, back: TakeBack) -> Step:
    """The step, with what it takes to undo the undoing."""
    shown = (
        {"id": back.held.id, "subject": back.held.subject} if back.held else {"subject": back.step.subject}
    )
    return Step(
        n=n,
        action=back.action,
        org_id=back.step.org_id,
        key=back.key,
        account_id=back.step.account_id,
        owner_id=back.step.owner_id if back.action == "create" else None,
        detail={
            "findings": list(back.step.detail.get("findings", ())),
            "task": shown,
            "why": [why(back.step)],
            "state": back.state,
            **_kept(back),
        },
    )


def _kept(back: TakeBack) -> Mapping[str, Any]:
    """Of a deletion the whole task, from the step that made it: as it is untouched since, it can be made again."""
    if back.action == "delete":
        return {"write": back.step.detail["write"]}
    return kept_of(back.write, back.held)


def why(step: PastStep) -> str:
    """`takes back: create`."""
    return f"takes back: {step.action}"


def outcomes_of(
    batch: Sequence[TakeBack], taken: Iterable[TakenBack], left: Iterable[Stays]
) -> list[StepOutcome]:
    """The steps' outcomes; what a person was quicker with is failed, with that as the reason."""
    planned = {(back.step.action, back.step.key): back for back in batch}
    quicker = [(planned[stays.step.action, stays.step.key], stays.reason) for stays in left]
    return [
        *(
            StepOutcome(
                key=each.back.key, action=each.back.action, result=each.outcome.result, record_id=each.outcome.id,
                reason=each.outcome.reason,
                temporary=each.outcome.temporary if each.outcome.result == "failed" else None,
            )
            for each in taken if each.outcome
        ),
        *(StepOutcome(key=back.key, action=back.action, result="failed", reason=reason) for back, reason in quicker),
    ]  # fmt: skip


def remembered(taken: TakenBack, crm: Crm, *, at: datetime) -> RememberedTask:
    """What the ledger knows of the task from now on."""
    back = taken.back
    return RememberedTask(
        key=back.key,
        record_id=(taken.outcome.id if taken.outcome else None) or back.step.record_id,
        state=back.state,
        confirmed_at=at,
        values=wanted_values(crm, back.write) if isinstance(back.write, Task) else {},
        is_closed=back.action == "close" or _was_done(back),
        is_deleted=back.action == "delete",
    )


def as_it_stands(taken: TakenBack, crm: Crm, *, at: datetime) -> WrittenTask | None:
    """The task as the CRM holds it now; None where nobody knows its id."""
    back, id_ = taken.back, taken.outcome.id if taken.outcome else None
    if isinstance(back.write, Task):
        return stored(crm, back.write, id_=id_, at=at) if id_ else None
    if back.held is None:
        return None
    if back.action == "delete":
        return replace(back.held, state=back.state, deleted=True, modified_at=at, closed_at=at)
    return changed(crm, back.held, back.write, at=at)


def _was_done(back: TakeBack) -> bool:
    is_change = isinstance(back.write, TaskChange) and back.write.status is None
    return is_change and back.held is not None and back.held.status == "done"


def findings_of(step: PastStep) -> list[FindingId]:
    """Those that the step's task spoke for."""
    return [
        FindingId(
            rule=each["rule"],
            subject_hash=short_hash(each["rule"], each["subject_id"]),
            occurrence_hash=each["hash"],
        )
        for each in step.detail.get("findings", ())
    ]


def lines_of(
    run_id: str, taken: Iterable[TakenBack], left: Iterable[Stays], *, names: Mapping[str, str], at: datetime
) -> Iterator[Line]:
    """One line for each finding of each task, as of any other run; `names`: client -> what it is called."""
    for each in taken:
        said = {"decision": each.back.action, "why": [why(each.back.step)], **result_of(each.outcome)}
        account = names.get(each.back.step.account_id or "")
        yield from _lines(run_id, each.back.step, at, {**said, "key": each.back.key, "account": account})
    for stays in left:
        said = {"decision": "left", "why": [stays.reason], "account": names.get(stays.step.account_id or "")}
        yield from _lines(run_id, stays.step, at, {**said, "key": stays.step.key})


def _lines(run_id: str, step: PastStep, at: datetime, said: Mapping[str, Any]) -> Iterator[Line]:
    head = {"run": run_id, "at": instant(at), "account_id": step.account_id, "subject": step.subject, **said}
    for finding in step.detail.get("findings", ()):
        named = {
            "rule": finding["rule"],
            "subject_id": finding["subject_id"] or None,
            "finding": finding["hash"],
        }
        yield {**NOTHING, **head, **named}


def figures_of(
    taken: Sequence[TakenBack], left: Sequence[Stays], requests: Mapping[str, Mapping[str, int]]
) -> dict[str, Any]:
    """Counts for the ledger and the JSON answer."""
    done = Counter(_COUNTED[each.back.action] for each in taken if each.is_written)
    return {
        **{name: done[name] for name in ("deleted", "reopened", "updated", "created", "closed")},
        "failed": sum(not each.is_written for each in taken),
        "left": len(left),
        "requests": {name: dict(counts) for name, counts in requests.items()},
    }
