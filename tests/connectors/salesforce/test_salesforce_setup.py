from collections.abc import Iterator

import pytest

from connectors.salesforce.canary import rewritten_fields
from connectors.salesforce.task_fields import KEY
from connectors.tasks import WrittenTask
from tests.connectors.salesforce.conftest import Connect, make_task
from tests.sandbox_process import RunningSandbox, start_sandbox


@pytest.fixture
def new_org() -> Iterator[RunningSandbox]:
    with start_sandbox() as running:
        yield running


def writes(sandbox: RunningSandbox) -> list[str]:
    return [seen["path"] for seen in sandbox.journal(writes=True) if "oauth2" not in seen["path"]]


def test_looking_says_what_is_missing_and_changes_nothing(new_org: RunningSandbox, connect: Connect) -> None:
    steps = connect(new_org).setup(write=False)
    assert [step.state for step in steps] == ["missing"] * 4
    assert writes(new_org) == []


def test_setup_makes_the_fields_and_proves_them_and_again_finds_them(
    new_org: RunningSandbox, connect: Connect
) -> None:
    connector = connect(new_org)
    assert "keptword setup" in connector.readiness().reason
    assert [step.state for step in connector.setup(write=True)] == ["made"] * 5
    ready = connector.readiness()
    assert (ready.ready, ready.mode, ready.rewritten_fields) == (True, "unique", ())
    assert [step.state for step in connect(new_org).setup(write=True)] == ["there"] * 4 + ["made"]
    assert [row["IsDeleted"] for row in new_org.rows("Task")] == [1, 1]
    assert list(connector.own_tasks(since=None, known_ids=())) == []


def test_what_is_missing_is_named_as_what_is_made(new_org: RunningSandbox, connect: Connect) -> None:
    looked, made = (connect(new_org).setup(write=write) for write in (False, True))
    assert [step.what for step in looked] == [step.what for step in made[:4]]


def test_after_setup_a_task_can_be_written_at_once(new_org: RunningSandbox, connect: Connect) -> None:
    connector = connect(new_org)
    connector.setup(write=True)
    assert connector.create([make_task("kw1-a-1", account_id=None)])[0].result == "created"


def test_without_the_right_to_make_fields_a_person_is_told_how(
    new_org: RunningSandbox, connect: Connect
) -> None:
    refused = [{"errorCode": "INSUFFICIENT_ACCESS_OR_READONLY", "message": "no"}]
    new_org.fault({"match": {"path": "/tooling/"}, "status": 403, "body": refused})
    steps = connect(new_org).setup(write=True)
    assert [step.state for step in steps[:3]] == ["by hand"] * 3
    assert "Object Manager > Activity" in steps[0].note
    assert "Unique" in steps[0].note
    assert steps[-1].state == "failed"


def test_a_setup_that_was_interrupted_is_finished(new_org: RunningSandbox, connect: Connect) -> None:
    new_org.fault({"match": {"path": "/CustomField", "nth": 1}, "commit_and_drop": True})
    steps = connect(new_org).setup(write=True)
    assert [step.state for step in steps] == ["there", "made", "made", "made", "made"]


def test_a_trial_task_left_by_a_killed_setup_is_removed(new_org: RunningSandbox, connect: Connect) -> None:
    connector = connect(new_org)
    connector.setup(write=True)
    connector.create([make_task("kw1-canary-left", account_id=None)])
    connector.setup(write=True)
    assert all(row["IsDeleted"] for row in new_org.rows("Task"))


def test_fields_that_the_org_rewrites_are_named() -> None:
    task = make_task("kw1-canary-x")
    held = WrittenTask(
        id="00T", key=task.key, state=task.state, subject=f"[AUTO] {task.subject}", body=task.body.replace("\n", "\r\n"),
        owner_id="005000000000001AAA", due="2024-05-03", priority="normal", status="open", account_ids=(),
    )  # fmt: skip
    assert rewritten_fields(task, held) == ("subject", "priority")


def test_a_key_field_that_is_not_unique_is_not_used(new_org: RunningSandbox, connect: Connect) -> None:
    connector = connect(new_org)
    connector.setup(write=True)
    described = connector.calls.json(connector.calls.get("sobjects/Task/describe"))
    plain = [field | {"unique": False} if field["name"] == KEY else field for field in described["fields"]]
    new_org.fault({"match": {"path": "Task/describe"}, "status": 200, "body": described | {"fields": plain}})
    assert "no unique external id" in connector.readiness().reason
    assert connector.setup(write=True)[0].state == "failed"
