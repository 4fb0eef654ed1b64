"""Where a line of the text says that a task is ours, a person who takes it out takes the task, and a plan says so."""

from pathlib import Path

from tests.loop.house import Client
from tests.loop.people import people_at
from tests.loop.world import Desk, crm_with, data_folder

ALDER = Client(name="Alder", touches=(("call", 30),))


def test_a_task_without_our_line_is_theirs_and_was_deleted_by_nobody(tmp_path: Path) -> None:
    with crm_with(data_folder(tmp_path / "data", [ALDER]), crm="sf-body") as sandbox:
        desk = Desk(crm="sf-body", folder=tmp_path, sandbox=sandbox).configure()
        first = desk.run("--accept-baseline")
        people = people_at(desk)
        people.change("Task", people.task("Alder", "stale-contact")["Id"], Description="I see to it")
        [held] = desk.run()["plan"]["held"]
        undone = desk.keptword("undo", first["run_id"], "--dry-run").document
    assert held["reason"].startswith("answered: a person made the task theirs by taking Keptword's key out")
    [left] = undone["left"]
    assert "made it theirs by taking Keptword's key out of it" in left["reason"]
