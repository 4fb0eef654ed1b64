"""Makes chunks of what was parsed: ids in one form, stamps, deletions, merges, and each oddity by its record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from connectors.connector import ARROW_TYPES, Chunk, FieldType, Oddity
from connectors.salesforce.columns import Misfit, column
from connectors.salesforce.full_ids import eighteen
from connectors.salesforce.plan import MASTER, Plan

Record = Mapping[str, Any]
_ID_LENGTH = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """Records as typed columns, by the paths that were asked for."""

    columns: Mapping[str, pa.Array]
    misfits: Mapping[str, Sequence[Misfit]]

    @property
    def row_count(self) -> int:
        """How many records they are."""
        return len(self.columns["Id"])


def of_records(records: Sequence[Record], asked: Mapping[str, FieldType]) -> Parsed:
    """From the records of a page, value by value: patient with whatever a value is."""
    found = {path: column(_values(records, path), kind) for path, kind in asked.items()}
    return Parsed(
        columns={path: array for path, (array, _) in found.items()},
        misfits={path: misfits for path, (_, misfits) in found.items() if misfits},
    )


def none_of(asked: Mapping[str, FieldType]) -> Parsed:
    """No records at all."""
    return Parsed(columns={path: pa.array([], ARROW_TYPES[kind]) for path, kind in asked.items()}, misfits={})


def chunk_of(plan: Plan, parsed: Parsed, *, resume: str | None = None) -> Chunk:
    """As Connector.read brings them; records without an id are left out and named."""
    table = pa.table(dict(parsed.columns))
    ids = parsed.columns["Id"]
    oddities = list(_oddities(plan, parsed, ids))
    if ids.null_count:
        table = table.filter(pc.is_valid(table["Id"]))
    _id = _eighteen(table["Id"])
    size = len(table)
    deleted = (
        pc.fill_null(table["IsDeleted"], False)
        if "IsDeleted" in table.column_names
        else pa.repeat(pa.scalar(False), size)
    )
    stamps = table[plan.stamp] if plan.stamp else pa.nulls(size, ARROW_TYPES["instant"])
    ours = {"_id": _id, "_deleted": deleted, "_changed_at": stamps}
    return Chunk(
        rows=pa.table(ours | {name: table[name] for name in plan.types}),
        merges=_merges(table, _id, deleted) if MASTER in table.column_names else None,
        oddities=tuple(oddities),
        resume=resume,
    )


def _eighteen(ids: pa.ChunkedArray) -> pa.ChunkedArray:
    shortest, longest = pc.min_max(pc.binary_length(ids)).values()
    if shortest.as_py() in (None, _ID_LENGTH) and longest.as_py() in (None, _ID_LENGTH):
        return ids
    return pa.chunked_array([pa.array([eighteen(each) for each in ids.to_pylist()], pa.string())])


def _merges(table: pa.Table, ids: pa.ChunkedArray, deleted: pa.ChunkedArray) -> pa.Table | None:
    masters = table[MASTER]
    if masters.null_count == len(masters):
        return None
    merged = pc.and_(pc.is_valid(masters), deleted)
    return pa.table({"loser_id": ids.filter(merged), "winner_id": _eighteen(masters.filter(merged))})


def _oddities(plan: Plan, parsed: Parsed, ids: pa.Array) -> list[Oddity]:
    nameless = [Misfit(row=-1, problem="a record without an id")] * ids.null_count
    found = [_oddity(plan, "Id", "", misfit, kept=False) for misfit in nameless]
    for name in plan.types:
        for misfit in parsed.misfits.get(name, ()):
            record_id = ids[misfit.row].as_py()
            if record_id:
                found.append(_oddity(plan, name, eighteen(record_id), misfit, kept=True))
    return found


def _oddity(plan: Plan, field: str, record_id: str, misfit: Misfit, *, kept: bool) -> Oddity:
    return Oddity(
        object_name=plan.object_name, record_id=record_id, field=field, problem=misfit.problem, kept=kept
    )


def _values(records: Sequence[Record], path: str) -> list[Any]:
    first, *rest = path.split(".")
    values = [record.get(first) for record in records]
    for step in rest:
        values = [value.get(step) if isinstance(value, dict) else None for value in values]
    return values
