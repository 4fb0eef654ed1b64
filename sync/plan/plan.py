"""Makes the plan: each finding against the tasks that are there, then what has been resolved, then what is new."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from connectors.tasks import TaskChange
from rules.findings import Finding
from rules.records import crm_id
from rules.wording import spelled
from sync.plan.caps import Allowance, pressing
from sync.plan.changes import Change, Held, Left, Plan
from sync.plan.draft import Draft
from sync.plan.drafts import Wanted, closing, mark_of, may_close, may_join, update, urgency_of
from sync.plan.episodes import LONGEST_REPEAT, SNOOZE, Answer, Ending, Episodes, age
from sync.plan.following import Following, Standing, reasons_of
from sync.plan.handing import lead_of
from sync.plan.inhibition import Inhibition
from sync.plan.owned import owned_after
from sync.plan.people import Person
from sync.plan.placing import records_of
from sync.plan.raising import Place, Raising, Room, calmed
from sync.plan.settling import Settling
from sync.plan.situation import Home, Situation


def make_plan(situation: Situation) -> Plan:
    """The plan for one moment; the same situation gives the same plan."""
    return _Planning(situation).plan()


class _Planning:
    """One pass; what is decided first is what the next step stands on."""

    def __init__(self, situation: Situation) -> None:
        self._situation = situation
        self._draft = Draft()
        self._settling = Settling.of(situation)
        self._inhibition = Inhibition(situation)
        self._episodes = Episodes(
            situation.tasks, situation.dismissed, subjects=situation.subjects, clients=situation.clients
        )
        self._following = Following(situation, self._episodes, self._inhibition, self._settling)
        self._owners: dict[int, Person | None] = {}
        self._rooms: dict[int, Room] = {}
        self._closed: set[str] = set()
        """Keys of tasks that the plan closes."""

    def plan(self) -> Plan:
        fresh = [found for finding in self._speaking() if (found := self._hear(finding)) is not None]
        self._following.settle()
        # First what ends, then what begins: a person who is rid of one task has room for another.
        standings = self._close_resolved()
        kept = [(standing, home) for standing in standings if (home := self._home(standing)) is not None]
        for standing, home in kept:
            self._owners[id(standing)] = self._owner(standing, home)
        # Tasks that change hands count for their new owner before anything new does.
        handed = {id(standing): self._handed(standing, home) for standing, home in kept}
        planned = [*self._draft.changes, *(each for each in handed.values() if each is not None)]
        allowance = Allowance(
            self._situation.limits.new_per_owner,
            owned_after(self._situation, planned),
            today=self._situation.today,
            working_day=self._situation.working_day,
        )
        raising = Raising(self._situation, self._draft, allowance, self._places(kept, handed))
        raising.raise_all(fresh)
        for standing, home in kept:
            self._follow(standing, home)
        self._draft.changes += raising.changes()
        self._hold_dead_letters()
        return Plan(
            as_of=self._situation.as_of,
            changes=tuple(self._draft.changes),
            held=tuple(self._draft.held),
            unknown=self._situation.judgement.unknown,
            left=tuple(self._draft.left),
            standing=self._draft.standing,
            settling=self._settling.noted,
        )

    def _speaking(self) -> list[Finding]:
        """The findings of rules that make tasks, the most pressing first."""
        findings = []
        for finding in sorted(self._situation.judgement.findings, key=pressing):
            if self._situation.rules[finding.rule].file.mode == "report":
                self._draft.hold(finding, "report", "the rule only reports")
            else:
                findings.append(finding)
        return findings

    def _hear(self, finding: Finding) -> tuple[Finding, Answer] | None:
        """The finding, where nothing speaks for it and no answer holds it back."""
        names = self._situation.subjects.names(finding.rule, finding.subject_id)
        settled_at = self._settling.until(finding.rule, (hash_ for _, hash_ in names), holds=True)
        if other := self._inhibition.of(finding):
            self._following.give_way(finding, other)
            self._draft.hold(finding, "inhibited", f"{other} comes first with this client")
            return None
        if self._following.absorb(finding):
            return None
        answer = self._episodes.answer(
            finding,
            wait=lambda last, times: self._again_at(finding, last, times),
            as_of=self._situation.as_of,
        )
        if finding.is_old:
            self._draft.hold(finding, "clean-up", "too old for a task; it is for the clean-up list")
        elif answer.held is not None:
            self._draft.hold(finding, "answered", answer.held)
        elif settled_at is not None:
            self._draft.hold(finding, "settling", f"has to hold until {spelled(settled_at)} first")
        else:
            return finding, answer
        return None

    def _again_at(self, finding: Finding, last: Ending, times: int) -> datetime:
        ended_at = last.ended_at or self._situation.as_of
        if last.deed == "completed" and last.outcome == "snooze":
            return ended_at + SNOOZE
        rule = self._situation.rules[finding.rule]
        wait = rule.dismissed_for if last.is_dismissal else rule.repeat_after
        slower = min(2**times, LONGEST_REPEAT)
        return self._situation.later(replace(wait, count=wait.count * slower), ended_at)

    def _close_resolved(self) -> list[Standing]:
        """Closes what has no reason left; returns the tasks that go on, oldest first."""
        going_on: list[Standing] = []
        for standing in sorted(self._following.standings.values(), key=lambda each: age(each.own)):
            own = standing.own
            home = self._situation.homes.get(own.org_id)
            if home is not None and not standing.is_resolved:
                going_on.append(standing)
            elif home is None or own.task.key in self._closed:
                self._draft.standing += 1
            elif stays := may_close(self._situation, own, home):
                self._draft.standing += 1
                self._draft.left.append(Left(key=own.task.key, field="status", reason=stays))
            else:
                self._closed.add(own.task.key)
                self._draft.changes.append(self._closing(standing, home))
        return going_on

    def _closing(self, standing: Standing, home: Home) -> Change:
        own = standing.own
        account = own.task.account_ids[0] if own.task.account_ids else None
        return closing(
            self._situation,
            own,
            home,
            findings=tuple(gone.ref for gone in standing.gone),
            account_id=f"{own.org_id}:{account}" if account else None,
            reason=reasons_of(standing.gone),
        )

    def _home(self, standing: Standing) -> Home | None:
        return self._situation.homes.get(standing.own.org_id)

    def _owner(self, standing: Standing, home: Home) -> Person | None:
        """Whose an open task is: by the finding which it was first written for, if that still holds. No absence moves it."""
        if not standing.findings:
            return None
        own = standing.own
        lead = lead_of(self._situation, own, standing.findings)
        account = records_of(self._situation, lead).get(home.org_id)
        chain = self._situation.rules[lead.rule].file.task.assign
        holder_id = f"{own.org_id}:{own.task.owner_id}"
        return self._situation.people.having(chain, lead, home.org_id, account=account, holder_id=holder_id)

    def _wanted(self, standing: Standing, room: Room | None = None) -> Wanted:
        owner = self._owners.get(id(standing))
        joined = room.joined if room is not None else []
        findings = standing.in_order(self._situation.subjects, joined)
        urgency = None
        # A more pressing finding that joins may bring a task forward; nothing puts one off.
        if joined and owner is not None and findings[0] in joined and room is not None:
            priority = room.raised or calmed(findings[0].severity)
            urgency = urgency_of(self._situation, joined, owner=owner, priority=priority)
        return Wanted(
            findings=findings,
            marks=(*standing.marks(self._situation.subjects), *(mark_of(each) for each in joined)),
            owner=owner,
            urgency=urgency,
            text_stays=standing.in_the_dark,
        )

    def _handed(self, standing: Standing, home: Home) -> Change | None:
        """The change by which a task goes to another owner, as far as it is known before anything joins."""
        owner = self._owners.get(id(standing))
        if owner is None or crm_id(owner.person_id) == standing.own.task.owner_id:
            return None
        change, _ = update(self._situation, standing.own, home, self._wanted(standing))
        return change if change is not None and change.action == "reassign" else None

    def _places(
        self, kept: list[tuple[Standing, Home]], handed: Mapping[int, Change | None]
    ) -> dict[Place, Room]:
        """Client and person -> the open task that a further finding of theirs may join; of several the oldest."""
        places: dict[Place, Room] = {}
        for standing, home in kept:
            own = standing.own
            rule = self._situation.rules.get(own.key.rule)
            closes = own.task.key in self._closed
            if closes or standing.client is None or standing.in_the_dark or not standing.findings:
                continue
            if rule is None or rule.file.task.alone or not may_join(own, home):
                continue
            goes = handed[id(standing)]
            new_owner = goes.write.owner_id if goes and isinstance(goes.write, TaskChange) else None
            owner_id = self._situation.people.one(f"{own.org_id}:{new_owner or own.task.owner_id}")
            place = (home.org_id, standing.client, owner_id)
            if place not in places:
                room = Room(
                    owner_id=owner_id,
                    is_high=own.task.priority == "high",
                    marks=len(standing.marks(self._situation.subjects)),
                )
                places[place] = self._rooms[id(standing)] = room
        return places

    def _follow(self, standing: Standing, home: Home) -> None:
        """An open task says what holds now."""
        # Twins of one key, which some CRMs cannot refuse, are written one a run: answers go by the key.
        if not standing.findings or standing.own.task.key in self._closed:
            self._draft.standing += 1
            return
        wanted = self._wanted(standing, self._rooms.get(id(standing)))
        change, left = update(self._situation, standing.own, home, wanted)
        self._draft.left += left
        if change is not None and change.action == "update" and (reason := self._orphaned(standing)):
            self._draft.left.append(Left(key=standing.own.task.key, field="owner", reason=reason))
            change = None
        if change is None:
            self._draft.standing += 1
        else:
            self._draft.changes.append(change)

    def _orphaned(self, standing: Standing) -> str | None:
        """Why nothing is written into a task that keeps its owner: they left, and would never read it."""
        own, people = standing.own, self._situation.people
        owner_id = f"{own.org_id}:{own.task.owner_id}"
        if not people.has_left(owner_id):
            return None
        return f"{people.name(owner_id)}, who has it, is inactive, and nobody else can take it"

    def _hold_dead_letters(self) -> None:
        """What the CRM refused for good is not sent again as it is."""
        kept: list[Change] = []
        for change in self._draft.changes:
            dead = self._situation.dead.get(change.key)
            if dead is None or dead.state != change.write.state:
                kept.append(change)
                continue
            self._draft.held += [
                Held(finding=ref, kind="failed", reason=dead.reason) for ref in change.findings
            ]
        self._draft.changes = kept
