"""Tasks are created once, changed as asked, and nothing is told that did not happen."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from connectors.errors import LoginRefused, NotAllowed
from connectors.tasks import Task, TaskChange, held_values, wanted_values
from tests.sandbox_process import RunningSandbox

from .conftest import Connect, Place, results

Make = Callable[..., list[Task]]

CREATE = "tasks/batch/create"
LATER = datetime(2024, 4, 30)
HEADERS = {"Authorization": "Bearer pat-sandbox-token"}


def test_the_mode_follows_from_what_the_portal_allows(place: Place) -> None:
    assert place.connector.readiness().mode == place.mode


def test_a_created_task_reads_back_as_it_was_sent(place: Place, make: Make) -> None:
    (task,) = make()
    (outcome,) = place.connector.create([task])
    assert outcome.result == "created"
    held = place.connector.reread([outcome.id or ""])[outcome.id or ""]
    assert held_values("hubspot", held) == wanted_values("hubspot", task)
    assert (held.key, held.state, held.account_ids, held.deleted) == (task.key, task.state, ("1002",), False)


def test_a_task_about_one_of_us_is_linked_to_nobody(place: Place, make: Make) -> None:
    (task,) = make(account_id=None, contact_id=None)
    (outcome,) = place.connector.create([task])
    held = place.connector.reread([outcome.id or ""])[outcome.id or ""]
    assert (outcome.result, held.account_ids, held.owner_id) == ("created", (), "70")
    done = TaskChange(id=held.id, key=task.key, state=task.state, status="done")
    assert results(place.connector.update([done])) == ["updated"]
    assert place.connector.reread([held.id])[held.id].status == "done"


def test_more_tasks_than_a_batch_holds_are_created_in_order(place: Place, make: Make) -> None:
    tasks = make(130)
    outcomes = place.connector.create(tasks)
    assert [(o.key, o.result) for o in outcomes] == [(task.key, "created") for task in tasks]
    keys = [row.get("keptword_key") for row in place.portal.rows("tasks")]
    assert [keys.count(task.key) for task in tasks] == [1] * 130


def test_a_task_that_is_there_is_adopted_and_left_alone(place: Place, make: Make) -> None:
    tasks = make(3)
    first = place.connector.create(tasks[:2])
    again = place.connector.create([replace(task, subject="Other") for task in tasks])
    assert results(again) == ["adopted", "adopted", "created"]
    assert [o.id for o in again[:2]] == [o.id for o in first]
    assert place.tasks(tasks[0].key)[0]["hs_task_subject"] == "Call them"


def test_a_task_that_is_there_is_adopted_where_a_batch_is_all_or_nothing(place: Place, make: Make) -> None:
    tasks = make(3)
    place.connector.create(tasks[:2])
    place.portal.switch(all_or_nothing=True)
    assert results(place.connector.create(tasks)) == ["adopted", "adopted", "created"]


@pytest.mark.parametrize(
    "fault", [{"commit_and_drop": True}, {"truncate": True}, {"reset": True}, {"status": 502}]
)
def test_an_answer_that_is_lost_makes_no_twin(place: Place, make: Make, fault: dict[str, Any]) -> None:
    place.portal.switch(search_lag_s=3600)
    place.portal.fault({"match": {"path": CREATE, "times": 1}, **fault})
    tasks = make(3)
    assert results(place.connector.create(tasks)) == ["created"] * 3
    assert [len(place.tasks(task.key)) for task in tasks] == [1, 1, 1]


def test_a_portal_that_never_answers_leaves_the_tasks_unclear(place: Place, make: Make) -> None:
    place.portal.fault({"match": {"path": CREATE}, "status": 502})
    (task,) = make()
    (outcome,) = place.connector.create([task])
    assert (outcome.result, outcome.id) == ("unclear", None)
    assert "502" in outcome.reason
    assert place.tasks(task.key) == []


def test_a_task_without_a_client_is_never_sent_blindly_again(place: Place, make: Make) -> None:
    place.portal.switch(search_lag_s=1.5)
    place.portal.fault({"match": {"path": CREATE, "times": 1}, "commit_and_drop": True})
    tasks = make(account_id=None, contact_id=None)
    (outcome,) = place.connector.create(tasks)
    assert outcome.result == ("created" if place.mode == "unique" else "unclear")
    place.portal.post("/_sandbox/clock", {"advance_s": 60})
    assert results(place.connector.create(tasks)) == ["adopted"]
    assert len(place.tasks(tasks[0].key)) == 1


@pytest.mark.parametrize("all_or_nothing", [False, True])
def test_a_bad_row_costs_itself_alone(place: Place, make: Make, all_or_nothing: bool) -> None:
    place.portal.switch(all_or_nothing=all_or_nothing)
    tasks = make(9)
    tasks[4] = replace(tasks[4], owner_id="71")
    tasks[7] = replace(tasks[7], account_id="999999")
    outcomes = place.connector.create(tasks)
    assert results(outcomes) == ["created"] * 4 + ["failed"] + ["created"] * 2 + ["failed", "created"]
    assert "owner" in outcomes[4].reason.lower()
    assert "pull again" in outcomes[7].reason
    assert [len(place.tasks(task.key)) for task in tasks] == [1, 1, 1, 1, 0, 1, 1, 0, 1]


def test_a_rate_limit_is_waited_out_and_nothing_is_doubled(place: Place, make: Make) -> None:
    body = {"policyName": "SECONDLY", "message": "You have reached your secondly limit."}
    place.portal.fault({"match": {"path": CREATE, "times": 1}, "status": 429, "body": body})
    (task,) = make()
    assert results(place.connector.create([task])) == ["created"]
    assert len(place.tasks(task.key)) == 1


def test_what_was_written_is_told_when_the_rest_fails(place: Place, make: Make) -> None:
    place.portal.fault({"match": {"path": CREATE, "nth": 2}, "status": 401, "body": {}})
    outcomes = place.connector.create(make(120))
    assert results(outcomes) == ["created"] * 100 + ["failed"] * 20
    assert outcomes[110].temporary


def test_an_error_before_anything_is_written_is_raised(place: Place, make: Make) -> None:
    place.portal.fault({"match": {"path": CREATE}, "status": 401, "body": {}})
    with pytest.raises(LoginRefused):
        place.connector.create(make(2))


def test_a_key_that_comes_twice_is_refused(place: Place, make: Make) -> None:
    (task,) = make()
    with pytest.raises(ValueError, match=task.key):
        place.connector.create([task, task])


def test_a_change_writes_what_it_names_and_may_be_repeated(place: Place, make: Make) -> None:
    (task,) = make()
    id_ = place.connector.create([task])[0].id or ""
    change = TaskChange(id=id_, key=task.key, state="1c", subject="New", priority="high", status="done")
    place.portal.fault({"match": {"path": "batch/update", "times": 1}, "commit_and_drop": True})
    assert (
        results(place.connector.update([change])) == results(place.connector.update([change])) == ["updated"]
    )
    held = place.connector.reread([id_])[id_]
    assert (held.subject, held.priority, held.status, held.state) == ("New", "high", "done", "1c")
    assert (held.owner_id, held.due) == ("70", "2024-05-04T09:00:00.000Z")
    assert held.closed_at is not None


@pytest.mark.parametrize("all_or_nothing", [False, True])
def test_a_change_of_a_task_that_is_gone_fails_alone(place: Place, make: Make, all_or_nothing: bool) -> None:
    place.portal.switch(all_or_nothing=all_or_nothing)
    tasks = make(3)
    ids = [outcome.id or "" for outcome in place.connector.create(tasks)]
    place.portal.request("DELETE", f"/crm/v3/objects/tasks/{ids[1]}", headers=HEADERS)
    changes = [
        TaskChange(id=i, key=t.key, state=t.state, subject="x") for i, t in zip(ids, tasks, strict=True)
    ]
    outcomes = place.connector.update(changes)
    assert results(outcomes) == ["updated", "failed", "updated"]
    assert "deleted" in outcomes[1].reason


def test_all_own_tasks_are_found_and_nobody_elses(place: Place, make: Make) -> None:
    tasks = make(2)
    ids = [outcome.id or "" for outcome in place.connector.create(tasks)]
    foreign = {"properties": {"hs_timestamp": "2024-05-01T00:00:00Z", "hs_task_subject": "mine"}}
    place.portal.request("POST", "/crm/v3/objects/tasks", foreign, HEADERS)
    place.portal.request("DELETE", f"/crm/v3/objects/tasks/{ids[1]}", headers=HEADERS)
    found = {task.id: task for task in place.connector.own_tasks(since=None, known_ids=())}
    assert {id_: found[id_].deleted for id_ in ids} == {ids[0]: False, ids[1]: True}
    assert all(task.key for task in found.values())
    assert found[ids[1]].closed_at is not None


def test_known_tasks_come_fresh_while_the_search_lags(place: Place, make: Make) -> None:
    tasks = make(2)
    ids = [outcome.id or "" for outcome in place.connector.create(tasks)]
    place.portal.switch(search_lag_s=3600)
    place.portal.request(
        "PATCH", f"/crm/v3/objects/tasks/{ids[0]}", {"properties": {"hs_task_subject": "mine"}}, HEADERS
    )
    found = {t.id: t for t in place.connector.own_tasks(since=LATER, known_ids=[*ids, "404404"])}
    assert (found[ids[0]].subject, found[ids[1]].subject) == ("mine", "Call them")
    assert found["404404"].deleted


def test_twins_are_collapsed_to_the_oldest(place: Place, make: Make) -> None:
    if place.mode == "unique":
        assert place.connector.collapse_twins() == []
        return
    (task,) = make()
    ids = []
    for _ in range(3):
        twin = {"properties": {"hs_timestamp": "2024-05-01T00:00:00Z", "keptword_key": task.key}}
        ids.append(place.portal.request("POST", "/crm/v3/objects/tasks", twin, HEADERS).json()["id"])
    assert sorted(place.connector.collapse_twins()) == ids[1:]
    assert [str(row["id"]) for row in place.tasks(task.key)] == ids[:1]
    assert place.connector.collapse_twins() == []


def test_without_setup_nothing_is_written(bare_portal: RunningSandbox, connect: Connect, make: Make) -> None:
    connector = connect(bare_portal)
    assert not connector.readiness().ready
    assert list(connector.own_tasks(since=None, known_ids=())) == []
    with pytest.raises(NotAllowed, match="keptword setup"):
        connector.create(make())
