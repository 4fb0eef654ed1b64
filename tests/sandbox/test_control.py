"""Clock, switches and state of the sandbox over HTTP."""

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from tests.sandbox_process import RunningSandbox

if TYPE_CHECKING:
    from tests.sandbox.conftest import NotebookSandbox


def clock(crm: RunningSandbox) -> datetime:
    return datetime.fromisoformat(crm.get("/_sandbox/clock")["now"])


def test_the_clock_can_be_set_and_moved_on(crm: RunningSandbox) -> None:
    crm.set_clock("2026-05-01")
    assert 0 <= (clock(crm) - datetime.fromisoformat("2026-05-01T00:00Z")).total_seconds() < 5
    crm.post("/_sandbox/clock", {"advance_s": 3600})
    assert 0 <= (clock(crm) - datetime.fromisoformat("2026-05-01T01:00Z")).total_seconds() < 5


@pytest.mark.parametrize(
    "body", [{"now": "soon"}, {"now": 5}, {"advance_s": "1"}, {"now": "2026-05-01", "advance_s": 1}, [], {}]
)
def test_a_time_that_cannot_be_read_leaves_the_clock_alone(crm: RunningSandbox, body: object) -> None:
    crm.set_clock("2026-05-01")
    response = crm.request("POST", "/_sandbox/clock", json=body)
    assert response.status == 400
    assert "2026-05-01T09:00:00Z" in response.json()["error"]
    assert clock(crm).year == 2026


def test_switches_are_set_together_or_not_at_all(notebook: "NotebookSandbox", crm: RunningSandbox) -> None:
    assert crm.post("/_sandbox/switches", {"search_lag_s": 2, "licences": ["Invoice"]})["licences"] == [
        "Invoice"
    ]
    response = crm.request(
        "POST", "/_sandbox/switches", json={"search_lag_s": 9, "unique_on_tasks": "perhaps"}
    )
    assert response.status == 400
    assert (
        "switch 'unique_on_tasks': Input should be 'allowed', 'refused' or 'forbidden'"
        in response.json()["error"]
    )
    assert notebook.world.switches.search_lag_s == 2
    assert notebook.world.switches.licences == frozenset({"Invoice"})


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"rate_limit": True}, "unknown switch 'rate_limit'; did you mean 'rate_limits'?"),
        ({"setup_fields": True}, "switch 'setup_fields' counts only at the start"),
        ({"rate_limits": "maybe"}, "switch 'rate_limits'"),
        ([], "give a table of switches"),
    ],
)
def test_a_switch_that_does_not_exist_is_refused(crm: RunningSandbox, body: object, reason: str) -> None:
    response = crm.request("POST", "/_sandbox/switches", json=body)
    assert (response.status, reason in response.json()["error"]) == (400, True)


def test_the_state_shows_rows_by_object(crm: RunningSandbox) -> None:
    crm.request("POST", "/notebook", json="x")
    assert crm.get("/_sandbox/state") == {"notebook": {"notes": [{"text": '"x"'}]}}
    assert crm.rows("notes") == [{"text": '"x"'}]
    assert (
        "unknown object 'note'; did you mean 'notes'?"
        in crm.request("GET", "/_sandbox/state?object=note").json()["error"]
    )


def test_a_body_that_is_not_json_is_refused(crm: RunningSandbox) -> None:
    response = crm.pool.request("POST", crm.http_url + "/_sandbox/faults", body=b"{")
    assert (response.status, "not JSON" in response.json()["error"]) == (400, True)
