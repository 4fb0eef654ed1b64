"""Records that a CRM has merged into others: who points at the loser is pointed at the winner."""

from collections.abc import Iterator

import pyarrow as pa

from connectors.connector import ObjectSchema
from sync.engine.duckdb_engine import DuckDbEngine, quoted
from sync.mirror.moving_in import Statement
from sync.mirror.tables import link_table, object_table

_LONGEST_CHAIN = 20
"""Merges of merges that are followed; a circle, which no CRM makes, ends here."""


class Merges:
    """What the mirror knows of merges, by connection."""

    def __init__(self, engine: DuckDbEngine) -> None:
        self._engine = engine

    def winners(self, connection: str) -> dict[tuple[str, str], str]:
        """(object, loser's id) -> the id of the record that holds all of it now, over merges of merges."""
        sql = "select object, loser_id, winner_id from meta.merge where connection = ?"
        into = {(name, loser): winner for name, loser, winner in self._engine.rows(sql, [connection])}
        return {(name, loser): _last(into, name, winner) for (name, loser), winner in into.items()}

    def undone(self, connection: str, object_name: str, rows: str) -> Statement:
        """The statement that forgets merges whose loser a person has brought back: it came alive among `rows`."""
        return (
            "delete from meta.merge where connection = ? and object = ? "
            f"and loser_id in (select _id from {rows} where not _deleted)",
            [connection, object_name],
        )

    def repointing(self, connection: str, schema: ObjectSchema) -> Iterator[Statement]:
        """Statements to run after an object's rows came: the losers among them are no longer live, and its columns
        and links, and those of other objects to it, lead to winners.
        """
        winners = self.winners(connection)
        if not winners:
            return
        self._engine.keep("winner", _table(winners))
        table = object_table(connection, schema.name)
        yield (
            f"update {table} set _deleted = true where not _deleted "
            "and _id in (select loser_id from winner where object = ?)",
            [schema.name],
        )
        yield from self._links(connection, schema.name)
        losing = {name for name, _ in winners}
        held = set(self._engine.columns(table))
        for name in sorted(field.name for field in schema.fields.values() if losing & set(field.refers_to)):
            if name in held:
                column = quoted(name)
                yield (
                    f"update {table} set {column} = w.winner_id from winner w where w.loser_id = {column}",
                    [],
                )

    def _links(self, connection: str, object_name: str) -> Iterator[Statement]:
        found = self._engine.query(
            "select table_name from information_schema.tables where table_schema = ? and contains(table_name, '>') "
            "and not ends_with(table_name, ' staged')",
            [f"crm_{connection}"],
        )
        for name in found["table_name"].to_pylist():
            source, _, to = name.partition(">")
            if object_name in (source, to):
                yield (
                    f"update {link_table(connection, source, to)} set to_id = w.winner_id "
                    "from winner w where w.object = ? and w.loser_id = to_id",
                    [to],
                )


def _last(into: dict[tuple[str, str], str], object_name: str, winner: str) -> str:
    for _ in range(_LONGEST_CHAIN):
        if (object_name, winner) not in into:
            break
        winner = into[object_name, winner]
    return winner


def _table(winners: dict[tuple[str, str], str]) -> pa.Table:
    text = pa.string()
    return pa.table(
        {
            "object": pa.array([name for name, _ in winners], text),
            "loser_id": pa.array([loser for _, loser in winners], text),
            "winner_id": pa.array(list(winners.values()), text),
        }
    )
