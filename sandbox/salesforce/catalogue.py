"""The objects and fields of this org as they stand: what is described, licensed and granted."""

import copy
import dataclasses
import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

from sandbox.salesforce.shapes import FieldShape, ObjectShape, nothing_of, spaced
from sandbox.salesforce.sight import Sight
from sandbox.world import World, quoted

ACTIVITIES = ("Task", "Event")
"""A custom field of Activity is a field of both."""

_LENGTHS = {
    "id": 18,
    "reference": 18,
    "picklist": 255,
    "multipicklist": 4099,
    "combobox": 255,
    "textarea": 32000,
}
_SYSTEM = {
    "Id": "id readonly", "IsDeleted": "boolean readonly", "CreatedDate": "datetime readonly",
    "CreatedById": "reference to:User readonly", "LastModifiedDate": "datetime readonly",
    "LastModifiedById": "reference to:User readonly", "SystemModstamp": "datetime readonly",
}  # fmt: skip
_FLAGS: Mapping[str, Mapping[str, Any]] = {
    "required": {"nillable": False}, "readonly": {"createable": False, "updateable": False},
    "createonly": {"updateable": False}, "restricted": {"restricted": True}, "unique": {"unique": True},
    "external": {"external_id": True}, "cased": {"case_sensitive": True}, "lookup": {"id_lookup": True},
    "name": {"is_name": True}, "virtual": {"virtual": True},
    "calculated": {"calculated": True, "createable": False, "updateable": False},
}  # fmt: skip


class Catalogue:
    """Knows every object and field, and who may see what of it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._objects: dict[str, ObjectShape] = {}
        self._tooling = False
        self.sight = Sight(store=world.store)
        self.version = 0
        """Counts the changes of the model."""
        self._granted: dict[tuple[str, str], bool] = {}
        self.changed_at = world.clock.now()
        described = tomllib.loads((files("sandbox.salesforce") / "objects.toml").read_text("utf-8"))
        for name, description in described.items():
            self.add_object(_shape(name, description))

    def add_object(self, shape: ObjectShape) -> None:
        """Takes an object in, with its table and the indexes that queries and writes lean on."""
        self._objects[shape.name.lower()] = shape
        store = self._world.store
        store.define(shape.table, {each.name: each.column for each in shape.stored()})
        store.execute(f"CREATE UNIQUE INDEX {quoted(shape.table + '_id')} ON {quoted(shape.table)} (Id)")
        for each in shape.stored():
            if each.name in ("AccountId", "WhoId", "WhatId", "SystemModstamp") or each.unique:
                self._index(shape, each)
        self.touched()

    def replace_field(self, shape: ObjectShape, field: FieldShape) -> None:
        """Changes what is said of a field whose column stays: its picklist values, say."""
        shape.fields[field.name.lower()] = field
        self.touched()

    def add_field(self, shape: ObjectShape, field: FieldShape) -> None:
        """Adds a custom field; rows that are there hold nothing in it."""
        shape.fields[field.name.lower()] = field
        store = self._world.store
        store.define(shape.table, {field.name: field.column})
        if field.type == "boolean":
            store.execute(f"UPDATE {quoted(shape.table)} SET {quoted(field.name)} = ?", (nothing_of(field),))
        if field.external_id or field.unique:
            self._index(shape, field)
        self.touched()

    def touched(self) -> None:
        """Whoever described an object before is told to do it again."""
        self.changed_at = self._world.clock.now()
        self.version += 1

    def _index(self, shape: ObjectShape, field: FieldShape) -> None:
        name = quoted(f"{shape.table}_{field.name}")
        table = quoted(shape.table)
        self._world.store.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {table} ({quoted(field.name)})")

    def objects(self) -> list[ObjectShape]:
        """Every object that this org is licensed for."""
        return [shape for shape in self._objects.values() if self._licensed(shape)]

    def of_tooling(self) -> "Catalogue":
        """The same org as the Tooling API sees it."""
        view = copy.copy(self)
        view._tooling = True
        return view

    def everything(self) -> list[ObjectShape]:
        """Licensed or not: what data may be loaded into."""
        return [shape for shape in self._objects.values() if not shape.tooling]

    def find(self, name: str) -> ObjectShape | None:
        """The object of that name as the API shows it, whatever the case."""
        shape = self._objects.get(name.lower())
        return shape if shape and self._licensed(shape) else None

    def known(self, name: str) -> ObjectShape | None:
        """The object of that name, licensed or not."""
        return self._objects.get(name.lower())

    def by_prefix(self, prefix: str) -> ObjectShape | None:
        """The object whose ids begin so."""
        return next((shape for shape in self._objects.values() if shape.prefix == prefix), None)

    def targets(self, field: FieldShape) -> list[ObjectShape]:
        """The objects that a reference may point to."""
        named = [self._objects[name.lower()] for name in field.references if name.lower() in self._objects]
        if "custom" in field.references:
            named += [shape for shape in self._objects.values() if shape.custom]
        return named

    def visible(self, shape: ObjectShape) -> list[FieldShape]:
        """The fields that the running user may see, in the order of describe."""
        return [field for field in shape.fields.values() if self._may_see(shape, field)]

    def field(self, shape: ObjectShape, name: str) -> FieldShape | None:
        """The visible field of that name, whatever the case."""
        field = shape.fields.get(name.lower())
        return field if field and self._may_see(shape, field) else None

    def grant(self, fields: Iterable[tuple[str, str, bool]]) -> None:
        """Says anew which custom fields the running user may read: object, field, and whether to edit it too."""
        self._granted = {}
        for object_name, field, editable in fields:
            pair = (object_name.lower(), field.lower())
            self._granted[pair] = self._granted.get(pair, False) or editable
        self.touched()

    def may_edit(self, shape: ObjectShape, field: FieldShape) -> bool:
        """Whether the running user may write a field that it sees."""
        return not field.needs_grant or self._granted.get((shape.name.lower(), field.name.lower()), False)

    def _may_see(self, shape: ObjectShape, field: FieldShape) -> bool:
        pair = (shape.name.lower(), field.name.lower())
        if field.hidden or pair in self.sight.fields:
            return False
        return not field.needs_grant or pair in self._granted

    def _licensed(self, shape: ObjectShape) -> bool:
        licensed = not shape.licence or shape.licence in self._world.switches.licences
        return licensed and shape.tooling == self._tooling and shape.name.lower() not in self.sight.objects


def _shape(name: str, description: Mapping[str, Any]) -> ObjectShape:
    kept = bool(description.get("kept"))
    label = spaced(name)
    shape = ObjectShape(
        name=name, prefix=description["prefix"], label=label, plural=description.get("plural", _plural(label)),
        licence=description.get("licence", ""), kept=kept, createable=description.get("createable", True),
        tooling=description.get("tooling", False),
    )  # fmt: skip
    values = description.get("values", {})
    for field_name, words in (_SYSTEM | description["fields"]).items():
        field = field_from_words(field_name, words, tuple(values.get(field_name, ())))
        if kept and field_name == "IsDeleted":
            field = dataclasses.replace(field, hidden=True)
        shape.fields[field_name.lower()] = field
    return shape


def custom_object(name: str, prefix: str) -> ObjectShape:
    """An object of the customer's own, with the fields that each has."""
    shape = _shape(
        name,
        {
            "prefix": prefix,
            "fields": {"Name": "string 80 name", "OwnerId": "reference to:Group,User default:me"},
        },
    )
    shape.custom = True
    return shape


def field_from_words(name: str, words: str, values: tuple[str, ...] = ()) -> FieldShape:
    """A field from its line of objects.toml."""
    kind, *rest = words.split()
    facts: dict[str, Any] = {
        "length": _LENGTHS.get(kind, 0),
        "nillable": kind not in ("boolean", "id"),
        "custom": name.endswith("__c"),
    }
    for word in rest:
        key, _, value = word.partition(":")
        if word.isdigit():
            facts["length"] = int(word)
        elif key == "to":
            facts["references"] = tuple(value.split(","))
            facts["relationship"] = relationship_name(name)
        elif key == "number":
            facts["number_digits"] = int(value)
        elif key == "default":
            facts["default"] = value == "true" if kind == "boolean" else value.replace("~", " ")
        else:
            facts.update(_FLAGS[word])
    if kind in ("double", "currency", "percent"):
        facts["length"], facts["scale"] = 18, 2
    return FieldShape(name=name, type=kind, label=spaced(name), values=values, **facts)


def relationship_name(field_name: str) -> str:
    """The name of the path through a reference field: AccountId -> Account, Client__c -> Client__r."""
    return field_name[:-1] + "r" if field_name.endswith("__c") else field_name.removesuffix("Id")


def _plural(label: str) -> str:
    if label.endswith("y"):
        return label[:-1] + "ies"
    return label + ("es" if label.endswith("s") else "s")
