"""Finds what a name in a condition means: a column or a param; and the nearest right name for a wrong one."""

from collections.abc import Mapping
from dataclasses import replace

from rules.columns import Column, Param, ParamValue, Segments
from rules.condition.slips import FOREIGN_NAMES
from rules.condition.text import KEYWORDS, Source
from rules.condition.tree import Constant, Fact, Node, Setting
from rules.condition.values import NUMBERS, TYPE_WORDS, as_type, constant_of, map_fixed, values_of
from rules.errors import ConditionError, RulesError, choose, nearest, some_of


class Scope:
    """The names that one condition may use, and those that it did use."""

    def __init__(
        self, source: Source, columns: Mapping[str, Column], params: Mapping[str, Param], noun: str
    ) -> None:
        self.source, self.columns, self.params, self._noun = source, columns, params, noun
        self.used_columns: set[str] = set()
        self.used_params: set[str] = set()
        for name in params:
            if name in columns:
                remedy = f"call it something else, such as max_{name}"
                raise RulesError(source.place, f"param '{name}' has the name of a {noun}", remedy)

    def excerpt(self, node: Node) -> str:
        """A part as the person wrote it, short enough for a message."""
        text = " ".join(self.source.text[node.start : node.end].split())
        return text if len(text) <= 40 else f"{text[:37]}..."

    def find(self, name: str, *, start: int, end: int) -> Fact | Setting:
        """The column or param of that name, which is exact about case."""
        if name in self.params:
            self.used_params.add(name)
            return self._setting(self.params[name], start, end)
        return self._fact(name, start, end)

    def _fact(self, name: str, start: int, end: int) -> Fact:
        column = self.columns.get(name)
        if column is None:
            raise self._unknown(name, start)
        self.used_columns.add(name)
        return Fact(column=column, type=column.type, unit=column.unit, start=start, end=end)

    def _unknown(self, name: str, start: int) -> ConditionError:
        known = {*self.columns, *self.params}
        quoted = self.source.text[start : start + 1] == '"'
        near = nearest(name, known)
        if near is None and name.lower() in FOREIGN_NAMES:
            remedy = FOREIGN_NAMES[name.lower()]
        elif near is None and quoted:
            remedy = f"double quotes hold names; text goes in single quotes: '{name[:60]}'"
        elif near := near or nearest(name, KEYWORDS):
            remedy = f"did you mean '{near}'?"
        else:
            remedy = f"there are {some_of(known)}"
        return self.source.refuse(start, f"unknown {self._noun} '{name[:60]}'", remedy=remedy)

    def _setting(self, param: Param, start: int, end: int) -> Setting:
        if isinstance(param.value, Segments):
            return self._segmented(param, param.value, start, end)
        value = self._value(param, param.value, start, end)
        return Setting(name=param.name, type=value.type, unit=value.unit, default=value, start=start, end=end)

    def _segmented(self, param: Param, segments: Segments, start: int, end: int) -> Setting:
        if segments.by not in self.columns:
            remedy = choose(segments.by, self.columns)
            problem = f"param '{param.name}' goes by '{segments.by[:60]}', which is no {self._noun}"
            raise self.source.refuse(start, problem, remedy=remedy)
        by = self._fact(segments.by, start, end)
        off = any(not isinstance(value, str) for value in (*segments.cases.values(), segments.default))
        cases = tuple(
            (self._key(param, by, key), self._value(param, value, start, end, off=off))
            for key, value in segments.cases.items()
        )
        default = self._value(param, segments.default, start, end, off=off)
        raw = Setting(name=param.name, by=by, cases=cases, default=default, type="null", start=start, end=end)
        read = map_fixed(raw, lambda value: as_type(value, "integer")) if off else None
        found = read or map_fixed(raw, lambda value: value) or raw
        kinds = {value.type for value in values_of(found) if value.type != "null"}
        if len(kinds) > 1 and not kinds <= NUMBERS:
            words = " and ".join(sorted({TYPE_WORDS[kind] for kind in kinds}))
            problem = f"param '{param.name}' mixes {words}"
            raise self.source.refuse(start, problem, remedy="give every case a value of the same kind")
        units = {value.unit for value in values_of(found) if value.unit}
        if len(units) > 1:
            problem = f"param '{param.name}' mixes {' and '.join(sorted(units))}"
            raise self.source.refuse(start, problem, remedy="give every case the same unit")
        return found if isinstance(found, Setting) else raw

    def _key(self, param: Param, by: Fact, key: str) -> Constant:
        allowed = by.column.values
        if allowed and key not in allowed:
            problem = f"param '{param.name}': '{key[:60]}' is not a value of '{by.column.name}'"
            raise self.source.refuse(by.start, problem, remedy=choose(key, allowed))
        if by.type == "text":
            return Constant(type="text", value=key, start=by.start, end=by.end)
        if by.type == "boolean" and key in ("true", "false"):
            return Constant(type="boolean", value=key == "true", start=by.start, end=by.end)
        if by.type == "integer" and key.isascii() and key.removeprefix("-").isdigit() and len(key) <= 15:
            return Constant(type="integer", value=int(key), start=by.start, end=by.end)
        problem = f"param '{param.name}': '{key[:60]}' cannot be a value of '{by.column.name}'"
        remedy = f"that column holds {TYPE_WORDS[by.type]}; go by a column of text"
        raise self.source.refuse(by.start, problem, remedy=remedy)

    def _value(self, param: Param, value: ParamValue, start: int, end: int, *, off: bool = False) -> Constant:
        if off and value == "off":
            return Constant(type="null", value=None, start=start, end=end)
        found = constant_of(value, start=start, end=end)
        if found is None:
            problem = f"param '{param.name}' is too long a number"
            remedy = "at most 15 digits before the point and 6 behind it are kept"
            raise self.source.refuse(start, problem, remedy=remedy)
        if isinstance(found.value, str) and not found.value.replace("\n", "").replace("\t", "").isprintable():
            problem = f"param '{param.name}' holds a control character"
            raise self.source.refuse(start, problem, remedy="remove it; no CRM shows such a character")
        return replace(found, unit=param.unit) if found.type in NUMBERS else found
