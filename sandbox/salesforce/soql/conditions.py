"""WHERE: conditions as SQL with parameters, in SOQL's own logic of null, case and type."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sandbox.salesforce.identifiers import full_id
from sandbox.salesforce.refusals import Refused
from sandbox.salesforce.shapes import FieldShape
from sandbox.salesforce.soql import tree
from sandbox.salesforce.soql.columns import Column, Columns
from sandbox.salesforce.soql.dates import days_meant
from sandbox.salesforce.soql.parse import WILDCARDS, pointing
from sandbox.salesforce.values import NUMBERS, read_day, read_instant, stamp

LONGEST_STRING = 4000
MOST_CONDITIONS, DEEPEST_NESTING = 800, 20
"""SQLite takes expressions 1,000 deep (a chain is as deep as it is long) and some 50 brackets in each other."""
_ORDERED = ("<", "<=", ">", ">=")
_IDS = ("id", "reference")
_WANTED: Mapping[str, str] = {
    "boolean": "boolean", "date": "day", "datetime": "instant", **dict.fromkeys(NUMBERS, "number"),
}  # fmt: skip
"""Field type -> kind of literal; every other field wants a string."""
_SPOKEN = {"datetime": "dateTime", "currency": "double", "percent": "double"}

Subquery = Callable[[tree.InSubquery, list[Any]], str]


class Conditions:
    """Turns a condition into SQL over one query's columns; values go to `parameters`, in order."""

    def __init__(self, columns: Columns, text: str, *, parameters: list[Any], subquery: Subquery) -> None:
        self._columns, self._text, self._parameters, self._subquery = columns, text, parameters, subquery
        self._count = self._depth = 0

    def sql(self, condition: tree.Condition) -> str:
        """The condition; true rows are those that SOQL would give. Raises Refused."""
        self._count += 1
        self._depth += 1
        if self._count > MOST_CONDITIONS or self._depth > DEEPEST_NESTING:
            raise Refused("QUERY_TOO_COMPLICATED", "Query has too many conditions, or nests them too deeply")
        found = self._sql(condition)
        self._depth -= 1
        return found

    def _sql(self, condition: tree.Condition) -> str:
        match condition:
            case tree.Joined():
                return "(" + f" {condition.by} ".join(self.sql(part) for part in condition.parts) + ")"
            case tree.Negation():
                # SOQL knows no third truth value: what is not known to hold does not hold.
                return f"NOT COALESCE({self.sql(condition.part)}, 0)"
            case tree.Comparison():
                return self._comparison(condition)
            case tree.OneOf():
                return self._one_of(condition)
            case tree.InSubquery():
                return self._subquery(condition, self._parameters)

    def _mark(self, value: Any) -> str:
        self._parameters.append(value)
        return "?"

    def _column(self, path: tree.Path) -> Column:
        column = self._columns.find(path)
        if not column.field.filterable:
            raise self._columns.refused(path, f"field '{path}' can not be filtered in a query call")
        return column

    def _comparison(self, condition: tree.Comparison) -> str:
        column, operator, value = self._column(condition.path), condition.operator, condition.value
        field = column.field
        if operator == "LIKE":
            return self._like(column, condition)
        unordered = field.type in ("boolean", "multipicklist") or value.kind == "null"
        if operator in _ORDERED and unordered:
            raise self._refused_operator(condition.path, f"invalid operator on {field.type} field")
        self._check_kind(field, condition.path, value)
        if value.kind == "relative":
            return self._relative(column, operator, value.text)
        if field.type == "boolean":
            wanted = int(value.text.lower() == "true")
            return f"COALESCE({column.sql}, 0) {'=' if operator == '=' else '<>'} {self._mark(wanted)}"
        kept = self._kept(field, value)
        if operator in _ORDERED:
            return f"{column.sql} {operator} {self._mark(kept)}"
        if kept is None:
            return f"{column.sql} IS {'NOT ' if operator == '!=' else ''}NULL"
        return f"{column.sql} {'IS NOT' if operator == '!=' else '='} {self._mark(kept)}"

    def _like(self, column: Column, condition: tree.Comparison) -> str:
        field = column.field
        if field.type in _IDS:
            raise self._refused_operator(condition.path, "invalid operator on id field")
        if field.type in _WANTED or field.type == "multipicklist":
            raise self._refused_operator(condition.path, f"invalid operator on {field.type} field")
        pattern = condition.value.text.replace("\\", "\\\\")
        for wildcard, stand_in in WILDCARDS.items():
            pattern = pattern.replace(stand_in, "\\" + wildcard)
        return f"{column.sql} LIKE {self._mark(pattern)} ESCAPE '\\'"

    def _one_of(self, condition: tree.OneOf) -> str:
        column = self._column(condition.path)
        for value in condition.values:
            self._check_kind(column.field, condition.path, value)
        if condition.operator in ("INCLUDES", "EXCLUDES"):
            return self._includes(column, condition)
        if any(value.kind == "relative" for value in condition.values):
            raise self._refused_operator(condition.path, "date literals cannot be listed")
        kept = [self._kept(column.field, value) for value in condition.values]
        marks = ", ".join(self._mark(value) for value in kept if value is not None)
        if condition.operator == "IN":
            found = f"{column.sql} IN ({marks})"
            return f"({found} OR {column.sql} IS NULL)" if None in kept else found
        missing = "IS NOT NULL AND" if None in kept else "IS NULL OR"
        return f"({column.sql} {missing} {column.sql} NOT IN ({marks}))"

    def _includes(self, column: Column, condition: tree.OneOf) -> str:
        if column.field.type != "multipicklist":
            raise self._refused_operator(
                condition.path, "includes and excludes work on multi-select picklists only"
            )
        groups = []
        for value in condition.values:
            wanted = [f"%;{self._escaped(each)};%" for each in (_plain(value.text) or "").split(";") if each]
            each = [f"';' || {column.sql} || ';' LIKE {self._mark(like)} ESCAPE '\\'" for like in wanted]
            groups.append("(" + " AND ".join(each or ["0"]) + ")")
        found = f"COALESCE({' OR '.join(groups)}, 0)"
        return found if condition.operator == "INCLUDES" else f"NOT {found}"

    @staticmethod
    def _escaped(text: str) -> str:
        return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")

    def _relative(self, column: Column, operator: str, literal: str) -> str:
        try:
            first, after = days_meant(literal, self._columns.today)
        except (OverflowError, ValueError):
            raise Refused("MALFORMED_QUERY", f"date literal out of range: {literal}") from None
        start, end = self._edge(column, first), self._edge(column, after)
        within = f"{column.sql} >= {{0}} AND {column.sql} < {{1}}"
        shapes: Mapping[str, tuple[str, tuple[str, ...]]] = {
            "=": (f"({within})", (start, end)), "!=": (f"NOT COALESCE(({within}), 0)", (start, end)),
            "<": (f"{column.sql} < {{0}}", (start,)), "<=": (f"{column.sql} < {{0}}", (end,)),
            ">": (f"{column.sql} >= {{0}}", (end,)), ">=": (f"{column.sql} >= {{0}}", (start,)),
        }  # fmt: skip
        form, edges = shapes[operator]
        return form.format(*(self._mark(edge) for edge in edges))

    @staticmethod
    def _edge(column: Column, day: date) -> str:
        return day.isoformat() + ("T00:00:00.000+0000" if column.field.type == "datetime" else "")

    def _check_kind(self, field: FieldShape, path: tree.Path, value: tree.Value) -> None:
        wanted = _WANTED.get(field.type, "string")
        if value.kind in (wanted, "null") or (value.kind == "relative" and wanted in ("day", "instant")):
            return
        kind = _SPOKEN.get(field.type, field.type) if wanted != "string" else "string"
        quotes = " and should not be enclosed in quotes" if value.kind == "string" else ""
        quotes = " and should be enclosed in quotes" if wanted == "string" else quotes
        raise self._columns.refused(
            path, f"value of filter criterion for field '{path}' must be of type {kind}{quotes}"
        )

    def _kept(self, field: FieldShape, value: tree.Value) -> Any:
        if value.kind == "null":
            return 0 if field.type == "boolean" else None
        reader = _READERS.get(value.kind, _plain)
        if field.type in _IDS and value.text:
            kept: Any = full_id(value.text)
            if kept is None:
                raise self._refused_operator_at(value.at, f"invalid ID field: {value.text}")
            return kept
        if len(value.text) > LONGEST_STRING:
            raise self._refused_operator_at(
                value.at, f"filter value is longer than {LONGEST_STRING} characters"
            )
        try:
            return reader(value.text)
        except ValueError:
            raise self._refused_operator_at(value.at, f"invalid value: {value.text}") from None

    def _refused_operator(self, path: tree.Path, problem: str) -> Refused:
        return self._refused_operator_at(path.at, problem)

    def _refused_operator_at(self, at: int, problem: str) -> Refused:
        return Refused("INVALID_QUERY_FILTER_OPERATOR", pointing(self._text, at, problem))


def _plain(text: str) -> str | None:
    for wildcard, stand_in in WILDCARDS.items():
        text = text.replace(stand_in, wildcard)
    return text or None


def _instant(text: str) -> str:
    instant = read_instant(text)
    if instant is None:
        raise ValueError(text)
    return stamp(instant, millis=True)


def _day(text: str) -> str:
    day = read_day(text)
    if day is None:
        raise ValueError(text)
    return day.isoformat()


_READERS: Mapping[str, Callable[[str], Any]] = {
    "number": float, "boolean": lambda text: int(text.lower() == "true"), "instant": _instant, "day": _day,
}  # fmt: skip
