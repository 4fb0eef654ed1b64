"""Where an org has no fields of ours: tasks are known by a line of their text."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

import pytest

from connectors.connector import ReadRequest
from connectors.errors import Refused, Temporary
from connectors.salesforce.connector import SalesforceConnector
from connectors.tasks import TaskChange
from tests.connectors.salesforce.conftest import ACCOUNTS, Connect, key_of, live_keys, make_task
from tests.sandbox_process import RunningSandbox, start_sandbox

COLLECTION = "/composite/sobjects"
STATE = "1c" + "a" * 36


@pytest.fixture
def writer(connect: Connect) -> Connect:
    return partial(connect, task_marks="body")


@pytest.fixture
def new_org() -> Iterator[RunningSandbox]:
    with start_sandbox() as running:
        yield running


def person_writes(connector: SalesforceConnector, record_id: Any, **values: Any) -> None:
    """What a person does on the task's page."""
    connector.calls.write("PATCH", f"sobjects/Task/{record_id}", body=values, repeatable=True)


def description(sandbox: RunningSandbox, record_id: Any) -> str:
    return next(str(row["Description"]) for row in sandbox.rows("Task") if row["Id"] == record_id)


def insert_directly(connector: SalesforceConnector, sandbox: RunningSandbox, key: str, *, times: int) -> None:
    """What two writers at once leave behind."""
    (made,) = connector.create([make_task(key)])
    body = {"Subject": "Call", "WhatId": ACCOUNTS[0], "Description": description(sandbox, made.id)}
    for _ in range(times):
        connector.calls.write("POST", "sobjects/Task", body=body, repeatable=True)


def test_setup_makes_no_fields_and_flies_the_trial_task(new_org: RunningSandbox, writer: Connect) -> None:
    connector = writer(new_org)
    assert [step.state for step in connector.setup(write=False)] == ["there"]
    assert [step.state for step in connector.setup(write=True)] == ["there", "made"]
    assert [seen for seen in new_org.journal(writes=True) if "CustomField" in seen["path"]] == []
    assert [row["IsDeleted"] for row in new_org.rows("Task")] == [1]
    ready = connector.readiness()
    assert (ready.ready, ready.mode, ready.rewritten_fields) == (True, "marker", ())


def test_a_trial_task_left_by_a_killed_setup_is_removed(new_org: RunningSandbox, writer: Connect) -> None:
    connector = writer(new_org)
    connector.create([make_task("kw1-canary-left", account_id=None)])
    assert list(connector.own_tasks(since=None, known_ids=())) == []
    connector.setup(write=True)
    assert all(row["IsDeleted"] for row in new_org.rows("Task"))


def test_a_login_that_does_not_say_who_it_is_may_not_write(new_org: RunningSandbox, writer: Connect) -> None:
    new_org.fault(
        {"match": {"path": "/userinfo"}, "status": 403, "body": [{"errorCode": "X", "message": "no"}]}
    )
    ready = writer(new_org).readiness()
    assert (ready.ready, "openid" in ready.reason) == (False, True)


def test_without_the_fields_the_refusal_names_the_other_way(org: RunningSandbox, connect: Connect) -> None:
    assert 'task_marks = "body"' in connect(org).readiness().reason


def test_the_key_and_the_state_are_the_last_line(bare_org: RunningSandbox, writer: Connect) -> None:
    task = make_task("kw1-line-1")
    (made,) = writer(bare_org).create([task])
    assert description(bare_org, made.id) == f"{task.body}\n\n[keptword {task.key} {task.state}]"


def test_what_a_person_wrote_stays_and_the_line_moves_below_it(
    bare_org: RunningSandbox, writer: Connect
) -> None:
    connector = writer(bare_org)
    (made,) = connector.create([make_task("kw1-edit-1")])
    text = description(bare_org, made.id).replace("Nobody", "Someone")
    person_writes(connector, made.id, Description=f"{text} She is away until Monday.\nTry Ben.")
    held = connector.reread([str(made.id)])[str(made.id)]
    assert held.body.endswith("She is away until Monday.\nTry Ben.")
    change = TaskChange(id=str(made.id), key="kw1-edit-1", state=STATE, status="done")
    assert connector.update([change])[0].result == "updated"
    assert description(bare_org, made.id) == f"{held.body}\n\n[keptword kw1-edit-1 {STATE}]"


def test_a_person_who_deletes_the_line_takes_the_task(bare_org: RunningSandbox, writer: Connect) -> None:
    connector = writer(bare_org)
    (made,) = connector.create([make_task("kw1-theirs-1")])
    person_writes(connector, made.id, Description="I take care of this one")
    known = {
        task.id: task for task in connector.own_tasks(since=datetime(2024, 1, 1), known_ids=[str(made.id)])
    }
    told = known[str(made.id)]
    assert (told.deleted, told.outcome, connector.reread([str(made.id)])) == (True, "theirs", {})
    (outcome,) = connector.update(
        [TaskChange(id=str(made.id), key="kw1-theirs-1", state=STATE, subject="No")]
    )
    assert (outcome.result, outcome.reason.startswith("deleted, or a person")) == ("failed", True)
    assert description(bare_org, made.id) == "I take care of this one"


def test_a_login_that_does_not_see_tasks_is_told_so_and_not_to_make_fields(
    bare_org: RunningSandbox, writer: Connect
) -> None:
    hidden = [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}]
    bare_org.fault({"match": {"path": "sobjects/Task/describe"}, "status": 404, "body": hidden})
    with pytest.raises(Refused, match=r"this login does not see Task\. Let it read and create tasks$"):
        writer(bare_org).create([make_task("kw1-hidden-1")])


@pytest.mark.parametrize(
    ("status", "begun"), [("Not Started", False), ("In Progress", True), ("Completed", False)]
)
def test_a_status_of_a_persons_says_that_the_task_is_begun(
    bare_org: RunningSandbox, writer: Connect, status: str, *, begun: bool
) -> None:
    connector = writer(bare_org)
    (made,) = connector.create([make_task(f"kw1-{status.replace(' ', '').lower()}-1")])
    person_writes(connector, made.id, Status=status)
    assert connector.reread([str(made.id)])[str(made.id)].begun is begun


def test_a_line_that_is_lost_costs_its_own_row_only(bare_org: RunningSandbox, writer: Connect) -> None:
    connector = writer(bare_org)
    made = connector.create([make_task(f"kw1-row-{n}") for n in range(3)])
    person_writes(connector, made[1].id, Description=None)
    changes = [TaskChange(id=str(each.id), key=each.key, state=STATE, priority="low") for each in made]
    assert [each.result for each in connector.update(changes)] == ["updated", "failed", "updated"]


def test_a_copy_that_a_person_made_is_theirs(bare_org: RunningSandbox, writer: Connect) -> None:
    connector = writer(bare_org)
    insert_directly(connector, bare_org, "kw1-copy-1", times=1)
    copy = max(row["Id"] for row in bare_org.rows("Task") if key_of(row) == "kw1-copy-1")
    stamps = {"object": "Task", "ids": [copy], "values": {"CreatedById": "005000000000777AAA"}}
    bare_org.post("/_sandbox/salesforce/touch", stamps)
    assert len([t for t in connector.own_tasks(since=None, known_ids=()) if t.key == "kw1-copy-1"]) == 1
    assert connector.collapse_twins() == []


def test_of_twins_the_oldest_stays(bare_org: RunningSandbox, writer: Connect) -> None:
    connector = writer(bare_org)
    insert_directly(connector, bare_org, "kw1-twin-1", times=2)
    ids = sorted(row["Id"] for row in bare_org.rows("Task") if key_of(row) == "kw1-twin-1")
    assert connector.collapse_twins() == ids[1:]
    assert live_keys(bare_org, "kw1-twin-1") == ["kw1-twin-1"]
    assert connector.collapse_twins() == []


def test_of_twins_the_one_that_a_person_completed_stays(bare_org: RunningSandbox, writer: Connect) -> None:
    connector = writer(bare_org)
    insert_directly(connector, bare_org, "kw1-twin-2", times=1)
    ids = sorted(row["Id"] for row in bare_org.rows("Task") if key_of(row) == "kw1-twin-2")
    person_writes(connector, ids[1], Status="Completed")
    assert connector.collapse_twins() == ids[:1]


def test_a_look_that_fails_before_a_write_leaves_all_as_it_was(
    bare_org: RunningSandbox, writer: Connect
) -> None:
    bare_org.fault({"match": {"path": "/queryAll"}, "status": 503})
    with pytest.raises(Temporary):
        writer(bare_org).create([make_task("kw1-look-1")])
    assert live_keys(bare_org, "kw1-look") == []


def test_a_look_that_fails_after_a_write_leaves_it_unclear(bare_org: RunningSandbox, writer: Connect) -> None:
    connector = writer(bare_org)
    bare_org.fault({"match": {"method": "POST", "path": COLLECTION}, "commit_and_drop": True})
    bare_org.fault({"match": {"path": "/queryAll", "nth": [2, 3, 4]}, "status": 503})
    (outcome,) = connector.create([make_task("kw1-look-2")])
    assert (outcome.result, live_keys(bare_org, "kw1-look-2")) == ("unclear", ["kw1-look-2"])
    assert connector.create([make_task("kw1-look-2")])[0].result == "adopted"


def test_a_create_that_was_cut_off_is_not_sent_again_before_the_next_run(
    bare_org: RunningSandbox, writer: Connect
) -> None:
    bare_org.fault({"match": {"method": "POST", "path": COLLECTION, "nth": 1}, "reset": True})
    connector = writer(bare_org)
    assert connector.create([make_task("kw1-cut-1")])[0].result == "unclear"
    assert connector.create([make_task("kw1-cut-1")])[0].result == "created"
    assert live_keys(bare_org, "kw1-cut") == ["kw1-cut-1"]


def test_one_look_goes_before_several_batches(bare_org: RunningSandbox, writer: Connect) -> None:
    connector = writer(bare_org)
    connector.create([make_task("kw1-many-x")])
    before = dict(connector.calls.transport.calls_by_kind)
    tasks = [make_task(f"kw1-many-{n}", account_id=ACCOUNTS[10 + n % 280]) for n in range(400)]
    assert {each.result for each in connector.create(tasks)} == {"created"}
    now = connector.calls.transport.calls_by_kind
    assert (now["read"] - before["read"], now["write"] - before["write"]) == (1, 2)


def test_tasks_of_accounts_and_of_none_are_looked_for_in_two_requests(
    bare_org: RunningSandbox, writer: Connect
) -> None:
    connector = writer(bare_org)
    tasks = [make_task(f"kw1-two-{n}", account_id=ACCOUNTS[n + 10] if n else None) for n in range(200)]
    connector.create([make_task("kw1-two-x")])
    before = connector.calls.transport.calls_by_kind["read"]
    assert {each.result for each in connector.create(tasks)} == {"created"}
    assert connector.calls.transport.calls_by_kind["read"] == before + 2
    assert {each.result for each in connector.create(tasks)} == {"adopted"}


def request_for(connector: SalesforceConnector, way: str, ids: tuple[str, ...]) -> ReadRequest:
    schema = connector.describe("Task")
    assert schema is not None
    ways: dict[str, dict[str, Any]] = {
        "whole": {},
        "since": {"since": datetime(2021, 1, 1)},
        "ids": {"ids": ids},
    }
    return ReadRequest(
        schema=schema, fields=("Subject", "Keptword_State__c", "Status", "Keptword_Key__c"), **ways[way]
    )


@pytest.mark.parametrize("way", ["whole", "since", "ids"])
def test_a_read_of_tasks_tells_ours_from_those_of_people(
    bare_org: RunningSandbox, writer: Connect, way: str
) -> None:
    connector = writer(bare_org)
    (made,) = connector.create([make_task(f"kw1-read-{way}", subject=f"read {way}")])
    theirs = next(row["Id"] for row in bare_org.rows("Task") if row["Subject"] == "an old call")
    request = request_for(connector, way, (str(made.id), theirs))
    found = [row for chunk in connector.read(request) for row in chunk.rows.to_pylist()]
    rows = {row["_id"]: row for row in found}
    assert list(rows[theirs])[3:] == list(request.fields)
    assert (rows[theirs]["Subject"], rows[theirs]["Keptword_Key__c"]) == ("an old call", None)
    ours = rows[str(made.id)]
    assert (ours["Subject"], ours["Keptword_Key__c"]) == (f"read {way}", f"kw1-read-{way}")
    assert ours["Keptword_State__c"].startswith("1o")
