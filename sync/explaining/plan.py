"""What the plan does with one subject of a rule: new task, changed, closed, left standing or held back, and why."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rules.hashes import short_hash
from sync.plan.changes import Change, Held, Plan
from sync.plan.episodes import OwnTask
from sync.plan.keys import read_key
from sync.plan.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One thing that the plan does, or does not do, about a subject."""

    action: Literal["create", "update", "reassign", "close", "stand", "hold"]
    why: tuple[str, ...]
    """In the plan's own words."""
    kind: str = ""
    """Of `hold`: baseline, cap, muted, answered, inhibited and so on."""
    key: str | None = None
    """Of the task."""
    connection: str | None = None
    subject: str | None = None
    """Of the task."""
    owner: str | None = None
    due_on: str | None = None


class Deeds:
    """A plan, looked through by rule and subject."""

    def __init__(self, plan: Plan, situation: Situation) -> None:
        self._plan, self._situation = plan, situation
        self._held: dict[tuple[str, str], Held] = {
            (held.finding.rule, held.finding.subject_id): held for held in plan.held
        }
        self._changes: dict[tuple[str, str], list[Change]] = {}
        for change in plan.changes:
            for name in _named(change):
                self._changes.setdefault(name, []).append(change)
        self._tasks = {own.task.key: own for own in situation.tasks}

    def of(self, rule: str, subject_id: str) -> tuple[Deed, ...]:
        """What the plan does about the subject, in the order of its changes; nothing where it has no task there."""
        names = self._situation.subjects.names(rule, subject_id)
        changes = list({id(each): each for name in names for each in self._changes.get(name, ())}.values())
        changed = {change.key for change in changes}
        deeds = [self._change(change) for change in changes]
        deeds += [self._standing(own) for own in self._speaking(names) if own.task.key not in changed]
        held = self._held.get((rule, subject_id))
        if held is not None:
            deeds.append(Deed(action="hold", why=(held.reason,), kind=held.kind))
        return tuple(deeds)

    def others(
        self, account_ids: Iterable[str], named: Iterable[tuple[str, str]]
    ) -> tuple[tuple[str, Deed], ...]:
        """(rule, deed) for further changes of the client's tasks: of subjects that are gone, of rules that are gone.

        `named` are the (rule, subject id) that of() was asked for.
        """
        accounts = set(account_ids)
        told = {name for each in named for name in self._situation.subjects.names(*each)}
        return tuple(
            (change.findings[0].rule, self._change(change))
            for change in self._plan.changes
            if change.account_id in accounts and not told.intersection(_named(change))
        )

    def _speaking(self, names: Sequence[tuple[str, str]]) -> Iterator[OwnTask]:
        """The open tasks that speak for a rule and subject; a mark in a task's state begins with the subject's."""
        for own in self._situation.tasks:
            if own.is_open and (
                (own.key.rule, own.key.subject_hash) in names
                or any(mark.startswith(name[1][:5]) for mark in own.state.findings for name in names)
            ):
                yield own

    def _change(self, change: Change) -> Deed:
        own = self._tasks.get(change.key)
        due_on = change.task.get("due_on") or (own.task.due[:10] if own else None)
        return Deed(
            action=change.action, why=change.why, key=change.key, connection=change.connection,
            subject=str(change.task.get("subject") or (own.task.subject if own else "")) or None,
            owner=change.task.get("owner") or (self._owner(own) if own else None),
            due_on=str(due_on) if due_on else None,
        )  # fmt: skip

    def _standing(self, own: OwnTask) -> Deed:
        left = (f"{left.field} stays: {left.reason}" for left in self._plan.left if left.key == own.task.key)
        return Deed(
            action="stand", why=tuple(left), key=own.task.key, connection=own.connection,
            subject=own.task.subject, owner=self._owner(own), due_on=own.task.due[:10] or None,
        )  # fmt: skip

    def _owner(self, own: OwnTask) -> str | None:
        owner_id = own.task.owner_id
        return self._situation.people.name(f"{own.org_id}:{owner_id}") if owner_id else None


def _named(change: Change) -> set[tuple[str, str]]:
    """(rule, subject hash) of all that a change speaks for; a closing's subject may be known by its key only."""
    named = {
        (each.rule, short_hash(each.rule, each.subject_id)) for each in change.findings if each.subject_id
    }
    key = read_key(change.key)
    return named | ({(key.rule, key.subject_hash)} if key else set())
