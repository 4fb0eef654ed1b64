"""CRM objects -> records: which object, which rows, and which column comes from which field."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from rules.condition.parse import parse
from rules.condition.text import Source as Text
from rules.errors import MappingError, Mistakes, choose
from rules.paths import read_path
from rules.records import RECORDS

KEYS = ("object", "only", "columns", "via")
"""What a source may say."""


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
    own: frozenset[str] = frozenset()
    """What this admin wrote of it (`object`, `only`, `columns.tier`, `via.account_id`): a field that the org
    lacks is an error there; in the rest it is reported as absent."""


RecordSources = Mapping[str, tuple[Source, ...]]
"""Record name -> its sources, in one connection."""


def read_mapping(raw: Mapping[str, Any], *, place: str) -> dict[str, tuple[Source, ...]]:
    """A connector's mapping.toml, as parsed TOML; raises MappingError."""
    for name in raw:
        _check_name(name, f"{place}: ")
    return {
        name: tuple(_source(name, table, place=f"{place}: {name}") for table in tables)
        for name, tables in raw.items()
    }


def override_mapping(
    default: RecordSources, raw: Mapping[str, Any], *, place: str
) -> dict[str, tuple[Source, ...]]:
    """The default with what a connection's `records` say instead.

    A table (or list of tables) with an `object` replaces all sources of its record; one without adds to or
    changes the columns, `via` and `only` of every default source of that record. Raises MappingError or ConditionError
    for a mistake, SeveralErrors where there are more.
    """
    merged, mistakes = dict(default), Mistakes()
    for name in raw:
        here = f"{place}.{name}"
        tables = raw[name] if isinstance(raw[name], list) else [raw[name]]
        with mistakes.noted():
            _check_name(name, f"{place}.")
            if any("object" in table for table in tables):
                merged[name] = tuple(
                    _source(name, table, place=here, own=_keys_of(table)) for table in tables
                )
            else:
                merged[name] = _changed_sources(name, default.get(name, ()), tables, place=here)
    mistakes.refuse()
    return merged


def _changed_sources(
    record: str, sources: Sequence[Source], tables: Sequence[Mapping[str, Any]], *, place: str
) -> tuple[Source, ...]:
    if len(tables) != 1 or not tables[0]:
        problem = "is empty" if not any(tables) else "has several tables, and not one names an object"
        raise MappingError(place, problem, "name an `object`, or the columns to change in one table")
    if not sources:
        raise MappingError(place, f"this CRM has no {record} by itself", "name the `object` that holds them")
    return tuple(_changed(record, source, tables[0], place=place) for source in sources)


def _changed(record: str, source: Source, changes: Mapping[str, Any], *, place: str) -> Source:
    columns, via = changes.get("columns", {}), changes.get("via", {})
    before = source.model_dump(exclude={"place", "own"}, exclude_none=True)
    table = {
        **before,
        **changes,
        # A column that is written anew is no longer reached the way it was.
        "columns": {**{k: v for k, v in before["columns"].items() if k not in via}, **columns},
        "via": {**{k: v for k, v in before["via"].items() if k not in columns}, **via},
    }
    return _source(record, table, place=place, own=_keys_of(changes))


def _keys_of(table: Mapping[str, Any]) -> frozenset[str]:
    nested = {f"{key}.{name}" for key in ("columns", "via") for name in table.get(key, {})}
    return frozenset({key for key in ("object", "only") if key in table} | nested)


def _check_name(name: str, place: str) -> None:
    if name not in RECORDS:
        raise MappingError(f"{place}{name}", "no such record", choose(name, RECORDS))


def _source(
    record: str, table: Mapping[str, Any], *, place: str, own: frozenset[str] = frozenset()
) -> Source:
    mistakes = Mistakes()
    unknown = [key for key in table if key not in KEYS]
    mistakes.note(*(MappingError(f"{place}.{key}", "unknown key", choose(key, KEYS)) for key in unknown))
    mistakes.refuse()
    try:
        source = Source.model_validate({**table, "place": place, "own": own})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][:2])
        raise MappingError(
            f"{place}.{where}", _problem(first["type"]), _FORMS.get(str(first["loc"][0]), "")
        ) from error
    mistakes.note(*_wrong_columns(record, source))
    _check_texts(source, mistakes)
    for column, paths in source.via.items():
        for path in paths:
            with mistakes.noted():
                read_path(path, place=f"{place}.via.{column}")
    mistakes.refuse()
    return source


def _problem(kind: str) -> str:
    return "is missing" if kind == "missing" else "has another form"


_FORMS: Mapping[str, str] = {
    "object": "name the CRM's object in quotes",
    "only": "write a condition over the object's fields in quotes",
    "columns": "write a field or expression in quotes, a list of them, or { words = [...] }",
    "via": "write a list of paths in quotes",
}


def _check_texts(source: Source, mistakes: Mistakes) -> None:
    """Whether each text can be read at all; which fields there are is known only once the CRM has said."""
    texts: dict[str, tuple[str, ...]] = {"only": (source.only,)} if source.only is not None else {}
    for column, written in source.columns.items():
        several = written.words if isinstance(written, Words) else written
        texts[f"columns.{column}"] = (several,) if isinstance(several, str) else several
    for key, listed in texts.items():
        for text in listed:
            with mistakes.noted():
                parse(Text(text=text, place=f"{source.place}.{key}"))


def _wrong_columns(record: str, source: Source) -> Iterator[MappingError]:
    known = RECORDS[record]
    names = [column.name for column in known.columns]
    for key in ("columns", "via"):
        for column in getattr(source, key):
            if column not in names:
                where = f"{source.place}.{key}.{column}"
                yield MappingError(where, f"{record} has no such column", choose(column, names))
            if key == "via" and column in source.columns:
                where = f"{source.place}.via.{column}"
                yield MappingError(where, "it also stands under columns", "keep one of the two")
    if known.key not in source.columns:
        yield MappingError(
            f"{source.place}.columns", f"'{known.key}' is missing", f"say which field identifies {record}s"
        )
    if (
        known.key != "account_id"
        and "account_id" in names
        and "account_id" not in {*source.columns, *source.via}
    ):
        remedy = f"say under columns or via how {record}s reach their client"
        yield MappingError(f"{source.place}.columns", "'account_id' is missing", remedy)
