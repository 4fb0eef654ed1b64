"""Turns a mapping into one SELECT for each source of a record, and says which fields and links that reads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from rules.columns import Column
from rules.condition.read import read_condition
from rules.condition.text import Source as Text
from rules.condition.text import read_tokens
from rules.errors import MappingError, choose
from rules.mapping import Expressions, RecordSources, Source, Words
from rules.records import ID_SEPARATOR, RECORDS, Record, RecordColumn

Schemas = Mapping[str, Mapping[str, Column] | None]
"""Object -> its fields as this org has them; None: the org does not have the object, or may not show it."""

_SQL_TYPES = {
    "text": "varchar",
    "integer": "bigint",
    "decimal": "decimal(38, 6)",
    "boolean": "boolean",
    "date": "date",
    "instant": "timestamp",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one connection's objects are kept, and what its ids begin with."""

    org_id: str
    table: Callable[[str], str]
    """Object -> the quoted name of its table."""
    links: Callable[[str, str], str]
    """Two objects -> the quoted name of the table of links from the first to the second."""


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
    named: set[str] = set()
    for sources in mapping.values():
        for source in sources:
            named.add(source.object)
            for paths in source.via.values():
                named.update(
                    _object_of(step) for path in paths for step in _steps(path)[0:] if _names_object(step)
                )
    return named


def compile_sources(
    mapping: RecordSources, schemas: Schemas, place: Place
) -> tuple[list[SourceView], list[Absent]]:
    """A view for each source that the org can feed, and the others with the reason.

    Raises MappingError where an admin's own source names what the org does not have.
    """
    views: list[SourceView] = []
    absent: list[Absent] = []
    for record, sources in mapping.items():
        for source in sources:
            compiled = _Compiler(RECORDS[record], source, schemas, place).compile()
            (views if isinstance(compiled, SourceView) else absent).append(compiled)  # type: ignore[arg-type]  # one of the two
    return views, absent


def empty_view(record: str) -> str:
    """A SELECT with the record's columns and no rows, for a record that no source feeds."""
    columns = RECORDS[record].columns
    return (
        "select "
        + ", ".join(f"cast(null as {_SQL_TYPES[c.type]}) as {c.name}" for c in columns)
        + " where false"
    )


class _Compiler:
    """Collects what one source reads while its SELECT is made."""

    def __init__(self, record: Record, source: Source, schemas: Schemas, place: Place) -> None:
        self._record, self._source, self._schemas, self._place = record, source, schemas, place
        self._fields: dict[str, set[str]] = {}
        self._links: set[tuple[str, str]] = set()
        self._absent: list[str] = []

    def compile(self) -> SourceView | Absent:
        schema = self._schema(self._source.object)
        if schema is None:
            return Absent(
                record=self._record.name,
                object=self._source.object,
                reason=f"the org has no {self._source.object}, or does not show it to this login",
            )
        where = ["not t._deleted", "t._id is not null"]
        if self._source.only:
            missing = self._missing(self._source.only, schema, "only")
            if missing:
                reason = f"the org's {self._source.object} has no field {', '.join(missing)}"
                return Absent(record=self._record.name, object=self._source.object, reason=reason)
            where.append(f"({self._expression(self._source.only, schema, 'only', wants='boolean')})")
        joins: list[str] = []
        columns = [
            f"{self._column(column, schema, joins)} as {column.name}" for column in self._record.columns
        ]
        table = self._place.table(self._source.object)
        sql = f"select {', '.join(columns)} from {table} t {' '.join(joins)} where {' and '.join(where)}"
        return SourceView(
            record=self._record.name,
            object=self._source.object,
            org_id=self._place.org_id,
            sql=sql,
            fields={name: frozenset(fields) for name, fields in self._fields.items()},
            links=frozenset(self._links),
            absent_fields=tuple(dict.fromkeys(self._absent)),
        )

    def _schema(self, name: str) -> Mapping[str, Column] | None:
        schema = self._schemas.get(name)
        if schema is None and self._source.own and name == self._source.object:
            remedy = "check the spelling and that this login may read it"
            raise MappingError(f"{self._source.place}.object", f"the org has no object '{name}'", remedy)
        return schema

    def _column(self, column: RecordColumn, schema: Mapping[str, Column], joins: list[str]) -> str:
        empty = f"cast(null as {_SQL_TYPES[column.type]})"
        if column.name in self._source.via:
            value = self._followed(column, joins)
        elif column.name in self._source.columns:
            value = self._written(column, self._source.columns[column.name], schema)
        else:
            return empty
        if value is None:
            return empty
        return f"'{self._place.org_id}{ID_SEPARATOR}' || {value}" if column.is_id else value

    def _written(
        self, column: RecordColumn, written: Expressions, schema: Mapping[str, Column]
    ) -> str | None:
        if isinstance(written, Words):
            parts = [part for text in written.words if (part := self._typed(column, text, schema))]
            return f"nullif(trim(concat_ws(' ', {', '.join(parts)})), '')" if parts else None
        texts = (written,) if isinstance(written, str) else written
        parts = [part for text in texts if (part := self._typed(column, text, schema))]
        if not parts:
            return None
        return parts[0] if len(parts) == 1 else f"coalesce({', '.join(parts)})"

    def _typed(self, column: RecordColumn, text: str, schema: Mapping[str, Column]) -> str | None:
        """The expression as SQL of the column's type; None when a field is missing."""
        key = f"columns.{column.name}"
        if self._missing(text, schema, key):
            return None
        condition = read_condition(text, schema, wants=None, place=f"{self._source.place}.{key}")
        sql = self._expression(text, schema, key, wants=None)
        kind = condition.type
        if kind == column.type or kind is None:
            return sql
        if (column.type, kind) == ("instant", "date"):
            return f"(cast({sql} as timestamp) + interval '12' hour)"  # a day without a time is taken at its noon
        if (column.type, kind) in {("date", "instant"), ("decimal", "integer")} or column.type == "text":
            return f"cast({sql} as {_SQL_TYPES[column.type]})"
        problem = f"{column.name} of {self._record.name} is {column.type}, but this is {kind}"
        raise MappingError(
            f"{self._source.place}.{key}", problem, f"write an expression that gives {column.type}"
        )

    def _expression(self, text: str, schema: Mapping[str, Column], key: str, *, wants: str | None) -> str:
        condition = read_condition(text, schema, wants=wants, place=f"{self._source.place}.{key}")  # type: ignore[arg-type]  # 'boolean' or None
        self._fields.setdefault(self._source.object, set()).update(condition.columns)
        return condition.sql(qualify="t")

    def _missing(self, text: str, schema: Mapping[str, Column], key: str) -> list[str]:
        place = f"{self._source.place}.{key}"
        missing = [name for name in _names(text, place) if name not in schema]
        if missing and self._source.own:
            raise MappingError(
                place,
                f"the org's {self._source.object} has no field '{missing[0]}'",
                choose(missing[0], schema),
            )
        self._absent += [f"{self._source.object}.{name}" for name in missing]
        return missing

    def _followed(self, column: RecordColumn, joins: list[str]) -> str | None:
        paths = [sql for path in self._source.via[column.name] if (sql := self._path(path, column.name))]
        if not paths:
            return None
        ranked = " union all ".join(f"select *, {n} as rank from ({sql})" for n, sql in enumerate(paths))
        # Only the account may be several: one contact, person or owner is enough, and would multiply the rows.
        target = "target" if column.name == "account_id" else "min(target) as target"
        grouped = "" if column.name == "account_id" else " group by row_id"
        best = f"select row_id, target, rank, min(rank) over (partition by row_id) as best from ({ranked})"
        if column.name == "account_id":
            best = best.replace("select row_id", "select distinct row_id", 1)
        alias = f"via_{column.name}"
        joins.append(
            f"left join (select row_id, {target} from ({best}) where rank = best{grouped}) {alias} on {alias}.row_id = t._id"
        )
        return f"{alias}.target"

    def _path(self, path: str, column: str) -> str | None:
        """A SELECT of (row_id, target) along one path; None when the org lacks a step of it."""
        key, source = f"via.{column}", self._source
        here, value, sql = source.object, "s._id", f"{self._place.table(source.object)} s"
        where = ["not s._deleted"]
        for number, step in enumerate(_steps(path)):
            alias = f"j{number}"
            if step.startswith("@"):
                other = step[1:]
                if self._schemas.get(other) is None:
                    self._note_no_step(path, key, other)
                    return None
                self._links.add((here, other))
                sql += f" join {self._place.links(here, other)} {alias} on {alias}.from_id = {value}"
                here, value = other, f"{alias}.to_id"
            elif number == 0:
                if self._missing(step, self._schemas[here] or {}, key):
                    return None
                self._fields.setdefault(here, set()).add(step)
                value = f's."{step}"'
            else:
                other, _, field = step.partition(".")
                fields = self._schemas.get(other)
                if fields is None or field not in fields:
                    self._note_no_step(path, key, step)
                    return None
                self._fields.setdefault(other, set()).add(field)
                sql += f" join {self._place.table(other)} {alias} on {alias}._id = {value}"
                where.append(f"not {alias}._deleted")
                here, value = other, f'{alias}."{field}"'
        return f"select s._id as row_id, {value} as target from {sql} where {' and '.join(where)} and {value} is not null"

    def _note_no_step(self, path: str, key: str, step: str) -> None:
        if self._source.own:
            raise MappingError(
                f"{self._source.place}.{key}", f"the org has no '{step}'", f"mend the path '{path}'"
            )
        self._absent.append(step)


def _steps(path: str) -> list[str]:
    return [step.strip() for step in path.split(">")]


def _names_object(step: str) -> bool:
    return step.startswith("@") or "." in step


def _object_of(step: str) -> str:
    return step[1:] if step.startswith("@") else step.partition(".")[0]


def _names(text: str, place: str) -> list[str]:
    """The names of fields in an expression: every name that is not called like a function."""
    tokens = read_tokens(Text(text=text, place=place))
    return [
        token.value
        for token, after in pairwise(tokens)
        if token.kind in ("name", "quoted") and after.value != "("
    ]
