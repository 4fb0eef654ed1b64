"""Since when no change of a field can have escaped us: from its first read on, and anew after the mirror was lost."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from sync.ledger import schema
from sync.ledger.database import Database

_watches = schema.watches


class Watches:
    """The watched fields in the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, org_id: str, object_name: str, fields: Collection[str], *, at: datetime) -> None:
        """Notes that the fields were read with nothing to compare them with: what changed before is not known."""
        rows = [
            {"org_id": org_id, "object_name": object_name, "field": field, "since_at": at}
            for field in sorted(fields)
        ]
        self._database.upsert(_watches, rows)

    def since(self, org_id: str, object_name: str, field: str) -> datetime | None:
        """When the watch of a field began, naive UTC; None where it was never read."""
        query = sa.select(_watches.c.since_at).where(
            _watches.c.org_id == org_id, _watches.c.object_name == object_name, _watches.c.field == field
        )
        return next((row["since_at"] for row in self._database.read(query)), None)
