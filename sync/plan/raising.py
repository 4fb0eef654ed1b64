"""New findings find their place: a line in an open task of the same client and person, else a task, as the caps allow."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from connectors.tasks import FINDINGS_PER_TASK, Priority
from rules.findings import Finding
from sync.plan.caps import Allowance
from sync.plan.changes import Change
from sync.plan.draft import Draft
from sync.plan.drafts import creation
from sync.plan.episodes import Answer
from sync.plan.people import Choice, Person
from sync.plan.placing import home_of, records_of
from sync.plan.situation import Home, Situation
from sync.plan.unheard import Unheard

Place = tuple[str, str, str]
"""(org, client, person as People.one() has them): one task for each."""


@dataclass(slots=True)
class Room:
    """An open task that a further finding may join."""

    owner_id: str
    """As People.one() has it."""
    is_high: bool
    marks: int
    joined: list[Finding] = field(default_factory=list)
    raised: Priority | None = None
    """The priority that a joined finding calls for, where it is more than the task has."""


@dataclass(slots=True)
class _NewTask:
    """A task of this plan that may yet be joined."""

    home: Home
    owner: Person
    repeat: int
    passed: tuple[str, ...]
    priority: Priority
    findings: list[Finding]


class Raising:
    """One pass over the findings that no open task speaks for, the most pressing first."""

    def __init__(
        self, situation: Situation, draft: Draft, allowance: Allowance, rooms: Mapping[Place, Room]
    ) -> None:
        self._situation, self._draft, self._allowance = situation, draft, allowance
        self._unheard = Unheard(situation)
        self._rooms = rooms
        self._new: list[_NewTask] = []
        self._shared: dict[Place, _NewTask] = {}
        self._by_rule: dict[str, int] = {}

    def raise_all(self, fresh: Iterable[tuple[Finding, Answer]]) -> None:
        """Holds, joins or begins a task for each."""
        for finding, answer in fresh:
            home = home_of(self._situation, finding)
            held = self._unheard.reason(finding, answer, home)
            if held is not None or home is None:
                self._draft.hold(finding, *(held or ("connection", "its client is in no connected CRM")))
            else:
                self._place(finding, answer, home)

    def changes(self) -> Iterator[Change]:
        """The new tasks, in the order in which they were begun."""
        for new in self._new:
            yield creation(
                self._situation,
                new.findings,
                new.home,
                owner=new.owner,
                repeat=new.repeat,
                priority=new.priority,
                passed=new.passed,
            )

    def _place(self, finding: Finding, answer: Answer, home: Home) -> None:
        choice = self._choice(finding, home)
        if choice.person is None:
            kind = "away" if choice.waits else "nobody"
            reason = choice.waits or f"nobody to give it to: {', '.join(choice.passed)}"
            self._draft.hold(finding, kind, reason)
            return
        place = self._place_of(finding, home, choice.person)
        if place is not None and self._joins(finding, place):
            return
        if full := self._over_cap(finding, choice.person):
            self._draft.hold(finding, "cap", full)
            return
        new = _NewTask(
            home=home,
            owner=choice.person,
            repeat=answer.repeat,
            passed=choice.passed,
            priority=self._priority(finding, choice.person),
            findings=[finding],
        )
        self._new.append(new)
        if place is not None:
            self._shared[place] = new

    def _choice(self, finding: Finding, home: Home) -> Choice:
        chain = self._situation.rules[finding.rule].file.task.assign
        account = records_of(self._situation, finding).get(home.org_id)
        return self._situation.people.choose(chain, finding, home.org_id, account=account)

    def _place_of(self, finding: Finding, home: Home, person: Person) -> Place | None:
        """Where it may share a task; None where it has one of its own."""
        if finding.account_id is None or self._situation.rules[finding.rule].file.task.alone:
            return None
        return home.org_id, finding.account_id, self._situation.people.one(person.person_id)

    def _joins(self, finding: Finding, place: Place) -> bool:
        room = self._rooms.get(place)
        if room is not None and room.marks + len(room.joined) < FINDINGS_PER_TASK:
            if finding.severity == "high" and not room.is_high and room.raised is None:
                room.raised = "high" if self._allowance.take_high(room.owner_id) else None
            room.joined.append(finding)
            return True
        new = self._shared.get(place)
        if new is not None and len(new.findings) < FINDINGS_PER_TASK:
            new.findings.append(finding)
            return True
        return False

    def _over_cap(self, finding: Finding, person: Person) -> str | None:
        """Which cap holds back one more task; counts it where none does."""
        limits = self._situation.limits
        if len(self._new) >= limits.new_per_run:
            return f"limits.new_per_run allows {limits.new_per_run} new tasks in one run"
        of_rule = self._by_rule.get(finding.rule, 0)
        if limits.new_per_rule is not None and of_rule >= limits.new_per_rule:
            return f"limits.new_per_rule allows {limits.new_per_rule} new tasks of a rule in one run"
        full = self._allowance.take(self._situation.people.one(person.person_id))
        if full is not None:
            return f"{person.name or person.person_id} {full}"
        self._by_rule[finding.rule] = of_rule + 1
        return None

    def _priority(self, finding: Finding, person: Person) -> Priority:
        owner_id = self._situation.people.one(person.person_id)
        if finding.severity == "high" and self._allowance.take_high(owner_id):
            return "high"
        return calmed(finding.severity)


def calmed(severity: str) -> Priority:
    """The priority of what may not be of high priority."""
    return "low" if severity == "low" else "normal"
