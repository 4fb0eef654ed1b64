"""Creates and changes tasks so that none is ever doubled, whatever happens to the answer.

A portal where the key is a unique property refuses twins itself (mode `unique`). Elsewhere (mode `search`) we
look before we create, and after an unclear call we look again; what cannot be proven absent is not sent again.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from connectors.errors import CrmError, Unclear
from connectors.hubspot import batches, twins
from connectors.hubspot.batches import Verdict
from connectors.hubspot.call import HubSpotCalls
from connectors.hubspot.task_form import change_for, input_for
from connectors.tasks import Outcome, Task, TaskChange

Mode = Literal["unique", "search"]

_ROUNDS = 3
"""How often a batch without an answer is sent, each time only what is missing."""

_LOOK = {"unique": twins.held_by_key, "search": twins.held_by_target}

_KEY_TAKEN = "CONFLICT: a record that cannot be read, perhaps one in the recycle bin, holds this key. "
_KEY_TAKEN += "Restore or purge it in HubSpot"


@dataclass(slots=True, kw_only=True)
class _Round:
    """Tasks that wait to be sent, and how often they may still be."""

    tasks: Sequence[Task]
    left: int
    looked: bool = False
    """Whether those that are there already were taken out."""


@dataclass(slots=True, kw_only=True)
class _Creation:
    """One call of create(): what is decided so far, and what waits."""

    calls: HubSpotCalls
    mode: Mode
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    waiting: list[_Round] = field(default_factory=list)

    def run(self) -> None:
        while self.waiting:
            turn = self.waiting.pop()
            try:
                verdict = batches.send(
                    self.calls, "create", [input_for(task) for task in turn.tasks], repeatable=False
                )
            except Unclear as error:
                self._resolve(turn.tasks, turn.left - 1, str(error))
                continue
            self._settle(turn, verdict)

    def adopt(self, tasks: Sequence[Task]) -> list[Task]:
        """Settles the tasks that are there already and returns the others."""
        held = _LOOK[self.mode](self.calls, tasks)
        for task in tasks:
            if task.key in held:
                self.outcomes[task.key] = Outcome(key=task.key, result="adopted", id=held[task.key].id)
        return [task for task in tasks if task.key not in held]

    def _settle(self, turn: _Round, verdict: Verdict) -> None:
        if verdict.whole is not None:
            self._part(turn)
            return
        silent = [t for t in turn.tasks if t.key not in verdict.ids and t.key not in verdict.refused]
        for key, id_ in verdict.ids.items():
            self.outcomes[key] = Outcome(key=key, result="created", id=id_)
        for key, refusal in verdict.refused.items():
            self.outcomes[key] = _failed(key, refusal.reason)
        if verdict.refused and self.mode == "unique":
            # Not every version of the API calls a taken key a conflict.
            for task in self.adopt([t for t in turn.tasks if t.key in verdict.refused]):
                if verdict.refused[task.key].is_conflict:
                    self.outcomes[task.key] = _failed(task.key, _KEY_TAKEN)
        if silent:
            self._resolve(silent, turn.left - 1, "HubSpot's answer does not mention this task")

    def _part(self, turn: _Round) -> None:
        """A whole call was refused: take out what is there already, then look for the bad row by halves."""
        if self.mode == "unique" and not turn.looked:
            absent = self.adopt(turn.tasks)
            if len(absent) < len(turn.tasks):
                self.waiting += [_Round(tasks=absent, left=turn.left, looked=True)] if absent else []
                return
        middle = len(turn.tasks) // 2
        halves = (turn.tasks[:middle], turn.tasks[middle:])
        self.waiting += [_Round(tasks=half, left=turn.left, looked=True) for half in halves]

    def _resolve(self, tasks: Sequence[Task], left: int, reason: str) -> None:
        """Looks what became of tasks that were sent without a clear answer."""
        try:
            held = _LOOK[self.mode](self.calls, tasks)
        except CrmError as error:
            # The call went out: nothing but a look can make these more than unclear.
            self._leave_unclear(tasks, f"{reason} Looking for it failed too: {error}")
            return
        missing = []
        for task in tasks:
            there = held.get(task.key)
            if there is None:
                missing.append(task)
            else:
                # Our own state text shows that it is this very call that made it.
                result: Literal["created", "adopted"] = "created" if there.state == task.state else "adopted"
                self.outcomes[task.key] = Outcome(key=task.key, result=result, id=there.id)
        proven = [t for t in missing if left > 0 and (self.mode == "unique" or twins.has_target(t))]
        if proven:
            self.waiting.append(_Round(tasks=proven, left=left))
        self._leave_unclear([task for task in missing if task not in proven], reason)

    def _leave_unclear(self, tasks: Sequence[Task], reason: str) -> None:
        for task in tasks:
            self.outcomes[task.key] = Outcome(key=task.key, result="unclear", reason=reason)


def create(calls: HubSpotCalls, tasks: Sequence[Task], mode: Mode) -> list[Outcome]:
    """Inserts the tasks and adopts those that are there; ValueError for a key that is given twice."""
    _insist_on_distinct([task.key for task in tasks])
    creation = _Creation(calls=calls, mode=mode)

    def send(part: Sequence[Task]) -> None:
        absent = list(part) if mode == "unique" else creation.adopt(part)
        if absent:
            creation.waiting.append(_Round(tasks=absent, left=_ROUNDS))
        creation.run()

    batches.send_in_parts(tasks, send, creation.outcomes)
    return [creation.outcomes[task.key] for task in tasks]


def update(calls: HubSpotCalls, changes: Sequence[TaskChange]) -> list[Outcome]:
    """Writes the changes by record id; sending one again does no harm. ValueError for a key that is given twice."""
    _insist_on_distinct([change.key for change in changes])
    outcomes: dict[str, Outcome] = {}

    def send(part: Sequence[TaskChange]) -> None:
        verdict = batches.send(calls, "update", [change_for(change) for change in part], repeatable=True)
        if verdict.whole is not None:
            middle = len(part) // 2
            send(part[:middle])
            send(part[middle:])
            return
        for change in part:
            outcomes[change.key] = _updated(change, verdict)

    batches.send_in_parts(changes, send, outcomes)
    return [outcomes[change.key] for change in changes]


def _updated(change: TaskChange, verdict: Verdict) -> Outcome:
    refusal = verdict.refused.get(change.key)
    if refusal is None and change.key in verdict.ids:
        return Outcome(key=change.key, result="updated", id=change.id)
    reason = refusal.reason if refusal else "OBJECT_NOT_FOUND: HubSpot's answer leaves this task out"
    gone = refusal is None or refusal.code == "OBJECT_NOT_FOUND"
    return Outcome(
        key=change.key, result="failed", id=change.id, reason=f"deleted: {reason}" if gone else reason
    )


def _failed(key: str, reason: str) -> Outcome:
    return Outcome(key=key, result="failed", reason=reason)


def _insist_on_distinct(keys: Sequence[str]) -> None:
    twice = sorted(key for key, count in Counter(keys).items() if count > 1)
    if twice:
        raise ValueError(f"a key may be given once only: {', '.join(twice)}")
