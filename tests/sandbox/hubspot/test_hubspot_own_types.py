"""Object types that a portal's people made themselves ("custom objects")."""

from typing import Any

import pytest

PROMISE = {
    "name": "Promise", "labels": {"singular": "Promise", "plural": "Promises"}, "requiredProperties": ["promise_text"],
    "searchableProperties": ["promise_text"], "primaryDisplayProperty": "promise_text", "associatedObjects": ["COMPANY"],
    "properties": [
        {"name": "promise_text", "label": "What was promised"},
        {"name": "due", "label": "Due", "type": "date", "fieldType": "date"},
    ],
}  # fmt: skip
SCHEMAS = ("/crm/v3/schemas", "/crm-object-schemas/v3/schemas", "/crm-object-schemas/2026-09/schemas")


@pytest.fixture
def promises(portal: Any) -> Any:
    reply = portal.ask("POST", SCHEMAS[2], PROMISE)
    assert reply.status == 201, reply.body
    return reply.body


def test_a_new_type_is_described_as_it_was_made(portal: Any, promises: Any) -> None:
    assert (promises["objectTypeId"], promises["fullyQualifiedName"]) == ("2-41000001", "p24601001_promise")
    own = {one["name"]: one["type"] for one in promises["properties"] if not one["hubspotDefined"]}
    assert own == {"promise_text": "string", "due": "date"}
    assert {"0-2", "0-27", "0-48"} <= {link["toObjectTypeId"] for link in promises["associations"]}
    assert [portal.ask("GET", path).body["results"] for path in SCHEMAS] == [[promises]] * 3
    assert portal.ask("GET", f"{SCHEMAS[0]}/p_promise").body == promises


@pytest.mark.parametrize("name", ["2-41000001", "p_promise", "P24601001_Promise"])
def test_its_records_are_found_by_type_id_and_by_both_full_names(
    portal: Any, promises: Any, name: str
) -> None:
    made = portal.make(name, promise_text="Send the report", due="2026-05-20")
    page = portal.ask("GET", f"/crm/objects/2026-09/{name}?properties=due").body["results"]
    assert [(row["id"], row["properties"]["due"]) for row in page] == [(made, "2026-05-20")]
    assert portal.find(name, "promise_text", "EQ", value="Send the report") == [made]
    assert portal.ask("GET", f"/crm/v3/properties/{name}/due").status == 200


@pytest.mark.parametrize("name", ["promise", "promises", "p_promises", "p1_promise", "2-41000002"])
def test_its_bare_name_has_not_been_understood_since_june_2025(portal: Any, promises: Any, name: str) -> None:
    reply = portal.ask("GET", f"/crm/v3/objects/{name}")
    assert (reply.status, reply.body["message"]) == (400, f"Unable to infer object type from: {name}")


def test_it_is_linked_by_a_type_of_the_portals_own(portal: Any, promises: Any) -> None:
    company, promise = portal.make("companies", name="Acme"), portal.make("p_promise", promise_text="x")
    (label,) = portal.ask("GET", "/crm/v4/associations/p_promise/companies/labels").body["results"]
    assert label["category"] == "USER_DEFINED"
    path = f"/crm/v4/objects/p_promise/{promise}/associations/companies/{company}"
    wanted = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": label["typeId"]}]
    assert portal.ask("PUT", path, wanted).status == 400
    wanted[0]["associationCategory"] = "USER_DEFINED"
    assert portal.ask("PUT", path, wanted).status == 201
    body = {"inputs": [{"id": promise}]}
    (found,) = portal.ask("POST", "/crm/v4/associations/2-41000001/companies/batch/read", body).body[
        "results"
    ]
    assert found["to"] == [{"toObjectId": int(company), "associationTypes": [label]}]


def test_a_list_names_its_links_by_the_full_name(portal: Any, promises: Any) -> None:
    company = portal.make("companies", name="Acme")
    types = portal.ask("GET", "/crm/v4/associations/p_promise/companies/labels").body["results"]
    link = {"associationCategory": "USER_DEFINED", "associationTypeId": types[0]["typeId"]}
    body = {"properties": {"promise_text": "x"}, "associations": [{"to": {"id": company}, "types": [link]}]}
    assert portal.ask("POST", "/crm/v3/objects/p_promise", body).status == 201
    (listed,) = portal.ask("GET", "/crm/v3/objects/companies?associations=p_promise").body["results"]
    assert [link["type"] for link in listed["associations"]["p24601001_promise"]["results"]] == [
        "company_to_promise"
    ]


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"name": "2late"}, 400, "is not valid"),
        ({"labels": None}, 400, "were not set: [labels]"),
        ({"requiredProperties": ["owed"]}, 400, "Property 'owed' does not exist"),
        ({"associatedObjects": ["PLANET"]}, 400, "Unable to infer object type from: PLANET"),
        ({"properties": [{"name": "Due"}]}, 400, "were not set: [label]"),
    ],
)
def test_what_is_no_schema_makes_nothing(portal: Any, change: Any, status: int, words: str) -> None:
    reply = portal.ask("POST", SCHEMAS[0], PROMISE | change)
    assert reply.status == status
    assert words in reply.body["message"]
    assert portal.ask("GET", SCHEMAS[0]).body == {"results": []}
    assert portal.ask("POST", SCHEMAS[0], PROMISE).status == 201


def test_a_name_is_taken_once_and_ten_types_are_the_most(portal: Any, promises: Any) -> None:
    assert portal.ask("POST", SCHEMAS[0], PROMISE).status == 409
    statuses = [portal.ask("POST", SCHEMAS[0], PROMISE | {"name": f"t{n}"}).status for n in range(10)]
    assert statuses == [201] * 9 + [400]


def test_it_is_changed_and_goes_when_its_records_are_gone(portal: Any, promises: Any) -> None:
    path, labels = f"{SCHEMAS[0]}/p_promise", {"singular": "Vow", "plural": "Vows"}
    changed = portal.ask("PATCH", path, {"labels": labels, "requiredProperties": ["due"]}).body
    assert (changed["labels"], changed["requiredProperties"]) == (labels, ["due"])
    assert portal.ask("PATCH", f"{SCHEMAS[0]}/companies", {"labels": labels}).status == 400
    made = portal.make("p_promise", due="2026-05-20")
    assert portal.ask("DELETE", path).status == 400
    portal.ask("DELETE", f"/crm/v3/objects/p_promise/{made}")
    assert portal.ask("DELETE", path).status == 204
    assert portal.ask("GET", "/crm/v3/objects/p_promise").status == 400
    assert portal.ask("POST", SCHEMAS[0], PROMISE).body["objectTypeId"] == "2-41000001"


def test_a_link_to_another_type_is_made_and_taken(portal: Any, promises: Any) -> None:
    path, ends = f"{SCHEMAS[0]}/p_promise/associations", {"toObjectTypeId": "0-3"}
    made = portal.ask("POST", path, {"fromObjectTypeId": "2-41000001", **ends})
    assert (made.status, made.body["name"]) == (201, "promise_to_deal")
    assert portal.ask("POST", path, {"fromObjectTypeId": "2-41000001", **ends}).status == 409
    assert portal.ask("POST", path, {"fromObjectTypeId": "0-1", **ends}).status == 400
    assert portal.ask("DELETE", f"{path}/{made.body['id']}").status == 204
    assert portal.ask("DELETE", f"{path}/{made.body['id']}").status == 404
    assert portal.ask("GET", "/crm/v4/associations/p_promise/deals/labels").body["results"] == []


def test_without_their_scope_neither_schemas_nor_records_are_shown(portal: Any, promises: Any) -> None:
    taken = ["crm.schemas.custom.read", "crm.objects.custom.read"]
    portal.world.switches.hubspot_scopes_taken = taken
    assert portal.ask("GET", SCHEMAS[0]).status == 403
    reply = portal.ask("GET", "/crm/v3/objects/p_promise")
    assert reply.body["errors"][0]["context"] == {"requiredGranularScopes": taken[1:]}
    assert portal.ask("GET", "/crm/v3/objects/companies").status == 200
