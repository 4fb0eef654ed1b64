"""Reads a rule's params: plain values, durations, and values that differ by a column."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from rules.columns import Column, Param, ParamValue, Segments
from rules.duration import read_duration
from rules.errors import CalendarError, Mistakes, RuleError, choose

_SCALARS = (bool, int, float, str, date)


def read_params(raw: Mapping[str, Any], columns: Mapping[str, Column], *, place: str) -> dict[str, Param]:
    """Params by name from their parsed TOML; raises RulesError for names or values that cannot be one."""
    params: dict[str, Param] = {}
    mistakes = Mistakes()
    for name, value in raw.items():
        with mistakes.noted():
            where = f"{place}.{name}"
            if name in columns:
                raise RuleError(where, "a fact has this name", "choose another name for the param")
            params[name] = Param(name=name, value=_value(value, columns, where))
    mistakes.refuse()
    return params


def _value(value: Any, columns: Mapping[str, Column], where: str) -> ParamValue | Segments:
    if isinstance(value, Mapping):
        return _segments(value, columns, where)
    if not isinstance(value, _SCALARS):
        raise RuleError(
            where,
            "is not a value",
            "give a number, a text, true, false, a date, or { by = ..., default = ... }",
        )
    return value


def _segments(table: Mapping[str, Any], columns: Mapping[str, Column], where: str) -> Segments:
    by = table.get("by")
    if not isinstance(by, str) or by not in columns:
        raise RuleError(f"{where}.by", f"unknown fact '{by}'", choose(str(by), columns))
    if "default" not in table:
        raise RuleError(where, "has no default", "say what holds where no case does: default = ...")
    for case, value in table.items():
        if not isinstance(value, _SCALARS):
            raise RuleError(f"{where}.{case}", "is not a value", "give a number or a text")
    cases = {case: value for case, value in table.items() if case not in ("by", "default")}
    return Segments(by=by, cases=cases, default=table["default"])


def no_numbers(changes: Mapping[str, Any], built_in: Mapping[str, Any], *, place: str) -> Iterator[RuleError]:
    """The errors for built-in numbers that are changed to texts which are no lengths of time either."""
    for name, value in changes.items():
        before = built_in.get(name)
        usual = before.get("default") if isinstance(before, Mapping) else before
        cases = {"": value} if not isinstance(value, Mapping) else {**value, "by": None}
        texts = [each for each in cases.values() if isinstance(each, str) and each != "off"]
        if isinstance(usual, int | float) and not isinstance(usual, bool):
            for text in texts:
                try:
                    read_duration(text, place=place)
                except CalendarError:
                    problem = f"'{text[:60]}' is neither a number nor a length of time"
                    yield RuleError(f"{place}.{name}", problem, f"the built-in value is {usual}")
