"""Inserts tasks so that each key is there once, whatever the network does.

A unique index makes sending again safe. Without one we look before we write; and of a call without an answer only
what is found afterwards is known: it may still be under way, so nothing of it is sent again.
"""

from collections.abc import Mapping, Sequence

from connectors.errors import CrmError, NotUnderstood, Refused, Unclear
from connectors.salesforce.batch import (
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
from connectors.salesforce.own_tasks import OwnTasks
from connectors.salesforce.row_errors import DUPLICATE, LOCKED, RowAnswer
from connectors.salesforce.task_records import TaskRecords
from connectors.tasks import Outcome, Task, WrittenTask


class TaskInserter:
    """Inserts into one org."""

    def __init__(self, caller: Caller, own: OwnTasks, records: TaskRecords) -> None:
        self._caller, self._own, self._records = caller, own, records

    def create(self, tasks: Sequence[Task]) -> list[Outcome]:
        """As Connector.create; raises only while nothing was written, ValueError for a key that comes twice."""
        insist_on_one_each("key", (task.key for task in tasks))
        outcomes: Outcomes = {}
        absent = tasks
        if not self._own.marks.is_unique:
            absent = self._adopt(tasks, self._own.held(tasks), set(), outcomes)
        outcomes |= {outcome.key: outcome for outcome in write_all(absent, self._insert)}
        return [outcomes[task.key] for task in tasks]

    def _insert(self, batch: Sequence[Task], outcomes: Outcomes) -> None:
        pending, doubtful = list(batch), set[str]()
        why = ""
        for attempt in range(ROUNDS):
            pause_before(attempt)
            try:
                rows = self._post(pending)
            except Unclear as error:
                doubtful |= {task.key for task in pending}
                why = error.problem
                pending = self._settle(pending, doubtful, outcomes)
                if pending and not self._own.marks.is_unique:
                    pause_before(1)
                    pending = self._settle(pending, doubtful, outcomes)
                    break
            except Refused as refusal:
                write_halves(refusal, pending, send=self._insert, outcomes=outcomes)
                return
            else:
                why = ""
                pending = self._take(pending, rows, doubtful, outcomes)
            if not pending:
                return
        for task in pending:
            outcomes[task.key] = _unclear(task.key, why) if why else still_locked(task.key)

    def _post(self, tasks: Sequence[Task]) -> list[RowAnswer]:
        body = body_of([self._records.new(task) for task in tasks])
        answer = self._caller.write("POST", PATH, body=body, repeatable=False)
        try:
            return rows_of(self._caller, self._caller.json(answer), expected=len(tasks))
        except NotUnderstood as error:
            # Something answered with success: the tasks may be there.
            raise Unclear(error.place, error.problem, error.remedy) from error

    def _take(
        self, tasks: Sequence[Task], rows: Sequence[RowAnswer], doubtful: set[str], outcomes: Outcomes
    ) -> list[Task]:
        """Notes what became of each row; returns those to send again."""
        again: list[Task] = []
        twins: dict[str, RowAnswer] = {}
        for task, row in zip(tasks, rows, strict=True):
            if row.success:
                outcomes[task.key] = Outcome(key=task.key, result="created", id=row.id)
            elif row.code == DUPLICATE:
                twins[task.key] = row
            elif row.code in LOCKED:
                again.append(task)
            else:
                outcomes[task.key] = Outcome(key=task.key, result="failed", reason=row.reason)
        unseen = self._settle([task for task in tasks if task.key in twins], doubtful, outcomes)
        for task in unseen:
            outcomes[task.key] = Outcome(key=task.key, result="failed", reason=twins[task.key].reason)
        return again

    def _settle(self, tasks: Sequence[Task], doubtful: set[str], outcomes: Outcomes) -> list[Task]:
        """Looks which of the tasks are there and notes them; returns those that are not."""
        if not tasks:
            return []
        try:
            found = self._own.held(tasks)
        except CrmError as error:
            outcomes |= {task.key: _unclear(task.key, str(error)) for task in tasks}
            return []
        return self._adopt(tasks, found, doubtful, outcomes)

    def _adopt(
        self, tasks: Sequence[Task], found: Mapping[str, WrittenTask], doubtful: set[str], outcomes: Outcomes
    ) -> list[Task]:
        """Notes those that were found; returns the others."""
        absent: list[Task] = []
        for task in tasks:
            held = found.get(task.key)
            # What was in the recycle bin before is no trace of a call that was not answered.
            if held is None or (held.deleted and task.key in doubtful):
                absent.append(task)
                continue
            ours = task.key in doubtful and held.state == task.state
            outcomes[task.key] = Outcome(key=task.key, result="created" if ours else "adopted", id=held.id)
        return absent


def _unclear(key: str, why: str) -> Outcome:
    return Outcome(key=key, result="unclear", reason=f"{why}. The next run looks for it before it writes.")
