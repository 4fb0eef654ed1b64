"""Ready answers are sent again until something changes, and still count for all that counts."""

from collections.abc import Iterator

import pytest
import urllib3

from tests.sandbox_process import RunningSandbox, start_sandbox

LIST = "/crm/v3/objects/companies?limit=5&properties=name"
TOKEN = {"Authorization": "Bearer pat-sandbox-token"}


@pytest.fixture(scope="module")
def process() -> Iterator[RunningSandbox]:
    with start_sandbox("--accounts", "20", "--set", "page_cache=true") as running:
        yield running


@pytest.fixture
def warm(process: RunningSandbox) -> RunningSandbox:
    """A CRM that has just been asked for the first page."""
    process.delete("/_sandbox/faults")
    process.switch(rate_limits=False, hubspot_burst=190, latency_ms=0)
    ask(process)
    return process


def ask(
    crm: RunningSandbox, method: str = "GET", path: str = LIST, json: object = None, **headers: str
) -> urllib3.BaseHTTPResponse:
    return crm.request(method, path, json=json, headers=TOKEN | headers)


def name_of_first(crm: RunningSandbox) -> str:
    return str(ask(crm).json()["results"][0]["properties"]["name"])


def test_a_kept_answer_is_the_same_to_the_byte_but_for_what_is_left(warm: RunningSandbox) -> None:
    one, other = ask(warm), ask(warm)
    left = [int(answer.headers["x-hubspot-ratelimit-daily-remaining"]) for answer in (one, other)]
    assert one.data == other.data
    assert left[0] - left[1] == 1
    assert {name.lower() for name in one.headers} == {name.lower() for name in other.headers}


def test_packed_and_plain_answers_are_kept_apart(warm: RunningSandbox) -> None:
    plain = ask(warm).data
    for _ in range(2):
        packed = ask(warm, **{"Accept-Encoding": "gzip"})
        assert (packed.headers["content-encoding"], packed.data) == ("gzip", plain)


def test_a_write_ends_what_is_kept(warm: RunningSandbox) -> None:
    first = ask(warm).json()["results"][0]["id"]
    ask(warm, "PATCH", f"/crm/v3/objects/companies/{first}", {"properties": {"name": "Renamed"}})
    assert name_of_first(warm) == "Renamed"
    ask(warm, "PATCH", f"/crm/v3/objects/companies/{first}", {"properties": {"name": "Again"}})
    assert name_of_first(warm) == "Again"


def test_whoever_asks_must_be_let_in(warm: RunningSandbox) -> None:
    assert ask(warm, Authorization="Bearer wrong").status == 401
    assert ask(warm, Authorization="Bearer pat-sandbox-token-2").status == 200


def test_a_kept_answer_counts_for_the_limits(warm: RunningSandbox) -> None:
    warm.switch(rate_limits=True, hubspot_burst=1)
    other = {"Authorization": "Bearer pat-sandbox-token-77"}
    statuses = [ask(warm, **other).status for _ in range(3)]
    assert statuses == [200, 429, 429]


def test_a_search_that_is_kept_counts_as_a_search(warm: RunningSandbox) -> None:
    search = ("POST", "/crm/v3/objects/companies/search", {"limit": 5})
    ask(warm, *search)
    warm.switch(rate_limits=True)
    assert [ask(warm, *search).status for _ in range(6)].count(429) >= 1


def test_a_kept_answer_is_written_down_and_can_be_struck(warm: RunningSandbox) -> None:
    warm.forget()
    ask(warm)
    ask(warm)
    warm.fault({"match": {"path": "/companies$"}, "status": 503})
    assert ask(warm).status == 503
    rows = warm.journal()
    assert [row["status"] for row in rows] == [200, 200, 503]
    assert rows[0]["response_bytes"] == rows[1]["response_bytes"] > 0


def test_reading_posts_of_both_kinds_are_kept(warm: RunningSandbox) -> None:
    ids = [{"id": row["id"]} for row in ask(warm).json()["results"]]
    for path in ("/crm/objects/2026-09/companies", "/crm/v4/associations/companies/contacts"):
        answers = {ask(warm, "POST", f"{path}/batch/read", {"inputs": ids}).data for _ in range(2)}
        assert len(answers) == 1  # the second has the instant of the first in it


def test_a_search_is_not_kept_while_its_index_lags(warm: RunningSandbox) -> None:
    warm.switch(search_lag_s=1)
    made = ask(warm, "POST", "/crm/v3/objects/companies", {"properties": {"name": "Late"}}).json()["id"]
    named = {"filterGroups": [{"filters": [{"propertyName": "name", "operator": "EQ", "value": "Late"}]}]}
    search = ("POST", "/crm/v3/objects/companies/search", named)
    assert ask(warm, *search).json()["total"] == 0
    warm.post("/_sandbox/clock", {"advance_s": 5})
    assert [row["id"] for row in ask(warm, *search).json()["results"]] == [made]
    warm.switch(search_lag_s=0)


def test_a_lever_that_is_pulled_ends_what_is_kept(warm: RunningSandbox) -> None:
    first = ask(warm).json()["results"][0]["id"]
    warm.post("/_sandbox/hubspot/conceal", {"object": "companies", "ids": [first]})
    assert ask(warm).json()["results"][0]["id"] != first
    warm.post("/_sandbox/hubspot/reveal", {"object": "companies"})
    assert ask(warm).json()["results"][0]["id"] == first
