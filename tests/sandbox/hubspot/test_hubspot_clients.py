"""Paths that HubSpot's official clients in other languages use and ours does not."""

from typing import Any

import pytest

GROUP = {"type": "string", "fieldType": "text", "groupName": "task_information"}


def named(*names: str) -> dict[str, Any]:
    return {"inputs": [{"name": name, "label": name, **GROUP} for name in names]}


def linked(portal: Any, types: Any = "company_to_contact") -> tuple[dict[str, Any], Any]:
    company, contact = portal.make("companies", name="Acme"), portal.make("contacts", email="a@acme.example")
    row = {"from": {"id": company}, "to": {"id": contact}, "type": types}
    return row, portal.ask("POST", "/crm/v3/associations/companies/contacts/batch/create", {"inputs": [row]})


@pytest.mark.parametrize("root", ["/crm/v3", "/crm-object-schemas/v3", "/crm-object-schemas/2026-09"])
def test_a_portal_without_custom_objects_lists_no_schemas(portal: Any, root: str) -> None:
    reply = portal.ask("GET", f"{root}/schemas")
    assert (reply.status, reply.body) == (200, {"results": []})
    assert portal.ask("GET", f"{root}/schemas/tasks").body["objectTypeId"] == "0-27"


@pytest.mark.parametrize("root", ["/crm/v3/properties/tasks", "/crm/properties/2026-09/tasks"])
def test_properties_are_made_and_archived_many_at_once(portal: Any, root: str) -> None:
    made = portal.ask("POST", f"{root}/batch/create", named("one", "two"))
    assert (made.status, {row["name"] for row in made.body["results"]}) == (201, {"one", "two"})
    assert portal.ask("POST", f"{root}/batch/archive", named("one", "nobody")).status == 204
    assert [portal.ask("GET", f"{root}/{name}").status for name in ("one", "two")] == [404, 200]


def test_one_name_that_is_taken_leaves_the_others(portal: Any) -> None:
    path = "/crm/v3/properties/tasks/batch/create"
    portal.ask("POST", path, named("one"))
    reply = portal.ask("POST", path, named("one", "two"))
    assert (reply.status, [row["name"] for row in reply.body["results"]]) == (207, ["two"])
    assert (reply.body["numErrors"], reply.body["errors"][0]["category"]) == (1, "OBJECT_ALREADY_EXISTS")


def test_one_invalid_property_leaves_none(portal: Any) -> None:
    reply = portal.ask("POST", "/crm/v3/properties/tasks/batch/create", named("one", "Bad Name"))
    assert (reply.status, reply.body["category"]) == (400, "VALIDATION_ERROR")
    assert portal.ask("GET", "/crm/v3/properties/tasks/one").status == 404


def test_links_can_be_made_and_taken_by_the_name_of_their_type(portal: Any) -> None:
    row, made = linked(portal)
    assert (made.status, made.body["results"]) == (201, [row])
    path = "/crm/v3/associations/companies/contacts/batch"
    read = portal.ask("POST", f"{path}/read", {"inputs": [{"id": row["from"]["id"]}]}).body["results"]
    assert row["to"]["id"] in {end["id"] for end in read[0]["to"]}
    assert portal.ask("POST", f"{path}/archive", {"inputs": [row]}).status == 204
    assert portal.ask("POST", f"{path}/read", {"inputs": [{"id": row["from"]["id"]}]}).body["results"] == []


@pytest.mark.parametrize("types", ["nonsense", None, 7, []])
def test_a_link_needs_a_type_of_its_pair(portal: Any, types: Any) -> None:
    _, refused = linked(portal, types)
    assert (refused.status, refused.body["category"]) == (400, "VALIDATION_ERROR")


@pytest.mark.parametrize("end", [None, [], "1", {"id": None}, {"id": "999"}])
def test_a_link_to_nobody_is_refused(portal: Any, end: Any) -> None:
    row = {"from": {"id": portal.make("companies", name="Acme")}, "to": end, "type": "company_to_contact"}
    reply = portal.ask("POST", "/crm/v3/associations/companies/contacts/batch/create", {"inputs": [row]})
    assert (reply.status, reply.body["subCategory"]) == (400, "crm.associations.INVALID_OBJECT_IDS")


def test_the_types_of_a_pair_have_names(portal: Any) -> None:
    found = portal.ask("GET", "/crm/v3/associations/tasks/companies/types").body["results"]
    assert found == [{"id": "192", "name": "task_to_company"}]


@pytest.mark.parametrize(
    ("name", "type_id"),
    [
        ("products", "0-7"), ("line_items", "0-8"), ("quotes", "0-14"), ("goal_targets", "0-74"),
        ("postal_mail", "0-116"), ("leads", "0-136"),
    ],
)  # fmt: skip
def test_what_a_portal_has_but_does_not_use_is_an_empty_list(portal: Any, name: str, type_id: str) -> None:
    for asked in (name, type_id):
        reply = portal.ask("GET", f"/crm/v3/objects/{asked}")
        assert (reply.status, reply.body) == (200, {"results": []})
    names = {row["name"] for row in portal.ask("GET", f"/crm/v3/properties/{name}").body["results"]}
    assert {"hs_object_id", "hs_lastmodifieddate"} <= names
