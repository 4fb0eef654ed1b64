"""Reads one object's records as Arrow tables: whole or since an instant, deleted and archived ones too."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from connectors.connector import ARROW_TYPES, Chunk, FieldType, Oddity, ReadRequest
from connectors.errors import Refused, Temporary
from connectors.salesforce.call import Caller
from connectors.salesforce.columns import column
from connectors.salesforce.describe import Described, Describer
from connectors.salesforce.pages import Record, fetch_all, fetch_pages
from connectors.salesforce.settings import eighteen
from connectors.salesforce.soql import ADDRESS_BYTES, Select, any_of, fitting, instant_literal

_STAMPS = ("SystemModstamp", "LastModifiedDate", "CreatedDate")
_IDS_PER_COMPLETION = 200
_NAMES_BESIDE_IDS = 6_000
"""Bytes left for field names in a query that names 200 ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """One read, settled against the describe."""

    object_name: str
    types: Mapping[str, FieldType]
    """Of each requested field, in the order of the request."""
    stamp: str | None
    """The field that says when a record changed."""
    deletable: bool
    """Records keep an IsDeleted, so queryAll shows the deleted and the archived ones."""
    select: Select
    further: tuple[tuple[str, ...], ...]
    """Lists of fields that did not fit into the first query; each is fetched by id, page by page."""


def read_chunks(caller: Caller, describer: Describer, request: ReadRequest) -> Iterator[Chunk]:
    """As Connector.read; raises Refused for a field that the object does not have."""
    plan = _settle(caller, describer, request)
    for records in fetch_pages(caller, plan.select, everything=plan.deletable):
        yield _chunk(plan, _completed(caller, plan, records))


def _settle(caller: Caller, describer: Describer, request: ReadRequest) -> _Plan:
    name = request.schema.name
    described = describer.describe(name)
    if described is None:
        raise Refused(caller.place, f"the org has no object {name}", "Correct the object in the mapping.")
    types = {field: _type_of(caller, describer, described, field) for field in request.fields}
    stamp = next((field for field in _STAMPS if described.has(field)), None)
    moves = stamp == "SystemModstamp"
    marks = ["Id", *(["IsDeleted"] if described.has("IsDeleted") else []), *([stamp] if stamp else [])]
    wanted = [field for field in types if field not in marks]
    lists = fitting(wanted, ADDRESS_BYTES)
    if len(lists) > 1:
        lists = [lists[0], *fitting(wanted[len(lists[0]) :], _NAMES_BESIDE_IDS)]
    since = [f"SystemModstamp >= {instant_literal(request.since)}"] if request.since and moves else []
    select = Select(
        object_name=name,
        fields=(*marks, *lists[0]),
        stamp_field=stamp if moves else None,
        where=tuple(since),
    )
    return _Plan(
        object_name=name,
        types=types,
        stamp=stamp,
        deletable=described.has("IsDeleted"),
        select=select,
        further=tuple(lists[1:]),
    )


def _type_of(caller: Caller, describer: Describer, described: Described, path: str) -> FieldType:
    """The type of a field, or of a parent's field by a path such as `Account.Name`."""
    step, _, rest = path.partition(".")
    if not rest:
        known = described.schema.fields
        if step not in known:
            raise _no_such(caller, described.schema.name, path, step, list(known))
        return known[step].type
    if step not in described.parents:
        raise _no_such(caller, described.schema.name, path, step, list(described.parents))
    parent = describer.describe(described.parents[step])
    # Name, which stands for parents of several kinds, is not described in every org: its fields are texts.
    return _type_of(caller, describer, parent, rest) if parent else "text"


def _no_such(caller: Caller, object_name: str, path: str, step: str, known: list[str]) -> Refused:
    near = difflib.get_close_matches(step, known, n=1)
    hint = f"; did you mean {near[0]}?" if near else ", or this login may not see it"
    problem = f"{object_name} has no field {path}{hint}"
    return Refused(
        caller.place, problem, "Correct the mapping or the login's permissions.", code="INVALID_FIELD"
    )


def _completed(caller: Caller, plan: _Plan, records: list[Record]) -> list[Record]:
    """The records with the fields of the further lists."""
    ids = [record["Id"] for record in records if record.get("Id")] if plan.further else []
    for start in range(0, len(ids), _IDS_PER_COMPLETION):
        some = ids[start : start + _IDS_PER_COMPLETION]
        for fields in plan.further:
            part = replace(plan.select, fields=("Id", *fields), where=(any_of("Id", some),))
            found = {row["Id"]: row for row in fetch_all(caller, part.after(None), everything=plan.deletable)}
            if any(record_id not in found for record_id in some):
                problem = f"records of {plan.object_name} went away while their fields were read"
                raise Temporary(caller.place, problem, "Run again.")
            for record in records:
                _merge(record, found.get(record.get("Id"), {}))
    return records


def _merge(record: Record, part: Record) -> None:
    for name, value in part.items():
        held = record.get(name)
        if isinstance(held, dict) and isinstance(value, dict):
            _merge(held, value)
        else:
            record[name] = value


def _chunk(plan: _Plan, records: list[Record]) -> Chunk:
    kept = [record for record in records if record.get("Id")]
    oddities = [
        Oddity(
            object_name=plan.object_name,
            record_id="",
            field="Id",
            problem="a record without an id",
            kept=False,
        )
        for _ in range(len(records) - len(kept))
    ]
    ids = [eighteen(record["Id"]) for record in kept]
    columns: dict[str, pa.Array] = {
        "_id": pa.array(ids, pa.string()),
        "_deleted": pa.array([record.get("IsDeleted") is True for record in kept], pa.bool_()),
        "_changed_at": _stamps(plan, kept),
    }
    for name, kind in plan.types.items():
        columns[name], misfits = column(_values(kept, name), kind)
        oddities += [
            Oddity(
                object_name=plan.object_name,
                record_id=ids[misfit.row],
                field=name,
                problem=misfit.problem,
                kept=True,
            )
            for misfit in misfits
        ]
    return Chunk(rows=pa.table(columns), oddities=tuple(oddities))


def _stamps(plan: _Plan, records: Sequence[Record]) -> pa.Array:
    if plan.stamp is None:
        return pa.nulls(len(records), ARROW_TYPES["instant"])
    return column(_values(records, plan.stamp), "instant")[0]


def _values(records: Sequence[Record], path: str) -> list[Any]:
    first, *rest = path.split(".")
    values = [record.get(first) for record in records]
    for step in rest:
        values = [value.get(step) if isinstance(value, dict) else None for value in values]
    return values
