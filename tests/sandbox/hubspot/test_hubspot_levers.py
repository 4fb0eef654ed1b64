"""What happens to a portal while it is read: floods of one stamp, late commits, properties and users that go."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

START = datetime(2026, 3, 1, tzinfo=UTC)
FIRM = "/crm/v3/objects/companies"
PROPERTY = "/crm/v3/properties/companies"


def pull(portal: Any, name: str, /, **body: Any) -> Any:
    reply = portal.ask("POST", f"/_sandbox/hubspot/{name}", body)
    assert reply.status == 200, reply.body
    return reply.body


@pytest.fixture
def firm(portal: Any) -> str:
    portal.world.clock.set(START)
    return str(portal.make("companies", name="Acme", city="Leeds"))


def test_a_flood_gives_more_records_one_stamp_than_a_search_can_page(portal: Any) -> None:
    portal.dialect.load("companies", [{"id": n, "name": f"c{n}"} for n in range(1, 12_001)])
    at = "2026-02-28T23:59:59.123Z"
    assert pull(portal, "flood", object="companies", count=11_000, at=at)["stamped"] == 11_000
    same = {"propertyName": "hs_lastmodifieddate", "operator": "EQ", "value": at}
    found = portal.search("companies", filterGroups=[{"filters": [same]}], limit=1).body
    assert (found["total"], found["results"][0]["updatedAt"]) == (11_000, at)


def test_a_flood_can_change_a_property_too(portal: Any, firm: str) -> None:
    portal.world.clock.set(START + timedelta(days=1))
    pull(portal, "flood", object="companies", count=1, properties={"city": "York"})
    got = portal.ask("GET", f"{FIRM}/{firm}?properties=city").body
    assert (got["properties"]["city"], got["updatedAt"][:10]) == ("York", "2026-03-02")


def test_a_late_commit_bears_a_stamp_that_is_past(portal: Any, firm: str) -> None:
    past = "2026-02-28T23:50:00Z"
    pull(portal, "late", object="companies", id=firm, properties={"city": "York"}, stamped_at=past)
    made = pull(portal, "late", object="companies", properties={"name": "Late"}, stamped_at=past)["ids"][0]
    changed, new = (portal.ask("GET", f"{FIRM}/{one}?properties=city").body for one in (firm, made))
    assert (changed["properties"]["city"], changed["updatedAt"]) == ("York", past)
    assert (new["createdAt"], new["updatedAt"]) == (past, past)


def test_a_concealed_property_is_as_if_it_were_not_there_until_it_returns(portal: Any, firm: str) -> None:
    read = f"{FIRM}/{firm}?properties=city"
    pull(portal, "property", object="companies", name="city", concealed=True)
    assert "city" not in {row["name"] for row in portal.ask("GET", PROPERTY).body["results"]}
    assert portal.ask("GET", f"{PROPERTY}/city").status == 404
    assert "city" not in portal.ask("GET", read).body["properties"]
    has = {"propertyName": "city", "operator": "HAS_PROPERTY"}
    assert portal.search("companies", filterGroups=[{"filters": [has]}]).status == 400
    pull(portal, "property", object="companies", name="city", concealed=False)
    assert portal.ask("GET", read).body["properties"]["city"] == "Leeds"


@pytest.mark.parametrize("concealed", [True, False])
def test_an_unreadable_property_is_null_in_records(portal: Any, firm: str, concealed: bool) -> None:
    pull(portal, "property", object="companies", name="city", unreadable=True, concealed=concealed)
    listed = "city" in {row["name"] for row in portal.ask("GET", PROPERTY).body["results"]}
    got = portal.ask("GET", f"{FIRM}/{firm}?properties=city,name").body["properties"]
    assert (got["city"], got["name"], listed) == (None, "Acme", not concealed)
    history = portal.ask("GET", f"{FIRM}/{firm}?propertiesWithHistory=city").body
    assert history["propertiesWithHistory"]["city"] == []


def test_a_property_can_change_its_type_and_be_archived(portal: Any, firm: str) -> None:
    pull(portal, "property", object="companies", name="city", type="number")
    assert portal.ask("GET", f"{PROPERTY}/city").body["type"] == "number"
    assert portal.ask("GET", f"{FIRM}/{firm}?properties=city").body["properties"]["city"] == "Leeds"
    pull(portal, "property", object="companies", name="city", archived=True)
    assert portal.ask("GET", f"{PROPERTY}/city?archived=true").status == 200
    assert "city" not in portal.ask("GET", f"{FIRM}/{firm}?properties=city").body["properties"]


def test_a_user_can_be_deactivated_and_come_back(portal: Any) -> None:
    portal.dialect.load("owners", [{"id": 7, "email": "p@x.example"}])
    made = portal.make("companies", name="Acme", hubspot_owner_id="7")
    pull(portal, "owner", id=7, active=False)
    assert portal.ask("GET", "/crm/v3/owners/").body["results"] == []
    assert portal.ask("GET", "/crm/v3/owners/?archived=true").body["results"][0]["id"] == "7"
    assert portal.ask("POST", FIRM, {"properties": {"hubspot_owner_id": "7"}}).status == 400
    kept = portal.ask("GET", f"{FIRM}/{made}?properties=hubspot_owner_id").body
    assert kept["properties"]["hubspot_owner_id"] == "7"
    pull(portal, "owner", id=7, active=True)
    assert portal.ask("GET", "/crm/v3/owners/7").status == 200


@pytest.mark.parametrize(
    ("name", "body", "reason"),
    [
        ("purge", {"object": "company", "ids": [1]}, "object: unknown object 'company'; did you mean 'companies'?"),
        ("purge", {"object": "companies", "ids": []}, "ids: List should have at least 1 item"),
        ("restore", {"object": "companies", "id": [1]}, "ids: Field required"),
        ("property", {"object": "companies", "name": "citty"}, "unknown property 'citty'; did you mean 'city'?"),
        ("property", {"object": "companies", "name": "city", "type": "text"}, "type: Input should be"),
        ("owner", {"id": 1, "active": False}, "id: there is no owner 1"),
        ("late", {"object": "companies", "id": 1, "stamped_at": "2026-01-01"}, "id: there is no live record 1"),
        ("flood", {"object": "tasks", "count": 1, "properties": {"nope": 1}}, "Property values were not valid"),
    ],
)  # fmt: skip
def test_a_lever_that_cannot_be_pulled_says_why(portal: Any, name: str, body: Any, reason: str) -> None:
    reply = portal.ask("POST", f"/_sandbox/hubspot/{name}", body)
    assert reply.status == 400
    assert reply.body["error"].startswith(reason)


def test_an_object_can_lag_longer_for_changes_than_for_new_records(portal: Any, firm: str) -> None:
    pull(portal, "lag", object="companies", created_s=10, changed_s=60)
    portal.ask("PATCH", f"{FIRM}/{firm}", {"properties": {"name": "New"}})
    made = portal.make("companies", name="Made")
    seen = []
    for seconds in (0, 11, 61):
        portal.world.clock.set(START + timedelta(seconds=seconds))
        rows = portal.search("companies", properties=["name"]).body["results"]
        seen.append({row["id"]: row["properties"]["name"] for row in rows})
    assert seen == [{firm: "Acme"}, {firm: "Acme", made: "Made"}, {firm: "New", made: "Made"}]


def test_only_the_object_that_lags_is_found_late(portal: Any, firm: str) -> None:
    pull(portal, "lag", object="companies", created_s=10, changed_s=60)
    portal.make("companies", name="Late")
    portal.make("contacts", email="a@x.example")
    assert [portal.search(name).body["total"] for name in ("companies", "contacts")] == [1, 1]
    assert len(portal.ask("GET", FIRM).body["results"]) == 2
