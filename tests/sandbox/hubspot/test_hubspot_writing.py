from typing import Any

import pytest

DUE = "2024-05-04T09:00:00Z"


def refused(portal: Any, object_name: str, **properties: Any) -> Any:
    reply = portal.ask("POST", f"/crm/v3/objects/{object_name}", {"properties": properties})
    assert reply.status == 400, reply.body
    assert reply.body["category"] == "VALIDATION_ERROR"
    return reply.body


def kept(portal: Any, object_name: str, name: str, value: Any) -> Any:
    required = {"hs_timestamp": DUE} if object_name == "tasks" else {}
    made = portal.make(object_name, **{**required, name: value})
    return portal.ask("GET", f"/crm/v3/objects/{object_name}/{made}?properties={name}").body["properties"][
        name
    ]


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("nope", "x", "PROPERTY_DOESNT_EXIST"),
        ("hs_lastmodifieddate", DUE, "READ_ONLY_VALUE"),
        ("hs_unique_creation_key", "x", "READ_ONLY_VALUE"),
        ("hs_task_status", "DONE", "INVALID_OPTION"),
        ("hs_timestamp", "tomorrow", "INVALID_LONG"),
        ("hs_timestamp", "99999-01-01T00:00:00Z", "INVALID_LONG"),
        ("hs_timestamp", " 1714813200000", "INVALID_WHITESPACE"),
        ("hubspot_owner_id", "77", "INVALID_OWNER_ID"),
        ("hs_task_body", "x" * 65_537, "INVALID_LENGTH"),
        ("hs_task_subject", {"a": 1}, "INVALID_JSON"),
    ],
)
def test_a_bad_value_is_refused_with_its_code_and_property(
    portal: Any, name: str, value: Any, code: str
) -> None:
    body = refused(portal, "tasks", **{"hs_timestamp": DUE, name: value})
    assert [(one["code"], one["context"]["propertyName"]) for one in body["errors"]] == [(code, [name])]
    assert body["message"].startswith("Property values were not valid: [{")


def test_a_wrong_option_names_the_right_ones(portal: Any) -> None:
    body = refused(portal, "companies", hs_ideal_customer_profile="A")
    assert "was not one of the allowed options: [tier_1, tier_2, tier_3]" in body["errors"][0]["message"]


def test_an_activity_needs_its_timestamp(portal: Any) -> None:
    body = refused(portal, "tasks", hs_task_subject="Call")
    assert body["errors"][0]["context"]["properties"] == ["hs_timestamp"]


def test_a_timestamp_cannot_be_cleared(portal: Any) -> None:
    made = portal.make("tasks", hs_timestamp=DUE)
    assert (
        portal.ask("PATCH", f"/crm/v3/objects/tasks/{made}", {"properties": {"hs_timestamp": ""}}).status
        == 400
    )


@pytest.mark.parametrize(
    ("object_name", "name", "sent", "held"),
    [
        ("tasks", "hs_timestamp", 1714813200000, "2024-05-04T09:00:00Z"),
        ("tasks", "hs_timestamp", "2024-05-04T11:00:00.250+02:00", "2024-05-04T09:00:00.250Z"),
        ("tasks", "hs_task_body", "<b onclick='x()'>Hi</b><script>bad()</script> ", "<b>Hi</b>"),
        ("tasks", "hs_task_body", "a &lt; b &amp; c\n", "a &lt; b &amp; c"),
        ("tasks", "hs_task_subject", "  Call  ", "Call"),
        ("companies", "annualrevenue", 1250.5, "1250.5"),
        ("companies", "hs_is_target_account", True, "true"),
        ("companies", "name", "", None),
        ("contacts", "hs_buying_role", "CHAMPION;END_USER", "CHAMPION;END_USER"),
    ],
)
def test_values_are_kept_in_the_vendors_form(
    portal: Any, object_name: str, name: str, sent: Any, held: Any
) -> None:
    assert kept(portal, object_name, name, sent) == held


def test_an_archived_owner_cannot_be_given_anything(portal: Any) -> None:
    portal.dialect.load("owners", [{"id": 1, "email": "a@x.example"}, {"id": 2, "archived": True}])
    portal.make("companies", name="Acme", hubspot_owner_id="1")
    refused(portal, "companies", name="Acme", hubspot_owner_id="2")


def test_a_stage_must_be_of_its_pipeline(portal: Any) -> None:
    portal.make("deals", dealname="Site", pipeline="default", dealstage="closedwon")
    refused(portal, "deals", dealname="Site", dealstage="4")


def test_a_second_contact_of_an_email_is_a_conflict_that_names_the_first(portal: Any) -> None:
    first = portal.make("contacts", email="ann@acme.example")
    reply = portal.ask("POST", "/crm/v3/objects/contacts", {"properties": {"email": "ANN@acme.example"}})
    assert (reply.status, reply.body["category"]) == (409, "CONFLICT")
    assert reply.body["message"] == f"Contact already exists. Existing ID: {first}"


def test_an_archived_contact_gives_its_email_free(portal: Any) -> None:
    first = portal.make("contacts", email="ann@acme.example")
    portal.ask("DELETE", f"/crm/v3/objects/contacts/{first}")
    assert portal.make("contacts", email="ann@acme.example") != first


def test_a_task_is_made_with_its_links_or_not_at_all(portal: Any) -> None:
    company = portal.make("companies", name="Acme")

    def make(to_id: str, type_id: int) -> Any:
        types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}]
        body = {"properties": {"hs_timestamp": DUE}, "associations": [{"to": {"id": to_id}, "types": types}]}
        return portal.ask("POST", "/crm/v3/objects/tasks", body)

    assert (make(company, 204).status, make(company, 190).status, make("77", 192).status) == (400, 400, 400)
    task = make(company, 192).body["id"]
    listed = portal.ask("GET", "/crm/v3/objects/tasks?associations=companies").body["results"]
    assert [row["id"] for row in listed] == [task]
    assert listed[0]["associations"]["companies"]["results"] == [{"id": company, "type": "task_to_company"}]
