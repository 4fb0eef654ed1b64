"""What takes one step of a run back, or why it stays: pure, from the step and the task as the CRM holds it now."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Literal

from connectors.tasks import Crm, Task, TaskChange, WrittenTask, held_values, read_state, state_text
from sync.plan.keys import read_key
from sync.undo.kept import Before, before_in, left_by, task_in

Action = Literal["create", "update", "close", "reassign", "delete", "reopen"]

INVERSE: Mapping[str, Action] = {
    "create": "delete", "update": "update", "reassign": "reassign", "close": "reopen", "reopen": "close", "delete": "create",
}  # fmt: skip
"""What a step did -> what takes it back."""

_FIELD_OF = {"subject": "subject", "body": "body", "raw_body": "body", "owner_id": "owner", "due_on": "due", "due_at": "due",
             "priority": "priority", "status": "status"}  # fmt: skip
"""A field of a change -> its name in connectors.tasks.FIELDS."""

_CALLED = {"due": "due date"}
"""A field of connectors.tasks.FIELDS -> what a person calls it, where that is another word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastStep:
    """A step of the run that is taken back."""

    key: str
    action: Action
    org_id: str
    account_id: str | None
    owner_id: str | None
    record_id: str
    detail: Mapping[str, Any]
    undid: bool
    """Its run took another one back."""

    @property
    def subject(self) -> str:
        """What a person knows the task by."""
        task, before = self.detail.get("task") or {}, self.detail.get("before") or {}
        return str(task.get("subject") or before.get("subject") or self.key)

    @property
    def state(self) -> str:
        """The state text that it left in the CRM."""
        return str(self.detail.get("state") or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The CRM that the task is in."""

    crm: Crm
    connection: str
    rewritten: frozenset[str] = frozenset()
    """Fields that its own automation rewrites: a difference there is nobody's edit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBack:
    """One write that takes a step back."""

    step: PastStep
    action: Action
    connection: str
    key: str
    """The step's own; of a task that is created anew the next that is free."""
    state: str
    write: Task | TaskChange
    """Of a deletion the change that says, before the task goes, that it was ours to end."""
    held: WrittenTask | None
    """The task as it is now; None where it is created anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stays:
    """A step that is not taken back."""

    step: PastStep
    reason: str


def inverse(
    step: PastStep, held: WrittenTask | None, place: Place, *, changed_by: str | None
) -> TakeBack | Stays:
    """`changed_by`: the later run of ours that wrote the task. Whatever a person has touched since stays."""
    if changed_by is not None:
        return Stays(step=step, reason=f"run {changed_by} has changed it since: take that back first")
    if step.action == "delete":
        return _anew(step, held, place)
    if held is None:
        reason = "a person has deleted it since, or made it theirs by taking Keptword's key out of it"
        return Stays(step=step, reason=reason)
    if held.deleted:
        return Stays(step=step, reason="it is gone from the CRM: a person has deleted it since")
    expected = left_by(place.crm, step.detail)
    if expected is None:
        return Stays(step=step, reason="an older Keptword wrote it and kept nothing to restore")
    values = held_values(place.crm, held)
    touched = [
        name for name, value in values.items() if name not in place.rewritten and value != expected[name]
    ]
    if touched:
        return Stays(
            step=step,
            reason=f"a person has changed its {', '.join(_CALLED.get(name, name) for name in touched)} since",
        )
    if held.outcome and step.action != "reopen":
        return Stays(step=step, reason="a person has said since what it came to")
    # A deletion that was cut short may have left its state behind.
    if held.state not in (step.state, _ended(step.state)):
        return Stays(step=step, reason="its state is not as the run left it")
    return _deletion(step, held, place) if step.action == "create" else _restoring(step, held, place)


def with_next_key(back: TakeBack, taken: Collection[str]) -> TakeBack:
    """A task that is created anew under the first key of its finding, by repeat, that no task has had."""
    key = read_key(back.key)
    if key is None or not isinstance(back.write, Task):
        return back
    stem, repeat = back.key.rpartition("-")[0], key.repeat + 1
    while f"{stem}-{repeat}" in taken:
        repeat += 1
    fresh = f"{stem}-{repeat}"
    return replace(back, key=fresh, write=replace(back.write, key=fresh))


def _deletion(step: PastStep, held: WrittenTask, place: Place) -> TakeBack:
    state = _ended(held.state)
    return TakeBack(
        step=step, action="delete", connection=place.connection, key=step.key, state=state, held=held,
        write=TaskChange(id=held.id, key=step.key, state=state),
    )  # fmt: skip


def _anew(step: PastStep, held: WrittenTask | None, place: Place) -> TakeBack | Stays:
    task = task_in(step.detail)
    if held is not None and not held.deleted:
        return Stays(step=step, reason="a person has taken it out of the recycle bin since")
    if task is None:
        return Stays(step=step, reason="the run kept nothing to create it from")
    return TakeBack(
        step=step, action="create", connection=place.connection, key=step.key, state=task.state, held=None, write=task
    )  # fmt: skip


def _restoring(step: PastStep, held: WrittenTask, place: Place) -> TakeBack | Stays:
    before = before_in(step.detail)
    if before is None:
        return Stays(step=step, reason="the run kept nothing to restore")
    names = sorted({_FIELD_OF[name] for name in step.detail["sent"]})
    fields: dict[str, Any] = {}
    for name in names:
        restored = _restored(name, before)
        if restored is None:
            return Stays(step=step, reason=f"its {name} was empty or unknown before, which cannot be written")
        fields |= restored
    state = before.state if step.undid else _as_by_a_person(step, before, names)
    return TakeBack(
        step=step, action=INVERSE[step.action], connection=place.connection, key=step.key, state=state, held=held,
        write=TaskChange(id=held.id, key=step.key, state=state, **fields),
    )  # fmt: skip


def _restored(name: str, before: Before) -> dict[str, Any] | None:
    """The fields of a change that bring the value back; None where a change has no word for it."""
    if name == "due":
        if not before.due:
            return None
        at = datetime.fromisoformat(before.due)
        at = at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at
        return {"due_on": date.fromisoformat(before.due[:10]), "due_at": at}
    if name == "owner":
        return {"owner_id": before.owner_id} if before.owner_id else None
    if name == "priority":
        priority = before.priority.lower()
        return {"priority": priority} if priority in ("high", "normal", "low") else None
    if name == "body":
        return {"raw_body": before.body}
    return {name: getattr(before, name)}


def _as_by_a_person(step: PastStep, before: Before, names: Collection[str]) -> str:
    """The state from before, but that what was restored counts as a person's edit: the next run is not to redo it.

    Of a closing the status alone does: our last line under the text is nobody's wish.
    """
    was, sent = read_state(before.state), read_state(step.state)
    if not was.readable or not sent.readable:
        return before.state
    persons = {"status"} if step.action == "close" else set(names)
    digests = {name: sent.digests[name] if name in persons else value for name, value in was.digests.items()}
    closed_by_us = was.closed_by_us and step.action != "close"
    return state_text(digests, was.findings, closed_by_us=closed_by_us)


def _ended(state: str) -> str:
    """The same state, of a task that Keptword has ended: its end is nobody's answer."""
    return f"{state[:1]}c{state[2:]}" if read_state(state).readable else state
