"""Turns a mapping into one SELECT for each source of a record, and says which fields and links that reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rules.errors import MappingError, Mistakes, nearest
from rules.mapping import RecordSources, Source
from rules.paths import read_path
from rules.records import RECORDS
from rules.source_sql import SQL_TYPES, Place, Schemas, SourceReader

__all__ = ["Absent", "Place", "Schemas", "SourceView", "compile_sources", "empty_view", "objects_named"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """One source of one record, ready to run."""

    record: str
    object: str
    org_id: str
    sql: str
    fields: Mapping[str, frozenset[str]]
    """Object -> the fields that must have been read."""
    links: frozenset[tuple[str, str]]
    feeds: Mapping[str, frozenset[str]]
    """Column of the record that has a source -> the fields of `object` itself that it comes from."""
    absent_fields: tuple[str, ...]
    """Fields that the default mapping names and this org does not have: their columns are empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """A source that this org cannot feed: `reason` names the object or field."""

    record: str
    object: str
    reason: str


def objects_named(mapping: RecordSources) -> set[str]:
    """Every object that must be described before the mapping can be compiled."""
    sources = [source for each in mapping.values() for source in each]
    paths = [
        read_path(path, place=source.place)
        for source in sources
        for each in source.via.values()
        for path in each
    ]
    return {source.object for source in sources} | {
        step.object for path in paths for step in path if step.object is not None
    }


def compile_sources(
    mapping: RecordSources, schemas: Schemas, place: Place
) -> tuple[list[SourceView], list[Absent]]:
    """A view for each source that the org can feed, and the others with the reason.

    Raises MappingError where what an admin wrote names what the org does not have, SeveralErrors where that is so of
    several records. One table that changes several objects at once must fit one of them: in the others its fields are
    absent, as the default mapping's would be.
    """
    compiled: list[SourceView | Absent] = []
    mistakes = Mistakes()
    for record, sources in mapping.items():
        with mistakes.noted():
            compiled += _compiled(record, sources, schemas=schemas, place=place)
    mistakes.refuse()
    views = [each for each in compiled if isinstance(each, SourceView)]
    return views, [each for each in compiled if isinstance(each, Absent)]


def empty_view(record: str) -> str:
    """A SELECT with the record's columns and no rows, for a record that no source feeds."""
    columns = ", ".join(f"cast(null as {SQL_TYPES[c.type]}) as {c.name}" for c in RECORDS[record].columns)
    return f"select {columns} where false"


def _compiled(
    record: str, sources: Sequence[Source], *, schemas: Schemas, place: Place
) -> list[SourceView | Absent]:
    refused: list[MappingError] = []
    compiled: list[SourceView | Absent] = []
    for source in sources:
        try:
            compiled.append(_compile(record, source, schemas, place))
        except MappingError as error:
            if "object" in source.own:
                raise
            refused.append(error)
            loose = source.model_copy(update={"own": frozenset[str]()})
            compiled.append(_compile(record, loose, schemas, place))
    if refused and len(refused) == len(sources):
        raise refused[0]
    return compiled


def _compile(record: str, source: Source, schemas: Schemas, place: Place) -> SourceView | Absent:
    schema = schemas.get(source.object)
    if schema is None:
        if "object" in source.own:
            near = nearest(source.object, place.objects())
            first = f"did you mean '{near}'? Else check" if near else "check the spelling, and"
            remedy = f"{first} that this login may read it"
            raise MappingError(f"{source.place}.object", f"the org has no object '{source.object}'", remedy)
        reason = f"the org has no {source.object}, or does not show it to this login"
        return Absent(record=record, object=source.object, reason=reason)
    reader = SourceReader(source, schemas, schema, place)
    where = ["not t._deleted", "t._id is not null"]
    if source.only is not None:
        where.append(reader.only())
        if reader.absent:
            reason = f"the org has no field {', '.join(reader.absent)}"
            return Absent(record=record, object=source.object, reason=reason)
    columns = [f'{reader.column(column)} as "{column.name}"' for column in RECORDS[record].columns]
    joins = "".join(f" {join}" for join in reader.joins)
    return SourceView(
        record=record,
        object=source.object,
        org_id=place.org_id,
        sql=f"select {', '.join(columns)} from {place.table(source.object)} t{joins} where {' and '.join(where)}",
        fields={name: frozenset(fields) for name, fields in reader.fields.items()},
        links=frozenset(reader.links),
        feeds={name: frozenset(fields) for name, fields in reader.feeds.items()},
        absent_fields=tuple(dict.fromkeys(reader.absent)),
    )
