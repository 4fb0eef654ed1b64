"""Moves what a read has brought into the mirror's own tables; statements, to run in the transaction of the mark."""

from collections.abc import Collection, Iterator
from typing import Any

from sync.engine.duckdb_engine import quoted
from sync.mirror.stage import Stage
from sync.mirror.tables import link_table, object_table

Statement = tuple[str, list[Any]]


def move_in(connection: str, stage: Stage, *, there: Collection[str], twice: bool) -> Iterator[Statement]:
    """The statements for this kind of read; `there` are those of the tables that the mirror has already, `twice` says
    whether a record came more than once.

    Batched DELETE and INSERT, never an upsert on a big table.
    """
    table = object_table(connection, stage.read.object)
    if stage.read.kind == "calculated":
        yield from _only_values(stage, table)
        return
    anew = stage.read.kind == "whole" or table not in there
    for to, staged in stage.links.items():
        links = link_table(connection, stage.read.object, to)
        if anew or links not in there:
            yield f"create or replace table {links} as {_links_of_last_coming(stage, staged)}", []
        else:
            yield f"delete from {links} where from_id in (select _id from {stage.rows})", []
            yield f"insert into {links} by name {_links_of_last_coming(stage, staged)}", []
    if anew:
        yield from _instead(stage, table, twice=twice)
    else:
        yield f"delete from {table} where _id in (select _id from {stage.rows})", []
        yield f"insert into {table} by name {_last_coming(stage)}", []


def _instead(stage: Stage, table: str, *, twice: bool) -> Iterator[Statement]:
    if twice:
        yield f"create or replace table {table} as {_last_coming(stage)}", []
        return
    # The rows are there already: nothing is copied.
    yield f"drop table if exists {table}", []
    yield f"alter table {stage.rows} drop column _batch", []
    yield f"alter table {stage.rows} rename to {quoted(stage.read.object)}", []


def _only_values(stage: Stage, table: str) -> Iterator[Statement]:
    if not stage.read.fields:
        return
    sets = ", ".join(f"{quoted(name)} = s.{quoted(name)}" for name in stage.read.fields)
    differs = " or ".join(
        f"{table}.{quoted(name)} is distinct from s.{quoted(name)}" for name in stage.read.fields
    )
    yield (
        f"update {table} set {sets} from ({_last_coming(stage)}) s where s._id = {table}._id and ({differs})",
        [],
    )


def _last_coming(stage: Stage) -> str:
    return (
        f"select * exclude (_batch) from {stage.rows} "
        "qualify row_number() over (partition by _id order by _batch desc) = 1"
    )


def _links_of_last_coming(stage: Stage, staged: str) -> str:
    """The links of a record that came twice are those of its last coming."""
    return (
        f"select distinct l.* exclude (_batch) from {staged} l "
        f"join (select _id, max(_batch) as _batch from {stage.rows} group by _id) r on r._id = l.from_id and r._batch = l._batch"
    )
