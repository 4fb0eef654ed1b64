"""What a plan is made of: changes, what is held back, what is unknown, what is left to people."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from connectors.tasks import Task, TaskChange, WrittenTask
from rules.findings import Finding, Unknown

FORMAT = 1

Action = Literal["create", "update", "close", "reassign"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRef:
    """A finding by name: enough to find it again."""

    rule: str
    subject_id: str
    """Empty only for the closing of a task whose record or rule is gone: its key holds no more than a hash."""
    hash: str
    """10 characters that stand for rule, subject and occurrence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One task to write. `write` carries it out; the rest says what and why."""

    action: Action
    key: str
    connection: str
    account_id: str | None
    findings: tuple[FindingRef, ...]
    task: Mapping[str, Any]
    """create: all that the person will see; else the task's id and what changes."""
    why: tuple[str, ...]
    write: Task | TaskChange
    seen: Mapping[str, str]
    """For changes of existing tasks: field -> canonical value as the CRM held it when this was planned."""
    before: WrittenTask | None = None
    """For changes of existing tasks: what the CRM held when this was planned, so that it can be taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A finding that holds and makes no new task now, and why not."""

    finding: FindingRef
    reason: str
    kind: str
    """answered, away, baseline, cap, clean-up, connection, failed, inhibited, muted, nobody, report, schedule, settling."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A field of an open task that a person changed and we leave as it is."""

    key: str
    field: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Since when a condition holds, or does not hold any more, at every run."""

    holds: bool
    since_at: datetime
    """Naive UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one run would write, and what not."""

    as_of: datetime
    changes: tuple[Change, ...]
    held: tuple[Held, ...]
    unknown: tuple[Unknown, ...]
    left: tuple[Left, ...]
    standing: int
    """Open tasks of ours that stay as they are."""
    settling: Mapping[tuple[str, str], Settled] = field(default_factory=dict)
    """(rule, subject hash) -> since when, for rules that wait until a condition has settled."""

    def count(self, action: Action) -> int:
        """How many changes of that kind."""
        return sum(change.action == action for change in self.changes)

    def document(self) -> dict[str, Any]:
        """The plan as `plan --json` and `plan --out` give it; see docs/json.md."""
        return {
            "format": FORMAT,
            "as_of": instant(self.as_of),
            "changes": [_change(change) for change in self.changes],
            "held": [{"finding": asdict(held.finding), "reason": held.reason} for held in self.held],
            "unknown": [
                {"rule": each.rule, "subject_id": each.subject_id, "reason": each.reason}
                for each in self.unknown
            ],
            "left": [asdict(left) for left in self.left],
        }


def reference(finding: Finding) -> FindingRef:
    """The finding's name."""
    return FindingRef(rule=finding.rule, subject_id=finding.subject_id, hash=finding.occurrence_hash)


def instant(at: datetime) -> str:
    """ISO with a Z, from naive UTC."""
    return at.isoformat(timespec="seconds") + "Z"


def _change(change: Change) -> dict[str, Any]:
    return {
        "action": change.action,
        "key": change.key,
        "connection": change.connection,
        "account_id": change.account_id,
        "findings": [asdict(finding) for finding in change.findings],
        "task": dict(change.task),
        "why": list(change.why),
    }
