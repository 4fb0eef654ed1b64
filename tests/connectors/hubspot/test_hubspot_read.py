"""Reading gives every record once asked for, with its links, whatever happens on the way."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from connectors.connector import ARROW_TYPES, Chunk, ReadRequest
from connectors.errors import LoginRefused, QuotaSpent, Refused, Temporary, WrongOrg
from connectors.hubspot.connector import HubSpotConnector
from tests.sandbox_process import RunningSandbox

from .conftest import DATA, WIDE, Connect

LONG_AGO = datetime(2024, 1, 1)


def read(connector: HubSpotConnector, name: str, *fields: str, **more: Any) -> list[Chunk]:
    schema = connector.describe(name)
    assert schema
    return list(connector.read(ReadRequest(schema=schema, fields=fields, **more)))


def rows(chunks: list[Chunk]) -> pa.Table:
    return pa.concat_tables([chunk.rows for chunk in chunks])


@pytest.fixture
def connector(connect: Connect, unique_portal: RunningSandbox) -> HubSpotConnector:
    unique_portal.forget()
    return connect(unique_portal)


def test_a_whole_read_has_every_live_record_once(connector: HubSpotConnector) -> None:
    table = rows(read(connector, "companies", "name", "id", "annualrevenue"))
    held = {str(row[0]): row for row in DATA["companies"][1] if not row[4]}
    assert sorted(table["_id"].to_pylist()) == sorted(held)
    for row in table.to_pylist():
        _, name, revenue, *_ = held[row["_id"]]
        assert (row["id"], row["name"], row["_deleted"]) == (row["_id"], name, False)
        assert row["annualrevenue"] == Decimal(str(revenue))


def test_columns_have_the_types_that_describe_says(connector: HubSpotConnector) -> None:
    schema = connector.describe("calls")
    assert schema
    table = rows(read(connector, "calls", *schema.fields))
    assert {n: table.schema.field(n).type for n in schema.fields} == {
        name: ARROW_TYPES[field.type] for name, field in schema.fields.items()
    }
    assert table["_changed_at"].to_pylist()[0] == LONG_AGO


def test_every_link_comes_with_its_rows(connector: HubSpotConnector) -> None:
    chunks = read(connector, "calls", "id", links=("companies", "contacts"))
    links = pa.concat_tables([chunk.links["companies"] for chunk in chunks])
    assert links.num_rows == 605
    assert set(links["type_id"].to_pylist()) == {"182"}
    assert all(
        set(c.links["companies"]["from_id"].to_pylist()) <= set(c.rows["_id"].to_pylist()) for c in chunks
    )
    assert {chunk.links["contacts"].num_rows for chunk in chunks} == {0}


def test_links_beyond_the_first_page_of_a_record_come_too(connector: HubSpotConnector) -> None:
    chunks = read(connector, "companies", "id", links=("calls",))
    links = pa.concat_tables([chunk.links["calls"] for chunk in chunks])
    assert len(set(zip(*links.select(["from_id", "to_id"]).to_pydict().values(), strict=True))) == 605


def test_more_properties_than_a_url_holds_are_read_too(connector: HubSpotConnector) -> None:
    table = rows(read(connector, "meetings", *WIDE, "hs_meeting_title"))
    assert sorted(table[WIDE[159]].to_pylist()) == ["0-159", "1-159", "2-159"]
    assert sorted(table["hs_meeting_title"].to_pylist()) == ["meeting 0", "meeting 1", "meeting 2"]


def test_an_incremental_read_has_what_changed(
    connector: HubSpotConnector, unique_portal: RunningSandbox
) -> None:
    read(connector, "contacts", "email")
    path = "/crm/v3/objects/contacts/3007"
    headers = {"Authorization": "Bearer pat-sandbox-token"}
    # Other tests work in this portal too: what they changed is older.
    now = datetime.fromisoformat(unique_portal.get("/_sandbox/clock")["now"]).replace(tzinfo=None)
    unique_portal.request("PATCH", path, {"properties": {"firstname": f"Zoë {now}"}}, headers)
    table = rows(read(connector, "contacts", "firstname", since=now))
    assert table.select(["_id", "firstname", "_deleted"]).to_pylist() == [
        {"_id": "3007", "firstname": f"Zoë {now}", "_deleted": False}
    ]


def test_any_number_of_records_with_one_stamp_is_found(
    connector: HubSpotConnector, unique_portal: RunningSandbox
) -> None:
    table = rows(read(connector, "calls", "hs_call_title", since=LONG_AGO))
    assert sorted(table["_id"].to_pylist()) == sorted(str(5000 + n) for n in range(600))
    searches = [each for each in unique_portal.journal(bodies=True) if each["path"].endswith("/search")]
    assert len(searches) >= 3
    assert not any('"after"' in each["request_body"] for each in searches)


def test_deactivated_owners_are_rows_that_say_so(connector: HubSpotConnector) -> None:
    people = rows(read(connector, "owners", "firstName", "archived")).to_pylist()
    assert {(p["_id"], p["firstName"], p["archived"], p["_deleted"]) for p in people} == {
        ("70", "Ann", False, False), ("71", "Bob", True, False),
    }  # fmt: skip


def test_a_property_that_is_not_there_is_refused_by_name(connector: HubSpotConnector) -> None:
    with pytest.raises(Refused, match="annual_revenu"):
        read(connector, "companies", "name", "annual_revenu")


def test_what_the_portal_lacks_is_absent(connector: HubSpotConnector) -> None:
    assert connector.describe("projects_of_ours") is None


@pytest.mark.parametrize("name", ["invoices", "feedback_submissions"])
def test_what_the_token_may_not_read_is_absent(
    connect: Connect, unique_portal: RunningSandbox, name: str
) -> None:
    unique_portal.fault({"match": {"path": f"{name}$", "times": 1}, "status": 403, "body": {}})
    assert connect(unique_portal).describe(name) is None


def test_a_scope_that_the_token_has_need_not_be_tried(
    connector: HubSpotConnector, unique_portal: RunningSandbox
) -> None:
    connector.probe()
    unique_portal.forget()
    assert [bool(connector.describe(name)) for name in ("companies", "calls", "owners")] == [True] * 3
    assert ["/properties/" in request["path"] for request in unique_portal.journal()] == [True] * 2


def test_a_scope_that_was_taken_away_is_tried_and_missed(
    connector: HubSpotConnector, unique_portal: RunningSandbox
) -> None:
    unique_portal.switch(hubspot_scopes_taken=["crm.objects.companies.read", "crm.objects.owners.read"])
    connector.probe()
    assert [bool(connector.describe(name)) for name in ("companies", "owners", "calls")] == [
        False,
        False,
        True,
    ]
    unique_portal.switch(hubspot_scopes_taken=[])


def test_stages_that_mean_closed_are_told(connector: HubSpotConnector) -> None:
    closed = {name: connector.describe(name) for name in ("tickets", "deals", "companies")}
    assert [schema and schema.closed_values for schema in closed.values()] == [
        ("4",),
        ("closedwon", "closedlost"),
        (),
    ]


@pytest.mark.parametrize("fault", [{"truncate": True}, {"reset": True}, {"status": 502}, {"status": 423}])
def test_a_page_that_fails_once_is_read_again(
    connector: HubSpotConnector, unique_portal: RunningSandbox, fault: dict[str, Any]
) -> None:
    connector.describe("companies")
    unique_portal.fault({"match": {"path": "companies$", "nth": 2, "times": 1}, **fault})
    assert rows(read(connector, "companies", "name")).num_rows == 245


def test_a_page_that_stays_broken_is_no_short_read(
    connector: HubSpotConnector, unique_portal: RunningSandbox
) -> None:
    connector.describe("companies")
    unique_portal.fault({"match": {"path": "companies$"}, "status": 200, "body": '{"results":[{"id":"1"'})
    with pytest.raises(Temporary):
        read(connector, "companies", "name")
    unique_portal.delete("/_sandbox/faults")


def test_a_search_that_comes_too_fast_waits(
    connector: HubSpotConnector, unique_portal: RunningSandbox
) -> None:
    body = {"message": "You have reached your secondly limit.", "category": "RATE_LIMITS"}
    unique_portal.fault({"match": {"path": "/search", "times": 1}, "status": 429, "body": body})
    assert rows(read(connector, "contacts", "email", since=LONG_AGO)).num_rows == 30


def test_a_spent_day_stops_the_read(connector: HubSpotConnector, unique_portal: RunningSandbox) -> None:
    connector.describe("contacts")
    unique_portal.fault(
        {"match": {"path": "contacts$", "times": 1}, "status": 429, "body": {"policyName": "DAILY"}}
    )
    with pytest.raises(QuotaSpent):
        read(connector, "contacts", "email")


def test_the_portal_is_known_by_its_id(connector: HubSpotConnector) -> None:
    assert connector.probe().org_id == "24601001"


def test_another_portal_than_the_pinned_one_is_refused(
    connect: Connect, unique_portal: RunningSandbox
) -> None:
    with pytest.raises(WrongOrg, match="24601001"):
        connect(unique_portal, portal_id="1").probe()


def test_a_wrong_token_is_refused_and_not_told(
    connect: Connect, unique_portal: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    connector = connect(unique_portal)
    monkeypatch.setenv("HUBSPOT_TOKEN", "pat-na1-not-this-one")
    with pytest.raises(LoginRefused) as caught:
        connector.probe()
    assert "not-this-one" not in str(caught.value)


def test_a_property_that_went_since_an_earlier_process_was_told_of_it_is_not_taken_for_empty(
    connect: Connect, unique_portal: RunningSandbox
) -> None:
    schema = connect(unique_portal).describe("companies")
    assert schema
    lever = "/_sandbox/hubspot/property"
    unique_portal.post(lever, {"object": "companies", "name": "city", "concealed": True})
    request = ReadRequest(schema=schema, fields=("name", "city"))
    later = connect(unique_portal)
    with pytest.raises(Refused, match="does not show city of companies any more"):
        list(later.read(request))
    unique_portal.post(lever, {"object": "companies", "name": "city", "concealed": False})
    assert rows(list(later.read(request)))["city"].null_count > 0
