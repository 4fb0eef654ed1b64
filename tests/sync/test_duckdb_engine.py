"""What a session on DuckDB must not do to a command's answer."""

from sync.engine.duckdb_engine import DuckDbEngine


def test_a_long_query_draws_nothing_on_stdout() -> None:
    with DuckDbEngine() as engine:
        drawn = engine.query("select current_setting('enable_progress_bar') as drawn")["drawn"].to_pylist()
    assert drawn == [False]
