"""What a read brings reaches the mirror whole, however it comes in parts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pyarrow as pa
import pytest

from connectors.connector import Chunk, Field, ObjectSchema
from sync.mirror.marks import Mark
from sync.mirror.mirror import Mirror
from sync.mirror.unfinished import Unfinished

SCHEMA = ObjectSchema(name="companies", fields={"name": Field(name="name", type="text")})
MARK = Mark(object="companies", fields=frozenset({"name"}), links=frozenset({"contacts"}), complete=True)
CHANGED_AT = datetime(2024, 1, 1)


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    mirror = Mirror()
    mirror.enter_org("hs", "1")
    yield mirror
    mirror.close()


def chunk(ids: range, name: str) -> Chunk:
    texts = [str(n) for n in ids]
    rows = {
        "_id": pa.array(texts), "_deleted": pa.array([False] * len(ids)),
        "_changed_at": pa.array([CHANGED_AT] * len(ids), pa.timestamp("us")), "name": pa.array([name] * len(ids)),
    }  # fmt: skip
    links = {
        "from_id": pa.array(texts),
        "to_id": pa.array([name] * len(ids)),
        "type_id": pa.array(["1"] * len(ids)),
    }
    return Chunk(rows=pa.table(rows), links={"contacts": pa.table(links)})


def put(mirror: Mirror, *chunks: Chunk, mark: Mark) -> int:
    read = Unfinished(
        object="companies", kind="whole", fields=("name",), links=tuple(mark.links), since=None, started_at=CHANGED_AT
    )  # fmt: skip
    mirror.keep_schemas("hs", {"companies": SCHEMA})
    stage = mirror.stage("hs", SCHEMA, read)
    for each in chunks:
        stage.add(each)
    return mirror.keep("hs", stage, mark)


def test_every_row_arrives_and_the_last_coming_of_a_record_counts(mirror: Mirror) -> None:
    parts = [chunk(range(n, n + 1000), "first") for n in range(0, 25_000, 1000)]
    written = put(mirror, *parts, chunk(range(10), "last"), mark=MARK)
    assert (written, counted(mirror)) == (25_000, [{"first": 24_990, "last": 10}] * 2)


def test_a_record_that_comes_twice_in_one_chunk_counts_as_it_came_last(mirror: Mirror) -> None:
    first, last = chunk(range(3), "first").rows, chunk(range(1), "last").rows
    twice = Chunk(rows=pa.concat_tables([first, last]))
    mark = Mark(object="companies", fields=frozenset({"name"}), complete=True)
    assert put(mirror, twice, mark=mark) == 3
    held = mirror.engine.query(f"select name from {mirror.table('hs', 'companies')} order by _id")
    assert held["name"].to_pylist() == ["last", "first", "first"]


def test_a_read_that_stops_in_the_middle_of_a_chunk_goes_on_before_it(mirror: Mirror) -> None:
    read = Unfinished(
        object="companies", kind="whole", fields=("name",), links=("contacts",), since=None, started_at=CHANGED_AT
    )  # fmt: skip
    mirror.keep_schemas("hs", {"companies": SCHEMA})
    stage = mirror.stage("hs", SCHEMA, read)
    parts = [chunk(range(n, n + 50_000), "first") for n in (0, 50_000, 100_000)]
    for n, part in enumerate(parts):
        stage.add(replace(part, resume=f"behind {n}"))
    begun = mirror.unfinished("hs", "companies")
    assert begun is not None
    assert (begun.resume, begun.rows) == ("behind 1", 100_000)
    again = mirror.stage("hs", SCHEMA, begun)
    again.add(chunk(range(100_000, 150_000), "last"))
    assert (mirror.keep("hs", again, MARK), again.read.rows) == (150_000, 150_000)
    assert counted(mirror) == [{"first": 100_000, "last": 50_000}] * 2


def test_a_chunk_that_must_be_kept_now_is_in_the_file_with_all_before_it(mirror: Mirror) -> None:
    read = Unfinished(
        object="companies", kind="whole", fields=("name",), links=("contacts",), since=None, started_at=CHANGED_AT
    )  # fmt: skip
    mirror.keep_schemas("hs", {"companies": SCHEMA})
    stage = mirror.stage("hs", SCHEMA, read)
    stage.add(replace(chunk(range(10), "first"), resume="in the middle"))
    assert mirror.unfinished("hs", "companies") is None
    stage.add(replace(chunk(range(10, 11), "last"), resume="at the end", keep_now=True))
    begun = mirror.unfinished("hs", "companies")
    assert begun is not None
    assert (begun.resume, begun.rows) == ("at the end", 11)


def counted(mirror: Mirror) -> list[dict[str, int]]:
    """By name: how many records bear it, and how many links lead to it."""
    places = {
        "name": mirror.table("hs", "companies"),
        "to_id": mirror.link_table("hs", "companies", "contacts"),
    }
    found = [
        mirror.engine.query(f"select {name} as name, count(*) as n from {table} group by 1")
        for name, table in places.items()
    ]
    return [{row["name"]: row["n"] for row in each.to_pylist()} for each in found]
