"""What the sandbox remembers of the requests that it saw."""

from datetime import UTC, datetime

import pytest

from sandbox.journal import KEPT_BODIES, Journal
from tests.sandbox_process import RunningSandbox

AT = datetime(2026, 5, 1, tzinfo=UTC)


def note(journal: Journal, method: str, path: str, body: bytes = b"") -> None:
    entry = journal.note(at=AT, method=method, path=path, query="", dialect="hubspot", body=body)
    entry.answered(200, b"fine")


def test_each_request_is_listed_with_what_it_asked_and_got(crm: RunningSandbox) -> None:
    crm.request("POST", "/notebook?a=b%20c", json="x")
    entry = crm.journal()[0]
    del entry["at"]
    assert entry == {
        "n": 1, "method": "POST", "path": "/notebook", "query": "a=b c", "dialect": "notebook", "writes": True,
        "status": 204, "request_bytes": 3, "response_bytes": 0, "fault": None,
    }  # fmt: skip


def test_the_list_can_be_narrowed(crm: RunningSandbox) -> None:
    crm.request("GET", "/notebook")
    crm.request("POST", "/notebook")
    crm.request("POST", "/notebook/search")
    assert [entry["n"] for entry in crm.journal(method="post")] == [2, 3]
    assert [entry["n"] for entry in crm.journal(path="search$")] == [3]
    assert [entry["n"] for entry in crm.journal(since=1)] == [2, 3]
    assert [entry["n"] for entry in crm.journal(writes="true")] == [2]


def test_a_request_that_a_fault_struck_says_so(crm: RunningSandbox) -> None:
    crm.fault({"status": 503})
    crm.request("POST", "/notebook")
    assert [(entry["fault"], entry["status"]) for entry in crm.journal()] == [("status", 503)]


@pytest.mark.parametrize(
    ("method", "path", "writes"),
    [
        ("GET", "/crm/v3/objects/tasks", False),
        ("POST", "/crm/v3/objects/tasks/search", False),
        ("POST", "/crm/objects/2026-09/tasks/batch/read", False),
        ("POST", "/crm/v4/associations/tasks/companies/batch/read/", False),
        ("POST", "/oauth/v2/private-apps/get/access-token-info", False),
        ("POST", "/services/oauth2/token", False),
        ("POST", "/services/data/v66.0/composite/sobjects/Task", False),
        ("POST", "/services/data/v66.0/jobs/query", False),
        ("POST", "/crm/v3/objects/tasks/batch/create", True),
        ("POST", "/services/data/v66.0/composite/sobjects", True),
        ("PATCH", "/services/data/v66.0/composite/sobjects/Task/Keptword_Key__c", True),
        ("POST", "/services/data/v66.0/tooling/sobjects/CustomField", True),
        ("DELETE", "/crm/v3/objects/tasks/1", True),
    ],
)
def test_a_request_writes_if_it_could_change_data(method: str, path: str, writes: bool) -> None:
    journal = Journal()
    note(journal, method, path)
    assert [entry.writes for entry in journal.entries()] == [writes]


def test_no_secret_is_kept(crm: RunningSandbox) -> None:
    crm.request(
        "POST",
        "/notebook/oauth/token?client_secret=hush",
        json={"password": "hush"},
        headers={"Authorization": "hush"},
    )
    assert "hush" not in str(crm.journal(bodies="true"))


def test_bodies_are_shown_on_demand(crm: RunningSandbox) -> None:
    crm.request("POST", "/notebook", json={"a": 1})
    crm.request("GET", "/notebook")
    assert [(each["request_body"], each["response_body"]) for each in crm.journal(bodies="true")] == [
        ('{"a":1}', ""),
        ("", '["{\\"a\\":1}"]'),
    ]


def test_only_the_latest_bodies_are_kept_and_only_their_beginning() -> None:
    journal = Journal()
    for _ in range(KEPT_BODIES + 1):
        note(journal, "POST", "/crm/v3/objects/tasks", b"x" * 70_000 if not journal.seen else b"y")
    bodies = [entry.request_body for entry in journal.entries()]
    assert bodies[:2] == [None, b"y"]
    assert len(bodies) == KEPT_BODIES + 1
    note(journal, "POST", "/", b"x" * 70_000)
    assert len(next(journal.entries(since=journal.seen - 1)).request_body or b"") == 65_536


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("since=last", "since: 'last' is not the number of a request"),
        ("path=(", "path: '(' is not a regular expression"),
        ("writes=perhaps", "writes: 'perhaps' is neither true nor false"),
        ("methods=GET", "unknown parameter 'methods'; did you mean 'method'?"),
    ],
)
def test_a_question_that_cannot_be_meant_is_refused(crm: RunningSandbox, query: str, reason: str) -> None:
    response = crm.request("GET", f"/_sandbox/journal?{query}")
    assert response.status == 400
    assert reason in response.json()["error"]


@pytest.mark.parametrize(
    ("path", "body", "writes"),
    [
        ("/composite/batch", b'{"batchRequests": [{"method": "GET", "url": "v66.0/query?q=x"}]}', False),
        ("/composite/batch", b'{"batchRequests": [{"method": "GET"}, {"method": "PATCH"}]}', True),
        ("/composite", b'{"compositeRequest": [{"method": "POST", "url": "x", "referenceId": "a"}]}', True),
        ("/composite/batch", b"half of a bo", True),
    ],
)
def test_a_request_of_several_steps_writes_where_one_of_them_does(
    path: str, body: bytes, writes: bool
) -> None:
    journal = Journal()
    note(journal, "POST", f"/services/data/v66.0{path}", body)
    assert [entry.writes for entry in journal.entries()] == [writes]
