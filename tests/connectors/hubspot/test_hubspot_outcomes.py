"""People may say what a task came to, where the portal has the property for it; nothing depends on it."""

from collections.abc import Callable
from typing import Any

import pytest

from connectors.hubspot.task_form import OUTCOME
from connectors.tasks import OUTCOMES, Task
from tests.sandbox_process import RunningSandbox

from .conftest import Connect, Place

Make = Callable[..., list[Task]]

HEADERS = {"Authorization": "Bearer pat-sandbox-token"}
PROPERTIES = "/crm/v3/properties/tasks"


def by_hand(**more: Any) -> dict[str, Any]:
    """The property as an admin makes it, who let HubSpot name the values by their labels."""
    options = [{"label": words, "value": words} for words in OUTCOMES.values()]
    group = {"groupName": "task_information", "type": "enumeration", "fieldType": "select"}
    return {"name": OUTCOME, "label": "What came of it", "options": options, **group, **more}


def say(place: Place, task_id: str, outcome: str) -> int:
    """A person chooses an outcome; the status of HubSpot's answer."""
    path, body = f"/crm/v3/objects/tasks/{task_id}", {"properties": {OUTCOME: outcome}}
    return int(place.portal.request("PATCH", path, body, HEADERS).status)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_what_a_person_says_comes_with_the_task(place: Place, make: Make, outcome: str) -> None:
    held_id = place.connector.create(make())[0].id or ""
    assert place.connector.reread([held_id])[held_id].outcome == ""
    assert say(place, held_id, outcome) == 200
    assert place.connector.reread([held_id])[held_id].outcome == outcome
    found = {task.id: task.outcome for task in place.connector.own_tasks(since=None, known_ids=())}
    assert found[held_id] == outcome


def test_an_outcome_that_setup_did_not_offer_is_refused_by_the_portal(place: Place, make: Make) -> None:
    held_id = place.connector.create(make())[0].id or ""
    assert say(place, held_id, "later") == 400


def test_a_portal_that_takes_no_more_properties_is_written_to_without(
    bare_portal: RunningSandbox, connect: Connect, make: Make
) -> None:
    limit = {"category": "VALIDATION_ERROR", "message": "You have reached your limit of custom properties."}
    bare_portal.fault(
        {"match": {"method": "POST", "body": f'"name":"{OUTCOME}"'}, "status": 400, "body": limit}
    )
    connector = connect(bare_portal)
    steps = connector.setup(write=True)
    assert [step.state for step in steps] == ["made", "made", "by hand", "made"]
    assert "limit of custom properties" in steps[2].note
    assert OUTCOME in steps[2].note
    assert connector.readiness().ready
    (created,) = connector.create(make(owner_id=None, account_id=None, contact_id=None))
    assert connector.reread([created.id or ""])[created.id or ""].outcome == ""
    assert [task.outcome for task in connector.own_tasks(since=None, known_ids=()) if not task.deleted] == [
        ""
    ]


def test_a_property_that_an_admin_made_does_as_well(bare_portal: RunningSandbox, connect: Connect) -> None:
    bare_portal.request("POST", PROPERTIES, by_hand(), HEADERS)
    step = connect(bare_portal).setup(write=False)[2]
    assert (step.state, step.note) == ("there", "")


def test_options_that_an_admin_left_out_are_named(bare_portal: RunningSandbox, connect: Connect) -> None:
    bare_portal.request("POST", PROPERTIES, by_hand(options=by_hand()["options"][:3]), HEADERS)
    step = connect(bare_portal).setup(write=True)[2]
    assert step.state == "there"
    assert "Snooze 14 days" in step.note
