"""What other vendors' and languages' clients read from an org, and that no request of theirs breaks it."""

from typing import Any

import pytest

from tests.sandbox.salesforce.conftest import Running

ODD: list[Any] = [None, 1, 1.5, 1e308, "x", "\u0000", [], [1], [None], {}, {"a": {}}, True]
FIELD = {"label": "Z", "type": "Text", "length": 8}


def test_the_identity_url_of_a_login_says_who_and_where(served: Running) -> None:
    form = {"grant_type": "client_credentials", "client_id": "sandbox-key", "client_secret": "sandbox-secret"}
    login = served.session.post(f"{served.origin}/services/oauth2/token", data=form, timeout=10).json()
    served.log_in()
    identity = served.session.get(login["id"], timeout=10).json()
    assert (identity["id"], identity["username"]) == (login["id"], "admin@sandbox.example")
    assert login["id"].endswith(f"/{identity['organization_id']}/{identity['user_id']}")
    assert identity["urls"]["rest"] == f"{served.origin}/services/data/v{{version}}/"
    assert {"asserted_user", "nick_name", "display_name", "photos", "status", "timezone"} <= set(identity)


def test_the_identity_of_somebody_else_is_not_told(org: Running) -> None:
    assert org.call("GET", "/id/00D5g000004KwptEAC/005000000000000AAA").status_code == 404


def test_nothing_was_looked_at_of_late(org: Running) -> None:
    org.create("Account", Name="Acme")
    assert org.call("GET", "/recent", params={"limit": 5}).json() == []


def test_describe_knows_the_master_record_type(org: Running) -> None:
    (only,) = org.call("GET", "/sobjects/Task/describe").json()["recordTypeInfos"]
    assert (only["master"], only["recordTypeId"]) == (True, "012000000000000AAA")


def test_records_of_the_tooling_api_lie_under_tooling(org: Running) -> None:
    body = {"FullName": "Account.Z__c", "Metadata": FIELD}
    made = org.call("POST", "/tooling/sobjects/CustomField", json=body).json()["id"]
    (found,) = org.call("GET", "/tooling/query", params={"q": "SELECT Id FROM CustomField"}).json()["records"]
    assert found["attributes"]["url"] == f"/services/data/v66.0/tooling/sobjects/CustomField/{made}"
    read = org.session.get(f"{org.origin}{found['attributes']['url']}", timeout=10).json()
    assert read["FullName"] == "Account.Z__c"
    assert "IsDeleted" not in read


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        ({}, ["DurationInMinutes", "ActivityDateTime"]),
        ({"StartDateTime": "2026-05-01T09:00:00Z"}, ["DurationInMinutes"]),
        ({"IsAllDayEvent": True, "DurationInMinutes": 1440}, ["ActivityDateTime"]),
    ],
)
def test_an_event_needs_its_span(org: Running, values: dict[str, Any], missing: list[str]) -> None:
    answer = org.call("POST", "/sobjects/Event", json={"Subject": "Meet"} | values)
    (error,) = answer.json()
    assert (answer.status_code, error["errorCode"]) == (400, "REQUIRED_FIELD_MISSING")
    assert error["fields"] == missing


def test_an_all_day_event_needs_only_its_day(org: Running) -> None:
    made = org.create("Event", Subject="Fair", IsAllDayEvent=True, ActivityDate="2026-05-01")
    assert org.rows("SELECT Id FROM Event")[0]["Id"] == made


@pytest.mark.parametrize(
    ("kind", "start"), [("application/json", b'{"exceptionCode":"Feature'), ("application/xml", b"<?xml")]
)
def test_the_first_bulk_api_is_switched_off(org: Running, kind: str, start: bytes) -> None:
    sent = {"X-SFDC-Session": "any", "Content-Type": kind}
    answer = org.call("POST", "/services/async/66.0/job", data=b"{}", headers=sent)
    assert (answer.status_code, answer.content.startswith(start)) == (400, True)
    assert b"FeatureNotEnabled" in answer.content


@pytest.mark.parametrize(
    "name", ["@{nobody.id}", "@{r0.nothing}", "@{r0.errors[3].message}", "@{r0.id.more}"]
)
def test_a_step_that_refers_to_nothing_fails_alone(org: Running, name: str) -> None:
    account = {"method": "POST", "url": "/services/data/v66.0/sobjects/Account"}
    given = [
        account | {"referenceId": "r0", "body": {"Name": "Acme"}},
        account | {"referenceId": "r1", "body": {"Name": name}},
    ]
    answers = org.call("POST", "/composite", json={"compositeRequest": given}).json()["compositeResponse"]
    assert [each["httpStatusCode"] for each in answers] == [201, 400]
    assert answers[1]["body"][0]["errorCode"] == "PROCESSING_HALTED"


@pytest.mark.parametrize("names", [["a", "a"], ["a-b"], [None], [[]]])
def test_steps_need_names_of_their_own(org: Running, names: list[Any]) -> None:
    given = [{"method": "GET", "url": "/services/data/v66.0/limits", "referenceId": name} for name in names]
    answer = org.call("POST", "/composite", json={"compositeRequest": given})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")


@pytest.mark.parametrize("url", ["http://[", "//", "", None, 7])
def test_a_step_to_nowhere_is_not_found(org: Running, url: Any) -> None:
    step = {"method": "GET", "url": url, "referenceId": "a"}
    (answer,) = org.call("POST", "/composite", json={"compositeRequest": [step]}).json()["compositeResponse"]
    assert answer["httpStatusCode"] == 404


@pytest.mark.parametrize("value", ODD)
def test_no_member_of_a_custom_field_breaks_the_org(org: Running, value: Any) -> None:
    for number, name in enumerate(
        ("label", "type", "length", "scale", "valueSet", "referenceTo", "defaultValue")
    ):
        for kind in ("Text", "Picklist", "Number", "Lookup"):
            metadata = FIELD | {"type": kind, name: value}
            body = {"FullName": f"Account.{kind}{number}__c", "Metadata": metadata}
            answer = org.call("POST", "/tooling/sobjects/CustomField", json=body)
            assert answer.status_code in (201, 400), (metadata, answer.text)


@pytest.mark.parametrize("value", ODD)
def test_no_list_of_ids_or_fields_breaks_a_read(org: Running, value: Any) -> None:
    for body in (
        {"ids": value, "fields": ["Id"]},
        {"ids": ["x"], "fields": value},
        {"records": value},
        value,
    ):
        for path in ("/composite/sobjects/Account", "/composite/sobjects"):
            assert org.call("POST", path, json=body).status_code in (200, 400), (path, body)
