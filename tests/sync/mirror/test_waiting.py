"""Marks of reads that brought nothing wait for the next transaction; no truth is lost with them."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from sync.mirror.mirror import Mirror
from tests.sync.mirror.test_mirror import AT, chunk, held, mark, put


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[Mirror]:
    mirror = Mirror(tmp_path / "mirror.duckdb")
    mirror.enter_org("hs", "o1")
    yield mirror
    mirror.close()


def in_file(mirror: Mirror) -> list[tuple[str, bool, int]]:
    """Object, complete and row count, as a process that comes later would find them."""
    found = mirror.engine.rows("select object, complete, row_count from meta.mark order by 1")
    return [(name, complete, count) for name, complete, count in found]


def test_what_brought_nothing_is_written_with_the_next_that_brings_something(mirror: Mirror) -> None:
    put(mirror)
    mirror.keep_mark("hs", mark(object="notes"))
    assert (in_file(mirror), mirror.mark("hs", "calls").read_at) == ([], AT)
    put(mirror, chunk(("1", "a")), kind="delta")
    assert in_file(mirror) == [("calls", True, 1), ("notes", True, 0)]
    assert held(mirror) == [("1", "a")]


def test_a_failure_is_in_the_file_at_once(mirror: Mirror) -> None:
    mirror.keep_mark("hs", mark(complete=False, reason="the line broke"))
    assert in_file(mirror) == [("calls", False, 0)]


def test_an_object_that_lost_all_its_records_is_empty_at_once(mirror: Mirror) -> None:
    put(mirror, chunk(("1", "a")))
    put(mirror)
    assert (in_file(mirror), held(mirror)) == ([("calls", True, 0)], [])


def test_what_waits_is_written_when_the_file_is_let_go_of(mirror: Mirror, tmp_path: Path) -> None:
    put(mirror)
    mirror.close()
    again = Mirror(tmp_path / "mirror.duckdb")
    assert (in_file(again), held(again)) == ([("calls", True, 0)], [])
    again.close()


def test_marks_that_could_not_be_written_are_as_the_file_has_them(mirror: Mirror) -> None:
    put(mirror, chunk(("1", "a")))
    mirror.keep_mark("hs", mark(row_count=1, counted=7))
    mirror.engine.execute("alter table meta.mark rename to away")
    with pytest.raises(duckdb.Error):
        mirror.write_waiting()
    mirror.engine.execute("alter table meta.away rename to mark")
    assert (mirror.mark("hs", "calls").counted, in_file(mirror)) == (None, [("calls", True, 1)])
