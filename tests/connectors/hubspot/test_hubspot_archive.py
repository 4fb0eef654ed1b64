"""Tasks go into the recycle bin, and what could not go there is told row by row."""

from collections.abc import Callable
from dataclasses import replace

from connectors.tasks import Task, WrittenTask

from .conftest import Place, results

Make = Callable[..., list[Task]]

ARCHIVE = "tasks/batch/archive"


def written(place: Place, tasks: list[Task]) -> list[WrittenTask]:
    """The tasks as the portal holds them."""
    ids = [outcome.id or "" for outcome in place.connector.create(tasks)]
    held = place.connector.reread(ids)
    return [held[id_] for id_ in ids]


def test_tasks_go_into_the_bin_by_hundreds(place: Place, make: Make) -> None:
    held = written(place, make(130))
    place.portal.forget()
    outcomes = place.connector.archive(held)
    assert [(o.key, o.id, o.result) for o in outcomes] == [(task.key, task.id, "deleted") for task in held]
    assert len(place.portal.journal()) == 2
    assert [place.tasks(task.key) for task in held] == [[]] * 130


def test_a_task_that_is_gone_already_counts_as_deleted(place: Place, make: Make) -> None:
    (held,) = written(place, make())
    gone = replace(held, id="404404")
    assert results(place.connector.archive([held, gone])) == ["deleted", "deleted"]
    assert results(place.connector.archive([held, gone])) == ["deleted", "deleted"]


def test_twins_are_archived_one_as_the_other(place: Place, make: Make) -> None:
    one, other = written(place, make(2))
    outcomes = place.connector.archive([one, replace(other, key=one.key)])
    assert [(o.id, o.result) for o in outcomes] == [(one.id, "deleted"), (other.id, "deleted")]


def test_a_task_that_cannot_be_archived_costs_itself_alone(place: Place, make: Make) -> None:
    body = {"category": "VALIDATION_ERROR", "message": "this task is locked by a workflow"}
    # The whole call, then its first half: a batch's answer names no row.
    place.portal.fault({"match": {"path": ARCHIVE, "times": 2}, "status": 400, "body": body})
    held = written(place, make(2))
    outcomes = place.connector.archive(held)
    assert results(outcomes) == ["failed", "deleted"]
    assert "locked by a workflow" in outcomes[0].reason
    assert len(place.tasks(held[0].key)) == 1


def test_an_answer_that_is_lost_is_asked_for_again(place: Place, make: Make) -> None:
    place.portal.fault({"match": {"path": ARCHIVE, "times": 1}, "commit_and_drop": True})
    held = written(place, make())
    assert results(place.connector.archive(held)) == ["deleted"]
    assert place.connector.reread([held[0].id])[held[0].id].deleted


def test_what_was_archived_is_told_when_the_rest_fails(place: Place, make: Make) -> None:
    place.portal.fault({"match": {"path": ARCHIVE, "nth": 2}, "status": 401, "body": {}})
    outcomes = place.connector.archive(written(place, make(120)))
    assert results(outcomes) == ["deleted"] * 100 + ["failed"] * 20
    assert outcomes[110].temporary
