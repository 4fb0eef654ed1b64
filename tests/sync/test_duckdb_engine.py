"""What a session on DuckDB must not do to a command's answer."""

from pathlib import Path

import pytest

from sync.engine.duckdb_engine import DuckDbEngine


def test_a_long_query_draws_nothing_on_stdout() -> None:
    with DuckDbEngine() as engine:
        drawn = engine.query("select current_setting('enable_progress_bar') as drawn")["drawn"].to_pylist()
    assert drawn == [False]


def test_what_a_pull_keeps_small_is_as_it_was_after_it(tmp_path: Path) -> None:
    names = ("threads", "memory_limit", "operator_memory_limit")
    asked = "select " + ", ".join(f"current_setting('{name}') as {name}" for name in names)
    with DuckDbEngine(tmp_path / "mirror.duckdb") as engine:
        before = engine.query(asked)
        with engine.taking_in():
            engine.execute("create table numbers as select range as number from range(1000000)")
            engine.let_go()
            within = engine.query(asked)
        assert (engine.query(asked), within["threads"].to_pylist()) == (before, [1])
        assert within["memory_limit"] == before["memory_limit"]


def test_what_memory_has_no_room_for_is_kept_beside_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    with DuckDbEngine(tmp_path / "mirror.duckdb") as engine:
        engine.execute(
            "create temp table words as select repeat('x', 90) || range as word from range(500000)"
        )
        engine.let_go()
        beside = {path.name for path in tmp_path.iterdir()}
    assert "mirror.duckdb.tmp" in beside
    assert list(elsewhere.iterdir()) == []
