"""What a new record has when nobody says otherwise: owner, stamps, numbers, picklist defaults."""

from collections.abc import Sequence
from typing import Any

from sandbox.salesforce.org import Org
from sandbox.salesforce.shapes import ObjectShape, nothing_of

_PEOPLE = ("Contact", "Lead", "User")
_QUEUED = ("Case", "Lead", "Task")


class Defaults:
    """Fills new records."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._plans: dict[str, tuple[int, dict[str, Any], list[tuple[str, int]]]] = {}

    def fill(self, shape: ObjectShape, values: dict[str, Any], *, now: str) -> None:
        """Gives every field without a value its default; stamps are `now`."""
        blank, numbered = self._plan(shape)
        values.update(blank | values)
        for name in ("CreatedDate", "LastModifiedDate", "SystemModstamp"):
            if values[name] is None:
                values[name] = now
        for name, digits in numbered:
            if values[name] is None:
                values[name] = str(self._org.numbering.next_number(shape.name)).rjust(digits, "0")

    def _plan(self, shape: ObjectShape) -> tuple[dict[str, Any], list[tuple[str, int]]]:
        version, blank, numbered = self._plans.get(shape.name, (-1, {}, []))
        if version != self._org.catalogue.version:
            spoken = {"me": self._org.user_id, "profile": self._org.profile_id}
            blank = {}
            for field in shape.stored():
                default = spoken.get(field.default, field.default)
                blank[field.name] = (
                    nothing_of(field)
                    if default is None
                    else int(default)
                    if field.type == "boolean"
                    else default
                )
            blank |= {"CreatedById": self._org.user_id, "LastModifiedById": self._org.user_id}
            numbered = [(field.name, field.number_digits) for field in shape.stored() if field.number_digits]
            self._plans[shape.name] = (self._org.catalogue.version, blank, numbered)
        return blank, numbered

    def forget(self) -> None:
        """Reads the defaults anew: a picklist changed."""
        self._plans.clear()

    def name_people(self, shape: ObjectShape, values: dict[str, Any]) -> None:
        """People of a data file that gives only a Name, or users without a login name, get the missing parts."""
        if shape.name not in _PEOPLE:
            return
        if values.get("LastName") is None and values.get("Name"):
            first, _, last = values["Name"].rpartition(" ")
            values["LastName"], values["FirstName"] = last, values.get("FirstName") or first or None
        if shape.name == "User":
            values.setdefault("Username", values.get("Email") or f"{values['Id'].lower()}@sandbox.example")
            values.setdefault("Email", values["Username"])
            values.setdefault("Alias", (values.get("LastName") or "user")[:8].lower())

    def let_queues_own(self, ids: Sequence[str]) -> None:
        """A queue of a data file may own cases, leads and tasks."""
        store = self._org.world.store
        shape = self._org.catalogue.known("QueueSobject")
        if shape is None:
            return
        marks = ", ".join("?" * len(ids))
        queues = store.query(
            f"SELECT Id FROM salesforce__Group WHERE Type = 'Queue' AND Id IN ({marks})", list(ids)
        )
        columns = [field.name for field in shape.stored()]
        rows = []
        for queue in queues:
            for kind in _QUEUED:
                values: dict[str, Any] = {
                    "Id": self._org.numbering.next_id(shape.prefix),
                    "QueueId": queue["Id"],
                    "SobjectType": kind,
                }
                self.fill(shape, values, now=self._org.now())
                rows.append([values[name] for name in columns])
        store.insert_many(shape.table, columns, rows)
