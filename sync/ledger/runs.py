"""Which runs there were, and what came of them."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from sync.ledger import schema
from sync.ledger.database import Database

_ATTEMPTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRun:
    """What is known of a run when it begins."""

    command: str
    mode: str
    config_digest: str
    rules_digest: str
    approved_by: str | None = None
    undoes: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run; without `finished_at` it is at work or was killed."""

    run_id: str
    command: str
    mode: str
    config_digest: str
    rules_digest: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str | None
    reason: str | None
    """Where it failed: place and problem, in one line."""
    figures: Mapping[str, Any] | None
    approved_by: str | None
    """Who approved the plan that it carried out, where one was approved."""
    undoes: str | None
    """The run that it took back."""


class Runs:
    """The runs in the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, run: NewRun, *, now: datetime) -> str:
        """Notes a run and returns its id, such as `20261122T031500-3f9c`: ids sort by time. `now` is naive UTC."""
        row = asdict(run)
        for attempt in range(_ATTEMPTS):
            run_id = f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"
            try:
                self._database.insert(schema.runs, [{**row, "run_id": run_id, "started_at": now}])
            except IntegrityError:
                if attempt == _ATTEMPTS - 1:
                    raise
            else:
                break
        return run_id

    def finish(self, run_id: str, outcome: str, *, figures: Mapping[str, Any], now: datetime) -> None:
        """Notes how it ended; `figures` is what history shows, as JSON."""
        self._database.write(
            sa.update(schema.runs)
            .where(schema.runs.c.run_id == run_id)
            .values(finished_at=now, outcome=outcome, figures=dict(figures))
        )

    def fail(self, run_id: str, outcome: str, *, reason: str | None, now: datetime) -> None:
        """Notes that it ended before it was done, and why."""
        self._database.write(
            sa.update(schema.runs)
            .where(schema.runs.c.run_id == run_id)
            .values(finished_at=now, outcome=outcome, reason=reason, figures={})
        )

    def latest(self, limit: int = 20) -> list[Run]:
        """The last runs, the newest first."""
        query = sa.select(schema.runs).order_by(schema.runs.c.run_id.desc()).limit(limit)
        return [Run(**row) for row in self._database.read(query)]

    def beginning_with(self, text: str) -> list[Run]:
        """The runs whose ids begin so, the newest first."""
        query = (
            sa.select(schema.runs)
            .where(schema.runs.c.run_id.startswith(text, autoescape=True))
            .order_by(schema.runs.c.run_id.desc())
        )
        return [Run(**row) for row in self._database.read(query)]
