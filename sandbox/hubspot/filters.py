"""Turns the filters of a search into SQL, with HubSpot's idea of what each operator finds.

A record without a value is found by NOT_HAS_PROPERTY alone: NEQ and its like do not see it.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.hubspot import stamps
from sandbox.hubspot.errors import invalid
from sandbox.hubspot.schema import ObjectType, Property
from sandbox.world import quoted

MOST_GROUPS = 5
MOST_IN_GROUP = 6
MOST_FILTERS = 18
MOST_VALUES = 100

Clause = tuple[str, list[Any]]


def where(kind: ObjectType, groups: list[Any]) -> Clause:
    """The condition for filterGroups: any group, all filters of it; raises ApiError 400."""
    groups = [group.get("filters") if isinstance(group, dict) else None for group in groups]
    if any(not isinstance(filters, list) for filters in groups):
        raise invalid("Invalid input JSON: each of the filterGroups needs filters")
    if len(groups) > MOST_GROUPS or sum(map(len, groups)) > MOST_FILTERS:
        raise invalid(f"Search is limited to {MOST_GROUPS} filterGroups and {MOST_FILTERS} filters in all")
    texts, values = [], []
    for filters in groups:
        if len(filters) > MOST_IN_GROUP:
            raise invalid(f"Search is limited to {MOST_IN_GROUP} filters in a filterGroup")
        clauses = [_clause(kind, one) for one in filters]
        texts.append(" AND ".join(text for text, _ in clauses) or "1")
        values += [value for _, group_values in clauses for value in group_values]
    return " OR ".join(f"({text})" for text in texts) or "1", values


def property_of(kind: ObjectType, name: object) -> Property:
    """A property that a search names; raises ApiError 400."""
    found = kind.properties.get(str(name))
    if found is None or not found.listed:
        raise invalid(
            f"There was a problem with the request: property '{name}' does not exist on {kind.name}"
        )
    return found


def sql_of(of: Property) -> str:
    """The column to compare and sort by."""
    if of.name == "hs_object_id":
        return "id"
    return f"CAST({quoted(of.name)} AS REAL)" if of.type == "number" else quoted(of.name)


def _clause(kind: ObjectType, one: Any) -> Clause:
    if not isinstance(one, dict):
        raise invalid("Invalid input JSON: a filter must be an object")
    of = property_of(kind, one.get("propertyName"))
    operator = str(one.get("operator"))
    if operator not in _OPERATORS:
        raise invalid(
            f"Invalid input JSON: {operator} is not one of the operators [{', '.join(sorted(_OPERATORS))}]"
        )
    return _OPERATORS[operator](of, one)


def _value(of: Property, value: object) -> Any:
    if value is None or isinstance(value, dict | list):
        raise invalid(f"A filter on {of.name} needs a value")
    text = str(value).lower() if isinstance(value, bool) else str(value)
    try:
        return _READ[of.type](text)
    except ValueError as error:
        raise invalid(f"The value '{text}' of the filter on {of.name} is not a valid {of.type}") from error


_READ: Mapping[str, Callable[[str], Any]] = {
    "number": float, "date": stamps.read_day, "datetime": stamps.read_instant, "string": str, "bool": str.lower,
    "enumeration": str,
}  # fmt: skip


def _compare(sign: str) -> Callable[[Property, Mapping[str, Any]], Clause]:
    def clause(of: Property, one: Mapping[str, Any]) -> Clause:
        nocase = " COLLATE NOCASE" if of.type == "string" else ""
        return f"{sql_of(of)} {sign} ?{nocase}", [_value(of, one.get("value"))]

    return clause


def _between(of: Property, one: Mapping[str, Any]) -> Clause:
    return f"{sql_of(of)} BETWEEN ? AND ?", [_value(of, one.get("value")), _value(of, one.get("highValue"))]


def _within(negation: str) -> Callable[[Property, Mapping[str, Any]], Clause]:
    def clause(of: Property, one: Mapping[str, Any]) -> Clause:
        values = one.get("values")
        if not isinstance(values, list) or not 1 <= len(values) <= MOST_VALUES:
            raise invalid(f"A filter on {of.name} needs 1 to {MOST_VALUES} values")
        # The vendor compares text in lower case and leaves it to the caller to send it so.
        column = f"lower({sql_of(of)})" if of.type == "string" else sql_of(of)
        marks = ", ".join("?" * len(values))
        return f"{column} {negation} IN ({marks})", [_value(of, value) for value in values]

    return clause


def _presence(test: str) -> Callable[[Property, Mapping[str, Any]], Clause]:
    def clause(of: Property, one: Mapping[str, Any]) -> Clause:
        if one.get("value") is not None or one.get("values") is not None:
            raise invalid(f"The operator {one['operator']} takes no value")
        return f"{sql_of(of)} {test}", []

    return clause


def _token(negation: str) -> Callable[[Property, Mapping[str, Any]], Clause]:
    def clause(of: Property, one: Mapping[str, Any]) -> Clause:
        text = str(_value(of, one.get("value")))
        clauses = [token_clause(quoted(of.name), token) for token in re.findall(r"[\w*]+", text.lower())]
        if not clauses:
            raise invalid(f"The value of the filter on {of.name} has no token")
        joined = " AND ".join(part for part, _ in clauses)
        return f"{quoted(of.name)} IS NOT NULL AND {negation} ({joined})", [
            value for _, values in clauses for value in values
        ]

    return clause


def token_clause(column: str, token: str) -> Clause:
    """A condition: the text holds the word; `*` in it stands for any letters."""
    return f"' ' || lower({column}) || ' ' GLOB ?", [f"*[^a-z0-9]{token}[^a-z0-9]*"]


_OPERATORS: Mapping[str, Callable[[Property, Mapping[str, Any]], Clause]] = {
    "EQ": _compare("="), "NEQ": _compare("<>"), "LT": _compare("<"), "LTE": _compare("<="), "GT": _compare(">"),
    "GTE": _compare(">="), "BETWEEN": _between, "IN": _within(""), "NOT_IN": _within("NOT"),
    "HAS_PROPERTY": _presence("IS NOT NULL"), "NOT_HAS_PROPERTY": _presence("IS NULL"),
    "CONTAINS_TOKEN": _token(""), "NOT_CONTAINS_TOKEN": _token("NOT"),
}  # fmt: skip
