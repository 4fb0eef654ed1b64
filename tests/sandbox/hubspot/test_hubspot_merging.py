"""Merges: what the winner gets, and what the loser's id shows from then on."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

START = datetime(2026, 3, 1, tzinfo=UTC)
FIRM = "/crm/v3/objects/companies"


def merge(portal: Any, winner: str, loser: str, path: str = FIRM) -> Any:
    reply = portal.ask("POST", f"{path}/merge", {"primaryObjectId": winner, "objectIdToMerge": loser})
    assert reply.status == 200, reply.body
    return reply.body


def link(portal: Any, one: str, one_id: str, other: str, other_id: str, *types: int) -> None:
    spec = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": each} for each in types]
    path = f"/crm/v4/objects/{one}/{one_id}/associations/{other}/{other_id}"
    assert portal.ask("PUT", path, spec).status == 201


def links(portal: Any, one: str, one_id: str, other: str) -> dict[str, list[int]]:
    rows = portal.ask("GET", f"/crm/v4/objects/{one}/{one_id}/associations/{other}").body["results"]
    return {str(row["toObjectId"]): [each["typeId"] for each in row["associationTypes"]] for row in rows}


@pytest.fixture
def firms(portal: Any) -> list[str]:
    portal.world.clock.set(START)
    return [portal.make("companies", name=name) for name in ("One", "Two", "Three")]


def test_the_winner_gets_every_link_with_all_its_types(portal: Any, firms: list[str]) -> None:
    person = portal.make("contacts", email="a@x.example")
    link(portal, "contacts", person, "companies", firms[1], 1)
    merge(portal, firms[0], firms[1])
    assert links(portal, "contacts", person, "companies") == {firms[0]: [1, 279]}
    assert links(portal, "companies", firms[0], "contacts") == {person: [2, 280]}
    contact = portal.ask("GET", f"/crm/v3/objects/contacts/{person}?properties=associatedcompanyid").body
    assert contact["properties"]["associatedcompanyid"] == firms[0]


def test_the_winning_contact_keeps_its_primary_company(portal: Any, firms: list[str]) -> None:
    people = [portal.make("contacts", email=f"{name}@x.example") for name in "ab"]
    for person, firm in zip(people, firms, strict=False):
        link(portal, "contacts", person, "companies", firm, 1)
    merge(portal, people[0], people[1], "/crm/v3/objects/contacts")
    assert links(portal, "contacts", people[0], "companies") == {firms[0]: [1, 279], firms[1]: [279]}


def test_the_id_of_every_loser_leads_to_the_last_winner(portal: Any, firms: list[str]) -> None:
    merge(portal, firms[1], firms[0])
    merge(portal, firms[2], firms[1])
    assert portal.ask("GET", f"{FIRM}/{firms[0]}").body["id"] == firms[2]
    read = portal.ask("POST", f"{FIRM}/batch/read", {"inputs": [{"id": one} for one in firms]})
    assert (read.status, [row["id"] for row in read.body["results"]]) == (200, [firms[2]])
    swallowed = portal.ask("GET", f"{FIRM}/{firms[2]}?properties=hs_merged_object_ids").body["properties"]
    assert set(swallowed["hs_merged_object_ids"].split(";")) == set(firms[:2])


def test_search_and_lists_show_the_winner_only_with_a_new_stamp(portal: Any, firms: list[str]) -> None:
    portal.world.clock.set(START + timedelta(days=3))
    merged = merge(portal, firms[0], firms[1])
    assert merged["updatedAt"].startswith("2026-03-04")
    for query in ("", "?archived=true"):
        ids = {row["id"] for row in portal.ask("GET", f"{FIRM}{query}").body["results"]}
        assert firms[1] not in ids
    assert {row["id"] for row in portal.search("companies").body["results"]} == {firms[0], firms[2]}


def test_what_hung_on_the_loser_keeps_its_stamp(portal: Any, firms: list[str]) -> None:
    task = portal.make("tasks", hs_timestamp="2026-03-02T00:00:00Z")
    link(portal, "tasks", task, "companies", firms[1], 192)
    stamp = portal.ask("GET", f"/crm/v3/objects/tasks/{task}").body["updatedAt"]
    portal.world.clock.set(START + timedelta(days=3))
    merge(portal, firms[0], firms[1])
    assert portal.ask("GET", f"/crm/v3/objects/tasks/{task}").body["updatedAt"] == stamp
    assert links(portal, "tasks", task, "companies") == {firms[0]: [192]}


def test_a_link_to_an_archived_record_moves_too_and_comes_back_with_it(portal: Any, firms: list[str]) -> None:
    task = portal.make("tasks", hs_timestamp="2026-03-02T00:00:00Z")
    link(portal, "tasks", task, "companies", firms[1], 192)
    portal.ask("DELETE", f"/crm/v3/objects/tasks/{task}")
    merge(portal, firms[0], firms[1])
    assert links(portal, "companies", firms[0], "tasks") == {}
    portal.ask("POST", "/_sandbox/hubspot/restore", {"object": "tasks", "ids": [task]})
    assert links(portal, "companies", firms[0], "tasks") == {task: [191]}


def test_a_merged_record_cannot_be_restored(portal: Any, firms: list[str]) -> None:
    merge(portal, firms[0], firms[1])
    reply = portal.ask("POST", "/_sandbox/hubspot/restore", {"object": "companies", "ids": [firms[1]]})
    assert reply.body == {"ids": []}
