from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from sandbox.world import DataRefused

DUE = "2024-05-04T09:00:00Z"


def row(portal: Any, object_name: str) -> Any:
    return portal.dialect.dump()[object_name][0]


def test_foreign_ids_are_the_same_number_wherever_they_stand(portal: Any) -> None:
    portal.dialect.load(
        "associations", [{"from_type": "contacts", "from_id": "c1", "to_type": "companies", "to_id": "a1"}]
    )
    portal.dialect.load("contacts", [{"id": "c1", "email": "c@x.example", "hubspot_owner_id": "rep_1"}])
    portal.dialect.load("companies", [{"id": "a1", "name": "Acme"}])
    portal.dialect.load("owners", [{"id": "rep_1", "firstName": "Rita"}])
    contact, company = row(portal, "contacts"), row(portal, "companies")
    assert (contact["legacy_id"], company["legacy_id"]) == ("c1", "a1")
    assert contact["associatedcompanyid"] == company["id"]
    assert contact["hubspot_owner_id"] == str(row(portal, "owners")["id"])
    listed = portal.ask("GET", f"/crm/v4/objects/contacts/{contact['id']}/associations/companies").body
    assert [one["toObjectId"] for one in listed["results"]] == [int(company["id"])]


def test_values_from_parquet_and_csv_become_the_vendors(portal: Any) -> None:
    portal.dialect.load(
        "companies",
        [{"id": 1, "annualrevenue": Decimal("12.50"), "closedate": datetime(2024, 5, 1, 12, tzinfo=UTC), "renewal": date(2024, 6, 1),
          "mrr": 10.0, "vip": True, "createdAt": "2024-01-01", "city": float("nan")}],
    )  # fmt: skip
    got = row(portal, "companies")
    assert (got["annualrevenue"], got["closedate"], got["renewal"]) == (
        "12.50",
        "2024-05-01T12:00:00.000Z",
        "2024-06-01",
    )
    assert (got["mrr"], got["vip"], got["createdate"], "city" in got) == (
        "10",
        "true",
        "2024-01-01T00:00:00.000Z",
        False,
    )
    kinds = portal.dialect.portal.catalogue.objects["companies"].properties
    assert [kinds[name].type for name in ("renewal", "mrr", "vip")] == ["date", "number", "bool"]


@pytest.mark.parametrize(
    ("object_name", "bad", "reason"),
    [
        ("companies", {"hs_ideal_customer_profil": "tier_1"}, "hs_ideal_customer_profile"),
        ("companies", {"Name": "x"}, "name"),
        ("companies", {"industry": "Printing"}, "allowed options"),
        ("tasks", {"hs_task_subject": "x"}, "hs_timestamp is empty"),
        ("tasks", {"hs_timestamp": "soon"}, "hs_timestamp"),
        ("companies", {"id": "7", "name": "twin"}, "is there already"),
        ("owners", {"id": "1", "mail": "x"}, "email"),
        ("associations", {"from_type": "tasks", "from_id": "1", "to_type": "gadgets", "to_id": "2"}, "gadgets"),
        ("associations", {"from_type": "notes", "from_id": "1", "to_type": "tasks", "to_id": "2"}, "cannot be associated"),
        ("associations", {"from_type": "tasks", "from_id": 1, "to_type": "companies", "to_id": 2, "type_id": 204}, "valid are 192"),
    ],
)  # fmt: skip
def test_rows_that_no_portal_could_hold_are_refused_by_number(
    portal: Any, object_name: str, bad: Any, reason: str
) -> None:
    good = {
        "companies": {"id": "7"}, "tasks": {"hs_timestamp": DUE}, "owners": {"id": "9"},
        "associations": {"from_type": "tasks", "from_id": 1, "to_type": "companies", "to_id": 2},
    }[object_name]  # fmt: skip
    with pytest.raises(DataRefused, match=reason):
        portal.dialect.load(object_name, [good, bad])
    assert portal.dialect.dump()[object_name] == []


def test_last_contact_is_worked_out_from_what_was_loaded(portal: Any) -> None:
    portal.world.clock.set(datetime(2024, 5, 1, tzinfo=UTC))
    portal.dialect.load("companies", [{"id": 1, "name": "Acme"}])
    portal.dialect.load(
        "calls", [{"id": 5, "hs_timestamp": "2024-04-03T10:00:00Z"}, {"id": 6, "hs_timestamp": "2024-06-01"}]
    )
    links = [{"from_type": "call", "from_id": n, "to_type": "company", "to_id": 1} for n in (5, 6)]
    portal.dialect.load("associations", links)
    assert row(portal, "companies")["notes_last_contacted"] == "2024-04-03T10:00:00.000Z"


def test_loaded_records_keep_their_stamps_and_their_place_in_the_bin(portal: Any) -> None:
    given = {"id": 1, "name": "A", "createdAt": "2024-01-01T00:00:00Z", "updatedAt": "2024-01-02T00:00:00Z"}
    portal.world.clock.set(datetime(2024, 2, 1, tzinfo=UTC))
    portal.dialect.load("companies", [given, given | {"id": 2, "archived": "true"}])
    live = portal.ask("GET", "/crm/v3/objects/companies").body["results"]
    gone = portal.ask("GET", "/crm/v3/objects/companies?archived=true").body["results"]
    assert [(one["id"], one["updatedAt"]) for one in live] == [("1", "2024-01-02T00:00:00Z")]
    assert [one["id"] for one in gone] == ["2"]


def test_people_see_tasks_and_clients_by_name(portal: Any) -> None:
    portal.dialect.load("owners", [{"id": 1, "firstName": "Rita", "lastName": "Ray"}])
    portal.dialect.load(
        "companies", [{"id": 7, "name": "Acme", "hubspot_owner_id": 1, "hs_ideal_customer_profile": "tier_1"}]
    )
    portal.dialect.load(
        "tasks", [{"id": 8, "hs_timestamp": DUE, "hs_task_subject": "Call", "hubspot_owner_id": 1}]
    )
    portal.dialect.load(
        "associations", [{"from_type": "tasks", "from_id": 8, "to_type": "companies", "to_id": 7}]
    )
    [task], [client] = portal.dialect.tasks_for_people(), portal.dialect.clients_for_people()
    assert (task["subject"], task["owner"], task["about"], task["due"]) == ("Call", "Rita Ray", "Acme", DUE)
    assert (client["name"], client["owner"], client["tier"], client["open_tasks"]) == (
        "Acme",
        "Rita Ray",
        "tier 1",
        "1",
    )


def test_every_object_that_can_be_loaded_is_dumped(portal: Any) -> None:
    assert set(portal.dialect.object_names()) == set(portal.dialect.dump())


def test_a_primary_company_that_a_file_names_late_is_the_only_one(portal: Any) -> None:
    portal.dialect.load("companies", [{"id": 1, "name": "First"}, {"id": 2, "name": "Named"}])
    portal.dialect.load("contacts", [{"id": n, "email": f"{n}@x.example"} for n in (7, 8)])
    ends = {"from_type": "companies", "to_type": "contacts"}
    rows: list[dict[str, Any]] = [{**ends, "from_id": firm, "to_id": 7} for firm in (1, 2)]
    rows += [{**ends, "from_id": 2, "to_id": 7, "type_id": 2}, {**ends, "from_id": 1, "to_id": 8}]
    assert portal.dialect.load("associations", rows) == 4
    found = portal.dialect.portal.links.of("contacts", "companies", [7, 8])
    assert [tuple(link) for link in found[7]] == [(1, (279,)), (2, (1, 279))]
    assert [tuple(link) for link in found[8]] == [(1, (1, 279))]
