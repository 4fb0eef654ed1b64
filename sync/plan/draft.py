"""The plan as it grows: what is written, what is held back and why, what is left to people."""

from dataclasses import dataclass, field

from rules.findings import Finding
from sync.plan.changes import Change, Held, Left, reference


@dataclass(slots=True)
class Draft:
    """Filled by one pass over the findings and the open tasks."""

    changes: list[Change] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    standing: int = 0

    def hold(self, finding: Finding, kind: str, reason: str) -> None:
        """The finding makes no new task now."""
        self.held.append(Held(finding=reference(finding), reason=reason, kind=kind))
