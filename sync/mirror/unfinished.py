"""A read that is under way: what it asks for, how far it has come, and what it has met so far."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

import orjson

from connectors.connector import Oddity, ReadRequest

Kind = Literal["whole", "delta", "calculated", "these"]
"""All records; what changed; the calculated fields of all records; records by their ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """Kept with the rows that it has brought, so that a later process goes on where this one stopped."""

    object: str
    kind: Kind
    fields: tuple[str, ...]
    links: tuple[str, ...]
    since: datetime | None
    started_at: datetime
    """By the CRM's clock, naive UTC: what changed later is the next read's."""
    expected: int | None = None
    resume: str | None = None
    batch: int = 0
    """The number of the last chunk that is kept."""
    rows: int = 0
    left_out: int = 0
    mended: int = 0
    oddities: tuple[Oddity, ...] = ()

    def answers(self, kind: Kind, request: ReadRequest) -> bool:
        """Whether it was begun for the same question."""
        asked = (kind, request.fields, request.links, request.since)
        return asked == (self.kind, self.fields, self.links, self.since)


def as_text(read: Unfinished) -> str:
    """For the mirror's table."""
    return orjson.dumps(asdict(read)).decode()


def from_text(text: str) -> Unfinished:
    """What as_text() wrote."""
    raw: dict[str, Any] = orjson.loads(text)
    return Unfinished(
        **{
            **raw,
            "fields": tuple(raw["fields"]),
            "links": tuple(raw["links"]),
            "since": datetime.fromisoformat(raw["since"]) if raw["since"] else None,
            "started_at": datetime.fromisoformat(raw["started_at"]),
            "oddities": tuple(Oddity(**each) for each in raw["oddities"]),
        }
    )
