"""What a condition may speak of: the columns of a fact or CRM object, and the params of a rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

ColumnType = Literal["text", "integer", "decimal", "boolean", "date", "instant"]

Unit = Literal["", "minutes", "hours", "days", "business minutes", "business hours", "business days"]
"""What a number counts; empty for plain numbers."""

ParamValue = int | float | Decimal | str | bool | date
"""As TOML gives it; a text such as "3 business days" stands for a duration wherever a number is wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its name as written in conditions (`days_overdue`, `Keptword_Key__c`, `Account.Name`)."""

    name: str
    type: ColumnType
    unit: Unit = ""
    values: tuple[str, ...] = ()
    """The allowed values of a picklist; a condition that names another one is refused."""
    doc: str = ""
    """The meaning, in a sentence for the person who writes rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """A param that differs by a column: `{ by = "account_tier", A = 7, B = 14, default = 30 }`.

    The text "off" among numbers means no value: a comparison with it is never true.
    """

    by: str
    cases: Mapping[str, ParamValue]
    default: ParamValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """A named value that a rule's condition uses and an admin may override; never named like a column."""

    name: str
    value: ParamValue | Segments
    unit: Unit = ""
