"""Which task fields an org's own automation rewrites: what stands in them is no person's edit and none of ours."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from sync.ledger import schema
from sync.ledger.database import Database

_fields = schema.rewritten_fields


class Rewritten:
    """The rewritten fields in the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, org_id: str, fields: Collection[str], *, at: datetime) -> None:
        """What the canary task of a setup showed, in place of what an earlier one did; names of connectors.tasks.FIELDS."""
        rows = [{"org_id": org_id, "field": field, "found_at": at} for field in sorted(fields)]
        inserts = [sa.insert(_fields).values(row) for row in rows]
        self._database.write(sa.delete(_fields).where(_fields.c.org_id == org_id), *inserts)

    def of_org(self, org_id: str) -> frozenset[str]:
        """The fields; none where setup found none or never ran."""
        query = sa.select(_fields.c.field).where(_fields.c.org_id == org_id)
        return frozenset(row["field"] for row in self._database.read(query))
