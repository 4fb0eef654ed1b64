"""Faults over real connections, plain and encrypted."""

import http.client
from typing import TYPE_CHECKING, Any

import pytest
import urllib3
from urllib3.exceptions import ProtocolError, ReadTimeoutError

from sandbox.faults import FaultPlan, read_faults
from sandbox.refused import Refused
from tests.sandbox_process import RunningSandbox

if TYPE_CHECKING:
    from tests.sandbox.conftest import NotebookSandbox


@pytest.fixture(params=["http", "https"])
def notes_url(request: pytest.FixtureRequest, crm: RunningSandbox) -> str:
    return f"{getattr(crm, request.param + '_url')}/notebook"


def write(crm: RunningSandbox, url: str, text: str = "hello", **options: Any) -> urllib3.BaseHTTPResponse:
    return crm.pool.request("POST", url, body=text, **options)


def test_a_status_answers_without_handling(
    notebook: "NotebookSandbox", crm: RunningSandbox, notes_url: str
) -> None:
    crm.fault(
        {
            "match": {"method": "POST"},
            "status": 429,
            "headers": {"Retry-After": "7"},
            "body": {"policyName": "DAILY"},
        }
    )
    response = write(crm, notes_url)
    assert (response.status, response.headers["retry-after"], response.json()) == (
        429,
        "7",
        {"policyName": "DAILY"},
    )
    assert notebook.notes == []


def test_a_reset_is_seen_as_a_reset_and_nothing_is_applied(
    notebook: "NotebookSandbox", crm: RunningSandbox, notes_url: str
) -> None:
    crm.fault({"match": {"path": "^/notebook$"}, "reset": True})
    with pytest.raises(ProtocolError) as caught:
        write(crm, notes_url)
    assert isinstance(caught.value.args[1], ConnectionResetError)
    assert notebook.notes == []


def test_commit_and_drop_applies_the_write_and_says_nothing(
    notebook: "NotebookSandbox", crm: RunningSandbox, notes_url: str
) -> None:
    crm.fault({"match": {}, "commit_and_drop": True})
    with pytest.raises(ProtocolError) as caught:
        write(crm, notes_url)
    assert isinstance(caught.value.args[1], http.client.RemoteDisconnected | ConnectionResetError)
    assert notebook.notes == ["hello"]


def test_a_truncated_answer_promises_more_than_it_sends(crm: RunningSandbox, notes_url: str) -> None:
    crm.fault({"match": {"path": "long"}, "truncate": True})
    with pytest.raises(ProtocolError, match="IncompleteRead\\(5000 bytes read, 5000 more expected\\)"):
        crm.pool.request("GET", notes_url + "/long")


def test_a_late_answer_comes_after_the_write(
    notebook: "NotebookSandbox", crm: RunningSandbox, notes_url: str
) -> None:
    crm.fault({"match": {"method": "POST", "times": 1}, "delay_s": 0.3})
    with pytest.raises(ReadTimeoutError):
        write(crm, notes_url, timeout=0.1)
    assert notebook.notes == ["hello"]
    assert write(crm, notes_url, "again").status == 204


def test_after_any_fault_the_next_request_is_served(crm: RunningSandbox, notes_url: str) -> None:
    for action in ("truncate", "reset", "commit_and_drop"):
        crm.fault({"match": {"times": 1}, action: True})
        with pytest.raises(ProtocolError):
            crm.pool.request("GET", notes_url + "/long")
        assert crm.pool.request("GET", notes_url + "/long").data == b"x" * 10_000


def strikes(match: dict[str, Any], count: int = 6) -> list[int]:
    plan = FaultPlan()
    plan.add(read_faults([{"match": match, "status": 500}]))
    asked = {"method": "POST", "path": "/crm/v3/objects/tasks", "query": "limit=5", "body": b'{"a": 1}'}
    return [n for n in range(1, count + 1) if plan.due(**asked) is not None]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("match", "struck"),
    [
        ({}, [1, 2, 3, 4, 5, 6]),
        ({"nth": 2}, [2]),
        ({"nth": [1, 4]}, [1, 4]),
        ({"times": 2}, [1, 2]),
        (
            {"method": "POST", "path": "objects/(tasks|calls)$", "query": "^limit", "body": '"a"', "nth": 3},
            [3],
        ),
        ({"method": "GET"}, []),
        ({"path": "^objects"}, []),
        ({"query": "after"}, []),
        ({"body": '"b"'}, []),
    ],
)
def test_a_fault_strikes_the_requests_that_it_names(match: dict[str, Any], struck: list[int]) -> None:
    assert strikes(match) == struck


def test_only_the_first_due_fault_strikes_but_each_counts() -> None:
    plan = FaultPlan()
    plan.add(read_faults({"faults": [{"status": 500, "match": {"times": 1}}, {"reset": True}]}))
    due = [plan.due(method="GET", path="/", query="", body=b"") for _ in range(2)]
    assert [fault and fault.action for fault in due] == ["status", "reset"]
    assert [(each["matched"], each["struck"]) for each in plan.show()] == [(2, 1), (2, 1)]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"a": 1}, "faults: must be a list"),
        (["reset"], "fault 1: must be a table of match, status"),
        ([{"reset": True}, {"resset": True}], "fault 2: unknown key 'resset'; did you mean 'reset'?"),
        ([{"match": {"pth": "x"}, "reset": True}], "fault 1: match: unknown key 'pth'; did you mean 'path'?"),
        ([{"match": {"path": "("}, "reset": True}], "fault 1: match.path: '(' is not a regular expression"),
        ([{"match": {"nth": 0}, "reset": True}], "fault 1: match.nth"),
        ([{"match": {"method": "FETCH"}, "reset": True}], "fault 1: match.method: Input should be 'CONNECT'"),
        ([{"status": 99}], "fault 1: status"),
        (
            [{"match": {}}],
            "fault 1: needs exactly one action of status, delay_s, truncate, reset, commit_and_drop; has none",
        ),
        ([{"reset": True, "status": 500}], "has status and reset"),
        ([{"reset": True, "body": "x"}], "headers and body belong to the action status"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_with_the_reason(given: Any, reason: str) -> None:
    with pytest.raises(Refused) as caught:
        read_faults(given)
    assert reason in str(caught.value)


def test_the_fault_plan_can_be_seen_and_cleared(crm: RunningSandbox) -> None:
    crm.fault({"match": {"path": "notebook"}, "status": 503})
    assert crm.request("GET", "/notebook").status == 503
    assert crm.get("/_sandbox/faults") == {
        "faults": [{"match": {"path": "notebook"}, "status": 503, "matched": 1, "struck": 1}]
    }
    assert crm.delete("/_sandbox/faults") == {"faults": []}
    assert crm.request("GET", "/notebook").status == 200


def test_the_controls_are_never_struck(crm: RunningSandbox) -> None:
    crm.fault({"match": {}, "reset": True})
    assert crm.get("/_sandbox/faults")["faults"][0]["matched"] == 0
