"""CRM objects -> records: which object, which rows, and which column comes from which field."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from rules.errors import MappingError, choose
from rules.records import RECORDS


class Words(BaseModel):
    """Fields whose texts are joined with blanks, such as a first and a last name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    words: tuple[str, ...]


Expressions = str | tuple[str, ...] | Words
"""One condition-language expression, several of which the first with a value counts, or words to join."""


class Source(BaseModel):
    """One CRM object that feeds one record."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    object: str
    only: str | None = None
    columns: Mapping[str, Expressions] = {}
    via: Mapping[str, tuple[str, ...]] = {}
    place: str = ""
    """Where it stands: `keptword.toml: connections.sf.records.invoice`, for messages."""
    own: bool = False
    """Written by this admin: then a field that the org lacks is an error; else it is reported as absent."""


RecordSources = Mapping[str, tuple[Source, ...]]
"""Record name -> its sources, in one connection."""


def read_mapping(raw: Mapping[str, Any], *, place: str) -> dict[str, tuple[Source, ...]]:
    """A connector's mapping.toml, as parsed TOML; raises MappingError."""
    return {
        name: tuple(_sources(name, raw[name], place=f"{place}: {name}", own=False))
        for name in _checked(raw, place)
    }


def override_mapping(
    default: RecordSources, raw: Mapping[str, Any], *, place: str
) -> dict[str, tuple[Source, ...]]:
    """The default with what a connection's `records` say instead.

    A table (or list of tables) with an `object` replaces all sources of its record; one without adds to or
    changes the columns, `via` and `only` of every default source of that record.
    """
    merged = dict(default)
    for name in _checked(raw, place):
        here = f"{place}.{name}"
        tables = raw[name] if isinstance(raw[name], list) else [raw[name]]
        if any("object" in table for table in tables):
            merged[name] = tuple(_sources(name, tables, place=here, own=True))
        else:
            changes = tables[0]
            merged[name] = tuple(
                _changed(name, source, changes, place=here) for source in default.get(name, ())
            )
    return merged


def _changed(record: str, source: Source, changes: Mapping[str, Any], *, place: str) -> Source:
    if not changes:
        raise MappingError(place, "is empty", "name an `object`, or the columns to change")
    table = {
        **source.model_dump(exclude={"place", "own"}, exclude_none=True),
        **changes,
        "columns": {**source.model_dump()["columns"], **changes.get("columns", {})},
        "via": {
            **{k: v for k, v in source.via.items() if k not in changes.get("columns", {})},
            **changes.get("via", {}),
        },
    }
    return next(_sources(record, [table], place=place, own=True))


def _checked(raw: Mapping[str, Any], place: str) -> Iterator[str]:
    for name in raw:
        if name not in RECORDS:
            raise MappingError(f"{place}.{name}", "no such record", choose(name, list(RECORDS)))
        yield name


def _sources(record: str, tables: list[Mapping[str, Any]], *, place: str, own: bool) -> Iterator[Source]:
    known = RECORDS[record]
    for table in tables:
        try:
            source = Source.model_validate({**table, "place": place, "own": own})
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise MappingError(
                f"{place}.{where}", first["msg"], "see docs/mapping.md for the form"
            ) from error
        for column in (*source.columns, *source.via):
            if known.column(column) is None:
                names = [each.name for each in known.columns]
                raise MappingError(
                    f"{place}.columns.{column}", f"{record} has no such column", choose(column, names)
                )
        if known.key not in source.columns:
            raise MappingError(
                f"{place}.columns", f"'{known.key}' is missing", f"say which field identifies {record}s"
            )
        yield source
