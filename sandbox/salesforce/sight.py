"""What the login lost sight of: objects, fields, and rows whose sharing was taken away."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sandbox.salesforce.shapes import ObjectShape
from sandbox.world import Store, quoted

_TABLE = "salesforce_unshared"
_PARTS = 1000


@dataclass(slots=True, kw_only=True)
class Sight:
    """Starts as full sight; names are kept in lower case."""

    store: Store
    objects: set[str] = field(default_factory=set)
    fields: set[tuple[str, str]] = field(default_factory=set)
    """Object and field."""
    _with_rows: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.store.define(_TABLE, {"Id": "TEXT PRIMARY KEY"})

    def lose_share(self, shape: ObjectShape, share: float) -> int:
        """Takes this share of an object's rows away, spread over all of them; says how many are gone by now."""
        chosen = f"SELECT Id FROM {quoted(shape.table)} WHERE rowid * 7919 % {_PARTS} < ?"
        self.store.execute(f"INSERT OR IGNORE INTO {_TABLE} {chosen}", (round(share * _PARTS),))
        return self._lost(shape)

    def lose_rows(self, shape: ObjectShape, ids: Sequence[str]) -> int:
        """Takes these rows away."""
        self.store.insert_many(_TABLE, ["Id"], [[each] for each in ids if not self._is_lost(each)])
        return self._lost(shape)

    def regain(self) -> None:
        """Everything is seen again."""
        self.objects.clear()
        self.fields.clear()
        self._with_rows.clear()
        self.store.execute(f"DELETE FROM {_TABLE}")

    def seen(self, shape: ObjectShape, alias: str) -> str | None:
        """The SQL condition under which a row is seen; None where all are."""
        if shape.name not in self._with_rows:
            return None
        return f"{alias}.Id NOT IN (SELECT Id FROM {_TABLE})"

    def sees(self, shape: ObjectShape, record_id: str) -> bool:
        """Whether a row of this id is seen, if it is there."""
        return shape.name not in self._with_rows or not self._is_lost(record_id)

    def _is_lost(self, record_id: str) -> bool:
        return bool(self.store.query(f"SELECT 1 FROM {_TABLE} WHERE Id = ?", (record_id,)))

    def _lost(self, shape: ObjectShape) -> int:
        self._with_rows.add(shape.name)
        sql = f"SELECT COUNT(*) FROM {_TABLE} WHERE substr(Id, 1, 3) = ?"
        return int(self.store.query(sql, (shape.prefix,))[0][0])
