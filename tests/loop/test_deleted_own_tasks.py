"""HubSpot lists everybody's archived tasks together: that list is read only where one of ours may be in it unknown."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.loop.people import People, people_at
from tests.loop.world import Desk, crm_with, faults, wait_until_struck

LISTED = {"path": "objects/2026-09/tasks$", "method": "GET"}


@pytest.fixture
def people(agency: Path, tmp_path: Path) -> Iterator[People]:
    with crm_with(agency, crm="hs") as sandbox:
        desk = Desk(crm="hs", folder=tmp_path, sandbox=sandbox).configure()
        assert desk.keptword("pull").code == 0
        yield people_at(desk)


def lists_of_archived(people: People) -> int:
    """How often a pull reads the archived tasks with their keys."""
    people.desk.sandbox.forget()
    assert people.desk.keptword("pull").code == 0
    asked = people.desk.sandbox.journal(**LISTED)
    return sum("archived=true" in each["query"] and "keptword_key" in each["query"] for each in asked)


def test_archived_tasks_are_listed_once_a_day(people: People) -> None:
    assert lists_of_archived(people) == 0
    people.desk.sandbox.post("/_sandbox/clock", {"advance_s": 86_400})
    assert [lists_of_archived(people) for _ in range(2)] == [1, 0]


def test_a_task_of_ours_that_a_person_deletes_is_not_raised_again(people: People) -> None:
    people.desk.run("--accept-baseline")
    before = len(people.desk.tasks())
    people.delete("Alder Works", "stale")
    assert people.desk.run("--accept-baseline")["written"] == []
    assert len(people.desk.tasks()) == before - 1


def test_tasks_that_are_deleted_while_nobody_knows_of_them_are_not_raised_again(people: People) -> None:
    sandbox = people.desk.sandbox
    faults(sandbox, [{"match": {"method": "POST", "path": "tasks/batch/create$"}, "delay_s": 1.5}])
    run = people.desk.start("run", "--accept-baseline")
    wait_until_struck(run, sandbox)
    run.kill()
    run.wait()
    faults(sandbox, [])
    people.delete("Alder Works", "stale")
    assert lists_of_archived(people) == 1
    people.desk.run("--accept-baseline")
    assert "Alder Works" not in {task.client for task in people.desk.tasks()}
