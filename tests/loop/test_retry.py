"""What the CRM refuses for good is named, and tried again when a person says so."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.loop.house import Client
from tests.loop.world import Desk, crm_with, data_folder, faults

REFUSAL = {
    "success": False,
    "errors": [{"statusCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "message": "Say why", "fields": []}],
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    data = data_folder(tmp_path / "data", [Client(name="Silent", touches=(("call", 30),))])
    with crm_with(data, crm="sf") as sandbox:
        yield Desk(crm="sf", folder=tmp_path / "sf", sandbox=sandbox).configure()


def refused_run(desk: Desk) -> Any:
    match = {"path": r"/composite/sobjects$", "method": "POST", "nth": 1}
    faults(desk.sandbox, [{"match": match, "status": 200, "body": [REFUSAL]}])
    ended = desk.keptword("run", "--accept-baseline")
    assert ended.code == 3, ended.err
    return ended.document


def test_a_refused_task_is_written_once_a_person_asks_for_it(desk: Desk) -> None:
    refused = refused_run(desk)
    (failed,) = refused["written"]
    assert (failed["result"], "Exempt the integration user" in failed["reason"]) == ("failed", True)
    (held,) = desk.run()["plan"]["held"]
    words = failed["reason"].rstrip(".")
    assert f"{words}. `keptword apply --retry {refused['run_id']}` sends it again" in held["reason"]
    again = desk.keptword("apply", "--retry", refused["run_id"])
    assert (again.code, [each["result"] for each in again.document["written"]]) == (0, ["created"])
    assert [task.client for task in desk.tasks()] == ["Silent"]
    nothing = desk.keptword("apply", "--retry", refused["run_id"])
    assert (nothing.code, nothing.document["error"]["place"]) == (2, "--retry")


def test_nothing_is_tried_again_in_a_preview_or_beside_a_plan_file(desk: Desk) -> None:
    run_id = refused_run(desk)["run_id"]
    both = desk.keptword("apply", "plan.json", "--retry", run_id)
    assert (both.code, both.document["error"]["place"]) == (2, "--retry")
    preview = desk.configure(mode="preview").keptword("apply", "--retry", run_id)
    assert (preview.code, "the config says preview" in preview.err) == (2, True)
    assert desk.rows() == []
