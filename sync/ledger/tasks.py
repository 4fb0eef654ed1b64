"""The tasks that the CRM has confirmed, for the time in which its search does not show them yet."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime

import sqlalchemy as sa

from sync.ledger import schema
from sync.ledger.database import Database

_tasks = schema.written_tasks


@dataclass(frozen=True, slots=True, kw_only=True)
class RememberedTask:
    """One of our tasks as the CRM last confirmed it."""

    key: str
    record_id: str
    state: str
    """The state field as sent; connectors.tasks.read_state reads it."""
    confirmed_at: datetime
    """Naive UTC."""
    values: Mapping[str, str] = field(default_factory=dict)
    """The canonical values as sent, by the names of connectors.tasks.FIELDS."""
    is_closed: bool = False
    is_deleted: bool = False


class Tasks:
    """The written tasks in the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def remember(self, org_id: str, tasks: Iterable[RememberedTask]) -> None:
        """Keeps them, each in place of what was known of its key."""
        self._database.upsert(_tasks, [{**asdict(task), "org_id": org_id} for task in tasks])

    def written(self, org_id: str) -> dict[str, RememberedTask]:
        """Every remembered task of an org, by key."""
        names = list(RememberedTask.__dataclass_fields__)
        query = sa.select(*(_tasks.c[name] for name in names)).where(_tasks.c.org_id == org_id)
        return {row["key"]: RememberedTask(**row) for row in self._database.read(query)}
