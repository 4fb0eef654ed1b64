"""Whatever rules find and people do: a plan that was carried out leaves nothing to do, and never undoes a person."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.tasks import Task, TaskChange, held_values, wanted_values
from rules.findings import Finding, Unknown
from sync.plan.changes import Plan
from sync.plan.keys import read_key
from sync.plan.plan import make_plan
from sync.plan.situation import Baseline, Situation
from tests.sync.plan.situations import QUIET, finding, person, situation, small_rule, tiny
from tests.sync.plan.tiny_crm import TinyCrm

RULES = {rule.name: rule for rule in (QUIET, small_rule("late"))}
PAIRS = [("quiet", "sf:acme"), ("late", "sf:acme"), ("quiet", "hs:cork")]
DEEDS: Mapping[str, Mapping[str, Any]] = {
    "complete": {"status": "done"}, "delete": {"deleted": True}, "open again": {"status": "open", "deleted": False},
    "retitle": {"subject": "Ring them, they know me"}, "write": {"body": "They asked for <b>Tuesday</b> & cake"},
    "hand on": {"owner_id": "bob"}, "calm": {"priority": "Low"}, "postpone": {"due": "2026-09-01"},
    "spoil": {"state": "somebody else's text"},
}  # fmt: skip
PEOPLE = [
    person(name, org, is_active=name != "cat", manager_id=f"{org}:bob" if name == "cat" else None)
    for org in ("sf", "hs")
    for name in ("ann", "bob", "cat")
]

found = st.fixed_dictionaries(
    {
        "touched_on": st.sampled_from([None, date(2026, 4, 1), date(2026, 4, 2), date(2026, 5, 20)]),
        "account_name": st.sampled_from(["Acme", "Bolt & <Sons>", " Cork  Ltd "]),
        "account_owner": st.sampled_from(["ann", "bob", "cat", "nobody"]),
        "account_revenue": st.sampled_from([None, 5, 10]),
        "account_is_muted": st.sampled_from([False, False, False, True]),
    }
)
rounds = st.fixed_dictionaries(
    {
        "days": st.sampled_from([0, 1, 9, 30]),
        "found": st.lists(st.none() | found, min_size=len(PAIRS), max_size=len(PAIRS)),
        "deeds": st.lists(st.tuples(st.integers(0, 3), st.sampled_from(sorted(DEEDS))), max_size=4),
        "unknown": st.sampled_from([None, None, None, "quiet", "late"]),
        "first_run": st.integers(0, 2),
        "accept": st.sampled_from([True, True, False]),
        "caps": st.sampled_from([9, 9, 2, 1]),
    }
)


@dataclass
class Story:
    """What has happened so far, and what we last sent of each field."""

    crms: tuple[TinyCrm, TinyCrm] = field(
        default_factory=lambda: (tiny(), tiny(crm="hubspot", org="hs")),
    )
    baseline: Baseline = field(default_factory=Baseline)
    sent: dict[str, dict[str, str]] = field(default_factory=dict)
    by_hand: set[tuple[str, str]] = field(default_factory=set)

    def crm(self, org_id: str) -> TinyCrm:
        return next(crm for crm in self.crms if crm.org_id == org_id)

    def people_act(self, deeds: list[tuple[int, str]]) -> None:
        owned = [(crm, task_id) for crm in self.crms for task_id in crm.tasks]
        for n, deed in deeds if owned else ():
            crm, task_id = owned[n % len(owned)]
            crm.person(task_id, **DEEDS[deed])
            if deed == "open again":
                self.by_hand.add(subject_of(crm.tasks[task_id].key))

    def situation(self, told: Mapping[str, Any]) -> Situation:
        findings = list(findings_of(told))
        return situation(
            [each for each in findings if each.rule != told["unknown"]],
            self.crms,
            limits={"first_run": told["first_run"], "new_per_owner": dict.fromkeys(("day", "week", "open"), told["caps"])},
            unknown=[Unknown(rule=told["unknown"], subject_id=None, reason="late")] if told["unknown"] else (),
            people=PEOPLE,
            rules=RULES.values(),
            baseline=replace(self.baseline, accept=told["accept"]),
            facts_now={(each.rule, each.subject_hash): each.facts for each in findings},
        )  # fmt: skip

    def carry_out(self, plan: Plan, told: Mapping[str, Any]) -> None:
        for change in plan.changes:
            crm = self.crm(change.connection)
            if isinstance(change.write, Task):
                outcome = crm.create([change.write])[0]
                # Every key is a fresh one: else the CRM would have had a task of this key already.
                assert outcome.result == "created"
                self.sent[outcome.id or ""] = wanted_values(crm.crm, change.write)
            else:
                before = held_values(crm.crm, crm.tasks[change.write.id])
                crm.update([change.write])
                self.note(crm, change.write, before)
        judged = {(crm.org_id, rule) for crm in self.crms for rule in RULES if rule != told["unknown"]}
        waiting = {held.finding.hash for held in plan.held if held.kind == "baseline"}
        seen = frozenset() if told["accept"] else self.baseline.seen
        self.baseline = Baseline(rules_known=self.baseline.rules_known | judged, seen=seen | waiting)

    def note(self, crm: TinyCrm, write: TaskChange, before: Mapping[str, str]) -> None:
        after = held_values(crm.crm, crm.tasks[write.id])
        sent = self.sent[write.id]
        for name in written_fields(write):
            # A line below a person's own text does not make the text ours.
            if name != "body" or write.raw_body is None or before["body"] == sent["body"]:
                sent[name] = after[name]


def findings_of(told: Mapping[str, Any]) -> Iterator[Finding]:
    for (rule, subject), facts in zip(PAIRS, told["found"], strict=True):
        if facts is not None:
            owner = f"{subject.split(':')[0]}:{facts['account_owner']}"
            rest = {name: value for name, value in facts.items() if name != "account_owner"}
            yield finding(subject, rule=RULES[rule], account_owner_id=owner, **rest)


def subject_of(key: str) -> tuple[str, str]:
    read = read_key(key)
    assert read is not None
    return read.rule, read.subject_hash


def written_fields(write: TaskChange) -> list[str]:
    said = {"subject": write.subject, "body": write.body or write.raw_body, "owner": write.owner_id,
            "priority": write.priority, "status": write.status}  # fmt: skip
    return [name for name, value in said.items() if value is not None]


def check_edits_stay(story: Story, plan: Plan) -> None:
    for change in plan.changes:
        if isinstance(change.write, TaskChange):
            crm = story.crm(change.connection)
            task = crm.tasks[change.write.id]
            edited = {
                name
                for name, value in held_values(crm.crm, task).items()
                if value != story.sent[task.id][name]
            }
            if change.write.raw_body is not None:
                assert change.write.raw_body.startswith(task.body.rstrip())
                edited.discard("body")
            assert not edited & set(written_fields(change.write))  # fmt: skip


def check_no_twins(story: Story) -> None:
    tasks = [task for crm in story.crms for task in crm.tasks.values()]
    is_open = Counter(subject_of(task.key) for task in tasks if task.status == "open" and not task.deleted)
    assert all(count == 1 for subject, count in is_open.items() if subject not in story.by_hand)


def test_a_plan_of_nothing_is_nothing() -> None:
    plan = make_plan(situation([], [tiny(), tiny(crm="hubspot", org="hs")]))
    assert (plan.changes, plan.held, plan.left, plan.standing) == ((), (), (), 0)


def other_way_round(made: Situation) -> Situation:
    judgement = replace(made.judgement, findings=made.judgement.findings[::-1])
    return replace(
        made, judgement=judgement, tasks=made.tasks[::-1], homes=dict(reversed(list(made.homes.items())))
    )


@given(st.lists(rounds, min_size=1, max_size=6))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_planning_again_after_applying_gives_no_changes_and_leaves_what_people_changed(
    told: list[Mapping[str, Any]],
) -> None:
    story = Story()
    for each in told:
        for crm in story.crms:
            crm.now += timedelta(days=each["days"])
        story.people_act(each["deeds"])
        plan = make_plan(story.situation(each))
        assert make_plan(other_way_round(story.situation(each))).document() == plan.document()
        check_edits_stay(story, plan)
        story.carry_out(plan, each)
        check_no_twins(story)
        assert make_plan(story.situation(each)).changes == ()
