"""The mirror is a cache: rows and mark move together, the last coming counts, another org or version starts over."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest

from connectors.connector import Chunk, Field, ObjectSchema, Swept
from connectors.tasks import WrittenTask
from sync.errors import Failed
from sync.mirror.marks import Mark
from sync.mirror.mirror import OWN_TASKS, Mirror
from sync.mirror.unfinished import Kind, Unfinished

SCHEMA = ObjectSchema(name="calls", fields={"title": Field(name="title", type="text")})
AT = datetime(2026, 5, 12, 9)


def chunk(*rows: tuple[str, str], links: list[tuple[str, str]] | None = None) -> Chunk:
    """Calls of (id, title), with links to companies."""
    table = pa.table(
        {
            "_id": pa.array([row[0] for row in rows], pa.string()),
            "_deleted": pa.array([False] * len(rows), pa.bool_()),
            "_changed_at": pa.array([AT] * len(rows), pa.timestamp("us")),
            "title": pa.array([row[1] for row in rows], pa.string()),
        }
    )
    pairs = links or []
    linked = pa.table(
        {
            "from_id": pa.array([pair[0] for pair in pairs], pa.string()),
            "to_id": pa.array([pair[1] for pair in pairs], pa.string()),
            "type_id": pa.array(["182"] * len(pairs), pa.string()),
        }
    )
    return Chunk(rows=table, links={"companies": linked})


def put(mirror: Mirror, *chunks: Chunk, kind: Kind = "whole", marked: Mark | None = None) -> int:
    """The chunks through a stage into the mirror."""
    read = Unfinished(
        object="calls", kind=kind, fields=("title",), links=("companies",), since=None, started_at=AT
    )
    mirror.keep_schemas("hs", {"calls": SCHEMA})
    stage = mirror.stage("hs", SCHEMA, read)
    for each in chunks:
        stage.add(each)
    return mirror.keep("hs", stage, marked or mark())


def mark(**changes: object) -> Mark:
    given = {
        "object": "calls",
        "fields": frozenset({"title"}),
        "links": frozenset({"companies"}),
        "read_at": AT,
        "complete": True,
    }
    return Mark(**{**given, **changes})  # type: ignore[arg-type]  # fields by name


def held(mirror: Mirror) -> list[tuple[str, str]]:
    rows = mirror.engine.query(
        f"select _id, title from {mirror.table('hs', 'calls')} order by _id"
    ).to_pylist()
    return [(row["_id"], row["title"]) for row in rows]


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    made = Mirror(tmp_path / "mirror.duckdb")
    made.enter_org("hs", "1")
    return made


def test_a_change_replaces_its_row_and_its_links_and_leaves_the_others(mirror: Mirror) -> None:
    put(mirror, chunk(("1", "a"), ("2", "b"), links=[("1", "c1"), ("2", "c2")]))

    put(mirror, chunk(("2", "B"), links=[("2", "c9")]), kind="delta")

    links = mirror.engine.query(
        f"select from_id, to_id from {mirror.link_table('hs', 'calls', 'companies')} order by 1"
    )
    assert held(mirror) == [("1", "a"), ("2", "B")]
    assert [tuple(row.values()) for row in links.to_pylist()] == [("1", "c1"), ("2", "c9")]
    assert mirror.mark("hs", "calls").row_count == 2
    mirror.close()


def test_a_read_that_breaks_leaves_rows_and_mark_as_they_were_and_can_go_on(mirror: Mirror) -> None:
    put(mirror, chunk(("1", "a")))
    read = Unfinished(
        object="calls", kind="whole", fields=("title",), links=("companies",), since=None, started_at=AT
    )
    stage = mirror.stage("hs", SCHEMA, read)
    stage.add(replace(chunk(("2", "b")), resume="after 2"))
    stage.settle()

    left = mirror.unfinished("hs", "calls")
    assert left is not None
    assert (held(mirror), left.resume, left.rows) == ([("1", "a")], "after 2", 1)
    again = mirror.stage("hs", SCHEMA, left)
    again.add(chunk(("3", "c")))
    assert mirror.keep("hs", again, mark()) == 2
    assert (held(mirror), mirror.unfinished("hs", "calls")) == ([("2", "b"), ("3", "c")], None)
    mirror.close()


def test_only_the_values_of_calculated_fields_move_and_only_where_they_differ(mirror: Mirror) -> None:
    put(mirror, chunk(("1", "a"), ("2", "b"), links=[("1", "c1")]))
    read = Unfinished(
        object="calls", kind="calculated", fields=("title",), links=(), since=None, started_at=AT
    )
    stage = mirror.stage("hs", SCHEMA, read)
    stage.add(Chunk(rows=chunk(("2", "B"), ("9", "unknown")).rows))
    mirror.keep("hs", stage, mark())
    assert held(mirror) == [("1", "a"), ("2", "B")]
    mirror.close()


def test_who_points_at_a_merged_record_points_at_the_last_winner(mirror: Mirror) -> None:
    put(mirror, chunk(("1", "a"), ("2", "b"), ("3", "c")))
    merges = pa.table({"loser_id": ["1", "2"], "winner_id": ["2", "3"]})
    put(mirror, replace(chunk(("3", "c")), merges=merges), kind="delta")
    live = f"select _id from {mirror.table('hs', 'calls')} where not _deleted order by 1"
    assert mirror.merges.winners("hs") == {("calls", "1"): "3", ("calls", "2"): "3"}
    assert mirror.engine.query(live)["_id"].to_pylist() == ["3"]
    put(mirror, chunk(("1", "brought back")), kind="delta")
    assert mirror.engine.query(live)["_id"].to_pylist() == ["1", "3"]
    mirror.close()


def test_a_merge_that_is_told_with_each_change_of_the_winner_is_kept_once(mirror: Mirror) -> None:
    merges = pa.table({"loser_id": ["1", "2"], "winner_id": ["3", "3"]})
    for _ in range(3):
        put(mirror, replace(chunk(("3", "c")), merges=merges), kind="delta")
    assert mirror.engine.rows("select loser_id, winner_id from meta.merge order by 1") == [
        ("1", "3"),
        ("2", "3"),
    ]
    mirror.close()


def test_links_to_a_merged_record_lead_to_the_winner_whenever_they_come(mirror: Mirror) -> None:
    companies = ObjectSchema(name="companies", fields={})
    put(mirror, chunk(("1", "a"), links=[("1", "c1")]))
    mirror.keep_schemas("hs", {"calls": SCHEMA, "companies": companies})
    read = Unfinished(object="companies", kind="whole", fields=(), links=(), since=None, started_at=AT)
    stage = mirror.stage("hs", companies, read)
    merges = pa.table({"loser_id": ["c1"], "winner_id": ["c2"]})
    stage.add(Chunk(rows=chunk(("c2", "")).rows.drop_columns("title"), merges=merges))
    mirror.keep("hs", stage, mark(object="companies", fields=frozenset(), links=frozenset()))
    put(mirror, chunk(("2", "b"), links=[("2", "c1")]), kind="delta")
    to = mirror.engine.query(f"select to_id from {mirror.link_table('hs', 'calls', 'companies')}")["to_id"]
    assert to.to_pylist() == ["c2", "c2"]
    mirror.close()


def test_a_field_that_changes_its_type_is_emptied_and_named_for_reading_anew(mirror: Mirror) -> None:
    put(mirror, chunk(("1", "a")))
    numbers = ObjectSchema(
        name="calls", fields={name: Field(name=name, type="integer") for name in ("title", "new")}
    )
    assert mirror.fit("hs", numbers, ["title", "new"], ["contacts"]) == {"title", "new"}
    assert mirror.fit("hs", numbers, ["title", "new"], ["contacts"]) == frozenset()
    row = mirror.engine.query(f"select title, new from {mirror.table('hs', 'calls')}").to_pylist()
    assert row == [{"title": None, "new": None}]
    mirror.close()


def test_a_round_tells_what_it_missed_and_what_is_new_to_the_mirror(mirror: Mirror) -> None:
    put(mirror, chunk(("1", "a"), ("2", "b")))
    empty = pa.array([], pa.string())
    for ids, ended in ((["2"], False), (["7"], True)):
        part = Swept(live=pa.array(ids), gone=empty, token="t", ended=ended)
        mirror.sweeps.take("hs", "calls", part, at=AT)
    assert mirror.sweeps.missed("hs", "calls") == (["1"], ["7"])
    assert mirror.take_out("hs", "calls", pa.array(["1", "7"])) == 1
    assert mirror.live_count("hs", "calls") == 1
    mirror.close()


def test_another_org_behind_the_same_name_starts_from_nothing(mirror: Mirror) -> None:
    put(mirror, chunk(("1", "a")))

    mirror.enter_org("hs", "2")

    assert mirror.org_id("hs") == "2"
    assert mirror.marks("hs") == []
    mirror.close()


def test_a_mirror_of_another_version_is_read_anew(tmp_path: Path) -> None:
    first = Mirror(tmp_path / "mirror.duckdb")
    first.enter_org("hs", "1")
    first.engine.execute("update meta.format set format = 999")
    first.close()

    again = Mirror(tmp_path / "mirror.duckdb")

    assert again.org_id("hs") is None
    again.close()


def test_own_tasks_come_back_as_they_were_kept(mirror: Mirror) -> None:
    task = WrittenTask(
        id="7", key="k", state="s", subject="Größe 😀", body="<p>x</p>", owner_id=None, due="2026-05-13", priority="high",
        status="open", account_ids=("1", "2"), created_at=AT,
    )  # fmt: skip

    mirror.keep_own_tasks("hs", [task], Mark(object=OWN_TASKS, read_at=AT, complete=True), full=True)

    assert mirror.own_tasks("hs") == [task]
    mirror.close()


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "mirror.duckdb").write_bytes(b"no database")

    with pytest.raises(Failed, match="Delete it: it is a cache"):
        Mirror(tmp_path / "mirror.duckdb")
