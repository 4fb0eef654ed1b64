"""Collections and upserts: each row for itself, twins refused by the unique field."""

from typing import Any

import pytest

from tests.sandbox.salesforce.conftest import Running
from tests.sandbox.salesforce.test_salesforce_setup import grant, make


@pytest.fixture
def keyed(org: Running) -> Running:
    make(org, "Activity.Key__c")
    grant(org, "Task.Key__c")
    return org


def send(org: Running, method: str, rows: list[dict[str, Any]], path: str = "", **more: Any) -> Any:
    records = [{"attributes": {"type": "Task"}} | row for row in rows]
    answer = org.call(method, f"/composite/sobjects{path}", json={"records": records} | more)
    return answer.json()


def codes(results: Any) -> list[str | None]:
    return [None if each["success"] else each["errors"][0]["statusCode"] for each in results]


def test_each_row_has_its_own_result_in_order(keyed: Running) -> None:
    results = send(keyed, "POST", [{"Subject": "a"}, {"Status": "Nope"}, {"Subject": "c"}])
    assert codes(results) == [None, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", None]
    assert results[1]["errors"][0]["fields"] == ["Status"]
    assert results[0] == {"id": results[0]["id"], "success": True, "errors": []}
    assert [row["Subject"] for row in keyed.rows("SELECT Subject FROM Task ORDER BY Subject")] == ["a", "c"]


def test_all_or_none_writes_nothing_when_one_row_fails(keyed: Running) -> None:
    results = send(keyed, "POST", [{"Subject": "a"}, {"Status": "Nope"}], allOrNone=True)
    assert codes(results) == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"]
    assert keyed.rows("SELECT Id FROM Task", deleted=True) == []


def test_a_key_that_is_there_is_refused_naming_its_record(keyed: Running) -> None:
    first = keyed.create("Task", Key__c="kw1-a")
    results = send(keyed, "POST", [{"Key__c": "kw1-a"}, {"Key__c": "kw1-b"}, {"Key__c": "kw1-b"}])
    assert codes(results) == ["DUPLICATE_VALUE", None, "DUPLICATE_VALUE"]
    message = f"duplicate value found: Key__c duplicates value on record with id: {first[:15]}"
    assert results[0]["errors"][0]["message"] == message


def test_a_key_in_the_recycle_bin_is_free(keyed: Running) -> None:
    first = keyed.create("Task", Key__c="kw1-a")
    keyed.call("DELETE", f"/sobjects/Task/{first}")
    assert codes(send(keyed, "POST", [{"Key__c": "kw1-a"}])) == [None]
    undeleted = keyed.call("POST", "/_sandbox/salesforce/undelete", json={"ids": [first]}).json()
    assert codes(undeleted) == ["DUPLICATE_VALUE"]


def test_updates_go_by_id_and_move_the_stamps(keyed: Running) -> None:
    first, gone = keyed.create("Task", Subject="a"), keyed.create("Task", Subject="b")
    keyed.call("DELETE", f"/sobjects/Task/{gone}")
    rows = [
        {"id": first, "Subject": "new"},
        {"Id": gone, "Subject": "x"},
        {"id": "00T000000000000", "Subject": "x"},
        {"Subject": "x"},
    ]
    results = send(keyed, "PATCH", rows)
    assert codes(results) == [None, "ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY", "MISSING_ARGUMENT"]
    assert keyed.rows("SELECT Subject FROM Task")[0]["Subject"] == "new"


def test_deleting_takes_ids_from_the_url(keyed: Running) -> None:
    first = keyed.create("Task", Subject="a")
    answer = keyed.call(
        "DELETE", "/composite/sobjects", params={"ids": f"{first},{first}", "allOrNone": "false"}
    )
    assert codes(answer.json()) == [None, "ENTITY_IS_DELETED"]


def test_reading_keeps_the_order_and_says_null_for_what_is_not_there(keyed: Running) -> None:
    one, two = keyed.create("Task", Subject="a"), keyed.create("Task", Subject="b")
    body = {"ids": [two, "00T000000000000AAA", one], "fields": ["Subject"]}
    found = keyed.call("POST", "/composite/sobjects/Task", json=body).json()
    assert [each and each["Subject"] for each in found] == ["b", None, "a"]


def test_more_than_200_rows_are_refused(keyed: Running) -> None:
    answer = send(keyed, "POST", [{"Subject": "x"}] * 201)
    assert answer[0]["errorCode"] == "EXCEEDED_ID_LIMIT"
    assert len(send(keyed, "POST", [{"Subject": "x"}] * 200)) == 200


@pytest.mark.parametrize(
    "row", [{"Nope__c": 1}, {"ActivityDate": "soon"}, {"attributes": {"type": "Nope"}}, {"attributes": None}]
)
def test_a_row_that_cannot_be_read_refuses_the_whole_call(keyed: Running, row: dict[str, Any]) -> None:
    answer = send(keyed, "POST", [{"Subject": "a"}, row])
    assert answer[0]["errorCode"] in ("INVALID_FIELD", "JSON_PARSER_ERROR", "INVALID_TYPE")
    assert keyed.rows("SELECT Id FROM Task") == []


def test_upserting_twice_creates_once(keyed: Running) -> None:
    first = send(keyed, "PATCH", [{"Key__c": "k", "Subject": "a"}], "/Task/Key__c")
    second = send(keyed, "PATCH", [{"Key__c": "k", "Subject": "b"}], "/Task/Key__c")
    assert (first[0]["created"], second[0]["created"], first[0]["id"]) == (True, False, second[0]["id"])
    assert [row["Subject"] for row in keyed.rows("SELECT Subject FROM Task")] == ["b"]


def test_two_rows_of_one_key_in_an_upsert_are_both_refused(keyed: Running) -> None:
    results = send(
        keyed, "PATCH", [{"Key__c": "k"}, {"Key__c": "k"}, {"Key__c": "l"}, {"Subject": "x"}], "/Task/Key__c"
    )
    assert codes(results) == ["DUPLICATE_EXTERNAL_ID", "DUPLICATE_EXTERNAL_ID", None, "MISSING_ARGUMENT"]


def test_a_single_upsert_creates_then_updates(keyed: Running) -> None:
    answers = [keyed.call("PATCH", "/sobjects/Task/Key__c/k", json={"Subject": name}) for name in "ab"]
    assert [(each.status_code, each.json()["created"]) for each in answers] == [(201, True), (200, False)]
    assert keyed.call("GET", "/sobjects/Task/Key__c/k").json()["Subject"] == "b"
    assert keyed.call("PATCH", "/sobjects/Task/Key__c/z?updateOnly=true", json={}).status_code == 404
    assert (
        keyed.call("PATCH", "/sobjects/Task/Key__c/k", json={"Key__c": "k"}).json()[0]["errorCode"]
        == "INVALID_FIELD"
    )


def test_an_external_id_that_is_not_unique_may_be_ambiguous(org: Running) -> None:
    make(org, "Activity.Ref__c", unique=False)
    grant(org, "Task.Ref__c")
    ids = [org.create("Task", Ref__c="r") for _ in range(2)]
    answer = org.call("PATCH", "/sobjects/Task/Ref__c/r", json={"Subject": "x"})
    assert (answer.status_code, answer.json()) == (
        300,
        [f"/services/data/v66.0/sobjects/Task/{each}" for each in ids],
    )


def test_the_real_client_sends_collections(keyed: Running) -> None:
    records = [{"attributes": {"type": "Task"}, "Subject": "a", "Key__c": "k"}]
    body = {"allOrNone": False, "records": records}
    answer: Any = keyed.client().restful("composite/sobjects", method="POST", json=body)
    assert answer[0]["success"] is True
