"""Apply writes what was planned, notes it before and after, and gives way to people who were quicker."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from connectors.errors import LoginRefused, Temporary, Unclear
from connectors.tasks import Task, read_state
from rules.findings import Finding
from sync.apply import BATCH, Written, apply_plan
from sync.connections import Connection
from sync.ledger.ledger import Ledger
from sync.ledger.runs import NewRun
from sync.plan.plan import make_plan
from tests.sync.plan.situations import NOON, finding, only_task, situation, tiny
from tests.sync.plan.tiny_crm import TinyCrm

MANY = [finding(f"sf:a{n}") for n in range(BATCH + 50)]


@dataclass
class Desk:
    """One CRM, one ledger, one run after another."""

    crm: TinyCrm
    ledger: Ledger
    run_id: str = ""

    def apply(self, *findings: Finding, meanwhile: Callable[[], object] = lambda: None) -> list[Written]:
        plan = make_plan(situation(findings, self.crm, limits={"new_per_run": 1000}))
        meanwhile()
        self.run_id = self.ledger.runs.start(
            NewRun(command="run", mode="write", config_digest="", rules_digest=""), now=NOON
        )
        connection = Connection(name="sf", connector=self.crm, mapping={}, pinned_org=None)
        with self.ledger.lease(command="run") as lease:
            return apply_plan(
                plan, [connection], self.ledger, lease, run_id=self.run_id, orgs={"sf": "sf"}, now=NOON
            )

    def by_hand(self, **edits: Any) -> Callable[[], None]:
        return lambda: self.crm.person(only_task(self.crm), **edits)

    def steps(self) -> list[Any]:
        return self.ledger.steps.of_run(self.run_id)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Ledger.open(f"sqlite:///{tmp_path}/ledger.db") as ledger:
        yield Desk(crm=tiny(), ledger=ledger)


def test_a_step_is_in_the_ledger_as_sent_before_it_leaves_and_as_answered_after(desk: Desk) -> None:
    noted: list[tuple[bool, Any]] = []
    desk.crm.before_write = lambda: noted.extend(
        (step["sent_at"] is not None, step["result"])
        for run in desk.ledger.runs.latest()
        for step in desk.ledger.steps.of_run(run.run_id)
    )
    desk.apply(finding())
    assert noted == [(True, None)]
    (step,) = desk.steps()
    assert (step["result"], step["record_id"], step["owner_id"]) == ("created", only_task(desk.crm), "sf:ann")


def test_what_was_written_is_remembered_with_its_values(desk: Desk) -> None:
    desk.apply(finding())
    (task,) = desk.ledger.tasks.written("sf").values()
    assert (task.record_id, task.values["subject"], task.is_closed) == (
        only_task(desk.crm),
        "Call Acme",
        False,
    )
    desk.apply()
    assert desk.ledger.tasks.written("sf")[task.key].is_closed


def test_a_killed_run_leaves_what_it_sent_in_doubt_and_the_rest_unsent(desk: Desk) -> None:
    desk.crm.fault = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        desk.apply(*MANY)
    assert len(desk.ledger.steps.in_doubt("sf")) == BATCH
    assert [step["sent_at"] is None for step in desk.steps()].count(True) == 50


@pytest.mark.parametrize("error", [Unclear, LoginRefused, Temporary])
def test_a_connector_that_gives_up_in_the_middle_leaves_doubt_and_the_next_batch_goes_on(
    desk: Desk, error: type[Exception]
) -> None:
    desk.crm.fault = error("sf", "the line went dead", "Run again")
    results = [each.outcome.result for each in desk.apply(*MANY)]
    assert (results.count("unclear"), results.count("created")) == (BATCH, 50)
    assert len(desk.ledger.steps.in_doubt("sf")) == BATCH
    again = [each.outcome.result for each in desk.apply(*MANY)]
    assert again == ["created"] * (BATCH - 1)
    assert len({task.key for task in desk.crm.tasks.values()}) == len(desk.crm.tasks) == len(MANY)


@pytest.mark.parametrize("edit", [{"subject": "Ring Ann"}, {"body": "Mine"}])
def test_an_edit_between_plan_and_apply_stays_and_the_other_fields_follow(
    desk: Desk, edit: dict[str, str]
) -> None:
    desk.apply(finding())
    before = read_state(desk.crm.tasks[only_task(desk.crm)].state)
    (written,) = desk.apply(finding(account_name="New"), meanwhile=desk.by_hand(**edit))
    task = desk.crm.tasks[only_task(desk.crm)]
    (name,) = edit
    assert (written.outcome.result, getattr(task, name)) == ("updated", edit[name])
    assert read_state(task.state).digests[name] == before.digests[name]
    assert "New" in task.subject + task.body
    assert make_plan(situation([finding(account_name="New")], desk.crm)).changes == ()


@pytest.mark.parametrize("edit", [{"status": "done"}, {"deleted": True}, {"body": "Mine"}])
def test_a_task_that_a_person_touched_since_the_plan_is_not_closed(desk: Desk, edit: dict[str, Any]) -> None:
    desk.apply(finding())
    (written,) = desk.apply(meanwhile=desk.by_hand(**edit))
    assert written.outcome.result == "failed"
    assert len(desk.crm.writes) == 1


def test_a_task_that_a_person_completed_since_the_plan_is_not_updated(desk: Desk) -> None:
    desk.apply(finding())
    (written,) = desk.apply(finding(account_owner_id="sf:bob"), meanwhile=desk.by_hand(status="done"))
    assert (written.outcome.result, written.outcome.temporary) == ("failed", True)
    assert "a person changed status since the plan was made" in written.outcome.reason
    assert desk.crm.tasks[only_task(desk.crm)].owner_id == "ann"


def test_a_task_that_is_gone_is_named_and_the_others_are_written(desk: Desk) -> None:
    desk.apply(finding(), finding("sf:b"))
    gone = min(desk.crm.tasks)
    renamed = [finding(account_name="New"), finding("sf:b", account_name="New")]
    written = desk.apply(*renamed, meanwhile=lambda: desk.crm.tasks.pop(gone))
    said = {each.outcome.id: (each.outcome.result, each.outcome.reason) for each in written}
    assert said[gone] == ("failed", "deleted: the task is gone from the CRM")
    assert [result for result, _ in said.values()].count("updated") == 1


def test_a_task_that_another_machine_wrote_meanwhile_is_adopted_and_not_doubled(desk: Desk) -> None:
    elsewhere = make_plan(situation([finding()], desk.crm)).changes[0].write
    assert isinstance(elsewhere, Task)
    (written,) = desk.apply(finding(), meanwhile=lambda: desk.crm.create([elsewhere]))
    assert (written.outcome.result, written.outcome.id) == ("adopted", only_task(desk.crm))
    assert desk.ledger.tasks.written("sf")[elsewhere.key].record_id == only_task(desk.crm)
    assert desk.ledger.steps.sent_tasks(NOON) == []


def test_changes_of_tasks_that_cannot_be_read_again_are_not_sent(desk: Desk) -> None:
    desk.apply(finding())
    desk.crm.read_fault = Temporary("sf", "the CRM is busy", "Run again")
    (written,) = desk.apply()
    assert (written.outcome.result, written.outcome.temporary) == ("failed", True)
    assert (len(desk.crm.writes), desk.ledger.steps.in_doubt("sf")) == (1, [])


def test_a_change_whose_answer_is_lost_is_in_doubt_by_its_id(desk: Desk) -> None:
    desk.apply(finding())
    desk.crm.fault = Unclear("sf", "the line went dead", "Run again")
    (written,) = desk.apply()
    assert (written.outcome.result, written.outcome.id) == ("unclear", only_task(desk.crm))
    assert [doubt.action for doubt in desk.ledger.steps.in_doubt("sf")] == ["close"]


def test_the_ledger_says_what_was_sent_not_what_was_planned(desk: Desk) -> None:
    desk.apply(finding())
    desk.apply(
        finding(account_name="New", account_owner_id="sf:bob"), meanwhile=desk.by_hand(subject="Ring Ann")
    )
    (step,) = desk.steps()
    state = desk.crm.tasks[only_task(desk.crm)].state
    assert step["detail"]["state"] == desk.ledger.tasks.written("sf")[step["key"]].state == state
    assert "subject" not in step["detail"]["sent"]
