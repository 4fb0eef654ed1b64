"""The org's model changes while it is read: fields come, change their type and go."""

from typing import Any

import pytest

from tests.sandbox.salesforce.conftest import Running


def lever(org: Running, name: str, **body: Any) -> Any:
    return org.call("POST", f"/_sandbox/salesforce/{name}", json=body).json()


def kinds(org: Running, name: str = "Account") -> dict[str, str]:
    described = org.call("GET", f"/sobjects/{name}/describe").json()["fields"]
    return {field["name"]: field["type"] for field in described}


def test_a_new_field_is_seen_and_written_at_once(org: Running) -> None:
    org.create("Account", Name="before")
    lever(org, "field", object="Account", field="Tier__c", type="picklist restricted", values=["A", "B"])
    assert kinds(org)["Tier__c"] == "picklist"
    org.create("Account", Name="x", Tier__c="A")
    rows = org.rows("SELECT Tier__c FROM Account ORDER BY Name")
    assert [row["Tier__c"] for row in rows] == [None, "A"]


def test_a_described_object_says_that_it_changed(org: Running) -> None:
    path = "/sobjects/Account/describe"
    seen = {"If-Modified-Since": org.call("GET", path).headers["Last-Modified"]}
    assert org.call("GET", path, headers=seen).status_code == 304
    org.world.clock.set(org.world.clock.now().replace(hour=11))
    lever(org, "field", object="Account", field="Tier__c", type="string 80")
    assert org.call("GET", path, headers=seen).status_code == 200


def test_a_field_changes_its_type_and_keeps_what_fits(org: Running) -> None:
    lever(org, "field", object="Account", field="Score__c", type="string 80 external")
    for name, score in (("a", "7.5"), ("b", "high"), ("c", None)):
        org.create("Account", Name=name, Score__c=score)
    lever(org, "field", object="Account", field="Score__c", type="double")
    assert kinds(org)["Score__c"] == "double"
    assert [row["Score__c"] for row in org.rows("SELECT Score__c FROM Account ORDER BY Name")] == [
        7.5,
        None,
        None,
    ]
    assert len(org.rows("SELECT Id FROM Account WHERE Score__c > 7")) == 1
    lever(org, "field", object="Account", field="Score__c", type="string 80")
    assert org.rows("SELECT Score__c FROM Account ORDER BY Name")[0]["Score__c"] == "7.5"


def test_a_deleted_field_is_unknown_and_open_queries_end(org: Running) -> None:
    org.dialect.load("Account", [{"Name": f"a{number}", "Tier__c": "A"} for number in range(2500)])
    first = org.call("GET", "/query", params={"q": "SELECT Tier__c FROM Account"}).json()
    lever(org, "remove-field", object="Account", field="Tier__c")
    assert org.refusal("SELECT Tier__c FROM Account")[0] == "INVALID_FIELD"
    assert org.call("GET", first["nextRecordsUrl"]).json()[0]["errorCode"] == "INVALID_QUERY_LOCATOR"
    org.create("Account", Name="after")


def test_a_standard_fields_values_change(org: Running) -> None:
    lever(
        org, "field", object="Account", field="Rating", type="picklist restricted", values=["Gold", "Silver"]
    )
    (rating,) = [
        each
        for each in org.call("GET", "/sobjects/Account/describe").json()["fields"]
        if each["name"] == "Rating"
    ]
    assert [value["value"] for value in rating["picklistValues"]] == ["Gold", "Silver"]
    answer = org.call("POST", "/sobjects/Account", json={"Name": "x", "Rating": "Hot"})
    assert answer.json()[0]["errorCode"] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"


def test_people_read_labels_where_the_api_has_values(org: Running) -> None:
    told = {"type": "picklist", "values": ["A", "B"], "labels": ["Gold", "Silver"]}
    lever(org, "field", object="Account", field="Tier__c", **told)
    described = org.call("GET", "/sobjects/Account/describe").json()["fields"]
    (tier,) = [each["picklistValues"] for each in described if each["name"] == "Tier__c"]
    assert [(each["value"], each["label"]) for each in tier] == [("A", "Gold"), ("B", "Silver")]
    assert (
        "as many"
        in lever(org, "field", object="Account", field="T__c", **(told | {"labels": ["x"]}))["error"]
    )


def test_an_org_may_turn_to_several_currencies(org: Running) -> None:
    assert org.refusal("SELECT CurrencyIsoCode FROM Opportunity")[0] == "INVALID_FIELD"
    assert org.refusal("SELECT IsoCode FROM CurrencyType")[0] == "INVALID_TYPE"
    org.world.switches.licences |= {"CurrencyType"}
    lever(org, "field", object="Opportunity", field="CurrencyIsoCode", type="picklist", values=["GBP", "EUR"])
    org.dialect.load("CurrencyType", [{"IsoCode": "GBP", "ConversionRate": 1, "IsCorporate": True}])
    assert org.rows("SELECT ConversionRate FROM CurrencyType")[0]["ConversionRate"] == 1
    assert org.rows("SELECT CurrencyIsoCode FROM Opportunity") == []


def test_a_new_object_is_made_with_its_fields(org: Running) -> None:
    lever(org, "field", object="Bill__c")
    lever(org, "field", object="Bill__c", field="Account__c", type="reference to:Account")
    account = org.create("Account", Name="Acme")
    org.create("Bill__c", Name="B-1", Account__c=account)
    assert org.rows("SELECT Account__r.Name FROM Bill__c")[0]["Account__r"]["Name"] == "Acme"


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("field", {"object": "Acount", "field": "A__c", "type": "date"}, "did you mean 'Account'?"),
        ("field", {"object": "Account", "field": "A__c", "type": "number"}, "with a type of string"),
        ("field", {"object": "Account", "field": "A__c"}, "with a type of string"),
        ("field", {"object": "Account", "field": "A b", "type": "date"}, "is not a name"),
        ("field", {"object": "Account", "field": "A__c", "type": "string 80 extern"}, "says nothing"),
        ("remove-field", {"object": "Account", "field": "Rating"}, "hide it instead"),
        ("remove-field", {"object": "Account", "field": "Nope__c"}, "unknown field"),
    ],
)
def test_a_change_of_the_model_that_cannot_be_is_told(
    org: Running, name: str, body: dict[str, Any], words: str
) -> None:
    assert words in lever(org, name, **body)["error"]


def test_an_address_is_one_value_in_rest_and_none_in_bulk(org: Running) -> None:
    org.create("Account", Name="a", BillingCity="Leeds", BillingCountry="GB")
    (row,) = org.rows("SELECT BillingAddress, ShippingAddress FROM Account")
    assert (row["BillingAddress"]["city"], row["BillingAddress"]["street"]) == ("Leeds", None)
    assert row["ShippingAddress"] is None
    body = {"operation": "query", "query": "SELECT Id, BillingAddress FROM Account"}
    (error,) = org.call("POST", "/jobs/query", json=body).json()
    assert error["message"] == "Selecting compound data not supported in Bulk Query"
    city = [
        each
        for each in org.call("GET", "/sobjects/Account/describe").json()["fields"]
        if each["name"] == "BillingCity"
    ]
    assert (kinds(org)["BillingAddress"], city[0]["compoundFieldName"]) == ("address", "BillingAddress")


def test_a_file_is_fetched_apart_and_not_by_bulk(org: Running) -> None:
    made = org.create("Document", Name="d", Body="aGVsbG8=")
    (row,) = org.rows("SELECT Body FROM Document")
    assert row["Body"] == f"/services/data/v66.0/sobjects/Document/{made}/Body"
    assert org.call("GET", row["Body"]).content == b"hello"
    answer = org.call(
        "POST", "/jobs/query", json={"operation": "query", "query": "SELECT Body FROM Document"}
    )
    assert answer.json()[0]["message"] == "Blob field not supported in Bulk V2 Query with CSV content type"
