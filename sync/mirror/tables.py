"""The mirror's own tables, beside those of the CRMs' objects."""

from collections.abc import Mapping

from connectors.connector import FieldType
from sync.engine.duckdb_engine import quoted

FORMAT = 2
"""Of the tables below; a mirror of another format is read anew."""

TABLES = """
create schema if not exists meta;
create table if not exists meta.format (format integer);
create table if not exists meta.org (connection varchar, org_id varchar);
create table if not exists meta.schema (connection varchar, object varchar, schema varchar);
create table if not exists meta.described (connection varchar, mapping varchar, described_at timestamp);
create table if not exists meta.mark (
    connection varchar, object varchar, fields varchar[], links varchar[], lost varchar[], read_at timestamp,
    calculated_at timestamp, complete boolean, row_count bigint, counted bigint, counted_at timestamp, off_count bigint, vanished bigint,
    left_out_count bigint, reason varchar
);
create table if not exists meta.own_task (connection varchar, id varchar, key varchar, is_open boolean, task varchar);
create table if not exists meta.unfinished (connection varchar, object varchar, read varchar);
create table if not exists meta.merge (connection varchar, object varchar, loser_id varchar, winner_id varchar);
create table if not exists meta.sweep (
    connection varchar, object varchar, token varchar, began_at timestamp, swept_at timestamp
);
"""

OF_A_CONNECTION = ("org", "schema", "described", "mark", "own_task", "unfinished", "merge", "sweep")
"""The tables of `meta` whose rows go when a connection leads to another org."""


COLUMN_TYPES: Mapping[FieldType, str] = {
    "id": "VARCHAR", "text": "VARCHAR", "integer": "BIGINT", "decimal": "DECIMAL(38,6)", "boolean": "BOOLEAN",
    "date": "DATE", "instant": "TIMESTAMP",
}  # fmt: skip
"""What DuckDB calls the types of connectors.connector.ARROW_TYPES."""


def room(connection: str) -> str:
    """The schema of a connection's tables; prefixed, so that no name of a person's meets one of ours."""
    return quoted(f"crm_{connection}")


def object_table(connection: str, object_name: str) -> str:
    """The quoted name of an object's table."""
    return f"{room(connection)}.{quoted(object_name)}"


def link_table(connection: str, from_object: str, to_object: str) -> str:
    """The quoted name of the table of links from one object to another."""
    return f"{room(connection)}.{quoted(f'{from_object}>{to_object}')}"


def swept_table(connection: str, object_name: str) -> str:
    """The quoted name of the table of ids that the present round over an object has brought."""
    return f"{room(connection)}.{quoted(f'{object_name} swept')}"
