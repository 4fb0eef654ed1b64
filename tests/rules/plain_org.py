"""A CRM whose objects are the records themselves: for facts whatever mapping feeds them."""

from datetime import datetime
from typing import Any

from rules.columns import Column
from rules.mapping import RecordSources, Source
from rules.records import RECORDS
from tests.rules.small_org import SmallOrg, days_ago

FIRST_DAY = days_ago(400)
"""When clients were put down unless said otherwise."""


class PlainOrg(SmallOrg):
    """Keeps every record unless told `without`; ids are written without the org's prefix."""

    without: frozenset[str] = frozenset()
    unfed: frozenset[str] = frozenset()
    """Columns (`incident.told_at`) that no mapping feeds."""

    def __post_init__(self) -> None:
        for record in RECORDS.values():
            self.schemas[record.name] = {
                column.name: Column(name=column.name, type=column.type) for column in record.columns
            }

    def mapping(self) -> RecordSources:
        """Each column from the field of its name."""
        return {
            record.name: (
                Source(
                    object=record.name,
                    columns={
                        column.name: column.name
                        for column in record.columns
                        if f"{record.name}.{column.name}" not in self.unfed
                    },
                    place="plain",
                ),
            )
            for record in RECORDS.values()
            if record.name not in self.without
        }

    def put(self, record: str, id_: str, **values: Any) -> None:
        """A record, about the client `a1` unless said otherwise."""
        about = {"account_id": "a1"} if RECORDS[record].column("account_id") else {}
        self.add(record, id_, **{**about, **values, f"{record}_id": id_})

    def touch(self, at: datetime, direction: str = "out", kind: str = "email", **values: Any) -> None:
        """An activity with the next free id."""
        number = len(self.rows.get("activity", []))
        self.put("activity", f"x{number}", happened_at=at, direction=direction, kind=kind, **values)


def client(org: PlainOrg | None = None, id_: str = "a1", **values: Any) -> PlainOrg:
    """A CRM with one client more."""
    org = org or PlainOrg()
    given = {"name": "Acme", "created_at": FIRST_DAY, "is_active": True, **values}
    org.put("account", id_, **{**given, "account_id": id_})
    return org
