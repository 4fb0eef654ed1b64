"""Reads a rule's params: plain values, durations, and values that differ by a column."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from rules.columns import Column, Param, ParamValue, Segments
from rules.errors import RuleError, choose

_SCALARS = (bool, int, float, str, date)


def read_params(raw: Mapping[str, Any], columns: Mapping[str, Column], *, place: str) -> dict[str, Param]:
    """Params by name from their parsed TOML; raises RuleError for a name or value that cannot be one."""
    params: dict[str, Param] = {}
    for name, value in raw.items():
        where = f"{place}.{name}"
        if name in columns:
            raise RuleError(where, "a fact has this name", "choose another name for the param")
        params[name] = Param(name=name, value=_value(value, columns, where))
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
