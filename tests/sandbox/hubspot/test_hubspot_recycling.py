"""The recycle bin: what it shows, for how long, what comes back, and what is gone for good."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

START = datetime(2026, 3, 1, tzinfo=UTC)
FIRM = "/crm/v3/objects/companies"
TYPES = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 192}]


def pull(portal: Any, name: str, /, **body: Any) -> Any:
    reply = portal.ask("POST", f"/_sandbox/hubspot/{name}", body)
    assert reply.status == 200, reply.body
    return reply.body


def listed(portal: Any, path: str = FIRM, **query: str) -> list[str]:
    asked = "&".join(f"{name}={value}" for name, value in {"limit": "100", **query}.items())
    return [row["id"] for row in portal.ask("GET", f"{path}?{asked}").body["results"]]


def tasks_of(portal: Any, firm: str) -> list[int]:
    path = "/crm/v4/associations/companies/tasks/batch/read"
    rows = portal.ask("POST", path, {"inputs": [{"id": firm}]}).body["results"]
    return [link["toObjectId"] for row in rows for link in row["to"]]


@pytest.fixture
def firm(portal: Any) -> str:
    """A company with two tasks."""
    portal.world.clock.set(START)
    made = portal.make("companies", name="Acme")
    links = [{"to": {"id": made}, "types": TYPES}]
    for _ in range(2):
        body = {"properties": {"hs_timestamp": "2026-03-02T00:00:00Z"}, "associations": links}
        assert portal.ask("POST", "/crm/v3/objects/tasks", body).status == 201
    return str(made)


def test_archived_records_are_listed_alone_and_never_found(portal: Any, firm: str) -> None:
    other = portal.make("companies", name="Other")
    portal.ask("DELETE", f"{FIRM}/{firm}")
    assert (listed(portal), listed(portal, archived="true")) == ([other], [firm])
    assert [row["id"] for row in portal.search("companies").body["results"]] == [other]
    body = {"inputs": [{"id": firm}, {"id": other}]}
    read = portal.ask("POST", f"{FIRM}/batch/read?archived=true", body).body
    assert ([row["id"] for row in read["results"]], read["errors"][0]["context"]["ids"]) == ([firm], [other])


def test_the_bin_keeps_ninety_days_by_the_crms_clock(portal: Any, firm: str) -> None:
    portal.ask("DELETE", f"{FIRM}/{firm}")
    portal.world.clock.set(START + timedelta(days=89))
    assert listed(portal, archived="true") == [firm]
    portal.world.clock.set(START + timedelta(days=91))
    assert listed(portal, archived="true") == []
    assert portal.ask("GET", f"{FIRM}/{firm}?archived=true").status == 404
    assert pull(portal, "restore", object="companies", ids=[firm]) == {"ids": []}


def test_a_restored_record_has_its_links_and_its_old_stamp(portal: Any, firm: str) -> None:
    before, linked = portal.ask("GET", f"{FIRM}/{firm}").body, tasks_of(portal, firm)
    portal.ask("DELETE", f"{FIRM}/{firm}")
    assert tasks_of(portal, firm) == []
    portal.world.clock.set(START + timedelta(days=10))
    assert pull(portal, "restore", object="companies", ids=[firm]) == {"ids": [firm]}
    assert portal.ask("GET", f"{FIRM}/{firm}").body == before
    assert (tasks_of(portal, firm), len(linked)) == (linked, 2)


def test_a_link_comes_back_with_the_last_of_its_two_records(portal: Any, firm: str) -> None:
    task = tasks_of(portal, firm)[0]
    portal.ask("DELETE", f"/crm/v3/objects/tasks/{task}")
    portal.ask("DELETE", f"{FIRM}/{firm}")
    pull(portal, "restore", object="companies", ids=[firm])
    assert len(tasks_of(portal, firm)) == 1
    pull(portal, "restore", object="tasks", ids=[task])
    assert len(tasks_of(portal, firm)) == 2


def test_restoring_can_move_the_stamp(portal: Any, firm: str) -> None:
    portal.ask("DELETE", f"{FIRM}/{firm}")
    portal.world.clock.set(START + timedelta(days=10))
    pull(portal, "restore", object="companies", ids=[firm], stamp=True)
    assert portal.ask("GET", f"{FIRM}/{firm}").body["updatedAt"].startswith("2026-03-11")


def test_a_record_whose_unique_value_was_given_away_stays_in_the_bin(portal: Any) -> None:
    first = portal.make("contacts", email="a@x.example")
    portal.ask("DELETE", f"/crm/v3/objects/contacts/{first}")
    portal.make("contacts", email="a@x.example")
    reply = portal.ask("POST", "/_sandbox/hubspot/restore", {"object": "contacts", "ids": [first]})
    assert (reply.status, reply.body["error"]) == (400, "email is held by a live record of contacts")


@pytest.mark.parametrize("family", ["v3", "2026-09"])
def test_a_gdpr_delete_leaves_nothing(portal: Any, family: str) -> None:
    made = portal.make("contacts", email="a@x.example")
    path = portal.objects(family, "contacts")
    asked = {"objectId": "a@x.example", "idProperty": "email"}
    assert portal.ask("POST", f"{path}/gdpr-delete", asked).status == 204
    assert portal.ask("GET", f"{path}/{made}?archived=true").status == 404
    assert portal.ask("POST", f"{path}/gdpr-delete", {"objectId": made}).status == 404


def test_a_purge_takes_live_and_archived_records_and_their_links(portal: Any, firm: str) -> None:
    task = tasks_of(portal, firm)[0]
    portal.ask("DELETE", f"{FIRM}/{firm}")
    assert pull(portal, "purge", object="companies", ids=[firm, 5]) == {"ids": [firm]}
    assert listed(portal, archived="true") == []
    links = portal.ask("GET", f"/crm/v4/objects/tasks/{task}/associations/companies").body["results"]
    assert links == []
    assert pull(portal, "purge", object="tasks", ids=[task]) == {"ids": [str(task)]}


def test_concealed_records_are_gone_without_a_trace_until_they_are_revealed(portal: Any, firm: str) -> None:
    before = portal.ask("GET", f"{FIRM}/{firm}?associations=tasks").body
    assert pull(portal, "conceal", object="companies", ids=[firm]) == {"ids": [firm]}
    assert (listed(portal), listed(portal, archived="true")) == ([], [])
    assert portal.search("companies").body["total"] == 0
    assert portal.ask("GET", f"{FIRM}/{firm}").status == 404
    assert pull(portal, "reveal", object="companies") == {"ids": [firm]}
    assert portal.ask("GET", f"{FIRM}/{firm}?associations=tasks").body == before
