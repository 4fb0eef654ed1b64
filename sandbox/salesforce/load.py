"""Data files into the org: given ids are kept or stood in for, what is missing is filled in, nonsense is refused."""

import dataclasses
import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import orjson

from sandbox.salesforce.activities import link_to_accounts
from sandbox.salesforce.catalogue import ACTIVITIES, custom_object, field_from_words
from sandbox.salesforce.completion import Completion
from sandbox.salesforce.defaults import Defaults
from sandbox.salesforce.foreign import ForeignIds
from sandbox.salesforce.guess import Guess
from sandbox.salesforce.identifiers import full_id
from sandbox.salesforce.org import Org
from sandbox.salesforce.row_batches import Batch, RowBatches
from sandbox.salesforce.shapes import FieldShape, ObjectShape
from sandbox.salesforce.values import data_reader, is_nothing
from sandbox.world import DataRefused, quoted

_TEXT = ("string", "textarea", "combobox", "email", "phone", "url")
_PICKLISTS = {
    "TaskStatus": ("Task", "Status"),
    "TaskPriority": ("Task", "Priority"),
    "CaseStatus": ("Case", "Status"),
    "OpportunityStage": ("Opportunity", "StageName"),
}
"""Objects whose rows are the values of a picklist."""
_RELINKING = (*ACTIVITIES, "Account", "Contact", "Opportunity", "Case", "Contract")

_NOTED = ("Group",)
"""Objects of which more is done when all are there."""

_MEANT = ("IsClosed", "IsWon")
"""What a status means, where the file says it itself."""

Reader = Callable[[Any], Any]


class Loader:
    """Takes rows under the vendor's field names; keeps the stand-ins of foreign ids over all loads."""

    def __init__(self, org: Org, completion: Completion) -> None:
        self._org, self._completion = org, completion
        self._defaults = Defaults(org)
        self._foreign = ForeignIds(org)

    def load(self, object_name: str, rows: Iterable[Mapping[str, Any]]) -> int:
        """Puts the rows into the store and says how many; raises DataRefused for the first that cannot be.

        They are gone through twice, as what a column of one's own is can be told by all of its values only.
        """
        with RowBatches(rows) as batches:
            shape = self._prepared(object_name, batches.read())
            with self._org.world.store.transaction("load"):
                return self._loaded(shape, batches.again())

    def _loaded(self, shape: ObjectShape, batches: Iterable[Batch]) -> int:
        if shape.name in _PICKLISTS:
            self._org.world.store.execute(f"DELETE FROM {quoted(shape.table)}")
        columns = [field.name for field in shape.stored()]
        now, count, ids = self._org.now(), 0, list[str]()
        for batch in batches:
            kept = self._completed(shape, batch, columns=columns, before=count, now=now)
            self._org.world.store.insert_many(shape.table, columns, kept)
            count += len(batch)
            if shape.name in _NOTED:
                ids += [str(row[0]) for row in kept]
        self._settle(shape, ids)
        return count

    def _prepared(self, object_name: str, batches: Iterable[Batch]) -> ObjectShape:
        """The object with a field for every column; makes those of one's own."""
        shape: ObjectShape | None = None
        guesses: dict[str, Guess] = {}
        for batch in batches:
            shape = shape or self._shape(object_name, batch)
            names = dict.fromkeys(name for row in batch for name in row)
            for name in names:
                if name not in guesses and name.lower() not in shape.fields:
                    guesses[name] = self._own_column(shape, name)
            for name, guess in guesses.items():
                for row in batch:
                    value = row.get(name)
                    if not is_nothing(value):
                        guess.add(value)
            self._foreign.prepare(shape, (row["Id"] for row in batch if not is_nothing(row.get("Id"))))
        assert shape is not None  # noqa: S101 - the first batch is there, if empty
        for name, guess in guesses.items():
            self._org.catalogue.add_field(shape, self._guessed(name, guess))
        return shape

    def _completed(
        self, shape: ObjectShape, batch: Batch, *, columns: Sequence[str], before: int, now: str
    ) -> list[list[Any]]:
        names = dict.fromkeys(name for row in batch for name in row)
        readers = {name: self._reader(shape, name) for name in names}
        kept, seen = [], set[str]()
        for number, row in enumerate(batch, before + 1):
            values = self._values(shape, row, readers, number)
            self._check(shape, values, number)
            if values["Id"] in seen:
                raise _twin(shape, values["Id"], number)
            seen.add(values["Id"])
            self._complete(shape, values, now)
            self._require(shape, values, number)
            kept.append([values.get(name) for name in columns])
        self._refuse_known(shape, [str(row[0]) for row in kept], before)
        return kept

    def _refuse_known(self, shape: ObjectShape, ids: Sequence[str], before: int) -> None:
        sql = f"SELECT Id FROM {quoted(shape.table)} WHERE Id IN (SELECT value FROM json_each(?))"
        known = {row["Id"] for row in self._org.world.store.query(sql, (orjson.dumps(ids).decode(),))}
        for number, each in enumerate(ids, before + 1):
            if each in known:
                raise _twin(shape, each, number)

    def _shape(self, object_name: str, rows: Sequence[Mapping[str, Any]]) -> ObjectShape:
        catalogue = self._org.catalogue
        shape = catalogue.known(object_name)
        if shape:
            return shape
        if not object_name.endswith("__c"):
            names = [each.name for each in catalogue.everything()]
            raise DataRefused(
                row=1, reason=f"Salesforce has no object '{object_name}'{_nearest(object_name, names)}"
            )
        catalogue.add_object(custom_object(object_name, self._free_prefix(rows)))
        added = catalogue.known(object_name)
        assert added is not None  # noqa: S101 - it was added on the line above
        return added

    def _free_prefix(self, rows: Sequence[Mapping[str, Any]]) -> str:
        given = full_id(str(rows[0].get("Id", ""))) if rows else None
        taken = {shape.prefix for shape in self._org.catalogue.everything()}
        if given and given[0] == "a" and given[:3] not in taken:
            return given[:3]
        return next(f"a{number:02d}" for number in range(100) if f"a{number:02d}" not in taken)

    def _own_column(self, shape: ObjectShape, name: str) -> Guess:
        if not name.endswith("__c"):
            known = [each.name for each in shape.fields.values()]
            raise DataRefused(
                row=1,
                reason=f"{shape.name} has no field '{name}'{_nearest(name, known)}; a field of your own ends in __c",
            )
        return Guess()

    def _reader(self, shape: ObjectShape, name: str) -> tuple[FieldShape, Reader]:
        field = shape.fields[name.lower()]
        if field.type == "address":
            raise DataRefused(
                row=1, reason=f"{field.name} is made of its parts; give those, such as {_part(shape, field)}"
            )
        return field, data_reader(field)

    def _guessed(self, name: str, guess: Guess) -> FieldShape:
        target = self._org.catalogue.known(name.removesuffix("__c"))
        if target is None and guess.first_id:
            target = self._org.catalogue.by_prefix(guess.first_id[:3])
        return field_from_words(name, f"reference to:{target.name}" if target is not None else guess.words())

    def _values(
        self,
        shape: ObjectShape,
        row: Mapping[str, Any],
        readers: Mapping[str, tuple[FieldShape, Reader]],
        number: int,
    ) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, value in row.items():
            if is_nothing(value):
                continue
            field, read = readers[name]
            try:
                values[field.name] = read(value)
            except ValueError as wrong:
                raise DataRefused(row=number, reason=f"{field.name}: {str(value)[:80]!r} {wrong}") from wrong
        self._foreign.stand_in(shape, values)
        for field, _ in readers.values():
            if field.type == "reference" and values.get(field.name) is not None:
                values[field.name] = self._foreign.reference(shape, field, values[field.name], values["Id"])
        return values

    def _check(self, shape: ObjectShape, values: Mapping[str, Any], number: int) -> None:
        for name, value in values.items():
            field = shape.fields[name.lower()]
            if field.type in _TEXT and isinstance(value, str) and len(value) > field.length:
                raise DataRefused(
                    row=number, reason=f"{name}: {len(value)} characters, and the field holds {field.length}"
                )
            if field.restricted and value not in field.values:
                raise DataRefused(
                    row=number, reason=f"{name}: '{value}' is none of {', '.join(field.values)}"
                )

    def _complete(self, shape: ObjectShape, values: dict[str, Any], now: str) -> None:
        given: dict[str, Any] = {name: values[name] for name in _MEANT if name in values}
        self._defaults.name_people(shape, values)
        self._defaults.fill(shape, values, now=now)
        name, moment = values.get("Name"), values.get("CompletedDateTime") or values.get("ClosedDate")
        self._completion.fill(shape, values, before=None, now=moment or values["LastModifiedDate"])
        if name and not values.get("Name"):
            values["Name"] = name
        if shape.name != "Task":
            values.update(given)

    def _require(self, shape: ObjectShape, values: Mapping[str, Any], number: int) -> None:
        for field in shape.fields.values():
            if not field.nillable and values.get(field.name) is None:
                raise DataRefused(row=number, reason=f"{shape.name} needs {field.name}")

    def _settle(self, shape: ObjectShape, ids: Sequence[str]) -> None:
        store = self._org.world.store
        self._foreign.arrived(shape)
        if shape.name in _RELINKING:
            for name in ACTIVITIES:
                link_to_accounts(store, f"salesforce__{name}")
        if shape.name in _PICKLISTS:
            self._renew_picklist(shape)
        if shape.name == "Group":
            self._defaults.let_queues_own(ids)

    def _renew_picklist(self, shape: ObjectShape) -> None:
        owner_name, field_name = _PICKLISTS[shape.name]
        owner = self._org.catalogue.known(owner_name)
        rows = self._org.world.store.query(f"SELECT * FROM {quoted(shape.table)} ORDER BY SortOrder")
        if owner is None or not rows:
            return
        field = owner.fields[field_name.lower()]
        default = next(
            (row["MasterLabel"] for row in map(dict, rows) if row.get("IsDefault")),
            field.default,
        )
        values = tuple(row["MasterLabel"] for row in rows)
        self._org.catalogue.replace_field(owner, dataclasses.replace(field, values=values, default=default))
        self._completion.forget()


def _twin(shape: ObjectShape, record_id: str, number: int) -> DataRefused:
    return DataRefused(row=number, reason=f"{shape.name} with this Id is there already: {record_id}")


def _part(shape: ObjectShape, whole: FieldShape) -> str:
    return next(each.name for each in shape.fields.values() if shape.address_of(each) == whole.name)


def _nearest(name: str, names: Sequence[str]) -> str:
    lowered = {each.lower(): each for each in names}
    near = difflib.get_close_matches(name.lower(), list(lowered), n=3, cutoff=0.6)
    if near:
        return f"; did you mean {' or '.join(lowered[each] for each in near)}?"
    return f"; it has {', '.join(sorted(names)[:40])}"
