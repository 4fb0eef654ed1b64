"""A portal's custom objects are read like HubSpot's own, by whichever of their full names the mapping has."""

from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from connectors.connector import ReadRequest
from connectors.hubspot.connector import HubSpotConnector
from tests.sandbox_process import RunningSandbox

from .conftest import Connect

NAMES = ("p_promises", "p24601001_promises", "2-41000001")
TOKEN = {"Authorization": "Bearer pat-sandbox-token"}


@pytest.fixture
def connector(connect: Connect, unique_portal: RunningSandbox) -> HubSpotConnector:
    unique_portal.forget()
    return connect(unique_portal)


def read(connector: HubSpotConnector, name: str, **more: Any) -> tuple[list[dict[str, Any]], pa.Table]:
    schema = connector.describe(name)
    assert schema
    request = ReadRequest(schema=schema, fields=("promised_for",), links=("companies",), **more)
    chunks = list(connector.read(request))
    rows = pa.concat_tables([chunk.rows for chunk in chunks]).to_pylist()
    return rows, pa.concat_tables([chunk.links["companies"] for chunk in chunks])


@pytest.mark.parametrize("name", NAMES)
def test_every_record_comes_once_with_its_links(connector: HubSpotConnector, name: str) -> None:
    rows, links = read(connector, name)
    assert sorted(row["_id"] for row in rows) == [str(6000 + n) for n in range(150)]
    assert {row["promised_for"] for row in rows} == {date(2024, 5, 20)}
    ends = {(row["from_id"], row["to_id"]) for row in links.to_pylist()}
    assert {end for end in ends if end[0] != "6149"} == {
        (str(6000 + n), str(1000 + n % 3)) for n in range(149)
    }
    assert len({end for end in ends if end[0] == "6149"}) == 118


def test_what_changed_comes_with_its_links(
    connector: HubSpotConnector, unique_portal: RunningSandbox
) -> None:
    unique_portal.post("/_sandbox/clock", {"advance_s": 60})
    now = datetime.fromisoformat(unique_portal.get("/_sandbox/clock")["now"]).replace(tzinfo=None)
    body = {"properties": {"promise_text": f"Changed {now}"}}
    unique_portal.request("PATCH", "/crm/v3/objects/p_promises/6004", body, TOKEN)
    rows, links = read(connector, "p_promises", since=now - timedelta(seconds=1))
    assert [row["_id"] for row in rows] == ["6004"]
    assert links["to_id"].to_pylist() == ["1001"]


def test_they_are_counted_and_go_round_with_all_links_that_a_list_has_room_for(
    connector: HubSpotConnector, unique_portal: RunningSandbox
) -> None:
    schema = connector.describe("p_promises")
    assert schema
    assert connector.count(schema) == 150
    unique_portal.forget()
    parts = list(connector.sweep(schema, token=None, most_calls=50, links=("companies", "p_promises")))
    assert sum(len(part.live) for part in parts) == 150
    told = [part.links["companies"] for part in parts if part.links]
    assert sorted(id_ for each in told for id_ in each.ids.to_pylist()) == [str(6000 + n) for n in range(149)]
    ends = {(row["from_id"], row["to_id"]) for each in told for row in each.links.to_pylist()}
    assert ends == {(str(6000 + n), str(1000 + n % 3)) for n in range(149)}
    assert len(unique_portal.journal()) == len(parts)


def test_a_portal_names_its_custom_objects_where_the_token_may_see_them(
    connector: HubSpotConnector, unique_portal: RunningSandbox
) -> None:
    assert {"companies", "invoices", "p_promises"} <= {*connector.object_names()}
    unique_portal.switch(hubspot_scopes_taken=["crm.schemas.custom.read"])
    assert "companies" in connector.object_names()
    assert "p_promises" not in connector.object_names()
    unique_portal.switch(hubspot_scopes_taken=[])


@pytest.mark.parametrize("name", ["promises", "p_promise"])
def test_a_bare_name_is_no_object(connector: HubSpotConnector, name: str) -> None:
    assert connector.describe(name) is None


def test_without_the_scope_for_their_records_they_are_absent(
    connector: HubSpotConnector, unique_portal: RunningSandbox
) -> None:
    unique_portal.switch(hubspot_scopes_taken=["crm.objects.custom.read"])
    assert connector.describe("p_promises") is None
    unique_portal.switch(hubspot_scopes_taken=[])
