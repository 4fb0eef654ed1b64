"""Ids of other systems: a data file may bring them, and each is stood in for by one real-looking id."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.salesforce.catalogue import field_from_words
from sandbox.salesforce.identifiers import foreign_id, full_id
from sandbox.salesforce.org import Org
from sandbox.salesforce.shapes import FieldShape, ObjectShape
from sandbox.world import quoted

LEGACY_FIELD = "Legacy_Id__c"
"""Where the id of the other system stays to be read."""


class ForeignIds:
    """Stands in for foreign ids, the same way in every object and whatever the order of loading."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._known: defaultdict[str, set[str]] = defaultdict(set)
        self._waiting: defaultdict[str, list[tuple[ObjectShape, FieldShape, str]]] = defaultdict(list)

    def prepare(self, shape: ObjectShape, ids: Iterable[Any]) -> None:
        """Makes the field for the other system's ids, if any of these is one."""
        if LEGACY_FIELD.lower() not in shape.fields and any(
            self._is_foreign(shape, str(each)) for each in ids
        ):
            self._org.catalogue.add_field(
                shape, field_from_words(LEGACY_FIELD, "string 255 unique external cased")
            )

    def stand_in(self, shape: ObjectShape, values: dict[str, Any]) -> None:
        """Gives a row its Id: the given one, one that stands for it, or a new one."""
        given = values.get("Id")
        if given is None:
            values["Id"] = self._org.numbering.next_id(shape.prefix)
        elif self._is_foreign(shape, given):
            values["Id"], values[LEGACY_FIELD] = foreign_id(shape.prefix, shape.name, given), given
            self._known[shape.name].add(given)
        else:
            values["Id"] = full_id(given)

    @staticmethod
    def _is_foreign(shape: ObjectShape, given: str) -> bool:
        real = full_id(given)
        return real is None or not real.startswith(shape.prefix)

    def reference(self, shape: ObjectShape, field: FieldShape, value: str, row_id: str) -> str:
        """The id that a reference field holds for `value`.

        One that may point to several objects is settled when the record that it means has been loaded.
        """
        targets = self._org.catalogue.targets(field)
        real = full_id(value)
        if real and any(real.startswith(target.prefix) for target in targets):
            return real
        for target in targets:
            if len(targets) == 1 or value in self._known[target.name]:
                return foreign_id(target.prefix, target.name, value)
        self._waiting[value].append((shape, field, row_id))
        likely = next((target for target in targets if target.name == "User"), targets[0])
        return foreign_id(likely.prefix, likely.name, value)

    def arrived(self, shape: ObjectShape) -> None:
        """Settles the references that waited for records of this object."""
        for original in self._waiting.keys() & self._known[shape.name]:
            still = []
            for referrer, field, row_id in self._waiting.pop(original):
                if shape not in self._org.catalogue.targets(field):
                    still.append((referrer, field, row_id))
                    continue
                self._point(
                    referrer, field, {"id": row_id, "to": foreign_id(shape.prefix, shape.name, original)}
                )
            if still:
                self._waiting[original] = still

    def _point(self, referrer: ObjectShape, field: FieldShape, ends: Mapping[str, str]) -> None:
        clause = f"UPDATE {quoted(referrer.table)} SET {quoted(field.name)} = :to WHERE Id = :id"
        self._org.world.store.execute(clause, ends)
