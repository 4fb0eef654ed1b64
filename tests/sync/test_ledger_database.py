"""A ledger is made, found again, brought up to date by one process at a time, and refused when it is too new."""

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from sync.errors import Failed, UserError
from sync.ledger.changes import Change, Changes
from sync.ledger.database import Database, open_engine, utc_now
from sync.ledger.ledger import Ledger
from sync.ledger.migrate import known_versions
from sync.ledger.schema import VERSION_TABLE, metadata
from sync.ledger.upgrade import alembic_config, upgrade

LONG = Change(
    org_id="o1",
    object_name="Task",
    record_id="t",
    field="due",
    old="x" * 1_000_000,
    new=None,
    seen_at=utc_now(),
)
OPEN = "import sys; from sync.ledger.ledger import Ledger\nwith Ledger.open(sys.argv[1]) as l: print(l.installation_id)"


VERSION = sa.text(f"SELECT version_num FROM {VERSION_TABLE}")


def _context(connection: sa.Connection) -> MigrationContext:
    return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})


def test_the_files_of_the_migrations_name_the_versions_that_alembic_knows() -> None:
    script = ScriptDirectory.from_config(alembic_config())
    assert known_versions() == sorted(each.revision for each in script.walk_revisions())
    assert known_versions()[-1] == script.get_current_head()


def test_the_migrations_make_the_schema_that_the_code_knows(ledger_url: str) -> None:
    Ledger.open(ledger_url).close()
    engine = open_engine(ledger_url)
    with engine.connect() as connection:
        assert compare_metadata(_context(connection), metadata) == []
    engine.dispose()


def _tables(connection: sa.Connection) -> dict[str, list[str]]:
    """Everything that a database says of each table, as text; columns that a later version added stand last in some."""
    seen = sa.inspect(connection)
    return {
        name: sorted(
            [
                *(f"{each | {'type': str(each['type'])}}" for each in seen.get_columns(name)),
                *(f"{each}" for each in seen.get_unique_constraints(name)),
                *(f"{each}" for each in seen.get_indexes(name)),
                *(f"{each}" for each in seen.get_foreign_keys(name)),
                f"{seen.get_pk_constraint(name)}",
            ]
        )
        for name in sorted(seen.get_table_names())
    }


def test_a_new_ledger_is_what_its_migrations_would_have_made_of_an_empty_one(ledger_url: str) -> None:
    Ledger.open(ledger_url).close()
    engine = open_engine(ledger_url)
    with engine.begin() as connection:
        made, version = _tables(connection), connection.execute(VERSION).scalar()
        everything = sa.MetaData()
        everything.reflect(connection)
        everything.drop_all(connection)
        upgrade(connection)
        assert (_tables(connection), connection.execute(VERSION).scalar()) == (made, version)
        assert len(made) == len(metadata.tables) + 1
    engine.dispose()


def test_an_installation_keeps_its_id(ledger_url: str) -> None:
    with Ledger.open(ledger_url) as first:
        made = first.installation_id
        assert first.installation_id == made
    with Ledger.open(ledger_url) as second:
        assert second.installation_id == made


def test_two_processes_may_open_a_new_ledger_at_once(ledger_url: str) -> None:
    started = [
        subprocess.Popen([sys.executable, "-c", OPEN, ledger_url], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    answers = [process.communicate(timeout=60)[0] for process in started]
    assert [process.returncode for process in started] == [0, 0]
    assert answers[0] == answers[1] != ""


def test_a_ledger_of_a_newer_version_is_refused(ledger_url: str) -> None:
    Ledger.open(ledger_url).close()
    engine = open_engine(ledger_url)
    Database(engine).write(sa.text("UPDATE ledger_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(UserError, match="a newer Keptword wrote this ledger"):
        Ledger.open(ledger_url)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_text("Dear diary, " * 1000)
    with pytest.raises(UserError, match="is not a ledger"):
        Ledger.open(f"sqlite:///{tmp_path}/ledger.db")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Failed, match=r"cannot open sqlite:///.*nowhere.*Make sure that the folder"):
        Ledger.open(f"sqlite:///{tmp_path}/nowhere/ledger.db")


def test_an_unreachable_server_is_named_without_its_password() -> None:
    with pytest.raises(Failed, match="cannot open postgresql") as failed:
        Ledger.open("postgresql://kept:hunter2@127.0.0.1:1/kept")
    assert "hunter2" not in str(failed.value)


def test_a_sqlite_commit_waits_for_the_disk(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/ledger.db")
    with engine.connect() as connection:
        found = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")
        ]
    engine.dispose()
    assert found == ["wal", 2]


def test_a_full_disk_fails_with_a_remedy_and_keeps_what_was_there(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    Ledger.open(url).close()
    engine = open_engine(url)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")  # SQLite's own way to a disk without room
    with pytest.raises(Failed, match=r"the database failed: .*full.*Look at the disk"):
        Changes(Database(engine)).record([LONG])
    assert Changes(Database(engine)).of_records("o1", "Task") == []
    engine.dispose()


def test_a_connection_that_the_server_dropped_is_made_anew(postgresql_url: str) -> None:
    end_all = sa.text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename IS NOT NULL"
    )
    engine = open_engine(postgresql_url)
    with Ledger.open(postgresql_url) as ledger:
        before = ledger.installation_id
        Database(engine).write(end_all)
        assert ledger.installation_id == before
    engine.dispose()
