"""Puts tasks into Salesforce's recycle bin, where they lie for 15 days."""

from collections.abc import Sequence

from connectors.errors import Refused
from connectors.salesforce.batch import (
    BY_ID,
    PATH,
    ROUNDS,
    Outcomes,
    insist_on_one_each,
    pause_before,
    rows_of,
    still_locked,
    write_all,
    write_halves,
)
from connectors.salesforce.call import Caller
from connectors.salesforce.row_errors import LOCKED, NOT_THERE, RowAnswer
from connectors.tasks import Outcome, WrittenTask


class TaskArchiver:
    """Deletes tasks of one org; whoever may, can take them out of the bin again."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def archive(self, tasks: Sequence[WrittenTask]) -> list[Outcome]:
        """As Connector.archive; raises only while nothing was deleted, ValueError for an id that comes twice."""
        insist_on_one_each("id", (task.id for task in tasks))
        return write_all(tasks, self._delete, name=BY_ID)

    def _delete(self, batch: Sequence[WrittenTask], outcomes: Outcomes) -> None:
        pending = list(batch)
        for attempt in range(ROUNDS):
            pause_before(attempt)
            ids = ",".join(task.id for task in pending)
            try:
                # What the first of two calls deleted is gone for the second, which counts as deleted.
                answer = self._caller.write("DELETE", f"{PATH}?ids={ids}&allOrNone=false", repeatable=True)
            except Refused as refusal:
                write_halves(refusal, pending, send=self._delete, outcomes=outcomes, name=BY_ID)
                return
            rows = rows_of(self._caller, self._caller.json(answer), expected=len(pending))
            answered = list(zip(pending, rows, strict=True))
            outcomes |= {task.id: _outcome(task, row) for task, row in answered if row.code not in LOCKED}
            pending = [task for task, row in answered if row.code in LOCKED]
            if not pending:
                return
        outcomes |= {task.id: still_locked(task.key, task.id) for task in pending}


def _outcome(task: WrittenTask, row: RowAnswer) -> Outcome:
    if row.success or row.code in NOT_THERE:
        return Outcome(key=task.key, result="deleted", id=task.id)
    return Outcome(key=task.key, result="failed", id=task.id, reason=row.reason)
