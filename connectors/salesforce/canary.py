"""Proves write-back with one trial task: written, read back, compared, deleted."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from connectors.connector import SetupStep
from connectors.errors import CrmError
from connectors.salesforce.archive import TaskArchiver
from connectors.salesforce.insert import TaskInserter
from connectors.salesforce.marks import CANARY
from connectors.salesforce.own_tasks import OwnTasks, gone
from connectors.tasks import (
    Task,
    WrittenTask,
    finding_mark,
    held_values,
    short_hash,
    wanted_values,
    write_state,
)

WHAT = "trial task, written, read back and deleted"
_BODY = "Keptword writes this task to see what this org does to texts, and deletes it.\n\n- a line with <angles> & signs\n- Zürich, 日本, 🙂"


class Canary:
    """One trial in one org."""

    def __init__(self, own: OwnTasks, inserter: TaskInserter, archiver: TaskArchiver) -> None:
        self._own, self._inserter, self._archiver = own, inserter, archiver

    def fly(self, *, owner_id: str, now: datetime) -> tuple[SetupStep, tuple[str, ...]]:
        """The step, and the fields that came back other than written; `now` in naive UTC."""
        try:
            self._clear_up()
            return self._fly(_trial_task(owner_id, now))
        except CrmError as error:
            return SetupStep(what=WHAT, state="failed", note=str(error)), ()

    def _fly(self, task: Task) -> tuple[SetupStep, tuple[str, ...]]:
        (outcome,) = self._inserter.create([task])
        if outcome.result != "created" or outcome.id is None:
            return SetupStep(what=WHAT, state="failed", note=f"it was not written: {outcome.reason}"), ()
        held = next((each for each in self._own.canaries() if each.key == task.key), None)
        left = self._delete([held or gone(outcome.id)])
        if held is None:
            note = "it was written but cannot be read back: let this login see its own tasks"
            return SetupStep(what=WHAT, state="failed", note=note), ()
        if left:
            return SetupStep(what=WHAT, state="failed", note=f"it stays in the CRM: {left}"), ()
        if held.state != task.state:
            return SetupStep(
                what=WHAT,
                state="failed",
                note="this org's automation changes what tells our tasks from others",
            ), ()
        rewritten = rewritten_fields(task, held)
        note = f"this org's automation rewrites {', '.join(rewritten)}: left out when edits of people are told apart"
        return SetupStep(what=WHAT, state="made", note=note if rewritten else ""), rewritten

    def _clear_up(self) -> None:
        self._delete(self._own.canaries())

    def _delete(self, tasks: Sequence[WrittenTask]) -> str:
        """Why one of them stays; empty when all are gone."""
        outcomes = self._archiver.archive(tasks)
        return next((outcome.reason for outcome in outcomes if outcome.result != "deleted"), "")


def _trial_task(owner_id: str, now: datetime) -> Task:
    mark = secrets.token_hex(5)
    due = now + timedelta(days=7)
    task = Task(
        key=f"{CANARY}{mark}",
        state="",
        subject="Keptword setup check: deleted in a moment",
        body=_BODY,
        owner_id=owner_id or None,
        due_on=due.date(),
        due_at=due,
        priority="normal",
        kind="todo",
        account_id=None,
    )
    hashed = short_hash(mark)
    state = write_state(wanted_values("salesforce", task), (finding_mark(hashed, hashed),))
    return replace(task, state=state)


def rewritten_fields(task: Task, held: WrittenTask) -> tuple[str, ...]:
    """The fields of `held` that mean something else than was written; an owner that was left to the CRM is none."""
    wanted, found = wanted_values("salesforce", task), held_values("salesforce", held)
    if task.owner_id is None:
        found["owner"] = wanted["owner"]
    return tuple(name for name, value in wanted.items() if found[name] != value)
