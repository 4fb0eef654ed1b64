"""Who gets a new task, how many, the most pressing first; and what waits in sight instead, with its reason."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from sync.plan.changes import Plan
from sync.plan.people import People, Rota
from sync.plan.plan import make_plan
from sync.plan.situation import Baseline, Home
from tests.sync.plan.situations import (
    LATE,
    NOON,
    QUIET,
    WIDE,
    finding,
    person,
    situation,
    small_rule,
    tiny,
    write,
)


def why_held(plan: Plan) -> list[tuple[str, str]]:
    return [(held.kind, held.reason) for held in plan.held]


def clients(plan: Plan) -> list[str]:
    return [change.account_id or "" for change in plan.changes]


CHAINS: list[tuple[dict[str, Any], str, str]] = [
    ({}, "ann", ""),
    (
        {"ann": {"is_active": False, "manager_id": "sf:cat"}},
        "cat",
        "not the first choice: account owner Ann is inactive",
    ),
    ({"ann": {"is_active": False}}, "bob", "not the first choice: no owner manager in this CRM"),
]


@pytest.mark.parametrize(("changes", "who", "why"), CHAINS)
def test_the_first_active_person_of_the_chain_gets_the_task(changes: Any, who: str, why: str) -> None:
    people = [person(name, **changes.get(name, {})) for name in ("ann", "bob", "cat")]
    (change,) = make_plan(situation([finding()], tiny(), people=people)).changes
    assert change.task["owner_id"] == f"sf:{who}"
    assert why in ("", *change.why)


def test_an_owner_in_the_other_crm_is_found_here_by_address() -> None:
    crms = [tiny(), tiny(crm="hubspot", org="hs")]
    (change,) = make_plan(situation([finding("hs:cork", account_owner_id="sf:ann")], crms)).changes
    assert (change.connection, change.task["owner_id"]) == ("hs", "hs:ann")


def test_a_finding_for_nobody_is_held_and_says_who_was_tried() -> None:
    plan = make_plan(situation([finding()], tiny(), people=[person("cat")]))
    tried = "no account owner in this CRM, no owner manager in this CRM"
    stranger = "no active person with the address bob@us.example (tasks.fallback) in this CRM"
    assert why_held(plan) == [("nobody", f"nobody to give it to: {tried}, {stranger}")]


def test_a_finding_for_nobody_names_the_key_that_would_name_somebody() -> None:
    given = situation([finding()], tiny(), people=[person("cat")])
    plan = make_plan(replace(given, people=People([person("cat")], Rota())))

    ((_, why),) = why_held(plan)
    assert why.endswith("no owner manager in this CRM, tasks.fallback in the config names nobody")


@pytest.mark.parametrize(
    ("cap", "words"),
    [("day", "new tasks today"), ("week", "new tasks in seven days"), ("open", "open tasks")],
)
def test_each_cap_holds_what_is_over_it(cap: str, words: str) -> None:
    found = [finding("sf:a"), finding("sf:b"), finding("sf:c")]
    plan = make_plan(situation(found, tiny(), limits={"new_per_owner": {**WIDE, cap: 2}}))
    assert (clients(plan), why_held(plan)) == (
        ["sf:a", "sf:b"], [("cap", f"Ann has 2 {words} (limits.new_per_owner allows 2)")]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cap", "days", "room"), [("day", 1, True), ("week", 6, False), ("week", 7, True), ("open", 99, False)]
)
def test_a_cap_frees_with_time(cap: str, days: int, room: bool) -> None:
    crm = tiny()
    write(situation([finding("sf:a")], crm), crm)
    crm.now = NOON + timedelta(days=days)
    plan = make_plan(
        situation([finding("sf:a"), finding("sf:b")], crm, limits={"new_per_owner": {**WIDE, cap: 1}})
    )
    assert bool(clients(plan)) is room


def test_a_person_in_both_crms_has_one_cap() -> None:
    crms = [tiny(), tiny(crm="hubspot", org="hs")]
    plan = make_plan(
        situation([finding("sf:a"), finding("hs:b")], crms, limits={"new_per_owner": {**WIDE, "open": 1}})
    )
    assert (len(plan.changes), [held.kind for held in plan.held]) == (1, ["cap"])


def test_a_task_that_closes_makes_room_in_the_same_plan() -> None:
    crm = tiny()
    write(situation([finding("sf:a")], crm), crm)
    plan = make_plan(situation([finding("sf:b")], crm, limits={"new_per_owner": {**WIDE, "open": 1}}))
    assert [change.action for change in plan.changes] == ["close", "create"]


def test_severity_comes_first_then_revenue_then_how_long() -> None:
    found = [
        finding("sf:young", date(2026, 4, 2)), finding("sf:old", date(2026, 4, 1)),
        finding("sf:rich", date(2026, 5, 1), account_revenue=9), finding("sf:grave", date(2026, 5, 1), rule=LATE),
    ]  # fmt: skip
    assert clients(make_plan(situation(found, tiny()))) == ["sf:grave", "sf:rich", "sf:old", "sf:young"]


def test_a_rule_may_have_a_limit_of_its_own() -> None:
    plan = make_plan(situation([finding("sf:a"), finding("sf:b")], tiny(), limits={"new_per_rule": 1}))
    assert (clients(plan), plan.held[0].reason) == (
        ["sf:a"], "limits.new_per_rule allows 1 new tasks of a rule in one run"
    )  # fmt: skip


@pytest.mark.parametrize(("first_run", "created"), [(0, []), (1, ["sf:a"])])
def test_what_a_rules_first_run_finds_waits_but_for_the_first_few(first_run: int, created: list[str]) -> None:
    plan = make_plan(
        situation(
            [finding("sf:a"), finding("sf:b")], tiny(), limits={"first_run": first_run}, baseline=Baseline()
        )
    )
    assert (clients(plan), {kind for kind, _ in why_held(plan)}) == (created, {"baseline"})


def test_the_most_pressing_of_all_first_runs_pass() -> None:
    found = [finding("sf:a"), finding("sf:b", rule=LATE), finding("sf:c")]
    plan = make_plan(situation(found, tiny(), limits={"first_run": 1}, baseline=Baseline()))
    assert clients(plan) == ["sf:b"]


def test_each_rule_has_its_own_first_run_in_each_org() -> None:
    crms = [tiny(), tiny(crm="hubspot", org="hs")]
    baseline = Baseline(rules_known=frozenset([("sf", "quiet")]))
    plan = make_plan(
        situation([finding("sf:a"), finding("sf:a", rule=LATE), finding("hs:b")], crms, baseline=baseline)
    )
    assert [change.findings[0].rule for change in plan.changes] == ["quiet"]
    assert {(held.finding.rule, held.finding.subject_id) for held in plan.held} == {
        ("late", "sf:a"),
        ("quiet", "hs:b"),
    }


def test_what_was_seen_at_the_first_run_waits_until_the_baseline_is_accepted() -> None:
    old, new = finding("sf:old"), finding("sf:new")
    baseline = Baseline(rules_known=frozenset([("sf", "quiet")]), seen=frozenset([old.occurrence_hash]))
    assert clients(make_plan(situation([old, new], tiny(), baseline=baseline))) == ["sf:new"]
    accepted = Baseline(rules_known=baseline.rules_known, seen=baseline.seen, accept=True)
    assert clients(make_plan(situation([old, new], tiny(), baseline=accepted))) == ["sf:new", "sf:old"]


def test_a_muted_client_and_a_rule_that_only_reports_make_no_task() -> None:
    rules = [small_rule("quiet", mode="report"), LATE]
    plan = make_plan(situation([finding(), finding(rule=LATE, account_is_muted=True)], tiny(), rules=rules))
    assert (clients(plan), {kind for kind, _ in why_held(plan)}) == ([], {"report", "muted"})


def test_nothing_is_created_where_our_own_tasks_were_not_read_completely() -> None:
    blocked = Home(connection="sf", crm="salesforce", org_id="sf", blocked="our own tasks could not be read")
    plan = make_plan(situation([finding(), finding("xx:a")], tiny(), homes={"sf": blocked}))
    assert set(why_held(plan)) == {
        ("connection", "our own tasks could not be read"), ("connection", "its client is in no connected CRM")
    }  # fmt: skip


def test_a_new_task_says_who_what_until_when_and_why() -> None:
    (change,) = make_plan(situation([finding()], tiny())).changes
    said = {name: change.task[name] for name in ("subject", "owner", "due_on", "priority", "account")}
    assert said == {
        "subject": "Call Acme", "owner": "Ann", "due_on": "2026-05-13", "priority": "normal", "account": "Acme"
    }  # fmt: skip
    assert change.why == ("Quiet (last touch on: Wed 1 April 2026)",)


def test_where_everything_is_urgent_one_task_in_five_is() -> None:
    crm = tiny()
    found = [finding(f"sf:c{n}", rule=LATE) for n in range(11)]
    plan = make_plan(situation(found, crm))
    assert [change.task["priority"] for change in plan.changes].count("high") == 2
    assert plan.changes[0].task["priority"] == "high"
    write(situation(found, crm), crm)
    assert make_plan(situation(found, crm)).changes == ()


def test_an_inhibited_finding_waits_behind_the_rule_that_comes_first() -> None:
    first = small_rule("late", severity="high", inhibits=["quiet"])
    found = [finding(rule=first), finding(), finding("sf:bolt")]
    plan = make_plan(situation(found, tiny(), rules=[first, QUIET]))
    assert [change.findings[0].rule for change in plan.changes] == ["late", "quiet"]
    assert [(held.kind, held.reason) for held in plan.held] == [
        ("inhibited", "late comes first with this client")
    ]


def test_what_is_too_old_for_a_task_holds_nothing_back() -> None:
    first = small_rule("late", severity="high", inhibits=["quiet"])
    found = [replace(finding(rule=first), is_old=True), finding()]
    plan = make_plan(situation(found, tiny(), rules=[first, QUIET]))
    assert [change.findings[0].rule for change in plan.changes] == ["quiet"]


@pytest.mark.parametrize(("schedule", "held"), [(["tue", "fri"], []), (["mon"], ["schedule"]), ([], [])])
def test_a_rule_with_a_schedule_raises_tasks_on_its_days(schedule: list[str], held: list[str]) -> None:
    crm, rule = tiny(), small_rule("quiet", schedule=schedule)  # a Tuesday
    plan = make_plan(situation([finding(rule=rule)], crm, rules=[rule]))
    assert [each.kind for each in plan.held] == held
    assert plan.count("create") == 1 - len(held)


@pytest.mark.parametrize(
    ("schedule", "days"),
    [(["mon"], "Mondays"), (["mon", "fri"], "Mondays and Fridays"), (["wed", "thu", "sun"], "Wednesdays, Thursdays and Sundays")],
)  # fmt: skip
def test_the_days_of_a_schedule_are_named_in_words(schedule: list[str], days: str) -> None:
    rule = small_rule("quiet", schedule=schedule)
    (held,) = make_plan(situation([finding(rule=rule)], tiny(), rules=[rule])).held
    assert held.reason == f"the rule raises tasks on {days} only"


def test_an_open_task_is_followed_on_any_day() -> None:
    crm, rule = tiny(), small_rule("quiet", schedule=["tue"])
    write(situation([finding(rule=rule)], crm, rules=[rule]), crm)
    crm.now += timedelta(days=1)
    assert [change.action for change in make_plan(situation([], crm, rules=[rule])).changes] == ["close"]
