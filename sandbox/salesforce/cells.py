"""Reads the cells of a data file's rows as the fields of one object keep them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.salesforce.foreign import ForeignIds
from sandbox.salesforce.shapes import FieldShape, ObjectShape
from sandbox.salesforce.values import data_reader, is_nothing
from sandbox.world import DataRefused

_TEXT = ("string", "textarea", "combobox", "email", "phone", "url")
_LONGEST_ID = 255
"""Of another system."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cell:
    field: str
    read: Callable[[Any], Any]
    longest: int
    choices: frozenset[str] | None
    shown: str
    """The choices, as a person reads them."""


class Cells:
    """Made for the columns of some rows; checks each value by itself and gives foreign ids their stand-ins."""

    def __init__(self, shape: ObjectShape, names: Iterable[str], foreign: ForeignIds) -> None:
        self._shape, self._foreign = shape, foreign
        fields = {name: shape.fields[name.lower()] for name in names}
        self._cells = {name: _cell(shape, field) for name, field in fields.items()}
        self._references = [field for field in fields.values() if field.type == "reference"]

    def read(self, row: Mapping[str, Any], number: int) -> dict[str, Any]:
        """The values of a row, Id among them; raises DataRefused with the row's number."""
        values: dict[str, Any] = {}
        for name, given in row.items():
            if is_nothing(given):
                continue
            cell = self._cells[name]
            try:
                value = cell.read(given)
            except ValueError as wrong:
                raise DataRefused(row=number, reason=f"{cell.field}: {str(given)[:80]!r} {wrong}") from wrong
            if value is None:
                continue
            if cell.longest and len(value) > cell.longest:
                told = f"{cell.field}: {len(value)} characters, and the field holds {cell.longest}"
                raise DataRefused(row=number, reason=told)
            if cell.choices is not None and value not in cell.choices:
                raise DataRefused(row=number, reason=f"{cell.field}: '{value}' is none of {cell.shown}")
            values[cell.field] = value
        self._foreign.stand_in(self._shape, values)
        for field in self._references:
            if field.name in values:
                values[field.name] = self._foreign.reference(
                    self._shape, field, values[field.name], values["Id"]
                )
        return values


def _cell(shape: ObjectShape, field: FieldShape) -> _Cell:
    if field.type == "address":
        part = next(each.name for each in shape.fields.values() if shape.address_of(each) == field.name)
        raise DataRefused(row=1, reason=f"{field.name} is made of its parts; give those, such as {part}")
    longest = field.length if field.type in _TEXT else _LONGEST_ID if field.type == "id" else 0
    choices = frozenset(field.values) if field.restricted else None
    return _Cell(
        field=field.name,
        read=data_reader(field),
        longest=longest,
        choices=choices,
        shown=", ".join(field.values),
    )
