"""Whether a finding has been answered: the tasks of its rule and subject, open and closed, tell."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from connectors.tasks import State, TaskOutcome, WrittenTask, read_state
from rules.findings import Finding
from sync.plan.keys import Key, read_key
from sync.plan.subjects import Subjects


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
class Ending:
    """How a task that is not open any more ended."""

    key: Key
    by_us: bool
    """Keptword closed it because its reason had gone: that answers nothing."""
    deed: Literal["completed", "deleted"]
    ended_at: datetime | None
    """Naive UTC; None where nobody knows."""
    marks: tuple[str, ...] = ()
    """finding_mark() of each finding that it spoke for."""
    account_id: str | None = None
    """The record of the client that it was about."""
    outcome: TaskOutcome = ""

    def answers(self, finding: Finding, subjects: Subjects) -> bool:
        """Whether a person's ending of this task answers the finding, for as long as its rule waits."""
        if self.by_us:
            return False
        if subjects.marks(finding).intersection(self.marks) or self.is_of(finding, subjects):
            return True
        # Another occurrence is news only when something in it is later than the answer.
        newest = finding.newest_fact_at
        return newest is None or self.ended_at is None or newest <= self.ended_at

    def is_of(self, finding: Finding, subjects: Subjects) -> bool:
        """Whether it was first written for this very occurrence."""
        return self.key.occurrence_hash in subjects.occurrences(finding)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the tasks say to a finding."""

    open_task: OwnTask | None = None
    repeat: int = 0
    """For a new task: its ordinal."""
    held: str | None = None
    """Why there is no new task."""


class Episodes:
    """Our tasks by rule and subject, with the answers that the ledger remembers and the CRM has forgotten."""

    def __init__(
        self, tasks: Iterable[OwnTask], dismissed: Iterable[Ending] = (), *, subjects: Subjects
    ) -> None:
        self._subjects = subjects
        self._open: dict[tuple[str, str], list[OwnTask]] = {}
        self._ended: dict[tuple[str, str], list[Ending]] = {}
        held: set[Key] = set()
        for task in tasks:
            held.add(task.key)
            name = (task.key.rule, task.key.subject_hash)
            if task.is_open:
                self._open.setdefault(name, []).append(task)
            else:
                self._ended.setdefault(name, []).append(_ending(task))
        for ending in dismissed:
            # What the CRM holds knows better: somebody may have taken the task out of the bin again.
            if ending.key not in held:
                self._ended.setdefault((ending.key.rule, ending.key.subject_hash), []).append(ending)

    def answer(
        self, finding: Finding, *, repeat_at: Callable[[datetime, int], datetime], as_of: datetime
    ) -> Answer:
        """An open task absorbs the finding; a closed one answers it until a newer fact or the time to repeat.

        `repeat_at(ended_at, repeat)` is when a finding that was answered then may be raised again.
        """
        names = self._subjects.names(finding.rule, finding.subject_id)
        if still_open := [task for name in names for task in self._open.get(name, ())]:
            return Answer(open_task=min(still_open, key=_age))
        ended = [each for name in names for each in self._ended.get(name, ())]
        repeat = 1 + max(
            (each.key.repeat for each in ended if each.is_of(finding, self._subjects)), default=-1
        )
        answers = [each for each in ended if each.answers(finding, self._subjects)]
        if not answers:
            return Answer(repeat=repeat)
        last = max(answers, key=lambda each: (each.ended_at or as_of, each.key.repeat, each.deed))
        ended_at = last.ended_at or as_of
        again_at = repeat_at(ended_at, last.key.repeat)
        if again_at <= as_of:
            return Answer(repeat=repeat)
        return Answer(
            held=f"answered: a person {last.deed} the task on {ended_at:%Y-%m-%d}; raised again from {again_at:%Y-%m-%d}"
        )


def own_tasks(connection: str, org_id: str, tasks: Sequence[WrittenTask]) -> list[OwnTask]:
    """The tasks whose key is of our form; a canary or foreign key is none of them."""
    read = ((task, read_key(task.key)) for task in tasks)
    return [
        OwnTask(connection=connection, org_id=org_id, task=task, key=key, state=read_state(task.state))
        for task, key in read
        if key is not None
    ]


def _ending(own: OwnTask) -> Ending:
    return Ending(
        key=own.key,
        by_us=own.state.closed_by_us,
        deed="deleted" if own.task.deleted else "completed",
        ended_at=own.ended_at,
        marks=own.state.findings,
    )


def _age(own: OwnTask) -> tuple[str, int, str]:
    """Ids count up in each CRM."""
    return own.org_id, len(own.task.id), own.task.id
