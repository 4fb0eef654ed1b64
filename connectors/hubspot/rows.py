"""Turns HubSpot's records into the typed rows that a Chunk carries, and names what did not fit."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from connectors.connector import FieldType, ObjectSchema, Oddity
from connectors.hubspot.values import typed_column

MERGED = "hs_merged_object_ids"
"""The property of a winner that lists the records which were merged into it, joined by semicolons."""


def rows_of(
    records: pa.StructArray, schema: ObjectSchema, *, fields: Sequence[str], deleted: bool
) -> tuple[pa.Table, list[Oddity]]:
    """The rows of `records` with `_id`, `_deleted`, `_changed_at` and the fields; a record without id is left out."""
    records, nameless = _with_id(records)
    oddities = [
        Oddity(object_name=schema.name, record_id="", field="id", problem="a record without id", kept=False)
        for _ in range(nameless)
    ]
    ids = pc.struct_field(records, "id")
    columns: dict[str, pa.Array] = {
        "_id": ids,
        "_deleted": pa.repeat(deleted, len(records)),
    }
    wanted: list[tuple[str, str, FieldType]] = [("_changed_at", "updatedAt", "instant")]
    wanted += [(name, name, schema.fields[name].type) for name in fields if name != "id"]
    for column, source, kind in wanted:
        path = [source] if column == "_changed_at" else ["properties", source]
        columns[column], misfits = typed_column(pc.struct_field(records, path), kind)
        oddities += [
            Oddity(
                object_name=schema.name, record_id=ids[row].as_py(), field=source, problem=problem, kept=True
            )
            for row, problem in misfits
        ]
    if "id" in fields:
        columns["id"] = ids
    return pa.table(columns).select(["_id", "_deleted", "_changed_at", *fields]), oddities


def _with_id(records: pa.StructArray) -> tuple[pa.StructArray, int]:
    ids = pc.struct_field(records, "id")
    if not ids.null_count and pc.min(pc.binary_length(ids)).as_py() != 0:
        return records, 0
    known = pc.fill_null(pc.greater(pc.utf8_length(ids), 0), False)
    return records.filter(known), pc.sum(pc.invert(known)).as_py() or 0


def merges_of(records: pa.StructArray) -> pa.Table:
    """`loser_id` and `winner_id` of every merge that these records tell of; they must have MERGED."""
    listed = pc.struct_field(records, ["properties", MERGED])
    if listed.null_count:
        # Nearly no record is the winner of a merge.
        won = pc.is_valid(listed)
        records, listed = records.filter(won), listed.filter(won)
    losers = pc.split_pattern(listed, ";")
    merges = pa.table(
        {
            "loser_id": pc.utf8_trim_whitespace(losers.flatten()),
            "winner_id": pc.struct_field(records, "id").take(pc.list_parent_indices(losers)),
        }
    )
    return merges.filter(pc.greater(pc.utf8_length(merges["loser_id"]), 0))
