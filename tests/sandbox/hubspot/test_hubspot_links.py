from datetime import UTC, datetime
from typing import Any

import pytest

DUE = "2024-05-04T09:00:00Z"
BASES = ("/crm/v4/associations", "/crm/associations/2026-09")


def pair(from_id: str, to_id: str, type_id: int | None = None) -> dict[str, Any]:
    types = (
        [] if type_id is None else [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}]
    )
    return {"from": {"id": from_id}, "to": {"id": to_id}, "types": types}


@pytest.mark.parametrize("base", BASES)
def test_a_link_is_seen_from_both_sides(portal: Any, base: str) -> None:
    task, firm = portal.make("tasks", hs_timestamp=DUE), portal.make("companies", name="Acme")
    made = portal.ask("POST", f"{base}/tasks/companies/batch/create", {"inputs": [pair(task, firm, 192)]})
    seen = portal.ask("POST", f"{base}/companies/tasks/batch/read", {"inputs": [{"id": firm}]})
    assert (made.status, seen.status) == (201, 200)
    assert seen.body["results"][0]["from"] == {"id": firm}
    types = [{"category": "HUBSPOT_DEFINED", "typeId": 191, "label": None}]
    assert seen.body["results"][0]["to"] == [{"toObjectId": int(task), "associationTypes": types}]


@pytest.mark.parametrize("base", BASES)
def test_records_without_links_come_as_errors(portal: Any, base: str) -> None:
    task = portal.make("tasks", hs_timestamp=DUE)
    seen = portal.ask("POST", f"{base}/0-27/company/batch/read", {"inputs": [{"id": task}]})
    assert seen.status == (207 if "v4" in base else 200)
    assert seen.body["errors"][0]["subCategory"] == "crm.associations.NO_ASSOCIATIONS_FOUND"
    assert seen.body["errors"][0]["context"]["fromObjectId"] == [task]


def test_linking_again_changes_nothing(portal: Any) -> None:
    task, firm = portal.make("tasks", hs_timestamp=DUE), portal.make("companies", name="Acme")
    for _ in range(2):
        reply = portal.ask(
            "POST", f"{BASES[0]}/tasks/companies/batch/associate/default", {"inputs": [pair(task, firm)]}
        )
        assert (reply.status, len(reply.body["results"])) == (200, 1)
    listed = portal.ask("GET", f"/crm/v4/objects/tasks/{task}/associations/companies").body
    assert [row["toObjectId"] for row in listed["results"]] == [int(firm)]


def test_links_of_one_record_come_in_pages_of_five_hundred(portal: Any) -> None:
    portal.dialect.load("companies", [{"id": 7, "name": "Acme"}])
    portal.dialect.load("notes", [{"id": number, "hs_timestamp": DUE} for number in range(1, 502)])
    rows = [{"from_type": "notes", "from_id": n, "to_type": "companies", "to_id": 7} for n in range(1, 502)]
    portal.dialect.load("associations", rows)
    path = f"{BASES[0]}/companies/notes/batch/read"
    first = portal.ask("POST", path, {"inputs": [{"id": "7"}]}).body["results"][0]
    after = first["paging"]["next"]["after"]
    last = portal.ask("POST", path, {"inputs": [{"id": "7", "after": after}]}).body["results"][0]
    assert (len(first["to"]), [row["toObjectId"] for row in last["to"]], "paging" in last) == (
        500,
        [501],
        False,
    )


def test_the_first_company_is_the_primary_one_until_another_takes_its_place(portal: Any) -> None:
    person = portal.make("contacts", email="a@acme.example")
    one, other = portal.make("companies", name="One"), portal.make("companies", name="Other")
    path = f"/crm/v4/objects/contacts/{person}/associations"
    portal.ask("PUT", f"{path}/default/companies/{one}")
    portal.ask("PUT", f"{path}/companies/{other}", pair("", "", 1)["types"])
    rows = portal.ask("GET", f"{path}/companies").body["results"]
    labels = {row["toObjectId"]: [one["label"] for one in row["associationTypes"]] for row in rows}
    assert labels == {int(one): [None], int(other): ["Primary", None]}
    got = portal.ask("GET", f"/crm/v3/objects/contacts/{person}?properties=associatedcompanyid").body
    assert got["properties"]["associatedcompanyid"] == other


@pytest.mark.parametrize("type_id", [204, 999, 191])
def test_a_type_of_another_pair_is_refused(portal: Any, type_id: int) -> None:
    task, firm = portal.make("tasks", hs_timestamp=DUE), portal.make("companies", name="Acme")
    reply = portal.ask(
        "POST", f"{BASES[0]}/tasks/companies/batch/create", {"inputs": [pair(task, firm, type_id)]}
    )
    assert reply.status == 400


def test_a_link_to_nothing_costs_its_own_row(portal: Any) -> None:
    task, firm = portal.make("tasks", hs_timestamp=DUE), portal.make("companies", name="Acme")
    rows = [pair(task, firm, 192), pair(task, "77", 192)]
    reply = portal.ask("POST", f"{BASES[0]}/tasks/companies/batch/create", {"inputs": rows})
    assert (reply.status, len(reply.body["results"]), reply.body["numErrors"]) == (207, 1, 1)


def test_parting_takes_both_directions(portal: Any) -> None:
    task, firm = portal.make("tasks", hs_timestamp=DUE), portal.make("companies", name="Acme")
    portal.ask("PUT", f"/crm/v4/objects/tasks/{task}/associations/default/companies/{firm}")
    body = {"inputs": [{"from": {"id": firm}, "to": [{"id": task}]}]}
    assert portal.ask("POST", f"{BASES[0]}/companies/tasks/batch/archive", body).status == 204
    assert portal.ask("GET", f"/crm/v4/objects/tasks/{task}/associations/companies").body["results"] == []


def test_links_of_an_archived_record_are_not_shown(portal: Any) -> None:
    task, firm = portal.make("tasks", hs_timestamp=DUE), portal.make("companies", name="Acme")
    portal.ask("PUT", f"/crm/v4/objects/tasks/{task}/associations/default/companies/{firm}")
    portal.ask("DELETE", f"/crm/v3/objects/tasks/{task}")
    assert portal.ask("GET", f"/crm/v4/objects/companies/{firm}/associations/tasks").body["results"] == []


def test_a_logged_call_sets_the_last_contact_and_a_note_does_not(portal: Any) -> None:
    firm = portal.make("companies", name="Acme")
    for name in ("notes", "calls"):
        logged = portal.make(
            name, hs_timestamp="2024-01-0" + ("5" if name == "notes" else "3") + "T10:00:00Z"
        )
        portal.ask("PUT", f"/crm/v4/objects/{name}/{logged}/associations/default/companies/{firm}")
    path = f"/crm/v3/objects/companies/{firm}?properties=notes_last_contacted,notes_last_updated"
    got = portal.ask("GET", path).body["properties"]
    assert (got["notes_last_contacted"], got["notes_last_updated"]) == (
        "2024-01-03T10:00:00Z",
        "2024-01-05T10:00:00Z",
    )


def test_labels_name_the_types_of_a_pair(portal: Any) -> None:
    rows = portal.ask("GET", f"{BASES[1]}/contacts/companies/labels").body["results"]
    assert [(row["typeId"], row["label"]) for row in rows] == [(279, None), (1, "Primary")]


def test_the_v3_paths_name_the_types_of_links(portal: Any) -> None:
    person, firm = portal.make("contacts", email="a@acme.example"), portal.make("companies", name="Acme")
    portal.ask("PUT", f"/crm/v4/objects/contacts/{person}/associations/default/companies/{firm}")
    rows = [{"id": firm, "type": "contact_to_company"}, {"id": firm, "type": "contact_to_company_unlabeled"}]
    assert (
        portal.ask("GET", f"/crm/v3/objects/contacts/{person}/associations/companies").body["results"] == rows
    )
    read = portal.ask(
        "POST", "/crm/v3/associations/contacts/companies/batch/read", {"inputs": [{"id": person}]}
    )
    assert read.body["results"] == [{"from": {"id": person}, "to": rows}]


def test_a_link_moves_the_stamp_of_what_counts_its_links_once_and_no_other(portal: Any) -> None:
    portal.world.clock.set(datetime(2024, 5, 1, tzinfo=UTC))
    firm, task = portal.make("companies", name="Acme"), portal.make("tasks", hs_timestamp=DUE)
    portal.world.clock.set(datetime(2024, 5, 2, tzinfo=UTC))
    portal.ask("PUT", f"/crm/v4/objects/tasks/{task}/associations/default/companies/{firm}")
    portal.world.clock.set(datetime(2024, 5, 3, tzinfo=UTC))
    portal.ask("PUT", f"/crm/v4/objects/tasks/{task}/associations/default/companies/{firm}")
    stamps = [
        portal.ask("GET", f"/crm/v3/objects/{path}").body["updatedAt"][:10]
        for path in (f"tasks/{task}", f"companies/{firm}")
    ]
    assert stamps == ["2024-05-01", "2024-05-02"]


@pytest.fixture
def busy(portal: Any) -> Any:
    """A company with 620 calls, loaded."""
    portal.dialect.load("companies", [{"id": 1, "name": "Busy"}, {"id": 2, "name": "Quiet"}])
    portal.dialect.load("calls", [{"id": n, "hs_timestamp": DUE} for n in range(1, 622)])
    ends = {"from_type": "companies", "to_type": "calls"}
    rows = [{**ends, "from_id": 1, "to_id": n} for n in range(1, 621)]
    portal.dialect.load("associations", [*rows, {**ends, "from_id": 2, "to_id": 621}])
    return portal


@pytest.mark.parametrize("base", BASES)
def test_each_input_of_a_batch_pages_by_itself(busy: Any, base: str) -> None:
    path = f"{base}/companies/calls/batch/read"
    first = busy.ask("POST", path, {"inputs": [{"id": "1"}, {"id": "2"}]}).body["results"]
    rows = {row["from"]["id"]: row for row in first}
    after = rows["1"]["paging"]["next"]["after"]
    assert (len(rows["1"]["to"]), "paging" in rows["2"]) == (500, False)
    rest = busy.ask("POST", path, {"inputs": [{"id": "1", "after": after}]}).body["results"][0]
    assert (len(rest["to"]), "paging" in rest) == (120, False)
    assert {link["toObjectId"] for link in rows["1"]["to"] + rest["to"]} == set(range(1, 621))


@pytest.mark.parametrize("base", BASES)
def test_a_batch_reads_the_links_of_a_thousand_and_not_one_more(portal: Any, base: str) -> None:
    inputs = [{"id": str(n)} for n in range(1_001)]
    path = f"{base}/companies/calls/batch/read"
    assert portal.ask("POST", path, {"inputs": inputs[:1_000]}).status == (207 if base == BASES[0] else 200)
    assert portal.ask("POST", path, {"inputs": inputs}).status == 400


@pytest.mark.parametrize("family", ["v3", "2026-09"])
def test_a_list_shows_the_first_hundred_links_and_where_the_others_are(busy: Any, family: str) -> None:
    row = busy.ask("GET", busy.objects(family, "companies?associations=calls")).body["results"][0]
    shown = row["associations"]["calls"]
    following = shown["paging"]["next"]
    rest = busy.ask("GET", following["link"].removeprefix(busy.url)).body["results"]
    ids = [str(link.get("id", link.get("toObjectId"))) for link in shown["results"] + rest]
    assert (len(shown["results"]), following["after"]) == (100, "100")
    assert ids == [str(n) for n in range(1, 601)]
