"""What describe says of objects and fields."""

from typing import Any

import pytest

from tests.sandbox.salesforce.conftest import Running


def fields(org: Running, object_name: str) -> dict[str, dict[str, Any]]:
    answer = org.call("GET", f"/sobjects/{object_name}/describe").json()
    return {field["name"]: field for field in answer["fields"]}


def test_describe_types_fields_as_the_vendor_does(org: Running) -> None:
    task = fields(org, "Task")
    assert (task["Description"]["type"], task["Description"]["length"]) == ("textarea", 32000)
    assert (task["Subject"]["type"], task["ActivityDate"]["type"]) == ("combobox", "date")
    assert (task["AccountId"]["createable"], task["AccountId"]["referenceTo"]) == (False, ["Account"])
    assert task["OwnerId"]["referenceTo"] == ["Group", "User"]
    assert (task["WhatId"]["relationshipName"], task["Id"]["soapType"]) == ("What", "tns:ID")


def test_picklists_list_their_values_with_the_default(org: Running) -> None:
    status = fields(org, "Task")["Status"]
    assert [value["value"] for value in status["picklistValues"]][:3] == [
        "Not Started",
        "In Progress",
        "Completed",
    ]
    assert [value["value"] for value in status["picklistValues"] if value["defaultValue"]] == ["Not Started"]
    assert status["restrictedPicklist"] is True


def test_every_described_field_can_be_queried(org: Running) -> None:
    for shape in org.call("GET", "/sobjects").json()["sobjects"]:
        names = ", ".join(fields(org, shape["name"]))
        answer = org.call("GET", "/query", params={"q": f"SELECT {names} FROM {shape['name']} LIMIT 1"})
        assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("name", ["Incident", "Invoice"])
def test_an_object_without_licence_is_not_there(org: Running, name: str) -> None:
    assert org.call("GET", f"/sobjects/{name}/describe").status_code == 200
    org.world.switches.licences = frozenset()
    assert org.call("GET", f"/sobjects/{name}/describe").status_code == 404
    assert name not in {shape["name"] for shape in org.call("GET", "/sobjects").json()["sobjects"]}
    assert org.refusal(f"SELECT Id FROM {name}")[0] == "INVALID_TYPE"


def test_what_has_not_changed_is_not_sent_again(org: Running) -> None:
    first = org.call("GET", "/sobjects/Task/describe")
    again = org.call(
        "GET", "/sobjects/Task/describe", headers={"If-Modified-Since": first.headers["Last-Modified"]}
    )
    earlier = org.call(
        "GET", "/sobjects/Task/describe", headers={"If-Modified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"}
    )
    assert (again.status_code, again.content, earlier.status_code) == (304, b"", 200)


def test_users_have_no_recycle_bin(org: Running) -> None:
    assert "IsDeleted" not in fields(org, "User")
    assert org.refusal("SELECT IsDeleted FROM User")[0] == "INVALID_FIELD"


def test_the_short_form_tells_the_object(org: Running) -> None:
    described = org.call("GET", "/sobjects/account").json()["objectDescribe"]
    assert (described["name"], described["keyPrefix"]) == ("Account", "001")
    assert described["urls"]["describe"] == "/services/data/v66.0/sobjects/Account/describe"
