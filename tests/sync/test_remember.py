"""What people answered outlives the CRM's memory, and writes of killed runs are cleared up by looking."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sync.connections import Connection
from sync.ledger.ledger import Ledger
from sync.ledger.runs import NewRun
from sync.ledger.steps import Action, Step
from sync.mirror.marks import Mark
from sync.mirror.mirror import OWN_TASKS, Mirror
from sync.remember import known_task_ids, remember_tasks
from tests.sync.plan.situations import NOON, finding, only_task, situation, tiny, write
from tests.sync.plan.tiny_crm import TinyCrm


@dataclass
class Desk:
    """A CRM whose tasks are pulled into a mirror, and the ledger that learns from it."""

    crm: TinyCrm
    mirror: Mirror
    ledger: Ledger

    @property
    def connections(self) -> list[Connection]:
        return [Connection(name="sf", connector=self.crm, mapping={}, pinned_org=None)]

    def pull(self, at: datetime = NOON, *, complete: bool = True) -> None:
        self.mirror.enter_org("sf", "sf")
        mark = Mark(object=OWN_TASKS, complete=complete)
        self.mirror.keep_own_tasks("sf", self.crm.tasks.values(), mark, full=True)
        remember_tasks(self.ledger, self.mirror, self.connections, at=at)

    def send(self, key: str, action: Action = "create", **detail: Any) -> str:
        run_id = self.ledger.runs.start(
            NewRun(command="run", mode="write", config_digest="", rules_digest=""), now=NOON
        )
        self.ledger.steps.plan(run_id, [Step(n=1, action=action, org_id="sf", key=key, detail=detail)])
        self.ledger.steps.sent(run_id, [key], at=NOON - timedelta(hours=1))
        return run_id

    def result(self, run_id: str) -> tuple[Any, Any, str]:
        (step,) = self.ledger.steps.of_run(run_id)
        return step["result"], step["record_id"], step["reason"]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    mirror, crm = Mirror(tmp_path / "mirror.duckdb"), tiny()
    write(situation([finding()], crm), crm)
    with Ledger.open(f"sqlite:///{tmp_path}/ledger.db") as ledger:
        yield Desk(crm=crm, mirror=mirror, ledger=ledger)
    mirror.close()


def key(desk: Desk) -> str:
    return desk.crm.tasks[only_task(desk.crm)].key


@pytest.mark.parametrize(("edit", "how"), [({"status": "done"}, "completed"), ({"deleted": True}, "deleted")])
def test_what_a_person_ended_is_an_answer_that_the_ledger_keeps(
    desk: Desk, edit: dict[str, Any], how: str
) -> None:
    desk.crm.person(only_task(desk.crm), **edit)
    desk.pull()
    desk.crm.tasks.clear()
    desk.pull(NOON + timedelta(days=30))
    (said,) = desk.ledger.answers.all()
    assert (said.key.split("-")[-2:], said.how) == ([finding().occurrence_hash, "0"], how)
    assert said.answered_at == NOON


def test_an_open_task_and_one_that_keptword_closed_are_no_answers(desk: Desk) -> None:
    desk.pull()
    write(situation([], desk.crm), desk.crm)
    desk.pull()
    assert desk.ledger.answers.all() == []


def test_each_repeat_is_answered_by_itself(desk: Desk) -> None:
    desk.crm.person(only_task(desk.crm), status="done")
    desk.pull()
    desk.crm.now = NOON + timedelta(days=10)
    write(situation([finding()], desk.crm), desk.crm)
    desk.crm.person(max(desk.crm.tasks), deleted=True)
    desk.pull()
    assert [(said.key[-1], said.how) for said in desk.ledger.answers.all()] == [
        ("0", "completed"),
        ("1", "deleted"),
    ]


def test_a_task_that_was_opened_again_and_ended_again_was_answered_the_second_time(desk: Desk) -> None:
    task_id = only_task(desk.crm)
    for days, status in ((0, "done"), (1, "open"), (2, "done")):
        desk.crm.now = NOON + timedelta(days=days)
        desk.crm.person(task_id, status=status)
        desk.pull()
    assert [said.answered_at for said in desk.ledger.answers.all()] == [NOON + timedelta(days=2)]


def test_a_create_in_doubt_that_arrived_is_settled_as_created(desk: Desk) -> None:
    run_id = desk.send(key(desk))
    desk.pull()
    assert desk.result(run_id) == ("created", only_task(desk.crm), "")
    assert desk.ledger.steps.in_doubt("sf") == []


def test_a_create_in_doubt_that_is_not_there_is_settled_as_not_written(desk: Desk) -> None:
    run_id = desk.send("kw1-quiet-aaaaaaaaaa-aaaaaaaaaa-0")
    desk.pull()
    assert desk.result(run_id) == ("failed", None, "not written")


@pytest.mark.parametrize(("complete", "at"), [(False, NOON), (True, NOON - timedelta(minutes=55))])
def test_a_doubt_stays_while_the_crm_may_not_show_everything(
    desk: Desk, complete: bool, at: datetime
) -> None:
    desk.send("kw1-quiet-aaaaaaaaaa-aaaaaaaaaa-0")
    desk.pull(at, complete=complete)
    assert len(desk.ledger.steps.in_doubt("sf")) == 1


@pytest.mark.parametrize("arrived", [True, False])
def test_an_update_in_doubt_arrived_when_the_task_bears_its_state(desk: Desk, arrived: bool) -> None:
    state = desk.crm.tasks[only_task(desk.crm)].state
    run_id = desk.send(key(desk), "update", state=state if arrived else "another")
    desk.pull()
    assert desk.result(run_id)[0] == ("updated" if arrived else "failed")


def test_a_lost_ledger_learns_again_which_tasks_are_open(desk: Desk) -> None:
    desk.pull()
    assert known_task_ids(desk.ledger, desk.mirror, desk.connections) == {"sf": {only_task(desk.crm)}}
    desk.crm.person(only_task(desk.crm), status="done")
    desk.pull()
    assert known_task_ids(desk.ledger, desk.mirror, desk.connections) == {"sf": set()}
