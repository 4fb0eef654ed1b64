"""Single records: what is written, what the CRM fills in, and what it refuses."""

from typing import Any

import pytest

from tests.sandbox.salesforce.conftest import Running


@pytest.fixture
def acme(org: Running) -> str:
    return org.create("Account", Name="Acme")


def record(org: Running, object_name: str, record_id: str) -> dict[str, Any]:
    answer: dict[str, Any] = org.call("GET", f"/sobjects/{object_name}/{record_id}").json()
    return answer


def error(org: Running, object_name: str, **values: Any) -> tuple[int, str, list[str]]:
    answer = org.call("POST", f"/sobjects/{object_name}", json=values)
    return answer.status_code, answer.json()[0]["errorCode"], answer.json()[0].get("fields", [])


def test_a_new_task_is_completed_by_the_crm(org: Running, acme: str) -> None:
    task = record(org, "Task", org.create("Task", Subject="Call  ", WhatId=acme[:15], Priority="High"))
    assert (task["Subject"], task["Status"], task["IsClosed"], task["IsHighPriority"]) == (
        "Call",
        "Not Started",
        False,
        True,
    )
    assert (task["WhatId"], task["AccountId"], task["TaskSubtype"]) == (acme, acme, "Task")
    assert task["CreatedDate"].startswith("2026-05-04T09:00:0")
    assert task["OwnerId"] == task["CreatedById"] == task["LastModifiedById"]


def test_a_task_for_a_contact_belongs_to_the_contacts_account(org: Running, acme: str) -> None:
    contact = org.create("Contact", FirstName="Ann", LastName="Lee", AccountId=acme)
    task = record(org, "Task", org.create("Task", Subject="Call", WhoId=contact))
    assert (task["AccountId"], task["WhoCount"], record(org, "Contact", contact)["Name"]) == (
        acme,
        1,
        "Ann Lee",
    )


def test_completing_a_task_closes_it_and_reopening_forgets_when(org: Running) -> None:
    task = org.create("Task", Subject="Call")
    assert org.call("PATCH", f"/sobjects/Task/{task}", json={"Status": "Completed"}).status_code == 204
    closed = record(org, "Task", task)
    org.call("PATCH", f"/sobjects/Task/{task}", json={"Status": "In Progress"})
    opened = record(org, "Task", task)
    assert (closed["IsClosed"], opened["IsClosed"], opened["CompletedDateTime"]) == (True, False, None)
    assert closed["CompletedDateTime"] == closed["SystemModstamp"]


def test_an_event_knows_its_end_and_day(org: Running) -> None:
    event = record(
        org,
        "Event",
        org.create("Event", Subject="Meet", StartDateTime="2026-05-01T23:30:00Z", DurationInMinutes=60),
    )
    assert event["EndDateTime"] == "2026-05-02T00:30:00.000+0000"
    assert event["ActivityDate"] == "2026-05-01"


def test_cases_and_opportunities_know_when_they_are_closed(org: Running) -> None:
    case = record(org, "Case", org.create("Case", Subject="Down", Status="Closed"))
    deal = record(
        org,
        "Opportunity",
        org.create("Opportunity", Name="X", StageName="Closed Won", CloseDate="2026-01-01"),
    )
    assert (case["IsClosed"], case["CaseNumber"]) == (True, "00001001")
    assert (deal["IsClosed"], deal["IsWon"]) == (True, True)


@pytest.mark.parametrize(
    ("values", "code", "fields"),
    [
        ({"Status": "Nope"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", ["Status"]),
        ({"Subject": "x" * 256}, "STRING_TOO_LONG", ["Subject"]),
        ({"Description": "x" * 32001}, "STRING_TOO_LONG", ["Description"]),
        ({"IsClosed": True}, "INVALID_FIELD_FOR_INSERT_UPDATE", ["IsClosed"]),
        ({"AccountId": "001000000000000"}, "INVALID_FIELD_FOR_INSERT_UPDATE", ["AccountId"]),
        ({"WhatId": "001000000000000"}, "INVALID_CROSS_REFERENCE_KEY", ["WhatId"]),
        ({"WhatId": "003000000000000"}, "FIELD_INTEGRITY_EXCEPTION", ["WhatId"]),
        ({"WhatId": "acme"}, "MALFORMED_ID", ["WhatId"]),
        ({"Nope__c": 1}, "INVALID_FIELD", []),
        ({"ActivityDate": "tomorrow"}, "JSON_PARSER_ERROR", []),
        ({"ReminderDateTime": "2026-01-01T09:00:00"}, "JSON_PARSER_ERROR", []),
        ({"IsReminderSet": "perhaps"}, "JSON_PARSER_ERROR", []),
        ({"Subject": {"a": 1}}, "JSON_PARSER_ERROR", []),
        ({"CallDurationInSeconds": 1e300}, "JSON_PARSER_ERROR", []),
        ({"CallDurationInSeconds": "nan"}, "JSON_PARSER_ERROR", []),
    ],
)
def test_a_bad_task_is_refused_with_the_vendors_code(
    org: Running, values: dict[str, Any], code: str, fields: list[str]
) -> None:
    assert error(org, "Task", **values) == (400, code, fields)
    assert org.rows("SELECT Id FROM Task", deleted=True) == []


def test_required_fields_are_required_now_and_later(org: Running, acme: str) -> None:
    assert error(org, "Contact", FirstName="Ann") == (400, "REQUIRED_FIELD_MISSING", ["LastName"])
    answer = org.call("PATCH", f"/sobjects/Account/{acme}", json={"Name": None})
    assert answer.json()[0]["errorCode"] == "REQUIRED_FIELD_MISSING"


def test_an_inactive_user_cannot_own(org: Running) -> None:
    org.dialect.load("User", [{"Id": "gone", "Name": "Gone Away", "IsActive": "false"}])
    owner = org.rows("SELECT Id FROM User WHERE IsActive = false")[0]["Id"]
    assert error(org, "Task", OwnerId=owner)[:2] == (400, "INACTIVE_OWNER_OR_USER")


def test_a_queue_owns_only_what_it_is_for(org: Running) -> None:
    group = org.create("Group", Name="Care", Type="Queue")
    assert error(org, "Task", OwnerId=group)[1] == "INVALID_OPERATION"
    org.create("QueueSobject", QueueId=group, SobjectType="Task")
    org.create("Task", Subject="x", OwnerId=group)
    owner = org.rows("SELECT Owner.Type, Owner.Name FROM Task")[0]["Owner"]
    assert (owner["Type"], owner["Name"]) == ("Queue", "Care")
    assert owner["attributes"]["url"] == f"/services/data/v66.0/sobjects/Group/{group}"


def test_a_lead_and_a_related_record_do_not_go_together(org: Running, acme: str) -> None:
    lead = org.create("Lead", LastName="Lee", Company="Acme")
    assert error(org, "Task", WhoId=lead, WhatId=acme)[1] == "FIELD_INTEGRITY_EXCEPTION"


def test_an_invoice_cannot_be_created_by_the_api(org: Running) -> None:
    assert error(org, "Invoice", Description="x")[1] == "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"


def test_a_deleted_record_is_not_to_be_read_written_or_pointed_to(org: Running, acme: str) -> None:
    assert org.call("DELETE", f"/sobjects/Account/{acme}").status_code == 204
    answers = [
        org.call(method, f"/sobjects/Account/{acme}", json={"Name": "x"})
        for method in ("GET", "PATCH", "DELETE")
    ]
    assert {(each.status_code, each.json()[0]["errorCode"]) for each in answers} == {
        (404, "ENTITY_IS_DELETED")
    }
    assert error(org, "Task", WhatId=acme)[1] == "ENTITY_IS_DELETED"


def test_an_undeleted_record_is_back(org: Running, acme: str) -> None:
    org.call("DELETE", f"/sobjects/Account/{acme}")
    org.call("POST", "/_sandbox/salesforce/undelete", json={"ids": [acme]})
    assert record(org, "Account", acme)["IsDeleted"] is False


def test_an_unknown_record_is_not_found(org: Running) -> None:
    answer = org.call("PATCH", "/sobjects/Account/001000000000000AAA", json={"Name": "x"})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (404, "NOT_FOUND")


def test_chosen_fields_only(org: Running, acme: str) -> None:
    answer = org.call("GET", f"/sobjects/Account/{acme}", params={"fields": "Name,Owner.Name"}).json()
    assert (list(answer), answer["Owner"]["Name"]) == (["attributes", "Name", "Owner"], "Sandbox Admin")
    assert (
        org.call("GET", f"/sobjects/Account/{acme}", params={"fields": "Nope"}).json()[0]["errorCode"]
        == "INVALID_FIELD"
    )
