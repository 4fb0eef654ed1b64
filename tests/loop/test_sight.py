"""Nobody gets a task about a client that the CRM hides from them: the next in the rule's list does, and the plan says why."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.loop.house import Client
from tests.loop.people import people_at
from tests.loop.world import Desk, crm_with, data_folder, faults

PROMISED = Client(name="Hidden", owner="sam", touches=(("call", 1),), promise_due=4)
OTHERS = [Client(name=f"Seen {n}", touches=(("call", 1),), promise_due=4) for n in "ABC"]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Rita made a promise to a client of Sam's, whom she cannot see."""
    folder = tmp_path_factory.mktemp("sight")
    with crm_with(data_folder(folder / "data", [PROMISED, *OTHERS])) as sandbox:
        made = Desk(crm="sf", folder=folder / "desk", sandbox=sandbox).configure()
        people = people_at(made)
        people.change("Task", people.record("Task", "p-hidden"), OwnerId=people.record("User", "rita"))
        sandbox.post("/_sandbox/salesforce/sharing", {"private": ["Account"]})
        assert made.keptword("pull").code == 0
        yield made


def changes(document: Any) -> dict[str, Any]:
    return {change["task"]["account"]: change for change in document["changes"]}


def test_the_plan_passes_by_who_cannot_see_the_client_and_says_so(desk: Desk) -> None:
    planned = changes(desk.keptword("plan", "--accept-baseline").document)
    assert [planned[name]["task"]["owner"] for name in ("Hidden", "Seen A")] == ["Sam Stone", "Rita Ray"]
    assert "commitment owner Rita Ray may not see the client in the CRM" in " ".join(planned["Hidden"]["why"])


@pytest.mark.parametrize("as_json", [True, False])
def test_a_plan_made_again_for_who_sees_whom_warns_once_of_an_address_that_nobody_has(
    desk: Desk, as_json: bool
) -> None:
    desk.configure(fallback='"sma@acme.example"')
    ended = desk.keptword("plan", "--accept-baseline", as_json=as_json)
    desk.configure()
    (said,) = [line for line in ended.err.splitlines() if "sma@acme.example" in line]
    for word in ("no connected CRM has an active person", "tasks.fallback", "sam@acme.example"):
        assert word in said


def test_an_org_that_does_not_answer_such_questions_hides_nobody_from_anybody(desk: Desk) -> None:
    faults(desk.sandbox, [{"match": {"path": "/composite/batch$"}, "status": 400}])
    ended = desk.keptword("plan", "--accept-baseline")
    faults(desk.sandbox, [])
    assert changes(ended.document)["Hidden"]["task"]["owner"] == "Rita Ray"
    assert ended.code == 0


def test_the_run_writes_it_so_and_asks_in_one_request(desk: Desk) -> None:
    seen = desk.seen()
    desk.run("--accept-baseline")
    asked = [one for one in desk.sandbox.journal(since=seen) if one["path"].endswith("/composite/batch")]
    assert len(asked) == 1
    assert {(task.client, task.owner) for task in desk.tasks()} == {
        ("Hidden", "Sam Stone"),
        *((client.name, "Rita Ray") for client in OTHERS),
    }
    assert desk.run()["plan"]["changes"] == []
