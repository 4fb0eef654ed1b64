"""What people did to our tasks: which fields are theirs, and what they answered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from tests.loop.model.agency import DISMISSED_DAYS, REPEAT_DAYS, SNOOZE_DAYS
from tests.loop.model.sight import FIELDS, Held
from tests.loop.model.truth import Finding

NEARLY = timedelta(hours=2)
"""Clocks change and runs take a while: so near to the end of a wait either answer is right."""
LONGEST = 32

Said = Literal["no", "yes", "perhaps"]


@dataclass(kw_only=True)
class Hands:
    """The fields of our tasks that people have written, and with what."""

    theirs: dict[tuple[str, str], str] = field(default_factory=dict)
    """(task, field) -> what they left there."""
    notes: dict[str, list[str]] = field(default_factory=dict)
    """Task -> what they wrote below our text."""
    taken_up: set[str] = field(default_factory=set)
    """Tasks that a person opened again, whoever had ended them."""
    _ours: dict[tuple[str, str], str] = field(default_factory=dict)

    def edited(self, before: Held, after: Held, *, note: str = "") -> None:
        """A person wrote something; what they set back to what we had said is ours again."""
        if after.is_open and not before.is_open:
            self.taken_up.add(before.id)
        for name in FIELDS:
            place = before.id, name
            if name == "body" and note and place not in self.theirs:
                self.notes.setdefault(before.id, []).append(note)
            elif before.fields[name] != after.fields[name]:
                ours = self._ours.setdefault(place, before.fields[name])
                self.theirs[place] = after.fields[name]
                if after.fields[name] == ours:
                    del self.theirs[place], self._ours[place]

    def is_reopened(self, id_: str) -> bool:
        """Whether a person opened a task that we had closed: it must stay open."""
        return self.theirs.get((id_, "status")) == "open"

    def overwritten(self, task: Held) -> list[str]:
        """The fields of a task that people had set and that are different now."""
        lost = [
            name
            for name in FIELDS
            if (said := self.theirs.get((task.id, name))) is not None
            # When it closes a line is added below, whoever wrote what is above.
            and not (
                task.fields[name] == said or (name == "body" and task.fields[name].startswith(said.rstrip()))
            )
        ]
        theirs = (task.id, "body") in self.theirs
        return lost + [
            note for note in self.notes.get(task.id, ()) if not theirs and note not in task.fields["body"]
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The tasks that people ended."""

    ended: tuple[Held, ...]
    in_doubt: frozenset[str] = frozenset()
    """Those of which Keptword may not know the end, or knows it only by heart."""

    @classmethod
    def of(cls, tasks: Mapping[str, Held], forgotten: Iterable[Held], in_doubt: Iterable[str]) -> "Answers":
        """From the tasks that are there, and those that the CRM has forgotten or a person made into their own."""
        ended = [each for each in tasks.values() if not each.is_open]
        said = (each for each in (*ended, *forgotten) if not each.is_closed_by_us)
        return cls(ended=tuple(said), in_doubt=frozenset(in_doubt))

    def to(self, finding: Finding, at: datetime) -> Said:
        """Whether a finding is answered at an instant."""
        speaking = [each for each in self.ended if finding.is_meant_by(each)]
        if any(each.id in self.in_doubt for each in speaking):
            return "perhaps"
        listed = [each for each in speaking if not finding.marks.isdisjoint(each.marks)]
        said = [
            each for each in speaking
            if each in listed or each.ended_at is None or finding.newest_at <= each.ended_at
        ]  # fmt: skip
        if not said:
            return "no"
        last = max(said, key=lambda each: each.ended_at or at)
        again_at = (last.ended_at or at) + _wait(last, times=len(listed))
        if abs(again_at - at) < NEARLY:
            return "perhaps"
        return "yes" if at < again_at else "no"


def _wait(last: Held, *, times: int) -> timedelta:
    if last.outcome == "snooze" and not last.is_deleted:
        return timedelta(days=SNOOZE_DAYS)
    dismissed = last.is_deleted or last.outcome == "not_relevant"
    days = DISMISSED_DAYS if dismissed else REPEAT_DAYS
    return timedelta(days=days * min(2 ** max(0, times - 1), LONGEST))
