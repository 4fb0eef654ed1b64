from typing import Any

import pytest

from connectors.errors import Temporary
from connectors.tasks import WrittenTask
from tests.connectors.salesforce.conftest import Connect, live_keys, make_task
from tests.sandbox_process import RunningSandbox

COLLECTION = "/composite/sobjects"


def written(sandbox: RunningSandbox, connect: Connect, prefix: str, count: int) -> list[WrittenTask]:
    """So many tasks as the CRM holds them."""
    connector = connect(sandbox)
    made = connector.create([make_task(f"{prefix}-{n:03d}") for n in range(count)])
    held = connector.reread([str(outcome.id) for outcome in made])
    return [held[str(outcome.id)] for outcome in made]


def test_tasks_go_to_the_recycle_bin_200_a_call(marked_org: RunningSandbox, writer: Connect) -> None:
    tasks = written(marked_org, writer, "kw1-bin-a", 250)
    connector = writer(marked_org)
    outcomes = connector.archive(tasks)
    assert [(each.key, each.id, each.result) for each in outcomes] == [
        (task.key, task.id, "deleted") for task in tasks
    ]
    assert connector.calls.transport.calls_by_kind["write"] == 2
    assert len(live_keys(marked_org, "kw1-bin-a")) == 0
    assert all(task.deleted for task in connector.reread([task.id for task in tasks]).values())


def test_a_task_that_is_gone_already_counts_as_deleted(marked_org: RunningSandbox, writer: Connect) -> None:
    tasks = written(marked_org, writer, "kw1-bin-b", 3)
    connector = writer(marked_org)
    connector.archive(tasks[:2])
    marked_org.post("/_sandbox/salesforce/empty-bin", {"ids": [tasks[0].id]})
    assert [outcome.result for outcome in connector.archive(tasks)] == ["deleted"] * 3


def test_a_deletion_whose_answer_is_lost_is_done_once_and_told(
    marked_org: RunningSandbox, writer: Connect
) -> None:
    tasks = written(marked_org, writer, "kw1-bin-c", 2)
    marked_org.fault({"match": {"method": "DELETE", "nth": 1}, "commit_and_drop": True})
    assert [outcome.result for outcome in writer(marked_org).archive(tasks)] == ["deleted"] * 2


def test_a_row_that_may_not_be_deleted_costs_itself_only(marked_org: RunningSandbox, writer: Connect) -> None:
    tasks = written(marked_org, writer, "kw1-bin-d", 3)
    error = {"statusCode": "INSUFFICIENT_ACCESS_OR_READONLY", "message": "no", "fields": []}
    rows: list[dict[str, Any]] = [{"id": task.id, "success": True, "errors": []} for task in tasks]
    rows[1] = {"success": False, "errors": [error]}
    marked_org.fault({"match": {"method": "DELETE", "nth": 1}, "status": 200, "body": rows})
    outcomes = writer(marked_org).archive(tasks)
    assert [outcome.result for outcome in outcomes] == ["deleted", "failed", "deleted"]
    assert (outcomes[1].id, "INSUFFICIENT_ACCESS" in outcomes[1].reason) == (tasks[1].id, True)


def test_a_locked_row_is_deleted_in_the_next_round(marked_org: RunningSandbox, writer: Connect) -> None:
    tasks = written(marked_org, writer, "kw1-bin-e", 1)
    busy = {"statusCode": "UNABLE_TO_LOCK_ROW", "message": "busy", "fields": []}
    rows = [{"success": False, "errors": [busy]}]
    marked_org.fault({"match": {"method": "DELETE", "nth": 1}, "status": 200, "body": rows})
    (outcome,) = writer(marked_org).archive(tasks)
    assert (outcome.result, len(live_keys(marked_org, "kw1-bin-e"))) == ("deleted", 0)


def test_a_call_that_fails_later_does_not_hide_what_was_deleted(
    marked_org: RunningSandbox, writer: Connect
) -> None:
    tasks = written(marked_org, writer, "kw1-bin-f", 201)
    marked_org.fault({"match": {"method": "DELETE", "path": COLLECTION, "nth": [2, 3, 4]}, "status": 503})
    outcomes = writer(marked_org).archive(tasks)
    assert [outcome.result for outcome in outcomes] == ["deleted"] * 200 + ["failed"]
    assert outcomes[-1].temporary


def test_nothing_was_deleted_where_the_first_call_fails(marked_org: RunningSandbox, writer: Connect) -> None:
    tasks = written(marked_org, writer, "kw1-bin-g", 1)
    marked_org.fault({"match": {"method": "DELETE"}, "status": 503})
    with pytest.raises(Temporary):
        writer(marked_org).archive(tasks)
    assert len(live_keys(marked_org, "kw1-bin-g")) == 1
