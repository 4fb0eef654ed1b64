"""Records as they go over the wire; SQLite writes their properties as JSON, so that pages are cheap."""

from collections.abc import Sequence
from typing import Any

import orjson

from sandbox.hubspot.schema import ObjectType
from sandbox.world import quoted

_MOST_IN_CALL = 60
"""SQLite's functions take 127 arguments."""


def column(kind: ObjectType, name: str) -> str:
    """The SQL for a property's value as it goes over the wire."""
    if name == "hs_object_id":
        return "CAST(id AS TEXT)"
    if kind.properties[name].unreadable:
        return "NULL"
    if kind.properties[name].type == "datetime":
        return f"replace({quoted(name)}, '.000Z', 'Z')"
    return quoted(name)


def select_list(kind: ObjectType, names: Sequence[str], *, only_set: bool = False) -> str:
    """The columns that on_the_wire() takes; `only_set` leaves properties without a value out."""
    frame = [
        "id", f"replace({quoted(kind.created)}, '.000Z', 'Z')", f"replace({quoted(kind.modified)}, '.000Z', 'Z')",
        "archived", "replace(archivedAt, '.000Z', 'Z')",
    ]  # fmt: skip
    parts = [names[start : start + _MOST_IN_CALL] for start in range(0, len(names), _MOST_IN_CALL)]
    return ", ".join([*frame, *(_as_json(kind, part, only_set=only_set) for part in parts)])


def _as_json(kind: ObjectType, names: Sequence[str], *, only_set: bool) -> str:
    pairs = ", ".join(f"'{name}', {column(kind, name)}" for name in names)
    members = f"json_object({pairs})"
    # A merge patch takes null for "away with it".
    return f"json_patch('{{}}', {members})" if only_set else members


def on_the_wire(row: Sequence[Any]) -> dict[str, Any]:
    """A record in the vendor's form, ready for orjson, from a row of select_list()."""
    record_id, created_at, updated_at, archived, archived_at, *parts = row
    text = parts[0] if len(parts) == 1 else f"{{{','.join(part[1:-1] for part in parts if len(part) > 2)}}}"
    record = {
        "id": str(record_id),
        "properties": orjson.Fragment(text),
        "createdAt": created_at,
        "updatedAt": updated_at,
        "archived": bool(archived),
    }
    if archived:
        record["archivedAt"] = archived_at
    return record
