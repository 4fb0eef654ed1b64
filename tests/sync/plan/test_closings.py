"""A closing names what it was about as far as that is known, and one key is written once a run."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from rules.findings import Finding
from sync.plan.episodes import Ending
from sync.plan.keys import read_key
from sync.plan.plan import make_plan
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


@pytest.fixture(params=["salesforce", "hubspot"])
def crm(request: pytest.FixtureRequest) -> TinyCrm:
    held = tiny(crm=request.param)
    write(situation([finding()], held), held)
    return held


FACTS = {("quiet", finding().subject_hash): finding().facts}


@pytest.mark.parametrize(
    ("known", "subject"),
    [({"facts_now": FACTS}, "sf:acme"), ({}, ""), ({"facts_now": FACTS, "rules": [LATE]}, "")],
)
def test_a_closing_names_its_subject_where_the_facts_still_know_it(
    crm: TinyCrm, known: Any, subject: str
) -> None:
    (change,) = make_plan(situation([], crm, **known)).document()["changes"]
    assert change["findings"] == [{"rule": "quiet", "subject_id": subject, "hash": finding().occurrence_hash}]
    assert (change["action"], change["account_id"], change["connection"]) == ("close", "sf:acme", "sf")


def test_what_a_person_has_begun_stays_open_until_they_end_it(crm: TinyCrm) -> None:
    crm.person(only_task(crm), begun=True)
    plan = make_plan(situation([], crm))
    assert plan.changes == ()
    assert [(left.field, left.reason) for left in plan.left] == [
        ("status", "a person has begun it, waits, or put it off")
    ]


def test_what_a_person_ended_and_opened_again_is_theirs_to_end(crm: TinyCrm) -> None:
    task = crm.tasks[only_task(crm)]
    key = read_key(task.key)
    assert key is not None
    ended = Ending(key=key, by_us=False, deed="completed", ended_at=NOON)
    plan = make_plan(situation([], crm, dismissed=[ended]))
    assert [(left.field, left.reason) for left in plan.left] == [("status", "a person opened the task again")]


def test_a_status_that_the_orgs_automation_sets_is_nobodys_beginning(crm: TinyCrm) -> None:
    crm.person(only_task(crm), begun=True)
    now = situation([], crm)
    homes = {org: replace(home, rewritten=frozenset({"status"})) for org, home in now.homes.items()}
    assert [change.action for change in make_plan(replace(now, homes=homes)).changes] == ["close"]


def test_an_undo_is_told_as_one(crm: TinyCrm) -> None:
    task = crm.tasks[only_task(crm)]
    crm.person(task.id, subject="As it was")
    plan = make_plan(replace(situation([finding()], crm), taken_back=frozenset({task.key})))
    assert [left.reason for left in plan.left] == ["an undo took back what Keptword had written"]


def twin(crm: TinyCrm) -> str:
    """A copy that a person made, key and all, where the CRM lets them."""
    first = only_task(crm)
    crm.tasks["sft99"] = replace(crm.tasks[first], id="sft99")
    return first


@pytest.mark.parametrize("found", [[], [finding(account_name="New")], [finding()]])
def test_twins_of_one_key_are_written_one_a_run_until_one_is_left(crm: TinyCrm, found: list[Finding]) -> None:
    first = twin(crm)
    for _ in range(2):
        keys = [change.key for change in make_plan(situation(found, crm)).changes]
        assert len(keys) == len(set(keys)) <= 1
        write(situation(found, crm), crm)
    assert make_plan(situation(found, crm)).changes == ()
    still_open = [task.id for task in crm.tasks.values() if task.status == "open"]
    assert still_open == ([first] if found else [])


def test_other_tasks_close_beside_twins(crm: TinyCrm) -> None:
    twin(crm)
    write(situation([finding(), finding("sf:bolt", rule=QUIET)], crm), crm)
    plan = make_plan(situation([], crm))
    assert [change.account_id for change in plan.changes] == ["sf:acme", "sf:bolt"]


def test_a_closing_says_only_what_is_so(crm: TinyCrm) -> None:
    told = small_rule(
        "quiet",
        task={
            "subject": "Call {account_name}",
            "closes": ["There was contact on {last_touch_on}.{?has_news}", "They left.{!account_is_active}"],
        },
    )
    for facts, reason in (
        (finding(touched_on=date(2026, 5, 11)).facts, "There was contact on Mon 11 May 2026."),
        (finding(account_is_active=False).facts, "They left."),
        (finding().facts, "What it was about no longer holds."),
    ):
        now = situation([], crm, rules=[told], facts_now={("quiet", finding().subject_hash): facts})
        assert [change.why for change in make_plan(now).changes] == [(reason,)]


def test_what_grows_too_old_for_a_task_keeps_the_one_it_has_and_gets_no_new_one(crm: TinyCrm) -> None:
    old, older = replace(finding(), is_old=True), replace(finding("sf:bolt"), is_old=True)
    plan = make_plan(situation([old, older], crm))
    assert (plan.changes, plan.standing) == ((), 1)
    assert [(held.finding.subject_id, held.kind) for held in plan.held] == [("sf:bolt", "clean-up")]
