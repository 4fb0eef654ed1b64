"""Reads what a scenario expects, and says what was expected of each rule and what came."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from rules.errors import RuleError, choose
from rules.scenario.written import Scenario

ONLY, UNKNOWN = "only", "unknown"
"""Keys of `expect` that are no rules, unless a list of ids stands there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the rules are to find."""

    found: Mapping[str, tuple[str, ...]]
    """Rule -> subject ids, in the order of the alphabet; every rule that is looked at."""
    unknown: Mapping[str, tuple[str, ...]]
    only: bool
    """No other rule finds anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleOutcome:
    """What one rule was to find in a scenario, and what it found; ids in the order of the alphabet."""

    rule: str
    expected: tuple[str, ...]
    found: tuple[str, ...]
    unknown_expected: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    """Why it is unknown, in words."""
    facts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Subject -> the facts that the condition looks at, for every subject that is expected or came."""

    @property
    def passed(self) -> bool:
        """Whether what came is what was expected."""
        return (self.expected, self.unknown_expected) == (self.found, self.unknown)


def named_in(scenario: Scenario) -> set[str]:
    """The rules that it speaks of."""
    unknown = scenario.expect.get(UNKNOWN)
    also = unknown if isinstance(unknown, Mapping) else {}
    return {
        *also,
        *(name for name, value in scenario.expect.items() if not isinstance(value, bool | Mapping)),
    }


def read_expected(scenario: Scenario, rules: Collection[str], *, place: str) -> Expected:
    """Raises RuleError for a rule that does not exist, and for anything but lists of ids."""
    where = f"{place}.expect"
    found: dict[str, tuple[str, ...]] = {}
    unknown: dict[str, tuple[str, ...]] = {}
    only = False
    for name, value in scenario.expect.items():
        if name == ONLY and isinstance(value, bool):
            only = value
        elif name == UNKNOWN and isinstance(value, Mapping):
            unknown = {rule: _ids(rule, ids, rules, f"{where}.{UNKNOWN}") for rule, ids in value.items()}
        else:
            found[name] = _ids(name, value, rules, where)
    if not found and not unknown and not only:
        raise RuleError(where, "names no rule", 'write RULE = ["id"], RULE = [] or only = true')
    return Expected(found={**dict.fromkeys(unknown, ()), **found}, unknown=unknown, only=only)


def _ids(rule: str, value: Any, rules: Collection[str], where: str) -> tuple[str, ...]:
    if rule not in rules:
        raise RuleError(f"{where}.{rule}", f"there is no rule '{rule}'", choose(rule, rules))
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise RuleError(f"{where}.{rule}", "is no list of ids", f'write {rule} = ["id"], or [] for none')
    return tuple(sorted(set(value)))
