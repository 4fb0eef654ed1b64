"""What both dialects share: one clock, one store of records, and the switches of this sandbox."""

import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Protocol

from starlette.routing import BaseRoute


class Clock:
    """The CRM's own time: starts where it is set and runs on in step with the machine's."""

    def __init__(self, start: datetime | None = None) -> None:
        self.set(start or datetime.now(UTC))

    def set(self, now: datetime) -> None:
        """Moves the clock to `now` (aware, or naive meaning UTC)."""
        self._start = now.replace(tzinfo=UTC) if now.tzinfo is None else now.astimezone(UTC)
        self._set_at = time.monotonic()

    def now(self) -> datetime:
        """Aware UTC, to the millisecond as both vendors keep it."""
        instant = self._start + timedelta(seconds=time.monotonic() - self._set_at)
        return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


class Store:
    """Records in SQLite: one table for each object of each dialect, named `<dialect>__<object>`.

    Column names are the vendor's own field names and compare without regard to case, as SOQL does.
    The server handles one request at a time, so a request is one transaction of the one connection.
    """

    def __init__(self, path: str = ":memory:") -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.execute("PRAGMA case_sensitive_like = OFF")

    def define(self, table: str, columns: Mapping[str, str]) -> None:
        """Makes the table, or adds the columns that it lacks; values of `columns` are SQLite types."""
        known = {row["name"].lower() for row in self.query(f"PRAGMA table_info({quoted(table)})")}
        if not known:
            described = ", ".join(f"{quoted(name)} {kind}" for name, kind in columns.items())
            self.execute(f"CREATE TABLE {quoted(table)} ({described})")
            return
        for name, kind in columns.items():
            if name.lower() not in known:
                self.execute(f"ALTER TABLE {quoted(table)} ADD COLUMN {quoted(name)} {kind}")

    def query(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[sqlite3.Row]:
        """Every row of the answer."""
        return self._connection.execute(sql, parameters).fetchall()

    @property
    def changes(self) -> int:
        """How many rows were ever written; the same number means the same rows."""
        return self._connection.total_changes

    def stream(self, sql: str, parameters: Sequence[Any] = (), *, size: int = 5_000) -> Iterator[list[Any]]:
        """The answer as plain tuples, `size` at a time, so that only so many are held in memory."""
        cursor = self._connection.cursor()
        cursor.row_factory = None
        cursor.execute(sql, parameters)
        while part := cursor.fetchmany(size):
            yield part

    def execute(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> int:
        """Runs one statement and says how many rows it touched; raises sqlite3.IntegrityError on a twin."""
        return self._connection.execute(sql, parameters).rowcount

    def execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Runs one statement for each of many rows of values, however many they are."""
        self._connection.executemany(sql, rows)

    def insert_many(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Inserts rows of values in the order of `columns`."""
        names = ", ".join(quoted(name) for name in columns)
        marks = ", ".join("?" * len(columns))
        self._connection.executemany(f"INSERT INTO {quoted(table)} ({names}) VALUES ({marks})", rows)

    @contextmanager
    def transaction(self, name: str = "request") -> Iterator[None]:
        """All or nothing; may be nested, each level a savepoint."""
        self._connection.execute(f"SAVEPOINT {quoted(name)}")
        try:
            yield
        except BaseException:
            self._connection.execute(f"ROLLBACK TO {quoted(name)}")
            self._connection.execute(f"RELEASE {quoted(name)}")
            raise
        self._connection.execute(f"RELEASE {quoted(name)}")


def quoted(name: str) -> str:
    """An identifier for SQLite."""
    return '"' + name.replace('"', '""') + '"'


@dataclass(slots=True, kw_only=True)
class Switches:
    """How nasty this CRM is; each can be set on the command line and through POST /_sandbox/switches."""

    rate_limits: bool = False
    """The vendors' real limits: HubSpot's ten-second window, searches a second and daily calls, Salesforce's daily calls."""
    hubspot_burst: int = 190
    """Calls of one HubSpot app in ten seconds: 190 for Professional, 100 for Starter, 250 with a pack."""
    hubspot_searches: int = 5
    """Searches a second of all of the portal's apps together."""
    hubspot_daily_calls: int = 650_000
    """HubSpot's daily allowance, shared by all of the portal's apps."""
    hubspot_scopes_taken: frozenset[str] = frozenset()
    """Scopes that the portal's apps no longer have: what needs one of them is refused with 403."""
    latency_ms: float = 0.0
    """How much later every answer comes; requests that are under way at once wait side by side."""
    page_cache: bool = False
    """Answers that only read are kept ready until something is written, so that a client is what is measured."""
    search_lag_s: float = 0.0
    """How long HubSpot's search does not see a change."""
    unique_on_tasks: Literal["allowed", "refused", "forbidden"] = "allowed"
    """A unique property on HubSpot tasks: made as asked, made but not unique (400), or 403 on any new property."""
    all_or_nothing: bool = False
    """HubSpot batches: one bad input fails the whole call with 400."""
    licences: frozenset[str] = frozenset({"Invoice", "Incident"})
    """Salesforce objects that need a licence and that this org has."""
    daily_api_calls: int = 100_000
    """Salesforce's allowance of calls in any 24 hours."""
    daily_bulk_jobs: int = 10_000
    """Salesforce's allowance of Bulk query jobs in any 24 hours."""
    bulk_seconds: float = 0.0
    """How long a Salesforce Bulk query job takes by the CRM's clock."""
    bulk_page_rows: int = 100_000
    """Rows of one page of a Bulk job's result, unless the client asks for fewer."""
    bulk_most_rows: int = 0
    """A Bulk job that finds more rows than so many fails as one that ran too long; 0: none does."""
    setup_fields: bool = False
    """Start with Keptword's fields made, as if an admin had run setup before."""


class DataRefused(ValueError):
    """A row of input data that no such CRM could hold: `row` counts from 1, `reason` says why."""

    def __init__(self, *, row: int, reason: str) -> None:
        super().__init__(f"row {row}: {reason}")
        self.row, self.reason = row, reason


@dataclass(slots=True, kw_only=True)
class World:
    """One CRM: what a dialect is given."""

    clock: Clock = field(default_factory=Clock)
    store: Store = field(default_factory=Store)
    switches: Switches = field(default_factory=Switches)


class Dialect(Protocol):
    """One vendor's side of the sandbox."""

    name: str
    """`salesforce` or `hubspot`."""

    def object_names(self) -> list[str]:
        """The objects that data files may be named after, such as `Account` or `companies`."""

    def load(self, object_name: str, rows: Iterable[Mapping[str, Any]]) -> int:
        """Puts rows under the vendor's field names into the store and says how many; raises DataRefused.

        Values may be Python values (from Parquet) or text (from CSV). Missing ids are made, given ids are
        kept; missing stamps are the clock's now. An empty text is an absent value.
        """

    def routes(self) -> list[BaseRoute]:
        """The vendor's paths."""

    def dump(self, only: str | None = None) -> dict[str, list[dict[str, Any]]]:
        """Every object's rows, deleted ones too, under the vendor's field names.

        `only`: of this object; empty where there is none of that name.
        """

    def tasks_for_people(self) -> list[dict[str, str]]:
        """Open and closed tasks as the CRM's user sees them: subject, owner, due, status, about, body, url."""

    def clients_for_people(self) -> list[dict[str, str]]:
        """The client list: name, owner, tier, last_activity, open_tasks, url."""
