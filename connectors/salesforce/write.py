"""Updates tasks by id."""

from collections.abc import Sequence

from connectors.errors import Refused
from connectors.salesforce.batch import (
    BY_ID,
    PATH,
    ROUNDS,
    Outcomes,
    body_of,
    insist_on_one_each,
    pause_before,
    rows_of,
    still_locked,
    write_all,
    write_halves,
)
from connectors.salesforce.call import Caller
from connectors.salesforce.row_errors import GONE, LOCKED, RowAnswer
from connectors.salesforce.task_records import TaskRecords
from connectors.tasks import Outcome, TaskChange

DELETED = "deleted"
"""The reason of a change to a task that a person has deleted."""
_THEIRS = f"{DELETED}, or a person took Keptword's line out of its text: it is theirs now"


class TaskUpdater:
    """Writes to records that are there."""

    def __init__(self, caller: Caller, records: TaskRecords) -> None:
        self._caller, self._records = caller, records

    def update(self, changes: Sequence[TaskChange]) -> list[Outcome]:
        """As Connector.update; raises only while nothing was written, ValueError for an id that comes twice."""
        insist_on_one_each("id", (change.id for change in changes))
        return write_all(changes, self._change, name=BY_ID)

    def _change(self, batch: Sequence[TaskChange], outcomes: Outcomes) -> None:
        pending = list(batch)
        for attempt in range(ROUNDS):
            pause_before(attempt)
            records = list(zip(pending, self._records.changed(pending), strict=True))
            outcomes |= {change.id: _theirs(change) for change, record in records if record is None}
            pending = [change for change, record in records if record is not None]
            if not pending:
                return
            body = body_of([record for _, record in records if record is not None])
            try:
                # By id and absolute, so that once and twice are the same.
                answer = self._caller.write("PATCH", PATH, body=body, repeatable=True)
            except Refused as refusal:
                write_halves(refusal, pending, send=self._change, outcomes=outcomes, name=BY_ID)
                return
            rows = rows_of(self._caller, self._caller.json(answer), expected=len(pending))
            answered = list(zip(pending, rows, strict=True))
            outcomes |= {
                change.id: _outcome(change, row) for change, row in answered if row.code not in LOCKED
            }
            pending = [change for change, row in answered if row.code in LOCKED]
            if not pending:
                return
        outcomes |= {change.id: still_locked(change.key, change.id) for change in pending}


def _theirs(change: TaskChange) -> Outcome:
    return Outcome(key=change.key, result="failed", id=change.id, reason=_THEIRS)


def _outcome(change: TaskChange, row: RowAnswer) -> Outcome:
    if row.success:
        return Outcome(key=change.key, result="updated", id=change.id)
    reason = DELETED if row.code in GONE else row.reason
    return Outcome(key=change.key, result="failed", id=change.id, reason=reason)
