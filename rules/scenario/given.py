"""Makes records of what a scenario gives: typed tables, the views that judging reads, and what we remember."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from rules.case import CHANGES, OWN_TASKS, WATCHED, Memory
from rules.columns import Column, ColumnType
from rules.errors import RuleError, choose
from rules.mapping import Source
from rules.records import ID_SEPARATOR, RECORDS, Record
from rules.scenario.written import Scenario
from rules.source_sql import Place
from rules.typed import ARROW, typed_value
from rules.views import SourceView, compile_sources

ORG = "story"
"""The org that all ids of a scenario belong to; nobody sees it."""

MEMORY: Mapping[str, pa.Schema] = {"change": CHANGES, "watched": WATCHED, "own_task": OWN_TASKS}
"""What `given` may have besides records -> the table of rules/case.py that it fills."""

_BUSINESS = ("deal", "invoice")

_TYPES: Mapping[pa.DataType, ColumnType] = {kind: name for name, kind in ARROW.items()}

_NEEDED = ("record", "record_id", "column_name", "seen_at", "since_at", "owner_id", "is_open")
"""Of what we remember; the rest of a change depends on what changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a scenario's CRM holds."""

    tables: Mapping[str, pa.Table]
    """Name in the engine -> the rows of one record."""
    sources: Sequence[SourceView]
    absent: Mapping[str, str]
    """Record that this CRM does not keep -> that, in words."""
    memory: Memory


def read_given(scenario: Scenario, *, place: str) -> Given:
    """Checks every row; raises RuleError for a record, column, value or id that cannot be."""
    for name in scenario.given:
        if name not in RECORDS and name not in MEMORY:
            raise RuleError(f"{place}.given.{name}", "no such record", choose(name, [*RECORDS, *MEMORY]))
    rows = {name: list(_rows(RECORDS[name], scenario, place)) for name in RECORDS}
    _check_clients(rows, place)
    absent = _absent(scenario, place)
    kept = [name for name in RECORDS if name not in absent]
    return Given(
        tables={_table(name): _as_table(RECORDS[name], rows[name]) for name in kept},
        sources=_sources(kept, absent),
        absent={name: f"no CRM keeps {name}s here" for name in RECORDS if name in absent},
        memory=Memory(
            changes=_remembered("change", scenario, place),
            watched=_remembered("watched", scenario, place),
            own_tasks=_remembered("own_task", scenario, place),
        ),
    )


def memory_columns(kind: str) -> dict[str, Column]:
    """The columns of what is remembered, by name; the org is never given."""
    return {
        each.name: Column(name=each.name, type=_TYPES[each.type])
        for each in MEMORY[kind]
        if each.name != "org_id"
    }


def prefixed(record_id: str) -> str:
    """An id as judging has it."""
    return f"{ORG}{ID_SEPARATOR}{record_id}"


def shown(value: Any) -> Any:
    """A fact as the scenario has it: ids without the org."""
    return value.removeprefix(prefixed("")) if isinstance(value, str) else value


def _rows(record: Record, scenario: Scenario, place: str) -> Iterator[dict[str, Any]]:
    columns = {
        each.name: Column(name=each.name, type=each.type, values=each.values) for each in record.columns
    }
    seen: set[str] = set()
    for number, given in enumerate(scenario.given.get(record.name, ()), start=1):
        where = f"{place}.given.{record.name}[{number}]"
        row = _typed(given, columns, where, noun=record.name)
        for key in dict.fromkeys((record.key, *(("account_id",) if "account_id" in columns else ()))):
            if not row.get(key):
                raise RuleError(f"{where}.{key}", "is missing", f'write it: {key} = "..."')
        if row[record.key] in seen:
            problem = f"'{row[record.key]}' is the id of another {record.name} too"
            raise RuleError(f"{where}.{record.key}", problem, "give each an id of its own")
        seen.add(row[record.key])
        yield row


def _typed(
    given: Mapping[str, Any], columns: Mapping[str, Column], where: str, *, noun: str
) -> dict[str, Any]:
    for name, value in given.items():
        if name not in columns:
            raise RuleError(f"{where}.{name}", f"{noun} has no such column", choose(name, columns))
        if isinstance(value, datetime) and value.tzinfo is None and columns[name].type == "instant":
            remedy = f"write {value.isoformat()}Z for UTC, or the offset such as +01:00"
            raise RuleError(f"{where}.{name}", "does not say its time zone", remedy)
    return {name: typed_value(columns[name], value, place=f"{where}.{name}") for name, value in given.items()}


def _check_clients(rows: Mapping[str, Sequence[Mapping[str, Any]]], place: str) -> None:
    """In a CRM a row without its client is set aside; in a story it is a slip of the pen."""
    clients = {row["account_id"] for row in rows["account"]}
    for name, listed in rows.items():
        for number, row in enumerate(listed, start=1):
            client = row.get("account_id")
            if client is not None and client not in clients:
                where = f"{place}.given.{name}[{number}].account_id"
                raise RuleError(where, f"no account '{client}' is given", choose(client, clients))


def _absent(scenario: Scenario, place: str) -> frozenset[str]:
    if scenario.absent is None:
        none_given = not any(scenario.given.get(name) for name in _BUSINESS)
        return frozenset(_BUSINESS if none_given else ())
    known = [
        *RECORDS,
        *(f"{record.name}.{each.name}" for record in RECORDS.values() for each in record.columns),
    ]
    for name in scenario.absent:
        if name not in known:
            raise RuleError(f"{place}.absent", f"there is no record or column '{name}'", choose(name, known))
        if scenario.given.get(name):
            raise RuleError(f"{place}.absent", f"{name} is given all the same", "take one of them out")
    return frozenset(scenario.absent)


def _sources(records: Sequence[str], absent: frozenset[str]) -> list[SourceView]:
    """By way of a mapping, so that defaults, ids and derived values are those of a real CRM."""
    mapping = {
        name: (
            Source(
                object=name,
                columns={
                    column.name: f'"{column.name}"'
                    for column in RECORDS[name].columns
                    if f"{name}.{column.name}" not in absent
                },
            ),
        )
        for name in records
    }
    schemas = {
        name: {each.name: Column(name=each.name, type=each.type) for each in RECORDS[name].columns}
        for name in records
    }
    views, _ = compile_sources(
        mapping, schemas, Place(org_id=ORG, table=_table, links=lambda here, _there: here)
    )
    return views


def _table(record: str) -> str:
    return f"story_{record}"


def _as_table(record: Record, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    columns = {
        each.name: pa.array([row.get(each.name) for row in rows], ARROW[each.type]) for each in record.columns
    }
    ids, gone = columns[record.key], pa.array([False] * len(rows), pa.bool_())
    return pa.table({"_id": ids, "_deleted": gone, **columns})


def _remembered(kind: str, scenario: Scenario, place: str) -> pa.Table:
    schema, columns = MEMORY[kind], memory_columns(kind)
    rows = []
    for number, given in enumerate(scenario.given.get(kind, ()), start=1):
        where = f"{place}.given.{kind}[{number}]"
        row = _typed(given, columns, where, noun=kind)
        for name in _NEEDED:
            if name in columns and name not in row:
                raise RuleError(f"{where}.{name}", "is missing", f"write it: {name} = ...")
        _check_watched_column(row, where)
        ids = {name: prefixed(value) for name, value in row.items() if name.endswith("_id")}
        rows.append({**row, **ids, "org_id": ORG} if "org_id" in schema.names else {**row, **ids})
    return pa.Table.from_pylist(rows, schema=schema)


def _check_watched_column(row: Mapping[str, Any], where: str) -> None:
    if "record" not in row:
        return
    record = RECORDS.get(row["record"])
    if record is None:
        raise RuleError(
            f"{where}.record", f"no such record: '{row['record']}'", choose(row["record"], RECORDS)
        )
    names = [column.name for column in record.columns]
    if row["column_name"] not in names:
        problem = f"{record.name} has no such column: '{row['column_name']}'"
        raise RuleError(f"{where}.column_name", problem, choose(row["column_name"], names))
