from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

FAMILIES = ("v3", "2026-09")
DUE = "2024-05-04T09:00:00Z"


@pytest.mark.parametrize("family", FAMILIES)
def test_a_record_that_is_made_can_be_read_changed_and_archived(portal: Any, family: str) -> None:
    made = portal.ask("POST", portal.objects(family, "companies"), {"properties": {"name": "Acme"}})
    path = portal.objects(family, f"companies/{made.body['id']}")
    changed = portal.ask("PATCH", path, {"properties": {"name": "Acme Ltd", "domain": ""}})
    assert (made.status, changed.status) == (201, 200)
    assert portal.ask("GET", f"{path}?properties=name,domain").body["properties"]["name"] == "Acme Ltd"
    assert portal.ask("DELETE", path).status == 204
    assert portal.ask("GET", path).status == 404
    assert portal.ask("GET", f"{path}?archived=True").body["archived"] is True


@pytest.mark.parametrize("name", ["tasks", "task", "0-27", "TASK"])
def test_an_object_type_answers_to_every_name_it_has(portal: Any, name: str) -> None:
    portal.make("tasks", hs_timestamp=DUE)
    assert len(portal.ask("GET", f"/crm/v3/objects/{name}").body["results"]) == 1


def test_pages_come_in_order_of_id_and_the_last_one_has_no_paging(portal: Any) -> None:
    portal.dialect.load("companies", [{"id": number, "name": f"c{number}"} for number in range(1, 26)])
    seen: list[int] = []
    after: str | None = ""
    while after is not None:
        body = portal.ask("GET", f"/crm/v3/objects/companies?limit=10{after and '&after=' + after}").body
        seen += [int(row["id"]) for row in body["results"]]
        after = body["paging"]["next"]["after"] if "paging" in body else None
    assert seen == list(range(1, 26))


def test_the_next_link_of_a_page_works_as_it_stands(portal: Any) -> None:
    portal.dialect.load("companies", [{"id": number, "name": "c"} for number in range(1, 4)])
    link = portal.ask("GET", "/crm/v3/objects/companies?limit=2&properties=name").body["paging"]["next"][
        "link"
    ]
    assert [row["id"] for row in portal.ask("GET", link.removeprefix(portal.url)).body["results"]] == ["3"]


@pytest.mark.parametrize("query", ["limit=101", "limit=0", "limit=x", "after=x", "archived=maybe"])
def test_a_page_that_cannot_be_is_refused(portal: Any, query: str) -> None:
    assert portal.ask("GET", f"/crm/v3/objects/companies?{query}").status == 400


def test_history_halves_the_largest_page(portal: Any) -> None:
    path = "/crm/v3/objects/companies?propertiesWithHistory=name"
    assert portal.ask("GET", f"{path}&limit=50").status == 200
    assert portal.ask("GET", f"{path}&limit=51").status == 400


def test_unknown_properties_are_ignored_on_read_and_empty_ones_are_null(portal: Any) -> None:
    made = portal.make("companies", name="Acme")
    got = portal.ask("GET", f"/crm/v3/objects/companies/{made}?properties=nope&properties=city,name").body[
        "properties"
    ]
    assert set(got) == {"name", "city", "createdate", "hs_lastmodifieddate", "hs_object_id"}
    assert got["city"] is None


def test_only_a_few_properties_come_unasked(portal: Any) -> None:
    made = portal.make("tasks", hs_timestamp=DUE, hs_task_subject="Call")
    got = portal.ask("GET", f"/crm/v3/objects/tasks/{made}").body["properties"]
    assert set(got) == {"hs_createdate", "hs_lastmodifieddate", "hs_object_id"}


@pytest.mark.parametrize(("name", "is_page"), [("tasks", True), ("tickets", True), ("companies", False)])
def test_a_missing_task_or_ticket_is_an_html_page(portal: Any, name: str, is_page: bool) -> None:
    reply = portal.ask("GET", f"/crm/v3/objects/{name}/99")
    assert reply.status == 404
    assert reply.raw.startswith(b"<html>") is is_page


def test_an_unknown_object_type_is_refused(portal: Any) -> None:
    reply = portal.ask("GET", "/crm/v3/objects/gadgets")
    assert (reply.status, reply.body["message"]) == (400, "Unable to infer object type from: gadgets")


def test_archived_records_are_listed_apart_and_vanish_after_ninety_days(portal: Any) -> None:
    kept, gone = portal.make("companies", name="Kept"), portal.make("companies", name="Gone")
    portal.ask("DELETE", f"/crm/v3/objects/companies/{gone}")
    listed = "/crm/v3/objects/companies"
    assert [row["id"] for row in portal.ask("GET", listed).body["results"]] == [kept]
    assert [row["id"] for row in portal.ask("GET", f"{listed}?archived=true").body["results"]] == [gone]
    portal.world.clock.set(datetime.now(UTC) + timedelta(days=91))
    assert portal.ask("GET", f"{listed}?archived=true").body["results"] == []


def test_a_change_moves_the_modified_stamp_and_the_same_value_again_does_not(portal: Any) -> None:
    portal.world.clock.set(datetime(2024, 5, 1, tzinfo=UTC))
    made = portal.make("companies", name="Acme")
    portal.world.clock.set(datetime(2024, 5, 2, tzinfo=UTC))
    path = f"/crm/v3/objects/companies/{made}"
    assert (
        portal.ask("PATCH", path, {"properties": {"name": "Acme"}}).body["updatedAt"].startswith("2024-05-01")
    )
    assert (
        portal.ask("PATCH", path, {"properties": {"name": "Acme!"}})
        .body["updatedAt"]
        .startswith("2024-05-02")
    )


def test_history_shows_former_values_newest_first(portal: Any) -> None:
    made = portal.make("companies", name="Old")
    portal.ask("PATCH", f"/crm/v3/objects/companies/{made}", {"properties": {"name": "New"}})
    body = portal.ask("GET", f"/crm/v3/objects/companies/{made}?propertiesWithHistory=name").body
    assert [row["value"] for row in body["propertiesWithHistory"]["name"]] == ["New", "Old"]


def test_a_contact_is_found_by_its_email(portal: Any) -> None:
    made = portal.make("contacts", email="Ann@Acme.example")
    assert portal.ask("GET", "/crm/v3/objects/contacts/ann@acme.example?idProperty=email").body["id"] == made
    assert portal.ask("GET", "/crm/v3/objects/contacts/x?idProperty=firstname").status == 400


def test_completing_a_task_sets_its_completion_date(portal: Any) -> None:
    made = portal.make("tasks", hs_timestamp=DUE)
    path = f"/crm/v3/objects/tasks/{made}"
    portal.ask("PATCH", path, {"properties": {"hs_task_status": "COMPLETED"}})
    assert portal.ask("GET", f"{path}?properties=hs_task_completion_date").body["properties"][
        "hs_task_completion_date"
    ]
    portal.ask("PATCH", path, {"properties": {"hs_task_status": "NOT_STARTED"}})
    got = portal.ask("GET", f"{path}?properties=hs_task_completion_date").body["properties"]
    assert got["hs_task_completion_date"] is None


def test_a_ticket_is_closed_by_its_stage(portal: Any) -> None:
    made = portal.make("tickets", subject="Down", hs_pipeline_stage="1")
    path = f"/crm/v3/objects/tickets/{made}?properties=hs_is_closed,closed_date"
    assert portal.ask("GET", path).body["properties"]["hs_is_closed"] == "false"
    portal.ask("PATCH", f"/crm/v3/objects/tickets/{made}", {"properties": {"hs_pipeline_stage": "4"}})
    got = portal.ask("GET", path).body["properties"]
    assert got["hs_is_closed"] == "true"
    assert got["closed_date"]


@pytest.mark.parametrize("family", FAMILIES)
def test_the_id_of_a_merged_record_leads_to_the_one_it_went_into(portal: Any, family: str) -> None:
    winner, loser = (
        portal.make("companies", name="Acme"),
        portal.make("companies", name="Acme Ltd", city="Leeds"),
    )
    task = portal.make("tasks", hs_timestamp=DUE)
    portal.ask("PUT", f"/crm/v4/objects/tasks/{task}/associations/default/companies/{loser}")
    pair = {"primaryObjectId": winner, "objectIdToMerge": loser}
    assert portal.ask("POST", portal.objects(family, "companies/merge"), pair).status == 200
    got = portal.ask(
        "GET", portal.objects(family, f"companies/{loser}?properties=name,city,hs_merged_object_ids")
    ).body
    assert (got["id"], got["properties"]["name"], got["properties"]["city"]) == (winner, "Acme", "Leeds")
    assert got["properties"]["hs_merged_object_ids"] == loser
    linked = portal.ask("GET", f"/crm/v4/objects/tasks/{task}/associations/companies").body["results"]
    assert [row["toObjectId"] for row in linked] == [int(winner)]
    assert portal.ask("GET", "/crm/v3/objects/companies?archived=true").body["results"] == []
