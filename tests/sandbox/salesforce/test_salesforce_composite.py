"""Several requests in one, and what was deleted or changed."""

from datetime import timedelta
from typing import Any

import pytest

from tests.sandbox.salesforce.conftest import NOW, Running


def steps(org: Running, *requests: dict[str, Any], **more: Any) -> Any:
    given = [{"referenceId": f"r{number}"} | each for number, each in enumerate(requests)]
    return org.call("POST", "/composite", json={"compositeRequest": given} | more).json()["compositeResponse"]


def post(object_name: str, **body: Any) -> dict[str, Any]:
    return {"method": "POST", "url": f"/services/data/v66.0/sobjects/{object_name}", "body": body}


def test_a_step_refers_to_an_earlier_one(org: Running) -> None:
    answers = steps(org, post("Account", Name="Acme"), post("Task", Subject="Call", WhatId="@{r0.id}"))
    assert [each["httpStatusCode"] for each in answers] == [201, 201]
    assert org.rows("SELECT What.Name FROM Task")[0]["What"]["Name"] == "Acme"


def test_all_or_none_takes_every_step_back(org: Running) -> None:
    answers = steps(org, post("Account", Name="Acme"), post("Task", Status="Nope"), allOrNone=True)
    assert [each["body"][0]["errorCode"] for each in answers] == [
        "PROCESSING_HALTED",
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
    ]
    assert org.rows("SELECT Id FROM Account") == []


def test_a_batch_describes_several_objects(org: Running) -> None:
    requests = [
        {"method": "GET", "url": f"v66.0/sobjects/{name}/describe"} for name in ("Task", "Nope", "Account")
    ]
    answer = org.call("POST", "/composite/batch", json={"batchRequests": requests}).json()
    assert [each["statusCode"] for each in answer["results"]] == [200, 404, 200]
    assert (answer["hasErrors"], answer["results"][2]["result"]["name"]) == (True, "Account")


def test_composites_do_not_nest_and_have_25_steps(org: Running) -> None:
    nested = {"method": "POST", "url": "/services/data/v66.0/composite", "body": {}}
    assert steps(org, nested)[0]["httpStatusCode"] == 400
    answer = org.call("POST", "/composite", json={"compositeRequest": [post("Account", Name="a")] * 26})
    assert answer.status_code == 400


@pytest.fixture
def span() -> dict[str, str]:
    return {"start": (NOW - timedelta(days=1)).isoformat(), "end": (NOW + timedelta(hours=1)).isoformat()}


def test_deleted_and_updated_records_are_listed_up_to_the_minute(org: Running, span: dict[str, str]) -> None:
    kept, gone = org.create("Account", Name="a"), org.create("Account", Name="b")
    org.call("DELETE", f"/sobjects/Account/{gone}")
    org.world.clock.set(NOW + timedelta(minutes=5))
    deleted = org.call("GET", "/sobjects/Account/deleted/", params=span).json()
    updated = org.call("GET", "/sobjects/Account/updated/", params=span).json()
    assert [each["id"] for each in deleted["deletedRecords"]] == [gone]
    assert updated == {"ids": [kept], "latestDateCovered": "2026-05-04T09:05:00.000+0000"}


def test_a_span_too_far_back_is_refused(org: Running, span: dict[str, str]) -> None:
    span["start"] = (NOW - timedelta(days=16)).isoformat()
    answer = org.call("GET", "/sobjects/Account/deleted", params=span)
    assert answer.json()[0]["errorCode"] == "INVALID_REPLICATION_DATE"
    assert org.call("GET", "/sobjects/Account/updated", params=span).status_code == 200
