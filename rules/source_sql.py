"""Makes the columns of one source: its fields and expressions as SQL of the record's types, its paths as joins."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from itertools import pairwise

from rules.columns import Column, ColumnType
from rules.condition.read import Condition, read_condition
from rules.condition.text import Source as Text
from rules.condition.text import read_tokens
from rules.condition.tree import Fact
from rules.errors import MappingError, RulesError, choose
from rules.mapping import Expressions, Source, Words
from rules.paths import Step, read_path
from rules.records import ID_SEPARATOR, RecordColumn

Schemas = Mapping[str, Mapping[str, Column] | None]
"""Object -> its fields as this org has them; None: the org does not have the object, or may not show it."""

SQL_TYPES: Mapping[ColumnType, str] = {
    "text": "varchar",
    "integer": "bigint",
    "decimal": "decimal(38, 6)",
    "boolean": "boolean",
    "date": "date",
    "instant": "timestamp",
}

_AS: Mapping[tuple[ColumnType, str], str] = {
    (
        "instant",
        "date",
    ): "(cast({} as timestamp) + interval '12' hour)",  # a day without a time is taken at its noon
    ("date", "instant"): "cast({} as date)",
    ("decimal", "integer"): "cast({} as decimal(38, 6))",
    ("integer", "decimal"): "cast(floor({}) as bigint)",
    ("text", "integer"): "cast({} as varchar)",
    ("text", "decimal"): "rtrim(rtrim(cast(cast({} as decimal(38, 6)) as varchar), '0'), '.')",
    ("text", "boolean"): "cast({} as varchar)",
    ("text", "date"): "cast({} as varchar)",
    ("text", "instant"): "cast({} as varchar)",
}
"""Column's type, expression's type -> how the one is made of the other."""

# Products and quotients are floating point; what no decimal can hold has no value.
_COMPUTED = "case when abs({0}) < 1e30 then cast({0} as decimal(38, 6)) end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one connection's objects are kept, and what its ids begin with."""

    org_id: str
    table: Callable[[str], str]
    """Object -> the quoted name of its table."""
    links: Callable[[str, str], str]
    """Two objects -> the quoted name of the table of links from the first to the second."""
    objects: Callable[[], Collection[str]] = tuple
    """What the org has, asked only where a mapping names an object that it has not."""
    mended_id: Callable[[str, str, str], str] = lambda _object, _field, value: value
    """Object, field and the SQL of its value -> SQL of the id that it holds, spelt as the org's own ids are."""


class SourceReader:
    """Makes SQL of one source over the alias `t`, and collects what it reads and what the org lacks."""

    def __init__(self, source: Source, schemas: Schemas, schema: Mapping[str, Column], place: Place) -> None:
        self._source, self._schemas, self._schema, self._place = source, schemas, schema, place
        self.fields: dict[str, set[str]] = {}
        self.feeds: dict[str, set[str]] = {}
        self.links: set[tuple[str, str]] = set()
        self.absent: list[str] = []
        self.joins: list[str] = []

    def only(self) -> str:
        """The condition that rows must meet; what the org lacks for it is noted in `absent`."""
        text = str(self._source.only)
        condition = self._condition(text, "only", wants="boolean")
        return "false" if condition is None else f"({condition.sql(qualify='t')})"

    def column(self, column: RecordColumn) -> str:
        """The column's value, typed; null where nothing feeds it."""
        value = None
        if column.name in self._source.via:
            value = self._followed(column, self._source.via[column.name])
        elif column.name in self._source.columns:
            value = self._written(column, self._source.columns[column.name])
        if value is None:
            self.feeds.pop(column.name, None)
        else:
            self.feeds.setdefault(column.name, set())
        if value is None and column.default is None:
            return f"cast(null as {SQL_TYPES[column.type]})"
        if value is not None and column.is_id:
            org = self._place.org_id.replace("'", "''")
            return f"'{org}{ID_SEPARATOR}' || nullif({value}, '')"
        if column.default is None:
            return str(value)
        default = str(column.default).lower() if isinstance(column.default, bool) else f"'{column.default}'"
        return f"coalesce({value}, {default})" if value else f"cast({default} as {SQL_TYPES[column.type]})"

    def _written(self, column: RecordColumn, written: Expressions) -> str | None:
        texts = (
            (written,)
            if isinstance(written, str)
            else written.words
            if isinstance(written, Words)
            else written
        )
        parts = [part for text in texts if (part := self._typed(column, text)) is not None]
        if not parts:
            return None
        if isinstance(written, Words):
            return f"nullif(trim(concat_ws(' ', {', '.join(parts)})), '')"
        if column.type == "text" and len(parts) > 1:
            parts = [f"nullif({part}, '')" for part in parts]
        return parts[0] if len(parts) == 1 else f"coalesce({', '.join(parts)})"

    def _typed(self, column: RecordColumn, text: str) -> str | None:
        """The expression as SQL of the column's type; None when the org cannot feed it."""
        key = f"columns.{column.name}"
        condition = self._condition(text, key, wants=None)
        if condition is None:
            return None
        self.feeds.setdefault(column.name, set()).update(condition.columns)
        tree, sql = condition.tree, condition.sql(qualify="t")
        if column.is_id and isinstance(tree, Fact):
            sql = self._place.mended_id(self._source.object, tree.column.name, sql)
        return self._as(column, sql, condition.type, key, plain=isinstance(tree, Fact))

    def _as(self, column: RecordColumn, sql: str, kind: str, key: str, *, plain: bool) -> str | None:
        if kind == column.type:
            return _COMPUTED.format(sql) if kind == "decimal" and not plain else sql
        if kind == "null":
            return f"cast({sql} as {SQL_TYPES[column.type]})"
        form = _AS.get((column.type, kind))
        if form is not None:
            return form.format(sql)
        problem = f"'{column.name}' is {column.type}, but this is {kind}"
        if key in self._source.own:
            remedy = f"write an expression that gives {column.type}"
            raise MappingError(f"{self._source.place}.{key}", problem, remedy)
        self.absent.append(f"{self._source.object}: {problem}")
        return None

    def _condition(self, text: str, key: str, *, wants: ColumnType | None) -> Condition | None:
        place, own = f"{self._source.place}.{key}", key in self._source.own
        missing = [name for name in _names(text, place) if name not in self._schema]
        if missing and own:
            problem = f"the org's {self._source.object} has no field '{missing[0]}'"
            raise MappingError(place, problem, choose(missing[0], self._schema))
        self.absent += [f"{self._source.object}.{name}" for name in missing]
        if missing:
            return None
        try:
            condition = read_condition(text, self._schema, place=place, wants=wants, noun="field")
        except RulesError as error:
            # The org's field of that name is of another type than the vendor's.
            if own:
                raise
            self.absent.append(f"{self._source.object}: {error.problem}")
            return None
        self.fields.setdefault(self._source.object, set()).update(condition.columns)
        return condition

    def _followed(self, column: RecordColumn, texts: tuple[str, ...]) -> str | None:
        key = f"via.{column.name}"
        paths = [read_path(text, place=f"{self._source.place}.{key}") for text in texts]
        paths = [path for path in paths if self._can_follow(path, key)]
        if not paths:
            return None
        if not any(step.is_link for path in paths for step in path):
            ends = [
                self._joined(path, column, f"{column.name}_{n}", origin="t", joins=self.joins)
                for n, path in enumerate(paths)
            ]
            return ends[0] if len(ends) == 1 else f"coalesce({', '.join(ends)})"
        selects = [self._select(path, column, rank) for rank, path in enumerate(paths)]
        ranked = " union all ".join(selects)
        # Only the account may be several: one contact or person is enough, and more would multiply the rows.
        several = column.name == "account_id"
        picked = "distinct r.row_id, r.target" if several else "r.row_id, min(r.target) as target"
        best = (
            f"with ranked as ({ranked}) select {picked} from ranked r join (select row_id, min(rank) as rank from ranked "
            f"group by row_id) b on b.row_id = r.row_id and b.rank = r.rank{'' if several else ' group by r.row_id'}"
        )
        self.joins.append(f"left join ({best}) via_{column.name} on via_{column.name}.row_id = t._id")
        return f"via_{column.name}.target"

    def _can_follow(self, path: tuple[Step, ...], key: str) -> bool:
        for step in path:
            schema = self._schema if step.object is None else self._schemas.get(step.object)
            if schema is not None and (step.field is None or step.field in schema):
                continue
            if key in self._source.own:
                place, has = f"{self._source.place}.{key}", f"the org has no '{step}'"
                shown = " > ".join(str(each) for each in path)
                remedy = choose(str(step.field), schema) if schema else f"mend the path '{shown}'"
                raise MappingError(place, has, remedy)
            self.absent.append(str(step) if step.object else f"{self._source.object}.{step}")
            return False
        return True

    def _select(self, path: tuple[Step, ...], column: RecordColumn, rank: int) -> str:
        """A SELECT of (row_id, target, rank) along one path, for rows of which it leads anywhere."""
        joins: list[str] = []
        value = self._joined(path, column, f"j{rank}", origin="s", joins=joins)
        table = self._place.table(self._source.object)
        inner = " ".join(joins)
        return f"select s._id as row_id, {value} as target, {rank} as rank from {table} s {inner} where not s._deleted and {value} is not null"

    def _joined(
        self, path: tuple[Step, ...], column: RecordColumn, name: str, *, origin: str, joins: list[str]
    ) -> str:
        """Adds the joins of one path to `joins`; the value at its end, as the column's type."""
        here, value, kind = self._source.object, f"{origin}._id", "text"
        for number, step in enumerate(path):
            alias, there = f"{name}_{number}", step.object or here
            if step.is_link:
                self.links.add((here, there))
                joins.append(
                    f"left join {self._place.links(here, there)} {alias} on {alias}.from_id = {self._id(value, kind)}"
                )
                here, value, kind = there, f"{alias}.to_id", "text"
                continue
            field = (self._schemas[there] or self._schema)[str(step.field)]
            self.fields.setdefault(there, set()).add(field.name)
            holder = origin
            if number > 0:
                table, holder = self._place.table(there), alias
                joins.append(
                    f"left join {table} {alias} on {alias}._id = {self._id(value, kind)} and not {alias}._deleted"
                )
            here, value, kind = there, f"{holder}.{_quoted(field.name)}", field.type
            if column.is_id or number < len(path) - 1:
                value = self._place.mended_id(there, field.name, value)
        return self._as(column, value, kind, f"via.{column.name}", plain=True) or "null"

    def _id(self, value: str, kind: str) -> str:
        return value if kind == "text" else _AS["text", kind].format(value)


def _names(text: str, place: str) -> list[str]:
    """The names of fields in an expression: every name that is not called like a function."""
    tokens = read_tokens(Text(text=text, place=place))
    return [
        token.value
        for token, after in pairwise(tokens)
        if token.kind in ("name", "quoted") and after.value != "("
    ]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
