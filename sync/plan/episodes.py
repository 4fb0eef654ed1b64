"""Whether a finding has been answered: the tasks of its rule and subject, open and closed, tell."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from connectors.tasks import State, WrittenTask, finding_mark, read_state
from rules.judge import Finding
from sync.plan.keys import Key, read_key


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTask:
    """One of our tasks with what its key and state say."""

    connection: str
    org_id: str
    task: WrittenTask
    key: Key
    state: State

    @property
    def is_open(self) -> bool:
        """Neither done nor deleted."""
        return self.task.status == "open" and not self.task.deleted

    @property
    def ended_at(self) -> datetime | None:
        """When it was completed or deleted, as near as is known."""
        return self.task.closed_at or self.task.modified_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the tasks say to a finding."""

    open_task: OwnTask | None = None
    repeat: int = 0
    """For a new task: its ordinal."""
    held: str | None = None
    """Why there is no new task."""


class Episodes:
    """Our tasks by rule and subject."""

    def __init__(self, tasks: Iterable[OwnTask]) -> None:
        self._by_subject: dict[tuple[str, str], list[OwnTask]] = {}
        for task in tasks:
            self._by_subject.setdefault((task.key.rule, task.key.subject_hash), []).append(task)

    def answer(
        self, finding: Finding, *, repeat_at: Callable[[datetime, int], datetime], as_of: datetime
    ) -> Answer:
        """An open task absorbs the finding; a closed one answers it until a newer fact or the time to repeat.

        `repeat_at(ended_at, repeat)` is when a finding that was answered then may be raised again.
        """
        tasks = self._by_subject.get((finding.rule, finding.subject_hash), [])
        still_open = [task for task in tasks if task.is_open]
        if still_open:
            return Answer(open_task=min(still_open, key=lambda task: _id_order(task.task.id)))
        repeat = 1 + max(
            (task.key.repeat for task in tasks if task.key.occurrence_hash == finding.occurrence_hash),
            default=-1,
        )
        answers = [task for task in tasks if not task.state.closed_by_us and _answers(task, finding)]
        if not answers:
            return Answer(repeat=repeat)
        last = max(answers, key=lambda task: task.ended_at or datetime.min)
        ended_at = last.ended_at or as_of
        again_at = repeat_at(ended_at, last.key.repeat)
        if again_at <= as_of:
            return Answer(repeat=repeat)
        deed = "deleted" if last.task.deleted else "completed"
        return Answer(
            held=f"answered: a person {deed} the task on {ended_at:%Y-%m-%d}; raised again from {again_at:%Y-%m-%d}"
        )


def own_tasks(connection: str, org_id: str, tasks: Sequence[WrittenTask]) -> list[OwnTask]:
    """The tasks whose key is of our form; a canary or foreign key is none of them."""
    read = ((task, read_key(task.key)) for task in tasks)
    return [
        OwnTask(connection=connection, org_id=org_id, task=task, key=key, state=read_state(task.state))
        for task, key in read
        if key is not None
    ]


def _answers(task: OwnTask, finding: Finding) -> bool:
    mark = finding_mark(finding.subject_hash, finding.occurrence_hash)
    if mark in task.state.findings or task.key.occurrence_hash == finding.occurrence_hash:
        return True
    # Another occurrence is news only when something in it is later than the answer.
    newest = finding.newest_fact_at
    return newest is not None and task.ended_at is not None and newest <= task.ended_at


def _id_order(task_id: str) -> tuple[int, str]:
    return len(task_id), task_id
