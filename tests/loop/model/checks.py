"""What must be so after every run: nobody's work undone, nothing written that is not ours, and the tasks that should stand."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from tests.loop.model.agency import Habits
from tests.loop.model.memory import Answers, Hands
from tests.loop.model.settling import Settling
from tests.loop.model.sight import Held, Seen
from tests.loop.model.truth import Finding, Truth

Row = Mapping[str, Any]
Mute = tuple[str, str, datetime]
"""(client, rule or empty, until)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """All that a run stood on."""

    at: datetime
    truth: Truth
    habits: Habits
    hands: Hands
    answers: Answers
    settling: Settling
    mutes: tuple[Mute, ...]
    findings: tuple[Finding, ...]
    """All that holds."""
    speaking: tuple[Finding, ...]
    """What open tasks may stand for."""
    calm: tuple[Finding, ...]
    """Clients of whom `quiet` says nothing."""

    def is_muted(self, finding: Finding) -> bool:
        """Somebody asked for quiet about it."""
        return any(
            client == finding.client and rule in ("", finding.rule) and self.at < until
            for client, rule, until in self.mutes
        )

    def new_owner(self, finding: Finding) -> str:
        """The CRM's id of who should get its task; empty where that has to wait."""
        for name in filter(self.truth.at_work.get, finding.owners):
            if name not in self.habits.away:
                return self.truth.staff[name]
            if self.habits.severity_of(finding.rule) != "high":
                return ""
            cover = self.habits.cover
            if cover and cover not in self.habits.away and self.truth.at_work[cover]:
                return self.truth.staff[cover]
        return ""

    def is_with_the_right_one(self, finding: Finding, holder: str) -> bool:
        """Whether its open task is with who should have it: no absence moves one."""
        rightful = next(filter(self.truth.at_work.get, finding.owners), "")
        if rightful in self.habits.away and self.truth.at_work.get(self.truth.short(holder)):
            return True
        return holder == self.truth.staff[rightful]

    def lingering(self, *, surely: bool) -> list[Finding]:
        """What holds no more and must, or may, keep its task for a while."""
        if self.habits.modes["quiet"] != "task":
            return []
        return list(self.settling.unsettled(self.calm, self.at, surely=surely))

    def should_be_raised(self, finding: Finding) -> Literal["yes", "no", "perhaps"]:
        """Whether it makes a task where none speaks for it, however many there may be."""
        if finding.is_old or self.is_muted(finding) or not self.new_owner(finding):
            return "no"
        said, settled = (
            self.answers.to(finding, self.at),
            self.settling.has_settled(finding, at=self.at, holds=True),
        )
        if said == "yes" or settled == "no":
            return "no"
        return "yes" if (said, settled) == ("no", "yes") else "perhaps"


def wrongs_of_a_run(before: Seen, after: Seen, moment: Moment) -> Iterator[str]:
    """What no run may do, however it ended; `before` is the moment of its last look, people's deeds meanwhile included."""
    yield from (f"wrote to {name}" for name in _touched(before.rest, after.rest))
    for id_, task in after.tasks.items():
        yield from (f"{task.key}: overwrote a person's {name}" for name in moment.hands.overwritten(task))
        held = before.tasks.get(id_)
        if held is None:
            yield from _wrong_creation(task, moment, before)
        elif held.is_open and not task.is_open:
            yield from _wrong_closing(held, task, moment, after)
        elif held != task and not held.is_open:
            yield f"{task.key}: was ended and is written to"
    gone = (task for id_, task in before.tasks.items() if id_ not in after.tasks and not task.is_deleted)
    yield from (f"{task.key}: is ours no more" for task in gone)


def _touched(before: Mapping[str, Row], after: Mapping[str, Row]) -> Iterator[str]:
    for name in before.keys() | after.keys():
        row = before.get(name, {})
        # What lay in the recycle bin the CRM itself throws away one day.
        thrown_away = name not in after and (row.get("IsDeleted") or row.get("archived"))
        if row != after.get(name, {}) and not thrown_away:
            yield name


def _wrong_creation(task: Held, moment: Moment, before: Seen) -> Iterator[str]:
    if task.key in {each.key for each in before.tasks.values()}:
        yield f"{task.key}: made again"
    owner = task.fields["owner"]
    if not moment.truth.at_work.get(moment.truth.short(owner)):
        yield f"{task.key}: given to somebody who left"
    for mark in task.marks:
        found = [each for each in moment.speaking if mark in each.marks]
        if not found:
            yield f"{task.key}: speaks for {mark}, which does not hold"
        for each in found:
            if moment.should_be_raised(each) == "no":
                yield f"{task.key}: raised for {each}, which is answered, muted, unsettled or waits for somebody"
            if moment.new_owner(each) != owner:
                yield f"{task.key}: raised for {each} and given to {moment.truth.short(owner)}"


def _wrong_closing(held: Held, task: Held, moment: Moment, after: Seen) -> Iterator[str]:
    if task.is_deleted:
        if not any(each.key == task.key and not each.is_deleted for each in after.tasks.values()):
            yield f"{task.key}: deleted"
        return
    if not task.is_closed_by_us:
        yield f"{task.key}: closed without a sign of who did"
    if moment.hands.is_reopened(task.id):
        yield f"{task.key}: closed again after a person had opened it"
    for each in moment.speaking:
        # The other may be one that a person ended while the run was at work.
        others = (
            other
            for other in after.tasks.values()
            if (other.is_open or (other.id != task.id and not other.is_closed_by_us))
            and each.is_meant_by(other)
        )
        if each.is_meant_by(held) and not any(others):
            yield f"{task.key}: closed, and {each} still holds"
    for each in moment.lingering(surely=True):
        if each.is_meant_by(held):
            yield f"{task.key}: closed, and {each} has not settled"


def wrongs_that_stand(seen: Seen, moment: Moment, *, raises: bool) -> Iterator[str]:
    """What must not be so after a run that could read and write everything; `raises`: nothing held it back."""
    opened = [task for task in seen.tasks.values() if task.is_open]
    yield from (
        f"{n} open tasks of {key}" for key, n in Counter(task.key for task in opened).items() if n > 1
    )
    kept = [task for task in opened if task.id not in moment.hands.taken_up]
    for task in kept:
        yield from _wrong_task(task, moment)
    for finding in moment.speaking:
        speaking = [task for task in opened if finding.is_meant_by(task)]
        ours = [task for task in speaking if task in kept]
        if len(ours) > 1:
            yield f"{finding}: {len(ours)} open tasks"
        if raises and not speaking and moment.should_be_raised(finding) == "yes":
            yield f"{finding}: no open task"


def _wrong_task(task: Held, moment: Moment) -> Iterator[str]:
    findings = [each for each in moment.speaking if each.is_meant_by(task)]
    spoken = {mark for each in findings for mark in each.subject_marks}
    lingering = {mark for each in moment.lingering(surely=False) for mark in each.subject_marks}
    # While something in it has not settled, the whole text waits, and what it says with it.
    if not task.subjects & (lingering - spoken):
        yield from (f"{task.key}: open for {mark}, which does not hold" for mark in task.subjects - spoken)
    if not task.marks:
        yield f"{task.key}: speaks for nothing"
    owner = task.fields["owner"]
    is_right = any(moment.is_with_the_right_one(each, owner) for each in findings)
    if findings and not is_right and (task.id, "owner") not in moment.hands.theirs:
        yield f"{task.key}: is with {moment.truth.short(owner)}"


def first_few(wrongs: Iterable[str], *, most: int = 5) -> str:
    """The first of them, one a line; empty where there are none."""
    return "\n".join(list(wrongs)[:most])
