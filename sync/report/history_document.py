"""The answers of `history --json`: past runs, what one of them decided, and what could not be written."""

from collections.abc import Iterable, Mapping
from typing import Any

from sync.ledger.runs import Run
from sync.ledger.steps import DeadLetter
from sync.past.history import PastRun
from sync.plan.changes import FORMAT, instant


def runs_document(runs: Iterable[Run]) -> dict[str, Any]:
    """The last runs, the newest first."""
    return {"format": FORMAT, "runs": [_run(run) for run in runs]}


def past_run_document(told: PastRun) -> dict[str, Any]:
    """One run: its decisions as its file has them, and its steps as the ledger does."""
    return {
        "format": FORMAT,
        "run": _run(told.run),
        "decisions": None if told.decisions is None else [dict(line) for line in told.decisions],
        "steps": [_step(step) for step in told.steps],
    }


def failed_document(letters: Iterable[DeadLetter]) -> dict[str, Any]:
    """What could not be written, or of which nobody knows, and no later run has cleared up."""
    return {"format": FORMAT, "failed": [_letter(letter) for letter in letters]}


def again(letter: DeadLetter) -> str:
    """Who tries it again: `next run`, or the command that a person has to give."""
    if letter.undoes is not None:
        return f"keptword undo {letter.undoes}"
    return f"keptword apply --retry {letter.run_id}" if letter.waits else "next run"


def _run(run: Run) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "command": run.command,
        "mode": run.mode,
        "started_at": instant(run.started_at),
        "finished_at": instant(run.finished_at) if run.finished_at else None,
        "outcome": run.outcome,
        "reason": run.reason,
        "approved_by": run.approved_by,
        "undoes": run.undoes,
        "figures": dict(run.figures or {}),
    }


def _step(step: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "key": step["key"],
        "action": step["action"],
        "account_id": step["account_id"],
        "subject": subject_of(step["detail"]),
        "result": step["result"],
        "id": step["record_id"],
        "reason": step["reason"],
    }


def _letter(letter: DeadLetter) -> dict[str, Any]:
    return {
        "run_id": letter.run_id,
        "key": letter.key,
        "action": letter.action,
        "account_id": letter.account_id,
        "subject": subject_of(letter.detail),
        "result": letter.result,
        "id": letter.record_id,
        "reason": letter.reason,
        "sent_at": instant(letter.sent_at) if letter.sent_at else None,
        "again": again(letter),
    }


def subject_of(detail: Mapping[str, Any]) -> str | None:
    """What a person knows the task by, new or as it was before."""
    task, before = detail.get("task") or {}, detail.get("before") or {}
    return task.get("subject") or before.get("subject")
