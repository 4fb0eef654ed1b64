import threading
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from connectors.errors import Refused, Temporary
from connectors.tasks import TaskChange, held_values, wanted_values
from tests.connectors.salesforce.conftest import ACCOUNTS, Connect, key_of, live_keys, make_task
from tests.sandbox_process import RunningSandbox

COLLECTION = "/composite/sobjects"
EARLY = datetime.fromisoformat("2024-01-01")


def test_a_task_is_held_as_it_was_meant(marked_org: RunningSandbox, writer: Connect) -> None:
    task = make_task("kw1-a-1")
    connector = writer(marked_org)
    (outcome,) = connector.create([task])
    assert outcome.result == "created"
    assert outcome.id is not None
    held = connector.reread([outcome.id])[outcome.id]
    wanted = wanted_values("salesforce", replace(task, owner_id=held.owner_id))
    assert held_values("salesforce", held) == wanted
    assert (held.key, held.state, held.account_ids, held.due) == (
        task.key,
        task.state,
        (ACCOUNTS[0],),
        "2024-05-03",
    )


def test_a_task_about_one_of_us_stands_on_no_record(marked_org: RunningSandbox, writer: Connect) -> None:
    task = make_task("kw1-person-1", account_id=None)
    connector = writer(marked_org)
    (outcome,) = connector.create([task])
    held = connector.reread([str(outcome.id)])[str(outcome.id)]
    assert (outcome.result, held.account_ids, held.subject) == ("created", (), task.subject)
    (row,) = [row for row in marked_org.rows("Task") if key_of(row) == task.key]
    assert (row["WhatId"], row["AccountId"]) == (None, None)
    done = TaskChange(id=held.id, key=task.key, state=task.state, status="done")
    assert [each.result for each in connector.update([done])] == ["updated"]


def test_five_hundred_tasks_take_three_calls(marked_org: RunningSandbox, writer: Connect) -> None:
    tasks = [make_task(f"kw1-b-{n}") for n in range(500)]
    connector = writer(marked_org)
    outcomes = connector.create(tasks)
    assert [outcome.key for outcome in outcomes] == [task.key for task in tasks]
    assert {outcome.result for outcome in outcomes} == {"created"}
    assert connector.calls.transport.calls_by_kind["write"] == 3


def test_a_task_that_is_there_is_adopted_and_left_as_it_is(
    marked_org: RunningSandbox, writer: Connect
) -> None:
    connector = writer(marked_org)
    (first,) = connector.create([make_task("kw1-c-1")])
    (again, new) = connector.create([make_task("kw1-c-1", subject="Other words"), make_task("kw1-c-2")])
    assert (again.result, again.id, new.result) == ("adopted", first.id, "created")
    assert connector.reread([str(first.id)])[str(first.id)].subject == "Call Client 0"


def test_one_key_twice_in_a_call_is_our_own_fault(marked_org: RunningSandbox, writer: Connect) -> None:
    with pytest.raises(ValueError, match="kw1-d-1"):
        writer(marked_org).create([make_task("kw1-d-1"), make_task("kw1-d-1")])


@pytest.mark.parametrize("action", ["commit_and_drop", "truncate"])
def test_a_create_whose_answer_is_lost_leaves_one_task(
    marked_org: RunningSandbox, writer: Connect, action: str
) -> None:
    marked_org.fault({"match": {"method": "POST", "path": COLLECTION, "nth": 1}, action: True})
    prefix = f"kw1-e-{action.replace('_', '-')}"
    tasks = [make_task(f"{prefix}-{n}") for n in range(3)]
    outcomes = writer(marked_org).create(tasks)
    assert [outcome.result for outcome in outcomes] == ["created"] * 3
    assert live_keys(marked_org, prefix) == [task.key for task in tasks]


def test_a_create_that_was_cut_off_is_looked_up_and_sent_again(
    ready_org: RunningSandbox, connect: Connect
) -> None:
    ready_org.fault({"match": {"method": "POST", "path": COLLECTION, "nth": 1}, "reset": True})
    (outcome,) = connect(ready_org).create([make_task("kw1-ea-1")])
    assert (outcome.result, live_keys(ready_org, "kw1-ea")) == ("created", ["kw1-ea-1"])


def test_a_create_that_met_a_503_is_looked_up_and_sent_again(
    ready_org: RunningSandbox, connect: Connect
) -> None:
    ready_org.fault({"match": {"method": "POST", "path": COLLECTION, "nth": 1}, "status": 503})
    (outcome,) = connect(ready_org).create([make_task("kw1-f-1")])
    assert outcome.result == "created"
    assert live_keys(ready_org, "kw1-f") == ["kw1-f-1"]


def test_a_create_that_never_gets_an_answer_is_unclear(
    marked_org: RunningSandbox, writer: Connect, task_marks: str
) -> None:
    marked_org.fault({"match": {"method": "POST", "path": COLLECTION}, "status": 502})
    connector = writer(marked_org)
    (outcome,) = connector.create([make_task("kw1-g-1")])
    assert outcome.result == "unclear"
    # Where no index refuses twins, nothing is sent again while the first call may be under way.
    sent = {"fields": 3, "body": 1}[task_marks]
    assert connector.calls.transport.calls_by_kind["write"] == sent


def test_a_look_up_that_fails_leaves_the_create_unclear(ready_org: RunningSandbox, connect: Connect) -> None:
    connector = connect(ready_org)
    connector.create([make_task("kw1-h-0")])
    ready_org.fault({"match": {"method": "POST", "path": COLLECTION}, "commit_and_drop": True})
    ready_org.fault({"match": {"path": "/queryAll"}, "status": 503})
    (outcome,) = connector.create([make_task("kw1-h-1")])
    assert (outcome.result, live_keys(ready_org, "kw1-h-1")) == ("unclear", ["kw1-h-1"])


def test_a_bad_row_costs_itself_only_and_says_what_to_do(marked_org: RunningSandbox, writer: Connect) -> None:
    tasks = [make_task("kw1-i-1"), make_task("kw1-i-2", owner_id="005000000000999AAA"), make_task("kw1-i-3")]
    outcomes = writer(marked_org).create(tasks)
    assert [outcome.result for outcome in outcomes] == ["created", "failed", "created"]
    assert "INVALID_CROSS_REFERENCE_KEY" in outcomes[1].reason
    assert "The owner, account or contact" in outcomes[1].reason


def test_a_call_refused_whole_is_halved_to_the_bad_row(marked_org: RunningSandbox, writer: Connect) -> None:
    refused = [{"errorCode": "JSON_PARSER_ERROR", "message": "Cannot deserialize"}]
    marked_org.fault({"match": {"method": "POST", "body": "kw1-j-5"}, "status": 400, "body": refused})
    outcomes = writer(marked_org).create([make_task(f"kw1-j-{n}") for n in range(8)])
    assert [outcome.result for outcome in outcomes].count("created") == 7
    assert (outcomes[5].result, "JSON_PARSER_ERROR" in outcomes[5].reason) == ("failed", True)


def test_a_locked_row_is_sent_again_in_the_same_run(marked_org: RunningSandbox, writer: Connect) -> None:
    locked = [
        {"success": False, "errors": [{"statusCode": "UNABLE_TO_LOCK_ROW", "message": "busy", "fields": []}]}
    ]
    marked_org.fault(
        {"match": {"method": "POST", "path": COLLECTION, "nth": 1}, "status": 200, "body": locked}
    )
    (outcome,) = writer(marked_org).create([make_task("kw1-k-1")])
    assert (outcome.result, live_keys(marked_org, "kw1-k")) == ("created", ["kw1-k-1"])


def test_a_later_batch_that_fails_does_not_hide_what_was_written(
    marked_org: RunningSandbox, writer: Connect
) -> None:
    spent = [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}]
    marked_org.fault(
        {"match": {"method": "POST", "path": COLLECTION, "nth": 2}, "status": 403, "body": spent}
    )
    outcomes = writer(marked_org).create([make_task(f"kw1-l-{n:03d}") for n in range(250)])
    assert [outcome.result for outcome in outcomes] == ["created"] * 200 + ["failed"] * 50
    assert outcomes[-1].temporary
    assert "REQUEST_LIMIT_EXCEEDED" in outcomes[-1].reason


def test_two_writers_of_one_key_leave_one_task(ready_org: RunningSandbox, connect: Connect) -> None:
    connectors = [connect(ready_org) for _ in range(2)]
    tasks = [make_task(f"kw1-m-{n:02d}") for n in range(40)]
    threads = [threading.Thread(target=connector.create, args=(tasks,)) for connector in connectors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert live_keys(ready_org, "kw1-m") == [task.key for task in tasks]


def test_an_update_writes_what_changes_and_closes(marked_org: RunningSandbox, writer: Connect) -> None:
    connector = writer(marked_org)
    (made,) = connector.create([make_task("kw1-n-1")])
    change = TaskChange(id=str(made.id), key="kw1-n-1", state="1c" + "a" * 36, priority="low", status="done")
    marked_org.fault({"match": {"method": "PATCH", "nth": 1}, "commit_and_drop": True})
    (outcome,) = connector.update([change])
    held = connector.reread([str(made.id)])[str(made.id)]
    assert (outcome.result, held.status, held.priority, held.state) == (
        "updated",
        "done",
        "low",
        change.state,
    )
    assert (held.subject, held.closed_at is not None) == ("Call Client 0", True)


def test_a_due_day_is_written_anew(marked_org: RunningSandbox, writer: Connect) -> None:
    connector = writer(marked_org)
    (made,) = connector.create([make_task("kw1-na-1")])
    due_at = datetime.fromisoformat("2024-05-17T23:30:00")
    change = TaskChange(id=str(made.id), key="kw1-na-1", state="x", due_on=due_at.date(), due_at=due_at)
    assert [outcome.result for outcome in connector.update([change])] == ["updated"]
    held = connector.reread([str(made.id)])[str(made.id)]
    assert (held.due, held.subject) == ("2024-05-17", "Call Client 0")


def test_a_closing_line_reaches_the_task(marked_org: RunningSandbox, writer: Connect) -> None:
    connector = writer(marked_org)
    (made,) = connector.create([make_task("kw1-nb-1")])
    change = TaskChange(id=str(made.id), key="kw1-nb-1", state="1c" + "a" * 36, raw_body="Theirs\n\nours")
    connector.update([change])
    assert connector.reread([str(made.id)])[str(made.id)].body == "Theirs\n\nours"


def test_a_task_that_a_person_deleted_stays_deleted(marked_org: RunningSandbox, writer: Connect) -> None:
    connector = writer(marked_org)
    (made,) = connector.create([make_task("kw1-o-1")])
    connector.calls.write("DELETE", f"composite/sobjects?ids={made.id}", repeatable=True)
    (outcome,) = connector.update([TaskChange(id=str(made.id), key="kw1-o-1", state="x", subject="Again")])
    assert (outcome.result, outcome.reason) == ("failed", "deleted")
    held = {task.key: task for task in connector.own_tasks(since=None, known_ids=())}["kw1-o-1"]
    assert (held.deleted, held.status, held.closed_at is not None) == (True, "open", True)


def test_own_tasks_are_ours_only_old_and_archived_ones_too(
    marked_org: RunningSandbox, writer: Connect
) -> None:
    connector = writer(marked_org)
    (made,) = connector.create([make_task("kw1-p-1", due_on=date(2022, 1, 1), status="done")])
    found = list(connector.own_tasks(since=None, known_ids=()))
    assert all(task.key.startswith("kw1-") for task in found)
    held = next(task for task in found if task.id == made.id)
    assert (held.status, held.deleted) == ("done", False)


def test_known_tasks_come_whether_they_changed_or_not_or_are_gone(
    marked_org: RunningSandbox, writer: Connect
) -> None:
    connector = writer(marked_org)
    (made,) = connector.create([make_task("kw1-q-1")])
    known = [str(made.id), "00T000000099999AAA"]
    future = datetime.fromisoformat("2030-01-01")
    found = {task.id: task for task in connector.own_tasks(since=future, known_ids=known)}
    assert {key: task.deleted for key, task in found.items()} == {known[0]: False, known[1]: True}
    assert set(connector.reread(known)) == {known[0]}
    assert len(list(connector.own_tasks(since=EARLY, known_ids=known))) > 1


def test_before_setup_there_are_no_own_tasks_and_nothing_is_written(
    org: RunningSandbox, connect: Connect
) -> None:
    connector = connect(org)
    assert list(connector.own_tasks(since=None, known_ids=["00T000000000001AAA"])) == []
    assert not connector.readiness().ready
    org.forget()
    with pytest.raises(Refused, match="keptword setup"):
        connector.create([make_task("kw1-r-1")])
    assert [seen for seen in org.journal(writes=True) if "token" not in seen["path"]] == []


def test_a_read_of_own_tasks_that_is_cut_short_raises(marked_org: RunningSandbox, writer: Connect) -> None:
    connector = writer(marked_org)
    short: dict[str, Any] = {"totalSize": 9, "done": True, "records": []}
    marked_org.fault({"match": {"path": "/queryAll"}, "status": 200, "body": short})
    with pytest.raises(Temporary):
        list(connector.own_tasks(since=None, known_ids=()))


def test_texts_longer_than_the_crm_holds_are_cut_at_a_word(
    marked_org: RunningSandbox, writer: Connect
) -> None:
    connector = writer(marked_org)
    (made,) = connector.create([make_task("kw1-s-1", subject="word " * 80, body="line\n" * 10_000)])
    held = connector.reread([str(made.id)])[str(made.id)]
    assert (held.subject.endswith("word…"), len(held.subject) <= 255) == (True, True)
    assert len(held.body) <= 32_000
