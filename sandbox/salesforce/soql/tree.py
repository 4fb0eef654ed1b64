"""A SOQL query once it is read: what to select, from which object, under which condition."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A value as it stands in the query; `at` is its place, counted from 0."""

    kind: Literal["string", "instant", "day", "number", "relative", "boolean", "null"]
    text: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A field, reached through up to five parents; `at` is its place in the query, counted from 0."""

    parts: tuple[str, ...]
    at: int

    def __str__(self) -> str:
        return ".".join(self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate:
    """COUNT, MAX and their like over one field."""

    function: str
    path: Path
    alias: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllFields:
    """FIELDS(ALL), FIELDS(STANDARD) or FIELDS(CUSTOM)."""

    scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Conditions that all, or of which any, must hold."""

    by: Literal["AND", "OR"]
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Negation:
    """A condition that must not hold."""

    part: "Condition"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A field against one value."""

    path: Path
    operator: str
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOf:
    """A field against a list: IN, NOT IN, INCLUDES or EXCLUDES."""

    path: Path
    operator: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InSubquery:
    """An id against the ids that another query finds."""

    path: Path
    negated: bool
    selected: Path
    object_name: str
    where: "Condition | None"


Condition = Joined | Negation | Comparison | OneOf | InSubquery


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordering:
    """One term of ORDER BY."""

    path: Path
    descending: bool
    nulls_last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A whole query; `text` is what was sent, for messages that point into it."""

    text: str
    items: tuple[Path | Aggregate | AllFields, ...]
    """Empty for SELECT COUNT()."""
    object_name: str
    object_at: int
    where: Condition | None = None
    group: tuple[Path, ...] = ()
    order: tuple[Ordering, ...] = ()
    limit: int | None = None
    offset: int = 0
