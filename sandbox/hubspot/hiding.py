"""Hides the links of records that are not to be seen, and shows those of records that came back."""

from collections.abc import Collection

from sandbox.hubspot.links import TABLE
from sandbox.hubspot.records import in_parts, table
from sandbox.hubspot.schema import ObjectType
from sandbox.world import Store, quoted


def settle_hidden(store: Store, kind: ObjectType, ids: Collection[int]) -> None:
    """A link is seen, from either side, while both of its records are live; for the links of these records."""
    for some in in_parts(ids):
        marks = ", ".join("?" * len(some))
        near = f"from_type = ? AND from_id IN ({marks})"
        others = store.query(f"SELECT DISTINCT to_type FROM {TABLE} WHERE {near}", [kind.name, *some])
        for (other,) in others:
            _settle(
                store, table(kind), f"hubspot__{other}", f"{near} AND to_type = ?", [kind.name, *some, other]
            )


def _settle(store: Store, one: str, other: str, near: str, values: list[object]) -> None:
    live = "SELECT id FROM {} WHERE archived = 0"
    ends = "from_id IN ({}) AND to_id IN ({})"
    there = ends.format(live.format(quoted(one)), live.format(quoted(other)))
    back = ends.format(live.format(quoted(other)), live.format(quoted(one)))
    store.execute(f"UPDATE {TABLE} SET hidden = NOT ({there}) WHERE {near}", values)
    mirrored = (
        f"SELECT b.rowid FROM (SELECT * FROM {TABLE} WHERE {near}) a CROSS JOIN {TABLE} b "
        "ON b.from_type = a.to_type AND b.from_id = a.to_id AND b.to_type = a.from_type AND b.to_id = a.from_id"
    )
    store.execute(f"UPDATE {TABLE} SET hidden = NOT ({back}) WHERE rowid IN ({mirrored})", values)
