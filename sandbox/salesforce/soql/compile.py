"""A query as SQL: which rows, in which order, and how a row of the answer becomes a record."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sandbox.salesforce.activities import archived
from sandbox.salesforce.catalogue import Catalogue
from sandbox.salesforce.refusals import Refused, unsupported_object
from sandbox.salesforce.shapes import ObjectShape
from sandbox.salesforce.soql import tree
from sandbox.salesforce.soql.columns import Column, Columns
from sandbox.salesforce.soql.conditions import Conditions
from sandbox.salesforce.soql.pages import Page, page_of
from sandbox.salesforce.soql.parse import malformed, pointing
from sandbox.world import quoted

MOST_FIELDS_ROWS = 200
FURTHEST_OFFSET = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A query ready to run: `find` gives row numbers in order, `page` makes records of them."""

    find: str
    parameters: list[Any]
    object_name: str
    rows: str = ""
    """`find` from FROM on, for who wants other columns of the same rows."""
    columns: tuple[tuple[str, Column], ...] = ()
    """What is selected, each under its name, such as `Account.Name`."""
    page: Page | None = None
    """None when the answer is groups and not records."""
    aggregated: tuple[str, ...] = ()
    """Names of the columns of `find` when the answer is groups."""


class Compiler:
    """Turns queries into SQL for one org at one day."""

    def __init__(self, catalogue: Catalogue, today: date, *, with_hidden: bool) -> None:
        self._catalogue, self._today, self._with_hidden = catalogue, today, with_hidden

    def compile(self, query: tree.Query) -> Compiled:
        """Raises Refused in the vendor's words for what this org has not or does not answer."""
        shape = self._catalogue.find(query.object_name)
        if shape is None:
            unknown = unsupported_object(query.object_name)
            raise Refused(unknown.code, pointing(query.text, query.object_at, unknown.message))
        if query.offset > FURTHEST_OFFSET:
            raise Refused("NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {FURTHEST_OFFSET}")
        columns = Columns(self._catalogue, shape, text=query.text, today=self._today)
        parameters: list[Any] = []
        where = self._where(columns, query.text, query.where, parameters)
        if query.group or any(isinstance(item, tree.Aggregate) for item in query.items):
            return self._grouped(query, columns, where, parameters)
        paths = self._paths(query, shape)
        order = self._order(query, columns, {})
        selected = [columns.find(path) for path in paths]
        page = page_of(columns, selected, self._visible(shape, "t"))
        rows = f" FROM {quoted(shape.table)} t{columns.joins}{where}{order}{_limits(query)}"
        return Compiled(
            find=f"SELECT t.rowid{rows}", parameters=parameters, object_name=shape.name, rows=rows, page=page,
            columns=tuple((_name(column), column) for column in selected),
        )  # fmt: skip

    def _visible(self, shape: ObjectShape, alias: str) -> str:
        seen = self._catalogue.sight.seen(shape, alias)
        if self._with_hidden:
            return seen or "1"
        gone = archived(shape, alias, self._today)
        return (
            f"{alias}.IsDeleted = 0"
            + (f" AND NOT COALESCE({gone}, 0)" if gone else "")
            + (f" AND {seen}" if seen else "")
        )

    def _where(
        self, columns: Columns, text: str, condition: tree.Condition | None, parameters: list[Any]
    ) -> str:
        visible = self._visible(columns.shape, columns.alias)
        if condition is None:
            return f" WHERE {visible}"
        conditions = Conditions(
            columns,
            text,
            parameters=parameters,
            subquery=lambda sub, marks: self._subquery(columns, text, sub, marks),
        )
        return f" WHERE {visible} AND {conditions.sql(condition)}"

    def _subquery(self, outer: Columns, text: str, sub: tree.InSubquery, parameters: list[Any]) -> str:
        shape = self._catalogue.find(sub.object_name)
        if shape is None:
            raise unsupported_object(sub.object_name)
        if outer.alias != "t":
            raise malformed(text, sub.path.at, "Nesting of semi join sub-selects is not supported")
        mine = outer.find(sub.path)
        columns = Columns(self._catalogue, shape, text=text, today=self._today, alias="s")
        theirs = columns.find(sub.selected)
        if {mine.field.type, theirs.field.type} - {"id", "reference"}:
            raise malformed(
                text, sub.selected.at, "The inner and outer selects of a semi join must be ids or references"
            )
        where = self._where(columns, text, sub.where, parameters)
        rows = f"SELECT {theirs.sql} FROM {quoted(shape.table)} s{columns.joins}{where} AND {theirs.sql} IS NOT NULL"
        if sub.negated:
            return f"({mine.sql} IS NULL OR {mine.sql} NOT IN ({rows}))"
        return f"{mine.sql} IN ({rows})"

    def _paths(self, query: tree.Query, shape: ObjectShape) -> list[tree.Path]:
        paths: list[tree.Path] = []
        for item in query.items:
            if isinstance(item, tree.AllFields):
                paths += self._all_fields(query, shape, item.scope)
            elif isinstance(item, tree.Path):
                paths.append(item)
        seen: set[str] = set()
        for path in paths:
            name = str(path).lower()
            if name in seen:
                raise Refused(
                    "INVALID_FIELD", pointing(query.text, path.at, f"duplicate field selected: {path}")
                )
            seen.add(name)
        return paths or [tree.Path(parts=("Id",), at=0)]

    def _all_fields(self, query: tree.Query, shape: ObjectShape, scope: str) -> list[tree.Path]:
        if scope != "STANDARD" and not 0 < (query.limit or 0) <= MOST_FIELDS_ROWS:
            raise Refused(
                "MALFORMED_QUERY", f"The SOQL FIELDS function must have a LIMIT of at most {MOST_FIELDS_ROWS}"
            )
        wanted = {"ALL": (True, False), "STANDARD": (False,), "CUSTOM": (True,)}[scope]
        return [
            tree.Path(parts=(each.name,), at=0)
            for each in self._catalogue.visible(shape)
            if each.custom in wanted
        ]

    def _order(self, query: tree.Query, columns: Columns, grouped: dict[str, Column]) -> str:
        terms = []
        for ordering in query.order:
            column = grouped.get(str(ordering.path).lower()) if grouped else columns.find(ordering.path)
            if column is None:
                raise malformed(
                    query.text,
                    ordering.path.at,
                    f"Ordered field must be grouped or aggregated: {ordering.path}",
                )
            if not column.field.filterable:
                raise columns.refused(
                    ordering.path, f"field '{ordering.path}' can not be sorted in a query call"
                )
            direction = "DESC" if ordering.descending else "ASC"
            terms.append(f"{column.sql} {direction} NULLS {'LAST' if ordering.nulls_last else 'FIRST'}")
        return f" ORDER BY {', '.join(terms)}" if terms else ""

    def _grouped(self, query: tree.Query, columns: Columns, where: str, parameters: list[Any]) -> Compiled:
        keys = {str(path).lower(): columns.find(path) for path in query.group}
        names: list[str] = []
        expressions: list[str] = []
        for item in query.items:
            if isinstance(item, tree.Aggregate):
                names.append(item.alias or f"expr{sum(name.startswith('expr') for name in names)}")
                expressions.append(_aggregate(columns, query, item))
                continue
            if not isinstance(item, tree.Path) or str(item).lower() not in keys:
                raise malformed(
                    query.text, getattr(item, "at", 0), f"Field must be grouped or aggregated: {item}"
                )
            names.append(keys[str(item).lower()].field.name)
            expressions.append(keys[str(item).lower()].sql)
        by = f" GROUP BY {', '.join(key.sql for key in keys.values())}" if keys else ""
        tail = f"{where}{by}{self._order(query, columns, keys)}{_limits(query)}"
        find = f"SELECT {', '.join(expressions)} FROM {quoted(columns.shape.table)} t{columns.joins}{tail}"
        return Compiled(
            find=find, parameters=parameters, object_name=columns.shape.name, aggregated=tuple(names)
        )


_NUMERIC = ("int", "double", "currency", "percent")


def _aggregate(columns: Columns, query: tree.Query, item: tree.Aggregate) -> str:
    column = columns.find(item.path)
    numeric = column.field.type in _NUMERIC
    allowed = {"SUM": numeric, "AVG": numeric, "COUNT": True, "COUNT_DISTINCT": True}
    if not allowed.get(item.function, column.field.type != "boolean") or not column.field.filterable:
        raise malformed(
            query.text, item.path.at, f"field {item.path} does not support aggregate operator {item.function}"
        )
    if item.function == "COUNT_DISTINCT":
        return f"COUNT(DISTINCT {column.sql})"
    return f"{item.function}({column.sql})"


def _name(column: Column) -> str:
    return ".".join([*(parent.label for parent in column.parents), column.field.name])


def _limits(query: tree.Query) -> str:
    if query.limit is None and not query.offset:
        return ""
    return f" LIMIT {-1 if query.limit is None else query.limit} OFFSET {query.offset}"
