"""A portal can be gone round, counted, asked for single records, and read on from where a read stopped."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest

from connectors.connector import Chunk, ObjectSchema, ReadRequest, Swept
from connectors.errors import Stale
from connectors.hubspot.connector import HubSpotConnector
from tests.sandbox_process import RunningSandbox, start_sandbox

from .conftest import DATA, NOW, Connect

LONG_AGO = datetime(2024, 1, 1)
COMPANIES = DATA["companies"][1]
LIVE = sorted(str(row[0]) for row in COMPANIES if not row[4])
ARCHIVED = sorted(str(row[0]) for row in COMPANIES if row[4])
LOGIN = {"Authorization": "Bearer pat-sandbox-token"}


@pytest.fixture(scope="module")
def portal(data_dir: Any) -> Iterator[RunningSandbox]:
    with start_sandbox("--data", str(data_dir), "--now", NOW) as running:
        body = {"primaryObjectId": "3001", "objectIdToMerge": "3002"}
        assert running.request("POST", "/crm/v3/objects/contacts/merge", body, LOGIN).status < 300
        yield running


@pytest.fixture
def connector(connect: Connect, portal: RunningSandbox) -> HubSpotConnector:
    return connect(portal)


def schema_of(connector: HubSpotConnector, name: str) -> ObjectSchema:
    schema = connector.describe(name)
    assert schema
    return schema


def read(connector: HubSpotConnector, name: str, *fields: str, **more: Any) -> list[Chunk]:
    return list(connector.read(ReadRequest(schema=schema_of(connector, name), fields=fields, **more)))


def states(chunks: list[Chunk]) -> dict[str, bool]:
    rows = pa.concat_tables([chunk.rows for chunk in chunks])
    return dict(zip(rows["_id"].to_pylist(), rows["_deleted"].to_pylist(), strict=True))


def go_round(connector: HubSpotConnector, most_calls: int) -> list[Swept]:
    parts: list[Swept] = []
    while not (parts and parts[-1].ended):
        token = parts[-1].token if parts else None
        some = list(connector.sweep(schema_of(connector, "companies"), token=token, most_calls=most_calls))
        assert 1 <= len(some) <= most_calls
        parts += some
    return parts


@pytest.mark.parametrize("most_calls", [1, 2, 3, 100])
def test_a_round_brings_every_live_id_and_every_archived_one(
    connector: HubSpotConnector, most_calls: int
) -> None:
    parts = go_round(connector, most_calls)
    assert sorted(id_ for part in parts for id_ in part.live.to_pylist()) == LIVE
    assert sorted({id_ for part in parts for id_ in part.gone.to_pylist()}) == ARCHIVED


def test_what_is_archived_comes_first_in_each_part_of_a_round(connector: HubSpotConnector) -> None:
    schema = schema_of(connector, "companies")
    first = list(connector.sweep(schema, token=None, most_calls=2))
    second = list(connector.sweep(schema, token=first[-1].token, most_calls=2))
    assert [sorted(part.gone.to_pylist()) for part in (first[0], second[0])] == [ARCHIVED, ARCHIVED]


@pytest.mark.parametrize("token", ["?", "live nonsense/nonsense"])
def test_a_token_that_leads_nowhere_begins_a_new_round(connector: HubSpotConnector, token: str) -> None:
    parts = list(connector.sweep(schema_of(connector, "companies"), token=token, most_calls=20))
    assert sorted(id_ for part in parts for id_ in part.live.to_pylist()) == LIVE


@pytest.mark.parametrize(("name", "count"), [("companies", 245), ("contacts", 29), ("owners", 2)])
def test_the_portal_counts_what_is_there(connector: HubSpotConnector, name: str, count: int) -> None:
    assert connector.count(schema_of(connector, name)) == count


def test_records_asked_for_by_id_come_live_or_as_deleted_or_not_at_all(connector: HubSpotConnector) -> None:
    found = states(read(connector, "companies", "name", ids=(LIVE[0], ARCHIVED[0], LIVE[9], "424242")))
    assert found == {LIVE[0]: False, LIVE[9]: False, ARCHIVED[0]: True}


def test_a_merged_record_asked_for_by_id_is_gone_and_the_winner_is_named(
    connector: HubSpotConnector,
) -> None:
    (chunk,) = read(connector, "contacts", "email", ids=("3002", "3005"))
    assert states([chunk]) == {"3005": False}
    assert chunk.merges
    assert chunk.merges.to_pylist() == [{"loser_id": "3002", "winner_id": "3001"}]


@pytest.mark.parametrize("since", [None, LONG_AGO])
def test_merges_are_told_with_the_winner(connector: HubSpotConnector, since: datetime | None) -> None:
    chunks = read(connector, "contacts", "email", since=since)
    merges = [row for chunk in chunks if chunk.merges for row in chunk.merges.to_pylist()]
    assert merges == [{"loser_id": "3002", "winner_id": "3001"}]
    assert "hs_merged_object_ids" not in chunks[0].rows.column_names


@pytest.mark.parametrize("way", [{}, {"since": LONG_AGO}, {"ids": tuple(str(4000 + n) for n in range(3000))}])
def test_a_read_goes_on_after_any_chunk(connector: HubSpotConnector, way: dict[str, Any]) -> None:
    # More calls than one chunk holds: 600 of them, a thousand rows a chunk, so ids are asked for in three parts.
    whole = read(connector, "calls", "hs_call_title", **way)
    for kept in range(1, len(whole) + 1):
        rest = read(connector, "calls", "hs_call_title", resume=whole[kept - 1].resume, **way)
        assert states([*whole[:kept], *rest]) == states(whole)
        assert len(rest) == len(whole) - kept


@pytest.mark.parametrize("resume", ["after never-was", "page 2", "beyond x"])
def test_a_place_that_leads_nowhere_is_stale(connector: HubSpotConnector, resume: str) -> None:
    with pytest.raises(Stale):
        read(connector, "companies", "name", resume=resume)


@pytest.mark.parametrize(
    ("more", "rows", "calls"),
    [({}, 1001, 11), ({"links": ("calls", "emails")}, 1001, 15), ({"since": LONG_AGO}, 401, 3), ({}, 0, 1)],
)
def test_the_calls_of_a_read_are_foretold(
    connector: HubSpotConnector, more: dict[str, Any], rows: int, calls: int
) -> None:
    request = ReadRequest(schema=schema_of(connector, "companies"), fields=("name",), **more)
    assert connector.calls_for(request, rows) == calls


def test_a_read_that_is_given_up_stops(connector: HubSpotConnector, portal: RunningSandbox) -> None:
    reading = connector.read(
        ReadRequest(schema=schema_of(connector, "calls"), fields=("id",), ids=tuple(map(str, range(90_000))))
    )
    next(iter(reading))
    portal.forget()
    reading.close()  # type: ignore[attr-defined] # a generator, as every caller's loop closes it
    asked = len(portal.journal())
    assert len(portal.journal()) == asked < 100
