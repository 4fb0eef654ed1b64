"""The run lease: only one run at a time may write to the CRMs.

On SQLite it is a locked file beside the ledger, which the operating system frees the moment its process ends,
however it ends. On PostgreSQL, where processes of several machines meet, it is a row that is renewed while the run
lives and expires after it; a session lock would live on with a half-dead connection and fails behind a pooler.
"""

import fcntl
import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, Self

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from sync.errors import Failed, LeaseHeld, LeaseLost
from sync.ledger import schema
from sync.ledger.database import Database

LIFETIME_S = 120
_FREED_AT_ONCE = "Wait until it is done; should that process hang, end it: that frees the lease at once"
_FREED_LATER = (
    "Wait until it is done; the lease of a killed run is free {:g} seconds after its last sign of life"
)
_table = schema.lease
_database_now = sa.func.timezone("utc", sa.func.clock_timestamp())


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who has the lease, for the person who waits for it."""

    run: str
    """Its id, empty where it has none yet."""
    command: str
    host: str
    pid: int
    since: str
    """`2026-11-22 03:15:00 UTC`."""

    @classmethod
    def here(cls, *, run: str, command: str) -> Self:
        """This process, now."""
        since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        return cls(run=run, command=command, host=socket.gethostname(), pid=os.getpid(), since=since)


class Lease(Protocol):
    """The right to write, held inside its `with`."""

    def __enter__(self) -> Self:
        """Takes it; raises LeaseHeld at once when another run has it."""

    def __exit__(self, *error: object) -> None:
        """Gives it back."""

    def check(self) -> None:
        """Raises LeaseLost when it is no longer ours: call it before every batch that is sent."""


class FileLease:
    """A locked file; its text says who holds it."""

    def __init__(self, path: Path, holder: Holder) -> None:
        self._path, self._holder = path, holder
        self._file = -1

    def __enter__(self) -> Self:
        while self._file < 0:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                holder = _read_holder(os.pread(file, 4096, 0))
                os.close(file)
                raise _held(holder, _FREED_AT_ONCE) from error
            except OSError as error:
                os.close(file)
                problem = f"this file system cannot lock {self._path.name}: {error.strerror}"
                raise Failed(
                    "ledger.url", problem, "Keep the ledger on a local disk, or on PostgreSQL"
                ) from error
            # Somebody may have deleted the file between opening and locking: then this lock guards nothing.
            if self._is_current(file):
                self._file = file
            else:
                os.close(file)
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, json.dumps(asdict(self._holder)).encode(), 0)
        return self

    def __exit__(self, *error: object) -> None:
        # The file stays: deleting it would let two processes lock two files of the same name.
        os.ftruncate(self._file, 0)
        os.close(self._file)
        self._file = -1

    def check(self) -> None:
        """Raises LeaseLost when the lock file was deleted or replaced."""
        if self._file < 0 or not self._is_current(self._file):
            raise _lost(f"{self._path.name} was deleted during the run")

    def _is_current(self, file: int) -> bool:
        try:
            return os.path.samestat(self._path.stat(), os.fstat(file))
        except FileNotFoundError:
            return False


class RowLease:
    """A row in the ledger with an end, by the database's own clock; a thread moves the end on."""

    def __init__(self, database: Database, holder: Holder, *, lifetime_s: float = LIFETIME_S) -> None:
        """`lifetime_s`: how long the row outlives its run's last sign of life; a third of it lies between two signs."""
        self._database, self._holder, self._lifetime_s = database, holder, lifetime_s
        self._token = secrets.token_hex(16)
        self._good_until = 0.0
        self._done = threading.Event()
        self._renewer = threading.Thread(target=self._keep_renewing, name="lease", daemon=True)

    def __enter__(self) -> Self:
        self._take()
        self._renewer.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._done.set()
        self._renewer.join()
        # A database that is away must not hide what ended the run; the row expires without us.
        with suppress(Failed):
            self._database.write(sa.delete(_table).where(_table.c.token == self._token))

    def check(self) -> None:
        """Raises LeaseLost when it was not renewed in time; asks nothing over the network."""
        # Whoever is told that it is good still has a request under way: a quarter of its life is time enough for that.
        if time.monotonic() > self._good_until - self._lifetime_s / 4:
            raise _lost("it could not be renewed in time")

    def renew(self) -> None:
        """Moves the end on; raises LeaseLost when another run has taken over."""
        asked_at = time.monotonic()
        renewal = sa.update(_table).where(_table.c.token == self._token).values(expires_at=self._new_end())
        if not self._database.write(renewal):
            self._good_until = 0.0
            raise _lost("another run has taken it over")
        self._good_until = asked_at + self._lifetime_s

    def _take(self) -> None:
        asked_at = time.monotonic()
        row = {"token": self._token, "holder": asdict(self._holder), "expires_at": self._new_end()}
        statement = (
            postgresql.insert(_table)
            .values(name="run", **row)
            .on_conflict_do_update(
                index_elements=["name"], set_=row, where=_table.c.expires_at < _database_now
            )
            .returning(_table.c.token)
        )
        if not self._database.write_returning(statement):
            rows = self._database.read(sa.select(_table.c.holder))
            raise _held(rows[0]["holder"] if rows else {}, _FREED_LATER.format(self._lifetime_s))
        self._good_until = asked_at + self._lifetime_s

    def _keep_renewing(self) -> None:
        while not self._done.wait(self._lifetime_s / 3):
            try:
                self.renew()
            except LeaseLost:
                return
            except Failed:
                # The next round tries again; check() tells the run when it has gone on for too long.
                continue

    def _new_end(self) -> sa.ColumnElement[Any]:
        return _database_now + timedelta(seconds=self._lifetime_s)


def _read_holder(text: bytes) -> Mapping[str, Any]:
    """Empty when the holder has not written its name yet."""
    try:
        holder = json.loads(text)
    except ValueError:
        return {}
    return holder if isinstance(holder, dict) else {}


def _held(holder: Mapping[str, Any], remedy: str) -> LeaseHeld:
    if not holder.keys() >= Holder.__dataclass_fields__.keys():
        return LeaseHeld("lease", "another run is at work", remedy)
    who = "{command} (process {pid} on {host}, since {since})".format(**holder)
    run = f" on run {holder['run']}" if holder["run"] else ""
    return LeaseHeld("lease", f"{who} is at work{run}", remedy)


def _lost(why: str) -> LeaseLost:
    return LeaseLost("lease", f"this run no longer holds it: {why}", "Nothing more was written; run again")
