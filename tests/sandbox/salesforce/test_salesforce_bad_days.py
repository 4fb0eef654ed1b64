"""Bad days of an org, played by faults, as real clients see them."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from requests.exceptions import ChunkedEncodingError
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceRefusedRequest, SalesforceResourceNotFound

from tests.sandbox.salesforce.conftest import LOGIN
from tests.sandbox_process import RunningSandbox, start_sandbox

BUSY = {
    "errorCode": "REQUEST_LIMIT_EXCEEDED",
    "message": "ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
}
SOQL = "SELECT Id, Name, Website, BillingCity, OwnerId, SystemModstamp FROM Account"


@pytest.fixture(scope="module")
def process() -> Iterator[RunningSandbox]:
    with start_sandbox("--accounts", "120", "--set", "bulk_page_rows=50") as running:
        yield running


@pytest.fixture
def client(process: RunningSandbox) -> Iterator[Salesforce]:
    """simple-salesforce over HTTPS, without faults in force."""
    process.delete("/_sandbox/faults")
    with requests.Session() as session:
        session.trust_env, session.verify = False, process.ca_file
        form = {"grant_type": "client_credentials"} | LOGIN
        token = session.post(f"{process.https_url}/services/oauth2/token", data=form, timeout=10).json()
        yield Salesforce(
            session_id=token["access_token"], instance_url=process.https_url, session=session, version="66.0"
        )


def bulk(client: Salesforce) -> Any:
    return getattr(client.bulk2, "Account")  # noqa: B009 - the client makes it when asked


def test_too_many_long_requests_are_refused_for_a_while(process: RunningSandbox, client: Salesforce) -> None:
    process.fault({"match": {"path": "/query/?$", "times": 1}, "status": 403, "body": [BUSY]})
    with pytest.raises(SalesforceRefusedRequest, match="ConcurrentRequests"):
        client.query(SOQL)
    assert client.query(SOQL)["totalSize"] > 0


def test_a_result_breaks_off_in_the_middle(process: RunningSandbox, client: Salesforce) -> None:
    process.fault({"match": {"path": "/results$", "nth": 2}, "truncate": True})
    pages = bulk(client).query(SOQL, wait=0)
    next(pages)
    with pytest.raises((ChunkedEncodingError, requests.ConnectionError)):
        next(pages)


def test_the_second_page_is_not_found(process: RunningSandbox, client: Salesforce) -> None:
    gone = [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}]
    process.fault({"match": {"query": "locator="}, "status": 404, "body": gone})
    pages = bulk(client).query(SOQL, wait=0)
    next(pages)
    with pytest.raises(SalesforceResourceNotFound):
        next(pages)


def test_every_page_comes_packed_to_a_client_that_unpacks(
    process: RunningSandbox, client: Salesforce
) -> None:
    process.forget()
    pages = list(bulk(client).query(SOQL, wait=0))
    seen = process.journal(path="/results$")
    assert len(pages) == len(seen) > 1
    assert all(page.startswith('"Id","Name","Website"') for page in pages)
