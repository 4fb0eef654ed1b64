"""Guesses the type of a custom column of a data file by all of its values, one after the other."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sandbox.salesforce.identifiers import full_id
from sandbox.salesforce.values import read_day, read_instant


def _looks_boolean(value: Any) -> bool:
    return isinstance(value, bool) or (isinstance(value, str) and value.strip().lower() in ("true", "false"))


def _looks_numeric(value: Any) -> bool:
    if isinstance(value, (int, float, Decimal)):
        return not isinstance(value, bool)
    # Leading zeros and plus signs are codes and telephone numbers.
    return isinstance(value, str) and re.fullmatch(r"-?(0|[1-9]\d{0,14})(\.\d+)?", value.strip()) is not None


def _looks_dated(value: Any) -> bool:
    if isinstance(value, date):
        return not isinstance(value, datetime)
    return isinstance(value, str) and read_day(value.strip()) is not None


def _looks_timed(value: Any) -> bool:
    return isinstance(value, datetime) or (isinstance(value, str) and read_instant(value) is not None)


_KINDS: tuple[tuple[str, Callable[[Any], bool]], ...] = (
    ("boolean", _looks_boolean), ("double", _looks_numeric), ("date", _looks_dated), ("datetime", _looks_timed),
)  # fmt: skip


@dataclass(slots=True)
class Guess:
    """What the values so far can be."""

    possible: tuple[tuple[str, Callable[[Any], bool]], ...] = field(default=_KINDS)
    longest: int = 0
    first_id: str | None = None
    """The first value, while all of them are record ids."""
    seen: bool = False

    def add(self, value: Any) -> None:
        """Takes one more value into account; it is not nothing."""
        if self.possible:
            self.possible = tuple(kind for kind in self.possible if kind[1](value))
        self.longest = max(self.longest, len(value) if isinstance(value, str) else len(str(value)))
        if not self.seen or self.first_id is not None:
            real = full_id(value) if isinstance(value, str) else None
            self.first_id = real and (self.first_id or real)
        self.seen = True

    def words(self) -> str:
        """The type in the words of objects.toml."""
        if self.seen and self.possible:
            return self.possible[0][0]
        return "string 255" if self.longest <= 255 else "textarea 131072"
