"""Loads records of one object type, making custom properties for columns that the portal does not know."""

import difflib
import re
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import chain, islice
from typing import Any

from sandbox.hubspot import stamps
from sandbox.hubspot.derived import follow_up
from sandbox.hubspot.foreign import is_foreign, number_of
from sandbox.hubspot.portal import Portal
from sandbox.hubspot.records import RESERVED, table
from sandbox.hubspot.schema import FIELD_TYPES, ObjectType, Property
from sandbox.hubspot.values import LONGEST_TEXT, BadValue, check, is_plain_text
from sandbox.world import DataRefused

_SAMPLE = 1_000
_CHUNK = 5_000
_MOST_SEEN = 50_000
_MISSPELT = 0.8
"""A column as like a known property as that is a slip, and no property of the portal's own."""
_FRAME = ("id", "hs_object_id", "createdAt", "updatedAt", "archived", "archivedAt")
_REFERENCES = {"hubspot_owner_id": "owners", "associatedcompanyid": "companies"}
_GUESSES = {
    "bool": re.compile(r"true|false", re.IGNORECASE),
    "number": re.compile(r"-?(0|[1-9]\d{0,14})(\.\d+)?"),
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "datetime": re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*"),
}


_READY: Mapping[tuple[str, type], Callable[[Any], str]] = {
    ("number", int): str, ("datetime", datetime): stamps.stored, ("date", date): date.isoformat,
}  # fmt: skip
"""Values whose type in Parquet says that they are good."""


class RecordLoad:
    """One file of one object type."""

    def __init__(self, portal: Portal, kind: ObjectType) -> None:
        self._portal, self._kind = portal, kind
        self._row = 0
        self._seen: dict[tuple[str, Any], str | None] = {}
        self._plain: set[str] = set()
        self._now = portal.records.now
        stages = [
            stage["id"] for line in portal.catalogue.pipelines.get(kind.name, []) for stage in line["stages"]
        ]
        lines = [line["id"] for line in portal.catalogue.pipelines.get(kind.name, [])]
        self._allowed = {"stages": stages, "pipelines": lines}

    def run(self, rows: Iterable[Mapping[str, Any]]) -> int:
        """Loads every row and says how many; raises DataRefused."""
        flow = iter(rows)
        sample = list(islice(flow, _SAMPLE))
        self._admit_columns(sample)
        self._plain = {name for name, one in self._kind.properties.items() if is_plain_text(one)}
        every = chain(sample, flow)
        while chunk := [self._record(row) for row in islice(every, _CHUNK)]:
            self._insert(chunk)
        return self._row

    def _admit_columns(self, sample: list[Mapping[str, Any]]) -> None:
        # A column may be like another of the same file, such as note_1 and note_2.
        before = (*self._kind.properties, *_FRAME)
        for name in dict.fromkeys(name for row in sample for name in row):
            if name not in _FRAME and name not in self._kind.properties:
                self._admit(name, [row.get(name) for row in sample], before)
        if any(is_foreign(given) for row in sample if (given := row.get("id")) not in (None, "")):
            self._admit_legacy_id()

    def _admit_legacy_id(self) -> None:
        if "legacy_id" not in self._kind.properties:
            self._admit("legacy_id", [], ())

    def _admit(self, name: str, values: list[Any], before: tuple[str, ...]) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,99}", name) or name.startswith("hs_") or name in RESERVED:
            nearest = difflib.get_close_matches(name.lower(), self._kind.properties, 3, 0.5)
            hint = f"; near it are {', '.join(nearest)}" if nearest else ""
            raise DataRefused(
                row=1,
                reason=f"{self._kind.name} have no property {name!r}, and it is no name for a custom one{hint}",
            )
        meant = difflib.get_close_matches(name, before, 1, _MISSPELT)
        if meant:
            reason = f"{self._kind.name} have no property {name!r}; did you mean {meant[0]!r}?"
            raise DataRefused(row=1, reason=reason)
        guessed = _guess(values)
        made = Property(
            name=name, type=guessed, field_type=FIELD_TYPES[guessed], group=self._kind.group,
            label=name.replace("_", " ").capitalize(), custom=True,
        )  # fmt: skip
        self._portal.records.define_property(self._kind, made)
        self._kind.properties[name] = made

    def _record(self, row: Mapping[str, Any]) -> dict[str, Any]:
        self._row += 1
        frame: dict[str, Any] = {}
        values: dict[str, str | None] = {}
        for name, given in row.items():
            if given is None or given == "" or given != given:
                continue
            if name in _FRAME:
                frame[name] = given
            elif name in self._plain and type(given) is str and len(given) <= LONGEST_TEXT:
                values[name] = given.strip() or None
            else:
                values[name] = self._value(name, given)
        for name in self._kind.required:
            if not values.get(name):
                raise DataRefused(
                    row=self._row, reason=f"{name} is empty; {self._kind.name} cannot be without it"
                )
        return self._framed(frame, values)

    def _value(self, name: str, given: Any) -> str | None:
        known = self._kind.properties.get(name)
        if known is None:
            raise DataRefused(row=self._row, reason=f"column {name!r} first appears after row {_SAMPLE}")
        ready = _READY.get((known.type, type(given)))
        if ready is not None and name not in _REFERENCES:
            return ready(given)
        # Options and owners come again and again; texts do not.
        if known.type == "string" or isinstance(given, list):
            return self._checked(known, given)
        key = (name, given)
        if key not in self._seen:
            if len(self._seen) >= _MOST_SEEN:
                self._seen.clear()
            self._seen[key] = self._checked(known, given)
        return self._seen[key]

    def _checked(self, known: Property, given: Any) -> str | None:
        if known.name in _REFERENCES:
            return str(number_of(_REFERENCES[known.name], given))
        try:
            return check(known, plain(given), self._allowed.get(known.external))
        except BadValue as bad:
            raise DataRefused(row=self._row, reason=f"{known.name}: {bad.message}") from bad

    def _framed(self, frame: Mapping[str, Any], values: dict[str, str | None]) -> dict[str, Any]:
        kind = self._kind
        created = values.get(kind.created) or self._instant(frame, "createdAt") or self._now
        modified = values.get(kind.modified) or self._instant(frame, "updatedAt") or self._now
        values = {**kind.defaults, **values, kind.created: created, kind.modified: modified}
        record: dict[str, Any] = follow_up(self._portal, kind, held={}, changes=values, now=modified) | values
        given = frame.get("id", frame.get("hs_object_id"))
        if given is not None:
            record["id"] = number_of(kind.name, given)
            if is_foreign(given):
                self._admit_legacy_id()
                record["legacy_id"] = str(given)
        if str(frame.get("archived", "")).lower() in ("true", "1"):
            record["archived"] = 1
            record["archivedAt"] = self._instant(frame, "archivedAt") or modified
        return record

    def _instant(self, frame: Mapping[str, Any], name: str) -> str | None:
        if name not in frame:
            return None
        try:
            return _instant(plain(frame[name]))
        except ValueError as error:
            raise DataRefused(row=self._row, reason=f"{name}: {frame[name]} is not an instant") from error

    def _insert(self, chunk: list[dict[str, Any]]) -> None:
        store, name = self._portal.world.store, table(self._kind)
        columns = list(dict.fromkeys(column for record in chunk for column in record))
        defaults = {"archived": 0}
        rows = [[record.get(column, defaults.get(column)) for column in columns] for record in chunk]
        try:
            with store.transaction("chunk"):
                store.insert_many(name, columns, rows)
        except sqlite3.IntegrityError:
            for place, row in enumerate(rows):
                try:
                    store.insert_many(name, columns, [row])
                except sqlite3.IntegrityError as error:
                    twin = str(error).rpartition(".")[2]
                    reason = f"{twin} {chunk[place].get(twin)} is there already"
                    raise DataRefused(row=self._row - len(chunk) + place + 1, reason=reason) from error


@lru_cache(maxsize=4096)
def _instant(given: str | int | float) -> str:
    return stamps.read_instant(str(given))


def plain(given: Any) -> str | int | float | bool:
    """A value from Parquet or CSV as the wire would carry it."""
    if isinstance(given, datetime):
        return stamps.stored(given)
    if isinstance(given, date):
        return given.isoformat()
    if isinstance(given, float) and given.is_integer():
        return int(given)
    if isinstance(given, str | int | float):
        return given
    if isinstance(given, Decimal):
        return format(given, "f")
    return ";".join(map(str, given)) if isinstance(given, list | tuple) else str(given)


def _guess(values: list[Any]) -> str:
    """The property type that every value of a sample fits."""
    texts = [str(plain(value)) for value in values if value not in (None, "")]
    for name, pattern in _GUESSES.items():
        if texts and all(pattern.fullmatch(text) for text in texts):
            return name
    return "string"
