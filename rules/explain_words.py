"""Says in words what decided: which parts of a condition made a rule fire or not, and what they would have needed."""

from collections.abc import Mapping
from typing import Any

from rules.condition.tree import Between, Compare, Constant, Fact, IsNull, Node, OneOf, Setting, parts_of
from rules.explain import DEFAULT, Part, Value
from rules.wording import shorten, spelled, tame

VALUE_LENGTH = 80
_NAMED_AT_MOST = 3
_NEEDED: Mapping[str, str] = {
    ">": "more than {}", ">=": "at least {}", "<": "less than {}", "<=": "at most {}", "=": "{}", "<>": "anything but {}",
}  # fmt: skip
_NEEDED_OF_DAYS: Mapping[str, str] = {
    **_NEEDED, ">": "later than {}", ">=": "{} or later", "<": "earlier than {}", "<=": "{} or earlier",
}  # fmt: skip
_OPPOSITE: Mapping[str, str] = {">": "<=", "<=": ">", "<": ">=", ">=": "<", "=": "<>", "<>": "="}
_TURNED: Mapping[str, str] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "<>": "<>"}


def reasons(part: Part, *, zone: str | None = None, wanted: bool = True) -> tuple[str, ...]:
    """What kept a condition from being `wanted`, a sentence for each leaf that decided; instants by the clocks of `zone`.

    `days_since_touch = 3, more than 14 (account_tier A) is needed`.
    """
    found = list(
        dict.fromkeys(
            _Words(leaf, zone).sentence(wanted=want) for leaf, want in _deciding(part, wanted=wanted)
        )
    )
    if len(found) > _NAMED_AT_MOST:
        found[_NAMED_AT_MOST:] = [f"and {len(found) - _NAMED_AT_MOST} more"]
    return tuple(found)


def value_words(value: Any, zone: str | None = None) -> str:
    """A value on one line, as a person writes it."""
    if value is None:
        return "no value"
    if isinstance(value, bool):
        return "true" if value else "false"
    return shorten(tame(spelled(value, zone)), VALUE_LENGTH) or "''"


def shown_value(value: Value, zone: str | None = None) -> str:
    """`max_silence_days = 14 (account_tier A)`."""
    if not value.is_shown:
        return f"{value.name} is never shown"
    words = "off" if value.kind == "param" and value.value is None else value_words(value.value, zone)
    said = f"{value.name} = {words}"
    if value.by is not None:
        said += f" ({_segment(value)})"
    if value.bound == "unknown":
        return f"{said}, which may be wrong"
    return f"{said}, or {_BOUNDS[value.bound]}" if value.bound else said


_BOUNDS: Mapping[str, str] = {"at most": "less", "at least": "more"}


def _segment(value: Value) -> str:
    return f"{value.by}: the default" if value.segment == DEFAULT else f"{value.by} {value.segment}"


def _deciding(part: Part, *, wanted: bool) -> list[tuple[Part, bool]]:
    """The leaves because of which a part is not `wanted`, and what each should have been."""
    if part.kind == "leaf":
        return [(part, wanted)]
    if part.kind == "not":
        return _deciding(part.parts[0], wanted=not wanted)
    needs_all = (part.kind == "and") == wanted
    against, right = ("false", "true") if wanted else ("true", "false")
    if needs_all:
        order = (against, "no value", "unknown", "not shown", right)
        first = min(part.parts, key=lambda each: order.index(each.truth))
        return _deciding(first, wanted=wanted)
    return [leaf for each in part.parts for leaf in _deciding(each, wanted=wanted)]


def _has_fact(node: Node) -> bool:
    return isinstance(node, Fact) or any(_has_fact(part) for part in parts_of(node))


class _Words:
    """The words for one leaf."""

    def __init__(self, leaf: Part, zone: str | None) -> None:
        self._leaf, self._zone = leaf, zone
        self._values = {value.name: value for value in leaf.values}

    def sentence(self, *, wanted: bool) -> str:
        if self._leaf.truth == "not shown":
            return "what is never shown decides"
        doubtful = [value for value in self._leaf.values if value.doubt]
        if self._leaf.truth == "unknown" and doubtful:
            said = ", ".join(shown_value(value, self._zone) for value in doubtful)
            return f"{said}: {'; '.join(dict.fromkeys(value.doubt or '' for value in doubtful))}"
        return self._said(self._leaf.node, wanted=wanted)

    def _said(self, node: Node, *, wanted: bool) -> str:
        match node:
            case Fact(column=column):
                return f"{column.name} {'has' if self._values[column.name].value is None else 'is'} {self._plain(node)}"
            case IsNull(part=part, negated=negated):
                return f"{self._with_name(part)}, {'a value' if negated == wanted else 'none'} is needed"
            case Compare(left=left, right=right, operator=operator):
                return self._compared(left, operator if wanted else _OPPOSITE[operator], right)
            case OneOf(part=part, options=options, negated=negated):
                listed = ", ".join(self._of(each) for each in options)
                needed = f"one of {listed}" if negated != wanted else f"none of {listed}"
                return f"{self._with_name(part)}, {needed} is needed"
            case Between(part=part, low=low, high=high, negated=negated):
                span = f"{self._of(low)} to {self._of(high)}"
                return f"{self._with_name(part)}, {span if negated != wanted else f'outside of {span}'} is needed"
        values = ", ".join(shown_value(value, self._zone) for value in self._leaf.values)
        truth = {"true": "is true", "false": "is false"}.get(self._leaf.truth, "cannot be told")
        return f"{self._leaf.text} {truth} ({values})" if values else f"{self._leaf.text} {truth}"

    def _compared(self, left: Node, operator: str, right: Node) -> str:
        if not _has_fact(left) and _has_fact(right):
            left, right, operator = right, left, _TURNED[operator]
        against = self._value_of(right)
        if against is not None and against.value is None:
            params = (each for each in self._leaf.values if each.kind == "param" and each.value is None)
            off = next(params, None)
            if off is None:
                return f"{against.name} has no value"
            return f"{off.name} is off{f' ({_segment(off)})' if off.by else ''}"
        words = _NEEDED_OF_DAYS if left.type in ("date", "instant") else _NEEDED
        return f"{self._with_name(left)}, {words[operator].format(self._of(right))} is needed"

    def _with_name(self, node: Node) -> str:
        """`days_since_touch = 3`, `days_since_reply has no value`."""
        value = self._value_of(node)
        if value is None:
            return self._of(node)
        if value.kind != "param" and value.value is None and value.is_shown:
            return f"{value.name} has no value"
        return shown_value(value, self._zone)

    def _of(self, node: Node) -> str:
        """What something is compared with: `14 (account_tier A)`, `3 (grace_days)`, `'us'`."""
        if isinstance(node, Constant):
            return value_words(node.value, self._zone)
        value = self._value_of(node)
        if value is None:
            return self._leaf.text
        said = _segment(value) if value.by is not None else value.name
        return f"{value_words(value.value, self._zone)} ({said})"

    def _plain(self, node: Fact) -> str:
        return value_words(self._values[node.column.name].value, self._zone)

    def _value_of(self, node: Node) -> Value | None:
        if isinstance(node, Fact):
            return self._values.get(node.column.name)
        if isinstance(node, Setting):
            return self._values.get(node.name)
        return next((each for each in self._leaf.values if each.node == node), None)
