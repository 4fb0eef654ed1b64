"""What a login loses sight of: rows, fields and objects, and how they come back."""

import csv
import io
from typing import Any

import pytest

from tests.sandbox.salesforce.conftest import NOW, Running

COUNT = "SELECT COUNT() FROM Account"


def lever(org: Running, name: str, **body: Any) -> Any:
    return org.call("POST", f"/_sandbox/salesforce/{name}", json=body).json()


def count(org: Running, *, deleted: bool = False) -> int:
    path = "/queryAll" if deleted else "/query"
    found: int = org.call("GET", path, params={"q": COUNT}).json()["totalSize"]
    return found


def bulk_names(org: Running, soql: str) -> list[str]:
    job = org.call("POST", "/jobs/query", json={"operation": "queryAll", "query": soql}).json()["id"]
    text = org.call("GET", f"/jobs/query/{job}/results").text
    return [row["Name"] for row in csv.DictReader(io.StringIO(text))]


@pytest.fixture
def accounts(org: Running) -> Running:
    org.dialect.load("Account", [{"Name": f"a{number:03}", "Rating": "Hot"} for number in range(1000)])
    return org


def test_a_lost_share_is_gone_from_every_answer_at_once(accounts: Running) -> None:
    lost = lever(accounts, "hide", share={"Account": 0.4})["rows"]["Account"]
    assert lost == 400
    assert (count(accounts), count(accounts, deleted=True)) == (600, 600)
    assert len(bulk_names(accounts, "SELECT Name FROM Account")) == 600
    assert lever(accounts, "show") == {"rows": {}, "objects": [], "fields": []}
    assert count(accounts) == 1000


def test_a_single_row_is_not_found_by_id_or_as_a_parent(org: Running) -> None:
    account = org.create("Account", Name="a")
    org.create("Contact", LastName="Lee", AccountId=account)
    lever(org, "hide", ids=[account])
    assert org.call("GET", f"/sobjects/Account/{account}").status_code == 404
    (row,) = org.rows("SELECT AccountId, Account.Name FROM Contact")
    assert (row["AccountId"], row["Account"]) == (account, None)
    answer = org.call("POST", "/sobjects/Task", json={"Subject": "x", "WhatId": account})
    assert answer.json()[0]["errorCode"] == "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"


def test_deletions_of_what_is_not_seen_are_not_told(org: Running) -> None:
    account = org.create("Account", Name="a")
    org.call("DELETE", f"/sobjects/Account/{account}")
    org.world.clock.set(NOW.replace(hour=10))
    span = {"start": "2026-05-04T08:00:00Z", "end": "2026-05-04T10:00:00Z"}
    told = [org.call("GET", "/sobjects/Account/deleted", params=span).json()["deletedRecords"]]
    lever(org, "hide", ids=[account])
    told.append(org.call("GET", "/sobjects/Account/deleted", params=span).json()["deletedRecords"])
    assert [len(each) for each in told] == [1, 0]


def test_a_twin_that_is_not_seen_is_unknown(org: Running) -> None:
    lever(org, "field", object="Account", field="Key__c", type="string 20 unique external")
    lever(org, "hide", ids=[org.create("Account", Name="a", Key__c="k")])
    (error,) = org.call("POST", "/sobjects/Account", json={"Name": "b", "Key__c": "k"}).json()
    assert error["errorCode"] == "DUPLICATE_VALUE"
    assert (
        error["message"] == "duplicate value found: <unknown> duplicates value on record with id: <unknown>"
    )


def test_a_field_that_is_not_seen_is_not_there(accounts: Running) -> None:
    lever(accounts, "hide", fields=["Account.Rating"])
    described = accounts.call("GET", "/sobjects/Account/describe").json()["fields"]
    assert "Rating" not in [field["name"] for field in described]
    for soql in ("SELECT Rating FROM Account", "SELECT Id FROM Account WHERE Rating = 'Hot'"):
        code, message = accounts.refusal(soql)
        assert (code, "No such column 'Rating' on entity 'Account'" in message) == ("INVALID_FIELD", True)
    lever(accounts, "show")
    assert accounts.rows("SELECT Rating FROM Account LIMIT 1")[0]["Rating"] == "Hot"


def test_an_object_that_is_not_seen_is_not_there(org: Running) -> None:
    lever(org, "hide", objects=["Opportunity"])
    assert org.refusal("SELECT Id FROM Opportunity")[0] == "INVALID_TYPE"
    assert org.call("GET", "/sobjects/Opportunity/describe").status_code == 404
    listed = org.call("GET", "/sobjects").json()["sobjects"]
    assert "Opportunity" not in [each["name"] for each in listed]
    lever(org, "show")
    assert org.rows("SELECT Id FROM Opportunity") == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "give {"),
        ({"objects": ["Acount"]}, "did you mean 'Account'?"),
        ({"objects": "Account"}, "give {"),
        ({"fields": ["Account"]}, "write Account.Rating"),
        ({"fields": ["Account.Ratin"]}, "did you mean 'Rating'?"),
        ({"share": {"Account": 2}}, "a part such as 0.4"),
        ({"share": 2}, "give {"),
        ({"ids": ["zzz00000000000A"]}, "no object has ids"),
    ],
)
def test_nothing_is_hidden_by_nonsense(org: Running, body: dict[str, Any], words: str) -> None:
    assert words in lever(org, "hide", **body)["error"]
