"""The mirror is a cache: rows and mark move together, the last coming counts, another org or version starts over."""

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest

from connectors.connector import Chunk, Field, ObjectSchema
from connectors.tasks import WrittenTask
from sync.errors import Failed
from sync.mirror.marks import Mark
from sync.mirror.mirror import OWN_TASKS, Mirror

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
    mirror.write_object(
        "hs", SCHEMA, [chunk(("1", "a"), ("2", "b"), links=[("1", "c1"), ("2", "c2")])], mark(), full=True
    )

    mirror.write_object("hs", SCHEMA, [chunk(("2", "B"), links=[("2", "c9")])], mark(), full=False)

    links = mirror.engine.query(
        f"select from_id, to_id from {mirror.link_table('hs', 'calls', 'companies')} order by 1"
    )
    assert held(mirror) == [("1", "a"), ("2", "B")]
    assert [tuple(row.values()) for row in links.to_pylist()] == [("1", "c1"), ("2", "c9")]
    assert mirror.mark("hs", "calls").row_count == 2
    mirror.close()


def test_a_read_that_breaks_leaves_rows_and_mark_as_they_were(mirror: Mirror) -> None:
    mirror.write_object("hs", SCHEMA, [chunk(("1", "a"))], mark(), full=True)

    def broken() -> object:
        yield chunk(("2", "b"))
        raise RuntimeError("the line is cut")

    with pytest.raises(RuntimeError):
        mirror.write_object("hs", SCHEMA, broken(), mark(read_at=datetime(2027, 1, 1)), full=True)  # type: ignore[arg-type]  # an iterator of chunks

    assert held(mirror) == [("1", "a")]
    assert mirror.mark("hs", "calls").read_at == AT
    mirror.close()


def test_another_org_behind_the_same_name_starts_from_nothing(mirror: Mirror) -> None:
    mirror.write_object("hs", SCHEMA, [chunk(("1", "a"))], mark(), full=True)

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
