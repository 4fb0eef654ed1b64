"""Since when conditions hold, or do not hold any more, of rules that wait until a condition has settled."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from sync.ledger import schema
from sync.ledger.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """One rule and subject at every run since then."""

    rule: str
    subject_hash: str
    holds: bool
    since_at: datetime
    """Naive UTC, a judging instant."""


class Settlings:
    """What settles, in the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Settling]:
        """Everything that settles now."""
        query = sa.select(schema.settling).order_by(schema.settling.c.rule, schema.settling.c.subject_hash)
        return [Settling(**row) for row in self._database.read(query)]

    def replace(self, settling: Iterable[Settling]) -> None:
        """What settles from now on, in place of all that did."""
        inserts = [sa.insert(schema.settling).values(asdict(each)) for each in settling]
        self._database.write(sa.delete(schema.settling), *inserts)
