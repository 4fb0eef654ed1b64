"""Silences that a person asked for: a client, or one rule about a client, until a day."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from sync.ledger import schema
from sync.ledger.database import Database

_mutes = schema.mutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """No tasks about this client until then."""

    account_id: str
    rule: str | None = None
    """None: every rule."""
    until: datetime
    """Naive UTC; from this instant on the mute is over."""
    why: str
    made_by: str
    made_at: datetime
    mute_id: int | None = None
    """The ledger's number for it; None until it is kept."""


class Mutes:
    """The mutes in the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, mute: Mute) -> Mute:
        """Keeps one and returns it with its number."""
        row = {name: value for name, value in asdict(mute).items() if name != "mute_id"}
        (kept,) = self._database.write_returning(sa.insert(_mutes).values(row).returning(_mutes.c.mute_id))
        return replace(mute, mute_id=kept["mute_id"])

    def active(self, now: datetime) -> list[Mute]:
        """Those that hold at `now`, the oldest first."""
        query = sa.select(_mutes).where(_mutes.c.until > now).order_by(_mutes.c.mute_id)
        return [Mute(**row) for row in self._database.read(query)]

    def remove(self, mutes: Iterable[Mute]) -> int:
        """Takes these away; says how many were still there."""
        ids = [mute.mute_id for mute in mutes]
        return self._database.write(sa.delete(_mutes).where(_mutes.c.mute_id.in_(ids)))
