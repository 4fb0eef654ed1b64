"""Whether a finding has been answered: the tasks that spoke of it, open and closed, tell."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from connectors.tasks import State, TaskOutcome, WrittenTask, read_state, subject_mark
from rules.findings import Finding
from rules.wording import spelled
from sync.plan.keys import Key, read_key
from sync.plan.mentions import Mentions, client_of
from sync.plan.subjects import Subjects

SNOOZE = timedelta(days=14)
"""How long a finding rests that a person put off, as the choice in the CRM says."""

LONGEST_REPEAT = 32
"""A finding is raised again after its rule's wait times 1, 2, 4 ... and never slower than times this."""


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

    @property
    def speaks_of_more(self) -> bool:
        """It speaks for something that its key does not name."""
        own = subject_mark(self.key.subject_hash)
        return any(subject_mark(mark) != own for mark in self.state.findings)


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
    """finding_mark() of each finding that it spoke for; none where nothing but the key is left."""
    account_id: str | None = None
    """The record of the client that it was about."""
    outcome: TaskOutcome = ""

    def listed(self, finding: Finding, subjects: Subjects) -> bool:
        """Whether this very occurrence stood in it when it ended."""
        if self.marks:
            return bool(subjects.marks(finding).intersection(self.marks))
        return self.is_of(finding, subjects)

    def answers(self, finding: Finding, subjects: Subjects) -> bool:
        """Whether a person's ending of this task answers the finding, for as long as its rule waits."""
        if self.by_us:
            return False
        if self.listed(finding, subjects):
            return True
        names = subjects.names(finding.rule, finding.subject_id)
        its = {subject_mark(mark) for mark in self.marks}
        if its and not its.intersection(subject_mark(hash_) for _, hash_ in names):
            return False
        # Another occurrence is news only when something in it is later than the answer.
        newest = finding.newest_fact_at
        return newest is None or self.ended_at is None or newest <= self.ended_at

    def is_of(self, finding: Finding, subjects: Subjects) -> bool:
        """Whether it was first written for this very occurrence."""
        return self.key.occurrence_hash in subjects.occurrences(finding)

    @property
    def is_dismissal(self) -> bool:
        """The person wants to hear no more of it: that holds longer than an answer."""
        return self.deed == "deleted" or self.outcome == "not_relevant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the ended tasks say to a finding that no open one speaks of."""

    repeat: int = 0
    """For a new task: its ordinal."""
    held: str | None = None
    """Why there is no new task."""


Wait = Callable[[Ending, int], datetime]
"""(an answer, how often the finding was answered before it) -> when it may be raised again, naive UTC."""


class Episodes:
    """Our tasks by what they speak for, with the answers that the ledger remembers and the CRM has forgotten."""

    def __init__(
        self,
        tasks: Iterable[OwnTask],
        remembered: Iterable[Ending] = (),
        *,
        subjects: Subjects,
        clients: Mapping[str, str] | None = None,
    ) -> None:
        """`clients`: record of a client of several CRMs -> the id under which findings know the client."""
        self._subjects = subjects
        clients = clients or {}
        self._open: Mentions[OwnTask] = Mentions(subjects)
        self._ended: Mentions[Ending] = Mentions(subjects)
        held: set[Key] = set()
        for own in tasks:
            held.add(own.key)
            client = client_of(clients, own.org_id, own.task.account_ids)
            if own.is_open:
                self._open.add(own, key=own.key, marks=own.state.findings, client=client)
            else:
                self._ended.add(_ending(own), key=own.key, marks=own.state.findings, client=client)
        for ending in remembered:
            # What the CRM holds knows better: somebody may have taken the task out of the bin again.
            if ending.key not in held:
                client = clients.get(ending.account_id or "", ending.account_id)
                self._ended.add(ending, key=ending.key, marks=ending.marks, client=client)

    def open_tasks(self, finding: Finding) -> list[OwnTask]:
        """The open tasks that speak of the finding's rule and subject, the oldest first."""
        return sorted(self._open.of(finding), key=age)

    def answer(self, finding: Finding, *, wait: Wait, as_of: datetime) -> Answer:
        """Whether people's answers hold a finding back that no open task speaks of."""
        ended = self._ended.of(finding)
        answers = [each for each in ended if each.answers(finding, self._subjects)]
        times = sum(each.listed(finding, self._subjects) for each in answers)
        # A key that was used once is never used again.
        taken = (each.key.repeat for each in ended if each.is_of(finding, self._subjects))
        repeat = max(times, 1 + max(taken, default=-1))
        if not answers:
            return Answer(repeat=repeat)
        last = max(answers, key=lambda each: (each.ended_at or as_of, each.key.repeat, each.deed))
        ended_at = last.ended_at or as_of
        again_at = wait(last, max(0, times - 1))
        if again_at <= as_of:
            return Answer(repeat=repeat)
        return Answer(held=f"answered: {_said(last, ended_at)}; raised again from {spelled(again_at.date())}")


def own_tasks(connection: str, org_id: str, tasks: Sequence[WrittenTask]) -> list[OwnTask]:
    """The tasks whose key is of our form; a canary or foreign key is none of them."""
    read = ((task, read_key(task.key)) for task in tasks)
    return [
        OwnTask(connection=connection, org_id=org_id, task=task, key=key, state=read_state(task.state))
        for task, key in read
        if key is not None
    ]


def age(own: OwnTask) -> tuple[str, int, str]:
    """A sort key, the oldest first: ids count up in each CRM."""
    return own.org_id, len(own.task.id), own.task.id


def _ending(own: OwnTask) -> Ending:
    return Ending(
        key=own.key,
        by_us=own.state.closed_by_us,
        deed="deleted" if own.task.deleted else "completed",
        ended_at=own.ended_at,
        marks=own.state.findings,
        outcome=own.task.outcome,
    )


_SAYING: Mapping[TaskOutcome, str] = {
    "not_relevant": "a person called the task not relevant",
    "snooze": "a person put the task off",
    "already_handled": "a person had handled it already",
    "theirs": "a person made the task theirs by taking Keptword's key out of it",
}


def _said(last: Ending, ended_at: datetime) -> str:
    said = _SAYING.get(last.outcome) if last.deed == "completed" or last.outcome == "theirs" else None
    return f"{said or f'a person {last.deed} the task'} on {spelled(ended_at.date())}"
