"""What takes a step back restores what was there, gives way to people, and is not done again by the next plan."""

from dataclasses import replace
from typing import Any

import pytest

from connectors.tasks import TaskChange, WrittenTask, held_values, read_state
from rules.findings import Finding
from sync.plan.changes import Change, Plan
from sync.plan.plan import make_plan
from sync.undo.inverse import PastStep, Place, Stays, TakeBack, inverse, with_next_key
from sync.undo.kept import kept_of
from tests.sync.plan.situations import finding, only_task, situation, tiny, write
from tests.sync.plan.tiny_crm import TinyCrm

RENAMED = finding(account_name="New")
REASSIGNED = finding(account_owner_id="sf:bob")
EDITS: dict[str, Any] = {"subject": "Mine", "body": "Mine", "owner_id": "bob", "due": "2030-01-01", "priority": "low", "status": "done"}  # fmt: skip


@pytest.fixture(params=["salesforce", "hubspot"])
def crm(request: pytest.FixtureRequest) -> TinyCrm:
    return tiny(crm=request.param)


def plan(crm: TinyCrm, *findings: Finding) -> Plan:
    return make_plan(situation(findings, crm))


def carried_out(crm: TinyCrm, *findings: Finding) -> PastStep:
    """The one change of the plan, written, as the ledger's step has it."""
    (change,) = plan(crm, *findings).changes
    write(situation(findings, crm), crm)
    return step_of(change, only_task(crm))


def step_of(change: Change, record_id: str) -> PastStep:
    detail = {"task": dict(change.task), "state": change.write.state, **kept_of(change.write, change.before)}
    return PastStep(
        key=change.key, action=change.action, org_id="sf", account_id=change.account_id, owner_id=None, record_id=record_id,
        detail=detail, undid=False,
    )  # fmt: skip


def decided(crm: TinyCrm, step: PastStep, **also: Any) -> TakeBack | Stays:
    place = Place(crm=crm.crm, connection="sf", rewritten=also.pop("rewritten", frozenset()))
    return inverse(step, crm.tasks.get(only_task(crm)), place, changed_by=also.pop("changed_by", None))


def taken_back(crm: TinyCrm, step: PastStep) -> tuple[WrittenTask, TakeBack]:
    back = decided(crm, step)
    assert isinstance(back, TakeBack), back
    assert isinstance(back.write, TaskChange)
    crm.update([back.write])
    return crm.tasks[only_task(crm)], back


def canonical(crm: TinyCrm, task: WrittenTask) -> dict[str, str]:
    return held_values(crm.crm, task)


def test_a_new_task_is_taken_back_as_one_that_we_ended_ourselves(crm: TinyCrm) -> None:
    task, back = taken_back(crm, carried_out(crm, finding()))
    assert (back.action, read_state(task.state).closed_by_us) == ("delete", True)
    crm.archive([task])
    assert [change.action for change in plan(crm, finding()).changes] == ["create"]


@pytest.mark.parametrize("field", EDITS)
def test_whatever_a_person_has_touched_stays(crm: TinyCrm, field: str) -> None:
    step = carried_out(crm, finding())
    crm.person(only_task(crm), **{field: EDITS[field]})
    stays = decided(crm, step)
    assert isinstance(stays, Stays)
    called = {"due": "due date", "owner_id": "owner"}.get(field, field)
    assert stays.reason == f"a person has changed its {called} since"


@pytest.mark.parametrize("found", [RENAMED, REASSIGNED], ids=["update", "reassign"])
def test_a_changed_task_is_as_it_was_and_the_next_plan_leaves_it_so(crm: TinyCrm, found: Finding) -> None:
    carried_out(crm, finding())
    before = canonical(crm, crm.tasks[only_task(crm)])
    task, _ = taken_back(crm, carried_out(crm, found))
    assert canonical(crm, task) == before
    again = plan(crm, found)
    assert (again.changes, bool(again.left)) == ((), True)


def test_a_closed_task_is_open_again_without_our_last_line_and_stays_open(crm: TinyCrm) -> None:
    carried_out(crm, finding())
    before = canonical(crm, crm.tasks[only_task(crm)])
    task, back = taken_back(crm, carried_out(crm))
    assert (back.action, canonical(crm, task)) == ("reopen", before)
    again = plan(crm)
    assert again.changes == ()
    assert [left.reason for left in again.left] == ["a person opened the task again"]


@pytest.mark.parametrize("then", [[RENAMED], [REASSIGNED], []], ids=["update", "reassign", "close"])
def test_undoing_an_undo_leaves_the_task_as_if_there_had_been_none(crm: TinyCrm, then: list[Finding]) -> None:
    carried_out(crm, finding())
    step = carried_out(crm, *then)
    written = crm.tasks[only_task(crm)]
    _, back = taken_back(crm, step)
    detail = {"task": {}, "state": back.state, **kept_of(back.write, back.held)}
    task, _ = taken_back(crm, replace(step, action=back.action, detail=detail, undid=True))
    assert (canonical(crm, task), task.state) == (canonical(crm, written), written.state)
    assert plan(crm, *then).changes == ()


def test_an_edit_from_before_the_run_is_in_nobodys_way(crm: TinyCrm) -> None:
    carried_out(crm, finding())
    crm.person(only_task(crm), priority=EDITS["priority"], due=EDITS["due"])
    task, _ = taken_back(crm, carried_out(crm, RENAMED))
    assert (task.priority, task.due) == (EDITS["priority"], EDITS["due"])


def test_a_field_that_the_orgs_automation_rewrites_is_nobodys_edit(crm: TinyCrm) -> None:
    step = carried_out(crm, finding())
    crm.person(only_task(crm), subject="[Auto] Call")
    assert isinstance(decided(crm, step), Stays)
    assert isinstance(decided(crm, step, rewritten=frozenset({"subject"})), TakeBack)


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ({"deleted": True}, "a person has deleted it"),
        ({"outcome": "done"}, "what it came to"),
        ({"state": ""}, "its state is not as the run left it"),
    ],
)
def test_a_task_that_met_another_end_stays(crm: TinyCrm, edit: dict[str, Any], said: str) -> None:
    step = carried_out(crm, finding())
    crm.person(only_task(crm), **edit)
    stays = decided(crm, step)
    assert isinstance(stays, Stays)
    assert said in stays.reason


def test_what_a_later_run_has_changed_is_taken_back_first(crm: TinyCrm) -> None:
    stays = decided(crm, carried_out(crm, finding()), changed_by="20260512T120000-a1b2")
    assert isinstance(stays, Stays)
    assert stays.reason == "run 20260512T120000-a1b2 has changed it since: take that back first"


def test_a_task_that_an_undo_threw_away_is_made_anew_under_the_next_free_key(crm: TinyCrm) -> None:
    made = carried_out(crm, finding())
    crm.person(only_task(crm), deleted=True)
    step = replace(made, action="delete", detail={"write": made.detail["write"]}, undid=True)
    back = decided(crm, step)
    assert isinstance(back, TakeBack)
    stem = made.key.removesuffix("-0")
    assert with_next_key(back, {made.key, f"{stem}-1"}).key == f"{stem}-2"
    crm.person(only_task(crm), deleted=False)
    assert isinstance(decided(crm, step), Stays)


def test_a_deletion_that_was_cut_short_is_finished_by_the_next(crm: TinyCrm) -> None:
    step = carried_out(crm, finding())
    taken_back(crm, step)
    again = decided(crm, step)
    assert isinstance(again, TakeBack)
    assert again.action == "delete"
