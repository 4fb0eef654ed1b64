"""Findings on one client for one person are one task: a line each, the most pressing one in the subject."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from connectors.tasks import Task, TaskChange, read_state
from rules.findings import Finding, Unknown
from sync.plan.changes import Change, Plan
from sync.plan.drafts import mark_of
from sync.plan.plan import make_plan
from sync.plan.situation import Situation, Spoken
from tests.sync.plan.situations import (
    LATE,
    NOON,
    QUIET,
    finding,
    only_task,
    situation,
    small_rule,
    tiny,
    write,
)
from tests.sync.plan.tiny_crm import TinyCrm

ALONE = small_rule("alone", task={"subject": "By itself", "alone": True})
THIRD = small_rule("third", severity="low", task={"subject": "Ask {account_name}", "body": "Nobody asked."})
RULES = (QUIET, LATE, ALONE, THIRD)
BOTH = [finding(rule=QUIET), finding(rule=LATE)]


def plan_of(found: list[Finding], crm: TinyCrm, **also: Any) -> Plan:
    return make_plan(told(found, crm, **also))


def told(found: list[Finding], crm: TinyCrm, **also: Any) -> Situation:
    return situation(found, crm, rules=RULES, **also)


@pytest.fixture(params=["salesforce", "hubspot"])
def crm(request: pytest.FixtureRequest) -> TinyCrm:
    """One task that speaks for two findings."""
    held = tiny(crm=request.param)
    write(told(BOTH, held), held)
    return held


def only(plan: Plan) -> Change:
    (change,) = plan.changes
    return change


def changed(plan: Plan) -> TaskChange:
    change = only(plan)
    assert isinstance(change.write, TaskChange)
    return change.write


def facts_of(*found: Finding) -> dict[tuple[str, str], Any]:
    return {(each.rule, each.subject_hash): each.facts for each in found}


def test_the_most_pressing_is_the_subject_and_each_other_has_a_line() -> None:
    change = only(plan_of([*BOTH, finding(rule=THIRD)], tiny()))
    assert isinstance(change.write, Task)
    assert change.write.subject == "Call Acme (+2)"
    assert change.write.body.split("\n")[2:] == [
        "",
        "Also with this client:",
        "- Call Acme. No word to Acme since Wed 1 April 2026.",
        "- Ask Acme. Nobody asked.",
    ]
    assert [ref.rule for ref in change.findings] == ["late", "quiet", "third"]
    assert change.key.startswith("kw1-late-")


def test_other_clients_other_people_and_rules_that_ask_for_it_have_tasks_of_their_own() -> None:
    found = [
        finding(), finding("sf:bolt"), finding(rule=LATE, account_owner_id="sf:bob"), finding(rule=ALONE),
    ]  # fmt: skip
    assert [len(change.findings) for change in plan_of(found, tiny()).changes] == [1, 1, 1, 1]


def test_no_task_speaks_for_more_than_its_state_can_name() -> None:
    rules = [small_rule(f"rule-{n}") for n in range(30)]
    plan = make_plan(situation([finding(rule=rule) for rule in rules], tiny(), rules=rules))
    assert [len(change.findings) for change in plan.changes] == [24, 6]


def test_a_further_finding_joins_the_open_task_whatever_the_caps(crm: TinyCrm) -> None:
    tight = {"new_per_owner": {"day": 1, "week": 1, "open": 1}}
    change = changed(plan_of([*BOTH, finding(rule=THIRD)], crm, limits=tight))
    assert change.subject == "Call Acme (+2)"
    assert "Nobody asked." in (change.body or "")
    assert len(read_state(change.state).findings) == 3
    assert (change.due_on, change.priority) == (None, None)


def test_a_more_pressing_one_that_joins_brings_the_task_forward() -> None:
    crm = tiny()
    calm = small_rule("quiet", task={"subject": "Call", "due": "9 days"})
    rules = (calm, LATE)
    write(situation([finding(rule=calm)], crm, rules=rules), crm)
    change = changed(make_plan(situation([finding(rule=calm), finding(rule=LATE)], crm, rules=rules)))
    assert (change.due_on, change.priority) == (date(2026, 5, 13), "high")
    crm.person(only_task(crm), due="2026-06-30", priority="Low")
    change = changed(make_plan(situation([finding(rule=calm), finding(rule=LATE)], crm, rules=rules)))
    assert (change.due_on, change.priority) == (None, None)


def test_what_has_gone_leaves_the_text_and_the_task_stays_for_the_rest(crm: TinyCrm) -> None:
    change = changed(plan_of([finding(rule=QUIET)], crm, facts_now=facts_of(BOTH[1])))
    assert (change.subject, change.status) == ("Call Acme", None)
    assert "Also with" not in (change.body or "also with")
    assert read_state(change.state).findings == (mark_of(BOTH[0]),)


def test_it_closes_with_the_last_and_says_what_resolved_each(crm: TinyCrm) -> None:
    touched = [replace(each, facts={**each.facts, "last_touch_on": date(2026, 5, 11)}) for each in BOTH]
    change = only(plan_of([], crm, facts_now=facts_of(*touched)))
    assert (change.action, [ref.rule for ref in change.findings]) == ("close", ["late", "quiet"])
    assert change.why == ("There was contact on Mon 11 May 2026.",)


def test_completing_it_answers_those_that_it_listed_then(crm: TinyCrm) -> None:
    crm.person(only_task(crm), status="done")
    plan = plan_of([*BOTH, finding(rule=THIRD)], crm)
    assert [held.kind for held in plan.held] == ["answered", "answered"]
    assert [ref.rule for ref in only(plan).findings] == ["third"]


def test_what_had_gone_before_it_was_completed_is_not_answered(crm: TinyCrm) -> None:
    write(told([finding(rule=QUIET)], crm, facts_now=facts_of(BOTH[1])), crm)
    crm.person(only_task(crm), status="done")
    plan = plan_of(BOTH, crm)
    assert [(held.finding.rule, held.kind) for held in plan.held] == [("quiet", "answered")]
    assert only(plan).key.endswith("-1")


def test_a_finding_comes_back_slower_with_each_answer_whatever_task_listed_it() -> None:
    crm = tiny()
    for wait in (0, 10, 20):
        crm.now += timedelta(days=wait)
        write(told(BOTH, crm), crm)
        crm.person(max(crm.tasks), status="done")
    crm.now += timedelta(days=39)
    assert {held.kind for held in plan_of(BOTH, crm).held} == {"answered"}
    crm.now += timedelta(days=1)
    assert only(plan_of(BOTH, crm)).key.endswith("-3")


@pytest.mark.parametrize(
    ("edit", "rules"), [({"body": "My own words"}, ["third"]), ({"state": "gone"}, ["quiet", "third"])]
)
def test_where_a_line_would_not_be_read_new_findings_get_a_task_of_their_own(
    crm: TinyCrm, edit: dict[str, str], rules: list[str]
) -> None:
    crm.person(only_task(crm), **edit)
    plan = plan_of([*BOTH, finding(rule=THIRD)], crm)
    (new,) = (change for change in plan.changes if change.action == "create")
    assert [ref.rule for ref in new.findings] == rules


def test_a_task_that_a_person_handed_on_takes_no_more_for_the_old_owner(crm: TinyCrm) -> None:
    crm.person(only_task(crm), owner_id="bob")
    plan = plan_of([*BOTH, finding(rule=THIRD)], crm)
    assert [(change.action, change.task["owner_id"]) for change in plan.changes] == [("create", "sf:ann")]


def test_when_the_client_changes_hands_the_whole_task_goes_along(crm: TinyCrm) -> None:
    handed = [finding(rule=rule, account_owner_id="sf:bob") for rule in (QUIET, LATE, THIRD)]
    change = only(plan_of(handed, crm))
    assert (change.action, changed(plan_of(handed, crm)).owner_id) == ("reassign", "bob")
    assert len(change.findings) == 3


def test_while_one_of_them_is_not_known_its_line_stays(crm: TinyCrm) -> None:
    unknown = [Unknown(rule="late", subject_id="sf:acme", reason="mail is late")]
    plan = plan_of([finding(rule=QUIET)], crm, unknown=unknown)
    assert (plan.changes, plan.standing) == ((), 1)
    plan = plan_of([finding(rule=QUIET), finding(rule=THIRD)], crm, unknown=unknown)
    assert only(plan).action == "create"


@pytest.mark.parametrize("known", [True, False])
def test_a_rule_that_cannot_be_judged_keeps_what_only_the_ledger_can_name(crm: TinyCrm, known: bool) -> None:
    unknown = [Unknown(rule="third", subject_id=None, reason="no invoices")]
    spoken = {
        mark_of(each): Spoken(rule=each.rule, subject_id=each.subject_id, hash=each.occurrence_hash)
        for each in BOTH
    }
    plan = plan_of([BOTH[1]], crm, unknown=unknown, spoken=spoken if known else {})
    assert len(plan.changes) == (1 if known else 0)


def test_twenty_days_of_coming_and_going_leave_one_task(crm: TinyCrm) -> None:
    for day in range(20):
        crm.now = NOON + timedelta(days=day)
        found = [
            finding(rule=rule) for n, rule in enumerate((QUIET, LATE, THIRD)) if (day >> n) % 2 or n == 0
        ]
        write(told(found, crm, facts_now=facts_of(*BOTH, finding(rule=THIRD))), crm)
        assert plan_of(found, crm, facts_now=facts_of(*BOTH, finding(rule=THIRD))).changes == ()
    assert [task.status for task in crm.tasks.values()] == ["open"]
