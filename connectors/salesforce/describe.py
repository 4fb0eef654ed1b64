"""What an org's objects and fields are, as its own describe tells this login."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from connectors.connector import Field, FieldType, ObjectSchema
from connectors.errors import NotUnderstood, Refused
from connectors.salesforce.call import Caller

_TYPES: Mapping[str, FieldType] = {
    "id": "id",
    "reference": "id",
    "double": "decimal",
    "currency": "decimal",
    "percent": "decimal",
    "int": "integer",
    "long": "integer",
    "boolean": "boolean",
    "date": "date",
    "datetime": "instant",
}
_NOT_IN_CELLS = frozenset({"address", "location", "base64"})
"""Kinds of fields that Bulk queries refuse: `Selecting compound data not supported in Bulk Query`."""
_ABSENT = frozenset({"INVALID_TYPE", "NOT_FOUND", "INVALID_TYPE_FOR_OPERATION"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What may be done with one field, beyond reading it."""

    createable: bool
    updateable: bool
    unique: bool
    external_id: bool
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """One object's describe, as far as reading and writing need it."""

    schema: ObjectSchema
    rights: Mapping[str, Rights]
    parents: Mapping[str, str]
    """Name of a relationship to a parent (`Account`, `Owner__r`) -> the parent's object, `Name` where it varies."""
    only_by_rest: frozenset[str] = frozenset()
    """Fields that a Bulk query cannot bring."""
    defaults: Mapping[str, str] = field(default_factory=dict)
    """Picklist -> the value that a new record has in it."""

    def has(self, *fields: str) -> bool:
        """Whether this login sees all of them."""
        return all(name in self.schema.fields for name in fields)


class Describer:
    """Describes of one org, each asked for once until forgotten."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._known: dict[str, Described | None] = {}
        self._lock = threading.Lock()

    def describe(self, object_name: str) -> Described | None:
        """None when the org does not have the object or this login may not query it."""
        with self._lock:
            if object_name not in self._known:
                self._known[object_name] = self._ask(object_name)
            return self._known[object_name]

    def names(self) -> tuple[str, ...]:
        """Every object that this login may query, asked for each time."""
        body = self._caller.json(self._caller.get("sobjects"))
        return tuple(row["name"] for row in body.get("sobjects") or () if row.get("queryable"))

    def schema_of(self, given: ObjectSchema) -> ObjectSchema | None:
        """What was asked for here already, else what is given, which an earlier process was told: no request."""
        with self._lock:
            if given.name not in self._known:
                return given
            described = self._known[given.name]
        return described.schema if described else None

    def forget(self, object_name: str) -> None:
        """The next describe asks again: after setup made fields."""
        with self._lock:
            self._known.pop(object_name, None)

    def _ask(self, object_name: str) -> Described | None:
        try:
            answer = self._caller.get(f"sobjects/{quote(object_name, safe='')}/describe")
        except Refused as refusal:
            if refusal.code in _ABSENT or refusal.status == 404:
                return None
            raise
        body = self._caller.json(answer)
        if not isinstance(body, dict) or not isinstance(body.get("fields"), list):
            raise NotUnderstood(
                self._caller.place,
                f"the describe of {object_name} has no fields",
                "Check the address of the instance.",
            )
        return _described(body) if body.get("queryable", True) else None


def _described(body: Mapping[str, Any]) -> Described:
    rows = body["fields"]
    return Described(
        schema=ObjectSchema(name=body["name"], fields={row["name"]: _field(row) for row in rows}),
        rights={row["name"]: _rights(row) for row in rows},
        parents={row["relationshipName"]: _parent(row) for row in rows if row.get("relationshipName")},
        only_by_rest=frozenset(row["name"] for row in rows if row["type"] in _NOT_IN_CELLS),
        defaults={
            row["name"]: choice["value"]
            for row in rows
            for choice in row.get("picklistValues") or ()
            if choice.get("defaultValue")
        },
    )


def _field(row: Mapping[str, Any]) -> Field:
    values = tuple(
        choice["value"] for choice in row.get("picklistValues") or () if choice.get("active", True)
    )
    return Field(
        name=row["name"],
        type=_TYPES.get(row["type"], "text"),
        label=row.get("label") or "",
        values=values,
        calculated=bool(row.get("calculated")),
        refers_to=tuple(row.get("referenceTo") or ()),
    )


def _rights(row: Mapping[str, Any]) -> Rights:
    return Rights(
        createable=bool(row.get("createable")),
        updateable=bool(row.get("updateable")),
        unique=bool(row.get("unique")),
        external_id=bool(row.get("externalId")),
        length=row.get("length") or 0,
    )


def _parent(row: Mapping[str, Any]) -> str:
    # Through a lookup to several kinds of parents SOQL sees the fields of the pseudo-object Name only.
    targets: list[str] = row.get("referenceTo") or []
    return targets[0] if len(targets) == 1 else "Name"
