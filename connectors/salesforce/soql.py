"""Writes SOQL: literals, resumable queries in the order of change, field lists that fit into an address."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

ADDRESS_BYTES = 13_000
"""Room for a query in the address: Salesforce refuses address and headers above 16,384 bytes together."""
IDS_PER_QUERY = 400
_UNQUOTED = "(),'=:.*!-_ "
_ESCAPES = str.maketrans({"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def encoded(soql: str) -> str:
    """The query as it stands in an address."""
    return quote(soql, safe=_UNQUOTED).replace(" ", "+")


def text_literal(text: str) -> str:
    """A quoted text."""
    return f"'{text.translate(_ESCAPES)}'"


def instant_literal(at: datetime) -> str:
    """`2024-09-24T03:26:07.123Z`, cut to the millisecond, from naive UTC."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def any_of(field: str, values: Iterable[str]) -> str:
    """`field IN (...)`."""
    return f"{field} IN ({','.join(text_literal(value) for value in values)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """How far a read has come: the last record's stamp as the CRM wrote it (empty without one) and id."""

    stamp: str
    record_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    """A query in the order of change, which can be taken up again after any record."""

    object_name: str
    fields: tuple[str, ...]
    stamp_field: str | None
    """What orders the records before their id does; None where the object keeps no SystemModstamp."""
    where: tuple[str, ...] = ()
    """Conditions that all hold."""

    def after(self, point: Point | None) -> str:
        """SOQL for everything, or for what comes after `point`, in order."""
        order = f"{self.stamp_field}, Id" if self.stamp_field else "Id"
        return f"{self._from(self._beyond(point) if point else None)} ORDER BY {order}"

    def in_no_order(self) -> str:
        """SOQL for everything, as it comes."""
        return self._from(None)

    def _from(self, further: str | None) -> str:
        conditions = [*self.where, *([further] if further else [])]
        where = f" WHERE {' AND '.join(f'({each})' for each in conditions)}" if conditions else ""
        return f"SELECT {', '.join(self.fields)} FROM {self.object_name}{where}"

    def _beyond(self, point: Point) -> str:
        later_id = f"Id > {text_literal(point.record_id)}"
        if not self.stamp_field:
            return later_id
        # Thousands of records may share one stamp, so the stamp alone would lose or repeat them for ever.
        stamp = f"{point.stamp[:23]}Z"
        return f"{self.stamp_field} > {stamp} OR ({self.stamp_field} = {stamp} AND {later_id})"


def fitting(fields: Sequence[str], room: int) -> list[tuple[str, ...]]:
    """The fields in as few lists as fit into `room` bytes each, in their order."""
    lists: list[list[str]] = [[]]
    used = 0
    for name in fields:
        size = len(encoded(f", {name}"))
        if used + size > room and lists[-1]:
            lists.append([])
            used = 0
        lists[-1].append(name)
        used += size
    return [tuple(names) for names in lists]
