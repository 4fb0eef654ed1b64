"""Data files into the org: given ids are kept or stood in for, what is missing is filled in, nonsense is refused."""

import dataclasses
import difflib
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import orjson

from sandbox.salesforce.activities import link_to_accounts
from sandbox.salesforce.catalogue import ACTIVITIES, custom_object, field_from_words
from sandbox.salesforce.cells import Cells
from sandbox.salesforce.completion import Completion
from sandbox.salesforce.defaults import Defaults
from sandbox.salesforce.foreign import ForeignIds
from sandbox.salesforce.guess import Guess
from sandbox.salesforce.identifiers import full_id
from sandbox.salesforce.org import Org
from sandbox.salesforce.row_batches import Batch, RowBatches
from sandbox.salesforce.shapes import FieldShape, ObjectShape
from sandbox.salesforce.values import is_nothing
from sandbox.world import DataRefused, quoted

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
            self._org.numbering.go_past(shape.prefix, (row[0] for row in kept))
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
    ) -> list[tuple[Any, ...]]:
        cells = Cells(shape, dict.fromkeys(name for row in batch for name in row), self._foreign)
        needed = [field.name for field in shape.fields.values() if not field.nillable]
        pick, kept, seen = itemgetter(*columns), list[tuple[Any, ...]](), set[str]()
        for number, row in enumerate(batch, before + 1):
            values = cells.read(row, number)
            if values["Id"] in seen:
                raise _twin(shape, values["Id"], number)
            seen.add(values["Id"])
            self._complete(shape, values, now)
            for name in needed:
                if values.get(name) is None:
                    raise DataRefused(row=number, reason=f"{shape.name} needs {name}")
            kept.append(pick(values))
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

    def _guessed(self, name: str, guess: Guess) -> FieldShape:
        target = self._org.catalogue.known(name.removesuffix("__c"))
        if target is None and guess.first_id:
            target = self._org.catalogue.by_prefix(guess.first_id[:3])
        return field_from_words(name, f"reference to:{target.name}" if target is not None else guess.words())

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


def _nearest(name: str, names: Sequence[str]) -> str:
    lowered = {each.lower(): each for each in names}
    near = difflib.get_close_matches(name.lower(), list(lowered), n=3, cutoff=0.6)
    if near:
        return f"; did you mean {' or '.join(lowered[each] for each in near)}?"
    return f"; it has {', '.join(sorted(names)[:40])}"
