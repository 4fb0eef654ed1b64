"""An undo that is killed on its way lets nothing come back, and what it left is taken back by the next."""

from pathlib import Path
from typing import Any

import pytest

from tests.loop.house import Client
from tests.loop.world import Desk, crm_with, data_folder, faults, is_open, wait_until_struck

ARCHIVE = {
    "sf": {"method": "DELETE", "path": r"/composite/sobjects"},
    "hs": {"method": "POST", "path": r"/batch/archive$"},
}
UPDATE = {
    "sf": {"method": "PATCH", "path": r"/composite/sobjects"},
    "hs": {"method": "POST", "path": r"/batch/update$"},
}


def killed_at(desk: Desk, match: dict[str, Any], run_id: str) -> None:
    faults(desk.sandbox, [{"match": {**match, "nth": 1}, "delay_s": 1.5}])
    command = desk.start("undo", run_id)
    wait_until_struck(command, desk.sandbox)
    command.kill()
    assert command.wait().code == -9
    faults(desk.sandbox, [])
    desk.sandbox.post("/_sandbox/clock", {"advance_s": 900})


@pytest.mark.parametrize("crm", ["sf", "hs"])
def test_an_undo_killed_at_its_writes_is_finished_by_the_next(crm: str, tmp_path: Path) -> None:
    data = data_folder(tmp_path / "data", [Client(name="Silent", touches=(("call", 30),))])
    with crm_with(data, crm=crm) as sandbox:
        desk = Desk(crm=crm, folder=tmp_path / crm, sandbox=sandbox).configure()
        run_id = desk.run("--accept-baseline")["run_id"]
        killed_at(desk, UPDATE[crm], run_id)
        again = desk.keptword("undo", run_id)
        assert (again.code, [each["result"] for each in again.document["taken_back"]]) == (0, ["deleted"])
        assert [row for row in desk.rows() if is_open(row)] == []


@pytest.mark.parametrize("crm", ["sf", "hs"])
def test_a_task_that_was_gone_before_the_answer_came_stays_gone_and_nothing_is_in_doubt(
    crm: str, tmp_path: Path
) -> None:
    data = data_folder(tmp_path / "data", [Client(name="Silent", touches=(("call", 30),))])
    with crm_with(data, crm=crm) as sandbox:
        desk = Desk(crm=crm, folder=tmp_path / crm, sandbox=sandbox).configure()
        run_id = desk.run("--accept-baseline")["run_id"]
        killed_at(desk, ARCHIVE[crm], run_id)
        assert desk.run()["plan"]["changes"] == []
        assert desk.keptword("history", "--failed").document["failed"] == []
        assert [row for row in desk.rows() if is_open(row)] == []
