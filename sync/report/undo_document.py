"""The answer of `undo --json`: what was taken back, and what was left with the reason."""

from typing import Any

from sync.plan.changes import FORMAT
from sync.undo.undo import UndoReport


def undo_document(report: UndoReport, *, dry_run: bool) -> dict[str, Any]:
    """Step by step of the run that is taken back."""
    return {
        "format": FORMAT,
        "run_id": report.run_id,
        "undoes": report.undoes.run_id,
        "dry_run": dry_run,
        "taken_back": [
            {
                "key": each.back.key,
                "action": each.back.action,
                "connection": each.back.connection,
                "account_id": each.back.step.account_id,
                "subject": each.back.step.subject,
                "result": each.outcome.result if each.outcome else None,
                "id": (each.outcome.id if each.outcome else None) or each.back.step.record_id,
                "reason": each.outcome.reason if each.outcome else "",
            }
            for each in report.taken
        ],
        "left": [
            {
                "key": stays.step.key,
                "action": stays.step.action,
                "account_id": stays.step.account_id,
                "subject": stays.step.subject,
                "id": stays.step.record_id or None,
                "reason": stays.reason,
            }
            for stays in report.left
        ],
        "figures": dict(report.figures),
    }
