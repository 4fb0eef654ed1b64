"""Changes that the CRM itself does not keep: a moved due date, a new owner."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from sync.ledger import schema
from sync.ledger.database import Database

_changes = schema.changes
_RECORDS_PER_QUERY = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One field of one record had one value and now has another; values as text, None for absent."""

    org_id: str
    object_name: str
    record_id: str
    field: str
    old: str | None
    new: str | None
    seen_at: datetime
    """When we read it, naive UTC: the CRM may have made it earlier."""

    @property
    def what(self) -> tuple[str, str, str, str]:
        """The field that changed, of all fields of all records."""
        return self.org_id, self.object_name, self.record_id, self.field


class Changes:
    """The seen changes in the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, changes: Iterable[Change]) -> int:
        """Keeps those that are news and says how many: call it before the mirror moves on.

        A pull that was killed in between sees the same change again. It is no news, since the last change kept
        for that field ends at the same value already; a date that moved there and back and there again is.
        """
        listed = list(changes)
        last = self._last_values({change.record_id for change in listed})
        news = []
        for change in listed:
            if change.what in last and last[change.what] == change.new:
                continue
            last[change.what] = change.new
            news.append(asdict(change))
        self._database.insert(_changes, news)
        return len(news)

    def of_records(self, org_id: str, object_name: str) -> list[Change]:
        """Every kept change of an object's records, in the order in which they were seen."""
        query = _select().where(_changes.c.org_id == org_id, _changes.c.object_name == object_name)
        return [Change(**row) for row in self._database.read(query)]

    def _last_values(self, record_ids: set[str]) -> dict[tuple[str, str, str, str], str | None]:
        ids: Sequence[str] = sorted(record_ids)
        last: dict[tuple[str, str, str, str], str | None] = {}
        for start in range(0, len(ids), _RECORDS_PER_QUERY):
            query = _select().where(_changes.c.record_id.in_(ids[start : start + _RECORDS_PER_QUERY]))
            for row in self._database.read(query):
                change = Change(**row)
                last[change.what] = change.new
        return last


def _select() -> sa.Select[tuple[object, ...]]:
    columns = [_changes.c[name] for name in Change.__dataclass_fields__]
    return sa.select(*columns).order_by(_changes.c.change_id)
