"""Ready answers of the Salesforce side: the same bytes again, counted and guarded like any call."""

from collections.abc import Iterator

import pytest
import urllib3

from tests.sandbox.salesforce.conftest import LOGIN
from tests.sandbox_process import RunningSandbox, start_sandbox

QUERY = "/services/data/v66.0/query?q=SELECT+Id,Name+FROM+Account"
JOBS = "/services/data/v66.0/jobs/query"


class Client:
    """A login and what it asks."""

    def __init__(self, crm: RunningSandbox) -> None:
        form = {"grant_type": "client_credentials"} | LOGIN
        answer = crm.pool.request(
            "POST", f"{crm.http_url}/services/oauth2/token", fields=form, encode_multipart=False
        )
        self.crm, self.headers = crm, {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def ask(self, method: str, path: str, json: object = None, **headers: str) -> urllib3.BaseHTTPResponse:
        return self.crm.request(method, path, json=json, headers=self.headers | headers)


@pytest.fixture(scope="module")
def process() -> Iterator[RunningSandbox]:
    with start_sandbox("--accounts", "20", "--set", "page_cache=true") as running:
        yield running


@pytest.fixture
def client(process: RunningSandbox) -> Client:
    process.switch(rate_limits=False, daily_api_calls=100_000)
    return Client(process)


def test_a_kept_query_is_the_same_and_counts(client: Client) -> None:
    one, other = client.ask("GET", QUERY), client.ask("GET", QUERY)
    used = [int(each.headers["Sforce-Limit-Info"].split("=")[1].split("/")[0]) for each in (one, other)]
    assert (one.data, used[1] - used[0]) == (other.data, 1)


def test_a_kept_query_is_refused_without_a_login_and_without_calls_left(client: Client) -> None:
    client.ask("GET", QUERY)
    assert client.crm.request("GET", QUERY).status == 401
    client.crm.switch(rate_limits=True, daily_api_calls=1)
    client.ask("GET", QUERY)
    answer = client.ask("GET", QUERY)
    assert (answer.status, answer.json()[0]["errorCode"]) == (403, "REQUEST_LIMIT_EXCEEDED")


def test_results_come_packed_to_who_asks_for_it(client: Client) -> None:
    job = client.ask("POST", JOBS, {"operation": "query", "query": "SELECT Id, Name FROM Account"}).json()[
        "id"
    ]
    plain = client.ask("GET", f"{JOBS}/{job}/results")
    packed = client.ask("GET", f"{JOBS}/{job}/results", **{"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert (packed.data, packed.headers["Sforce-Locator"]) == (plain.data, "null")


def test_a_job_that_is_deleted_gives_no_kept_result(client: Client) -> None:
    job = client.ask("POST", JOBS, {"operation": "query", "query": "SELECT Id FROM Account"}).json()["id"]
    statuses = [client.ask(*asked).status for asked in (
        ("GET", f"{JOBS}/{job}/results"), ("DELETE", f"{JOBS}/{job}"), ("GET", f"{JOBS}/{job}/results"),
    )]  # fmt: skip
    assert statuses == [200, 204, 404]


def test_the_same_job_after_a_write_sees_what_was_written(client: Client) -> None:
    body, texts = {"operation": "query", "query": "SELECT Name FROM Account"}, []
    for _ in range(2):
        job = client.ask("POST", JOBS, body).json()["id"]
        texts.append(client.ask("GET", f"{JOBS}/{job}/results").data)
        client.ask("POST", "/services/data/v66.0/sobjects/Account", {"Name": "Brand New Ltd"})
    assert [b"Brand New Ltd" in text for text in texts] == [False, True]
