"""A step keeps what it takes to be undone, through the ledger's JSON and back."""

import orjson

from connectors.tasks import Task
from sync.plan.plan import make_plan
from sync.undo.kept import before_in, kept_of, task_in
from tests.sync.plan.situations import finding, only_task, situation, tiny, write


def test_a_new_task_comes_back_whole() -> None:
    (change,) = make_plan(situation([finding()], tiny())).changes
    assert isinstance(change.write, Task)
    assert task_in(orjson.loads(orjson.dumps(kept_of(change.write, change.before)))) == change.write


def test_every_change_of_a_task_keeps_the_fields_as_the_crm_held_them() -> None:
    crm = tiny()
    write(situation([finding()], crm), crm)
    held = crm.tasks[only_task(crm)]
    for found in ([finding(account_name="New")], [finding(account_owner_id="sf:bob")], []):
        (change,) = make_plan(situation(found, crm)).changes
        before = before_in(orjson.loads(orjson.dumps(kept_of(change.write, change.before))))
        assert before is not None
        said = (before.subject, before.body, before.owner_id, before.due, before.status, before.state)
        assert said == (held.subject, held.body, held.owner_id, held.due, "open", held.state)


def test_a_step_of_an_older_keptword_keeps_nothing() -> None:
    assert (task_in({"state": "x"}), before_in({"state": "x"})) == (None, None)
