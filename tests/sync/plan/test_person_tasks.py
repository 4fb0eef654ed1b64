"""Tasks about a person of ours stand on no client's record, and live as all others do."""

from datetime import timedelta
from typing import Any

import pytest

from connectors.tasks import Task
from rules.findings import Finding, Unknown
from sync.plan.changes import Plan
from sync.plan.plan import make_plan
from tests.sync.plan.situations import finding, only_task, person, situation, small_rule, tiny, write
from tests.sync.plan.tiny_crm import TinyCrm

GONE = small_rule(
    "gone", about="person", when="not is_person_active", occurrence=["person_id"], inhibits=["quiet"],
    task={"subject": "Hand on {person_name}'s clients", "body": "{person_name} has gone.", "assign": ["person_manager", "fallback"],
          "closes": "{person_name} is back.{?is_person_active}"},
)  # fmt: skip
QUIET = small_rule("quiet")


def gone(org: str = "sf", **changes: Any) -> Finding:
    facts = {
        "person_id": f"{org}:cat", "person_name": "Cat", "is_person_active": False, "person_manager_id": f"{org}:ann", **changes,
    }  # fmt: skip
    return Finding(
        rule="gone", severity="normal", subject_id=f"{org}:cat", account_id=None, facts=facts, occurrence=(f"{org}:cat",)
    )  # fmt: skip


def plan(crm: TinyCrm, *findings: Finding, **also: Any) -> Plan:
    return make_plan(situation(findings, crm, rules=[GONE, QUIET], **also))


@pytest.fixture(params=[("salesforce", "sf"), ("hubspot", "hs")])
def crm(request: pytest.FixtureRequest) -> TinyCrm:
    """A CRM that has the task."""
    kind, org = request.param
    made = tiny(crm=kind, org=org)
    write(situation([gone(org)], made, rules=[GONE, QUIET]), made)
    return made


def test_it_is_the_managers_in_the_crm_of_the_person_and_on_no_client(crm: TinyCrm) -> None:
    (task,) = crm.writes
    assert isinstance(task, Task)
    assert (task.account_id, task.owner_id, task.subject) == (None, "ann", "Hand on Cat's clients")
    assert crm.tasks[only_task(crm)].account_ids == ()


def test_planned_it_says_no_client() -> None:
    made = plan(tiny(), gone())
    (change,) = made.changes
    assert (change.account_id, change.connection, change.task["account"]) == (None, "sf", None)
    assert made.document()["changes"][0]["account_id"] is None


def test_the_open_task_speaks_for_the_person(crm: TinyCrm) -> None:
    again = plan(crm, gone(crm.org_id))
    assert (again.changes, again.standing) == ((), 1)


def test_it_follows_the_facts(crm: TinyCrm) -> None:
    (change,) = plan(crm, gone(crm.org_id, person_manager_id=f"{crm.org_id}:bob")).changes
    assert (change.action, change.account_id, change.task["owner_id"]) == ("reassign", None, "bob")


def test_it_closes_once_the_reason_has_gone(crm: TinyCrm) -> None:
    found = gone(crm.org_id)
    now = {("gone", found.subject_hash): {**found.facts, "is_person_active": True}}
    (change,) = plan(crm, facts_now=now).changes
    assert (change.action, change.account_id, change.why) == ("close", None, ("Cat is back.",))
    assert change.findings[0].subject_id == found.subject_id


def test_a_person_who_completes_it_has_answered(crm: TinyCrm) -> None:
    crm.person(only_task(crm), status="done")
    (held,) = plan(crm, gone(crm.org_id)).held
    assert (held.kind, held.finding.subject_id) == ("answered", f"{crm.org_id}:cat")
    crm.now += timedelta(days=11)
    assert plan(crm, gone(crm.org_id)).count("create") == 1


@pytest.mark.parametrize("subject", [None, "cat"])
def test_what_is_unknown_leaves_it_alone(crm: TinyCrm, subject: str | None) -> None:
    named = f"{crm.org_id}:{subject}" if subject else None
    made = plan(crm, unknown=[Unknown(rule="gone", subject_id=named, reason="late")])
    assert (made.changes, made.standing) == ((), 1)


def test_a_finding_about_a_person_comes_before_no_client() -> None:
    made = plan(tiny(), gone(), finding(), people=[person("ann")])
    assert sorted(change.key.split("-")[1] for change in made.changes) == ["gone", "quiet"]
