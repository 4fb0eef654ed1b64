"""Keeps the associations between records, both directions at once."""

from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from sandbox.hubspot.schema import Catalogue, LinkType, ObjectType
from sandbox.world import Store

TABLE = "hubspot__associations"


class Link(NamedTuple):
    """One record seen from another, with every type that joins the two."""

    to_id: int
    type_ids: tuple[int, ...]


@lru_cache(maxsize=1024)
def _type_ids(joined: str) -> tuple[int, ...]:
    return tuple(sorted(map(int, joined.split(","))))


def _both_ways(links: Iterable[tuple[LinkType, int, int]]) -> Iterator[tuple[str, int, str, int, int]]:
    for kind, from_id, to_id in links:
        yield kind.from_object, from_id, kind.to_object, to_id, kind.id
        yield kind.to_object, to_id, kind.from_object, from_id, kind.inverse


class Links:
    """Reads and writes associations; both ends are checked by the caller."""

    def __init__(self, store: Store, catalogue: Catalogue) -> None:
        self._store, self._catalogue = store, catalogue
        columns = dict.fromkeys(("from_id", "to_id", "type_id"), "INTEGER")
        store.define(
            TABLE, {"from_type": "TEXT", "to_type": "TEXT", **columns, "hidden": "INTEGER DEFAULT 0"}
        )
        key = "from_type, from_id, to_type, to_id, type_id"
        store.execute(f"CREATE UNIQUE INDEX hubspot_association ON {TABLE} ({key})")

    def add(
        self, kinds: Iterable[LinkType], from_id: int, to_id: int, *, instead_of: int | None = None
    ) -> bool:
        """Joins two records, or does nothing where they are joined so already; says whether anything changed.

        A labelled type brings the unlabelled one with it, and the first company of a record is its primary
        one; a new primary company takes the place of the old, or in a merge only that of the loser `instead_of`.
        """
        wanted = {kind.id: kind for kind in kinds}
        one = next(iter(wanted.values()))
        defined = self._catalogue.links_between(one.from_object, one.to_object)
        wanted[defined[0].id] = defined[0]
        primary = next((kind for kind in defined if kind.label == "Primary"), None)
        if primary:
            self._settle_primary(primary, wanted, (from_id, to_id), loser=instead_of)
        made = [self._put(kind, from_id, to_id) for kind in wanted.values()]
        return any(made)

    def _settle_primary(
        self, primary: LinkType, wanted: dict[int, LinkType], ends: tuple[int, int], *, loser: int | None
    ) -> None:
        from_id, to_id = ends
        # Stored from the record's side: a company may be the primary one of many records, never the other way.
        kind, record = (
            (primary, from_id) if primary.to_object == "companies" else (self._mirror(primary), to_id)
        )
        sql = f"SELECT to_id FROM {TABLE} WHERE from_type = ? AND from_id = ? AND to_type = ? AND type_id = ? AND hidden = 0"
        held = self._store.query(sql, (kind.from_object, record, kind.to_object, kind.id))
        if not held:
            wanted[primary.id] = primary
        elif primary.id in wanted and loser is not None and (kind is primary or held[0]["to_id"] != loser):
            del wanted[primary.id]
        elif primary.id in wanted:
            self._take(kind, record, int(held[0]["to_id"]))

    def _mirror(self, kind: LinkType) -> LinkType:
        others = self._catalogue.links_between(kind.to_object, kind.from_object)
        return next(other for other in others if other.id == kind.inverse)

    def _put(self, kind: LinkType, from_id: int, to_id: int) -> bool:
        sql = f"INSERT OR IGNORE INTO {TABLE} (from_type, from_id, to_type, to_id, type_id) VALUES (?, ?, ?, ?, ?)"
        made = self._store.execute(sql, (kind.from_object, from_id, kind.to_object, to_id, kind.id))
        self._store.execute(sql, (kind.to_object, to_id, kind.from_object, from_id, kind.inverse))
        return made > 0

    def _take(self, kind: LinkType, from_id: int, to_id: int) -> None:
        sql = f"DELETE FROM {TABLE} WHERE from_type = ? AND from_id = ? AND to_type = ? AND to_id = ? AND type_id = ?"
        self._store.execute(sql, (kind.from_object, from_id, kind.to_object, to_id, kind.id))
        self._store.execute(sql, (kind.to_object, to_id, kind.from_object, from_id, kind.inverse))

    def put_all(self, links: Iterable[tuple[LinkType, int, int]]) -> None:
        """Puts many links in, both directions; what is there already stays."""
        sql = f"INSERT OR IGNORE INTO {TABLE} (from_type, from_id, to_type, to_id, type_id) VALUES (?, ?, ?, ?, ?)"
        self._store.execute_many(sql, _both_ways(links))

    def imply_primary(self, primary: LinkType) -> None:
        """Makes the first company of each record its primary one, where none is."""
        one, other = primary.from_object, primary.to_object
        plain = self._catalogue.links_between(one, other)[0]
        of_pair = f"FROM {TABLE} WHERE from_type = '{one}' AND to_type = '{other}' AND type_id"
        columns = "(from_type, from_id, to_type, to_id, type_id)"
        self._store.execute(
            f"INSERT INTO {TABLE} {columns} SELECT from_type, from_id, to_type, to_id, {primary.id} "
            f"FROM {TABLE} WHERE rowid IN (SELECT min(rowid) {of_pair} = {plain.id} "
            f"AND from_id NOT IN (SELECT from_id {of_pair} = {primary.id}) GROUP BY from_id)"
        )
        self._store.execute(
            f"INSERT OR IGNORE INTO {TABLE} {columns} "
            f"SELECT to_type, to_id, from_type, from_id, {primary.inverse} {of_pair} = {primary.id}"
        )

    def remove(self, from_object: str, from_id: int, to_object: str, to_id: int) -> bool:
        """Parts two records altogether; says whether they were joined."""
        sql = f"DELETE FROM {TABLE} WHERE from_type = ? AND from_id = ? AND to_type = ? AND to_id = ?"
        gone = self._store.execute(sql, (from_object, from_id, to_object, to_id))
        self._store.execute(sql, (to_object, to_id, from_object, from_id))
        return gone > 0

    def remove_types(self, kinds: Iterable[LinkType], from_id: int, to_id: int) -> None:
        """Takes labels away; without the unlabelled type the two are parted."""
        for kind in kinds:
            self._take(kind, from_id, to_id)
            if not kind.label:
                self.remove(kind.from_object, from_id, kind.to_object, to_id)

    def of(
        self,
        from_object: str,
        to_object: str,
        ids: Collection[int],
        *,
        after: int = 0,
        limit: int | None = None,
    ) -> dict[int, list[Link]]:
        """The links of records to one object type, in order of the other side's id, after an id."""
        marks = ", ".join("?" * len(ids))
        sql = (
            f"SELECT from_id, to_id, group_concat(type_id) AS types FROM {TABLE} WHERE from_type = ? AND from_id IN ({marks}) "
            f"AND to_type = ? AND to_id > ? AND hidden = 0 GROUP BY from_id, to_id ORDER BY from_id, to_id"
        )
        if limit is not None:
            sql += f" LIMIT {limit}"
        found: dict[int, list[Link]] = {}
        for row in self._store.query(sql, [from_object, *ids, to_object, after]):
            near, far, types = row
            found.setdefault(near, []).append(Link(far, _type_ids(types)))
        return found

    def hand_over(self, kind: ObjectType, from_id: int, to_id: int) -> None:
        """Gives one record's links, hidden ones too, to another of the same type, which keeps its primary company."""
        by_id = {link.id: link for link in self._catalogue.link_types if link.from_object == kind.name}
        sql = (
            f"SELECT to_type, to_id, group_concat(type_id) AS types FROM {TABLE} WHERE from_type = ? AND from_id = ? "
            "GROUP BY to_type, to_id"
        )
        for row in self._store.query(sql, (kind.name, from_id)):
            types = [by_id[int(type_id)] for type_id in row["types"].split(",")]
            self.add(types, to_id, row["to_id"], instead_of=from_id)
            self.remove(kind.name, from_id, row["to_type"], row["to_id"])

    def forget(self, kind: ObjectType, record_id: int) -> None:
        """Takes every link of a record away, hidden ones too."""
        sql = f"SELECT DISTINCT to_type, to_id FROM {TABLE} WHERE from_type = ? AND from_id = ?"
        for row in self._store.query(sql, (kind.name, record_id)):
            self.remove(kind.name, record_id, row["to_type"], row["to_id"])

    def forget_types(self, ids: Collection[int]) -> None:
        """Takes every link of these types away."""
        self._store.execute(f"DELETE FROM {TABLE} WHERE type_id IN ({', '.join('?' * len(ids))})", list(ids))

    def dump(self) -> list[dict[str, Any]]:
        """Every association, both directions."""
        sql = f"SELECT from_type, from_id, to_type, to_id, type_id FROM {TABLE} WHERE hidden = 0"
        return [dict(row) for row in self._store.query(sql)]
