from collections.abc import Iterator
from typing import Any

import pytest

from connectors.salesforce.task_fields import OUTCOME
from connectors.tasks import OUTCOMES
from tests.connectors.salesforce.conftest import Connect, make_task
from tests.sandbox_process import RunningSandbox, start_sandbox

ACTIVITY = {"path": "/CustomField", "body": OUTCOME}


@pytest.fixture
def new_org() -> Iterator[RunningSandbox]:
    with start_sandbox() as running:
        yield running


def choose(sandbox: RunningSandbox, connector: Any, record_id: str, value: str | None) -> None:
    """What a person does on the task's page."""
    connector.calls.write(
        "PATCH", f"sobjects/Task/{record_id}", body={OUTCOME: value, "Status": "Completed"}, repeatable=True
    )


@pytest.mark.parametrize("value", sorted(OUTCOMES))
def test_what_a_person_chose_is_read_with_the_task(
    ready_org: RunningSandbox, connect: Connect, value: str
) -> None:
    connector = connect(ready_org)
    (made,) = connector.create([make_task(f"kw1-outcome-{value.replace('_', '-')}")])
    assert connector.reread([str(made.id)])[str(made.id)].outcome == ""
    choose(ready_org, connector, str(made.id), value)
    held = next(task for task in connector.own_tasks(since=None, known_ids=()) if task.id == made.id)
    assert (held.outcome, held.status) == (value, "done")


def test_a_choice_that_is_none_of_ours_means_nothing(ready_org: RunningSandbox, connect: Connect) -> None:
    connector = connect(ready_org)
    (made,) = connector.create([make_task("kw1-outcome-odd")])
    described = connector.describe("Task")
    assert described is not None
    assert described.fields[OUTCOME].values == tuple(OUTCOMES)
    values = {"object": "Task", "field": OUTCOME, "type": "picklist", "values": [*OUTCOMES, "Gave up"]}
    ready_org.post("/_sandbox/salesforce/field", values)
    choose(ready_org, connector, str(made.id), "Gave up")
    assert connector.reread([str(made.id)])[str(made.id)].outcome == ""


def test_setup_makes_the_choice_and_says_who_must_see_it(new_org: RunningSandbox, connect: Connect) -> None:
    step = connect(new_org).setup(write=True)[2]
    assert (OUTCOME in step.what, step.state) == (True, "made")
    assert "task layout" in step.note


def test_write_back_works_where_the_choice_cannot_be_made(new_org: RunningSandbox, connect: Connect) -> None:
    refused = [{"errorCode": "LIMIT_EXCEEDED", "message": "100 fields are the most"}]
    new_org.fault({"match": ACTIVITY, "status": 400, "body": refused})
    connector = connect(new_org)
    steps = connector.setup(write=True)
    assert [step.state for step in steps] == ["made", "made", "by hand", "made", "made"]
    assert "Picklist" in steps[2].note
    assert "`Snooze 14 days` (API name snooze)" in steps[2].note
    assert connector.readiness().ready
    (made,) = connector.create([make_task("kw1-outcome-none", account_id=None)])
    assert connector.reread([str(made.id)])[str(made.id)].outcome == ""


def test_an_org_that_was_set_up_before_gets_the_choice_and_the_right_to_it(
    new_org: RunningSandbox, connect: Connect
) -> None:
    new_org.fault(
        {"match": {**ACTIVITY, "nth": 1}, "status": 400, "body": [{"errorCode": "X", "message": "no"}]}
    )
    connect(new_org).setup(write=True)
    connector = connect(new_org)
    states = [step.state for step in connector.setup(write=True)]
    assert states == ["there", "there", "made", "made", "made"]
    described = connector.describe("Task")
    assert described is not None
    assert OUTCOME in described.fields


def test_a_choice_that_lacks_values_is_named(new_org: RunningSandbox, connect: Connect) -> None:
    connect(new_org).setup(write=True)
    values = {"object": "Task", "field": OUTCOME, "type": "picklist", "values": ["done", "Not relevant"]}
    new_org.post("/_sandbox/salesforce/field", values)
    step = connect(new_org).setup(write=False)[2]
    assert (step.state, "already_handled" in step.note, "done" in step.note) == ("there", True, False)
