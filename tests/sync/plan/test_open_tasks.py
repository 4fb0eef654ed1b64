"""An open task follows what holds, keeps what people changed, and closes once its reason has gone."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from connectors.tasks import STATE_LENGTH, TaskChange, read_state
from rules.findings import Finding, Unknown
from sync.plan.changes import Change
from sync.plan.drafts import mark_of
from sync.plan.limits import over_limits
from sync.plan.plan import make_plan
from sync.plan.situation import Home, Situation
from tests.sync.plan.situations import (
    NOON,
    finding,
    only_task,
    person,
    situation,
    small_rule,
    tiny,
    write,
)
from tests.sync.plan.tiny_crm import TinyCrm

LATER = date(2026, 5, 1)


@pytest.fixture(params=["salesforce", "hubspot"])
def crm(request: pytest.FixtureRequest) -> TinyCrm:
    made = tiny(crm=request.param)
    write(situation([finding()], made), made)
    return made


def only_change(made: Situation) -> Change:
    (change,) = make_plan(made).changes
    return change


def written(change: Change) -> TaskChange:
    assert isinstance(change.write, TaskChange)
    return change.write


def facts_of(each: Finding) -> dict[tuple[str, str], Any]:
    return {(each.rule, each.subject_hash): each.facts}


def test_an_open_task_absorbs_another_occurrence_and_says_what_holds_now(crm: TinyCrm) -> None:
    change = only_change(situation([finding(touched_on=LATER)], crm))
    assert (change.action, change.task["id"]) == ("update", only_task(crm))
    assert "1 May 2026" in change.task["body"]
    assert "subject" not in change.task


def test_the_state_speaks_of_the_occurrence_that_the_text_does(crm: TinyCrm) -> None:
    write(situation([finding(touched_on=LATER)], crm), crm)
    state = crm.tasks[only_task(crm)].state
    assert read_state(state).findings == (mark_of(finding(touched_on=LATER)),)
    assert len(state) <= STATE_LENGTH


@pytest.mark.parametrize(
    "edit", [{"subject": "Ring Ann"}, {"owner_id": "bob"}, {"priority": "Low"}, {"body": "Mine"}]
)
def test_a_field_that_a_person_changed_stays(crm: TinyCrm, edit: dict[str, str]) -> None:
    crm.person(only_task(crm), **edit)
    plan = make_plan(situation([finding()], crm))
    assert plan.changes == ()
    assert [left.field for left in plan.left] == [next(iter(edit)).removesuffix("_id")]
    assert plan.left[0].reason.startswith("a person changed the")


def test_the_other_fields_follow_beside_an_edit(crm: TinyCrm) -> None:
    crm.person(only_task(crm), subject="Ring Ann")
    change = written(only_change(situation([finding(account_owner_id="sf:bob", account_name="New")], crm)))
    assert (change.subject, change.owner_id, change.body is not None) == (None, "bob", True)


def test_without_a_readable_state_every_difference_is_a_persons(crm: TinyCrm) -> None:
    crm.person(only_task(crm), state="gone")
    plan = make_plan(situation([finding(account_name="New")], crm))
    assert plan.changes == ()
    assert {left.field for left in plan.left} == {"subject", "body"}
    assert make_plan(situation([], crm)).left[0].reason.startswith("its state cannot be read")


def test_a_new_owner_of_the_client_gets_the_task(crm: TinyCrm) -> None:
    change = only_change(situation([finding(account_owner_id="sf:bob")], crm))
    assert (change.action, written(change).owner_id) == ("reassign", "bob")


def test_a_task_without_its_finding_closes_with_the_reason_and_says_that_we_did_it(crm: TinyCrm) -> None:
    gone = finding(touched_on=date(2026, 5, 11))
    change = only_change(situation([], crm, facts_now=facts_of(gone)))
    line = "Closed by Keptword on Tue 12 May 2026. There was contact on Mon 11 May 2026."
    assert change.task["added"] == line
    assert (written(change).raw_body or "").startswith(crm.tasks[only_task(crm)].body)
    assert (written(change).raw_body or "").endswith(line)
    assert (written(change).status, read_state(written(change).state).closed_by_us) == ("done", True)


def test_a_task_whose_record_is_gone_says_so(crm: TinyCrm) -> None:
    assert only_change(situation([], crm)).why == ("The client is gone from the CRM.",)


def test_a_task_of_which_nobody_knows_the_client_any_more_says_no_more_than_is_so(crm: TinyCrm) -> None:
    crm.person(only_task(crm), account_ids=())
    reason = "What it was about no longer holds, or the client is gone from the CRM."
    assert only_change(situation([], crm)).why == (reason,)


@pytest.mark.parametrize(
    "rules", [[], [small_rule("quiet", mode="off")], [small_rule("quiet", mode="report")]]
)
def test_a_rule_that_is_switched_off_closes_its_tasks(crm: TinyCrm, rules: list[Any]) -> None:
    found = [finding()] if rules and rules[0].file.mode == "report" else []
    (reason,) = only_change(situation(found, crm, rules=rules)).why
    assert reason.lower() == "the rule behind it raises no tasks any more: quiet."


@pytest.mark.parametrize("org", [None, "sf"])
def test_a_rule_that_could_not_be_judged_leaves_its_tasks_alone(crm: TinyCrm, org: str | None) -> None:
    unknown = Unknown(rule="quiet", subject_id=None, reason="tasks were not read", org_id=org)
    plan = make_plan(situation([], crm, unknown=[unknown]))
    assert (plan.changes, plan.standing, plan.unknown) == ((), 1, (unknown,))


def test_a_task_that_we_closed_and_a_person_opened_again_stays_open(crm: TinyCrm) -> None:
    write(situation([], crm), crm)
    crm.person(only_task(crm), status="open")
    plan = make_plan(situation([], crm))
    assert (plan.changes, plan.left[0].field, plan.left[0].reason) == (
        (),
        "status",
        "a person opened the task again",
    )


def test_a_task_opened_again_answers_its_finding_once_the_person_completes_it(crm: TinyCrm) -> None:
    write(situation([], crm), crm)
    crm.person(only_task(crm), status="open")
    write(situation([finding()], crm), crm)
    crm.person(only_task(crm), status="done")
    assert [held.kind for held in make_plan(situation([finding()], crm)).held] == ["answered"]


def test_a_persons_text_survives_that_its_task_is_closed_and_opened_again(crm: TinyCrm) -> None:
    crm.person(only_task(crm), body="They like Tuesdays")
    write(situation([], crm), crm)
    crm.person(only_task(crm), status="open")
    change = only_change(situation([finding(touched_on=LATER)], crm))
    assert written(change).body is None


def test_of_two_open_tasks_the_younger_gives_way(crm: TinyCrm) -> None:
    first = only_task(crm)
    crm.person(first, status="done")
    crm.now = NOON + timedelta(days=30)
    write(situation([finding()], crm), crm)
    crm.person(first, status="open")
    change = only_change(situation([finding()], crm))
    assert (change.action, change.why) == ("close", ("Another open task says the same.",))
    assert change.task["id"] != first


def test_more_closings_than_the_share_stop_the_run_and_name_the_limit() -> None:
    crm = tiny()
    write(situation([finding(f"sf:a{n}") for n in range(5)], crm), crm)
    made = situation([], crm, limits={"close_share": 0.2, "close_at_least": 2})
    assert over_limits(make_plan(made), made) == [
        "5 of 5 open tasks would close, limits.close_share = 0.2 allows 2"
    ]


@pytest.mark.parametrize(("clients", "most"), [(10, 2), (30, 3)])
def test_new_tasks_for_more_than_the_share_of_the_clients_stop_the_run(clients: int, most: int) -> None:
    made = situation(
        [finding(f"sf:a{n}") for n in range(4)],
        tiny(),
        limits={"new_share": 0.1, "new_at_least": 2},
        clients=clients,
    )
    words = f"4 new tasks for {clients} clients, limits.new_share = 0.1 allows {most}"
    assert over_limits(make_plan(made), made) == [words]


def test_a_field_that_the_orgs_automation_rewrites_is_left_out_and_said_so(crm: TinyCrm) -> None:
    homes = {"sf": Home(connection="sf", crm=crm.crm, org_id="sf", rewritten=frozenset(["subject"]))}
    crm.person(only_task(crm), subject="[CS] Call Acme")
    plan = make_plan(situation([finding(account_name="New")], crm, homes=homes))
    assert [sorted(change.task) for change in plan.changes] == [["body", "id"]]
    assert [(left.field, left.reason) for left in plan.left] == [
        ("subject", "this org's automation rewrites it")
    ]


def test_a_task_that_nobody_else_can_take_stays_with_whom_it_is(crm: TinyCrm) -> None:
    change = only_change(situation([finding(account_name="New")], crm, people=[person("cat")]))
    assert (change.action, written(change).owner_id) == ("update", None)


def test_more_tasks_that_change_hands_than_the_share_stop_the_run() -> None:
    crm = tiny()
    write(situation([finding(f"sf:a{n}") for n in range(3)], crm), crm)
    handed = [finding(f"sf:a{n}", account_owner_id="sf:bob") for n in range(3)]
    made = situation(handed, crm, limits={"reassign_share": 0.1, "reassign_at_least": 2})
    assert over_limits(make_plan(made), made) == [
        "3 of 3 open tasks would change hands, limits.reassign_share = 0.1 allows 2"
    ]


def test_what_joins_an_open_task_takes_no_lead_in_it_unless_it_is_more_severe(crm: TinyCrm) -> None:
    older, worse = (
        small_rule("aged"),
        small_rule("worse", severity="high", task={"subject": "Tell {account_name}"}),
    )
    rules = [small_rule("quiet"), older, worse]
    before = replace(finding(rule=older), facts={**finding().facts, "account_revenue": 9})
    change = only_change(situation([before, finding()], crm, rules=rules))
    assert change.task["subject"] == "Call Acme (+1)"
    assert [each.rule for each in change.findings] == ["quiet", "aged"]
    change = only_change(situation([before, finding(rule=worse), finding()], crm, rules=rules))
    assert change.task["subject"] == "Tell Acme (+2)"
