"""Checks what a rule says beside its condition: names in texts, what tells occurrences apart, params, examples."""

from typing import TYPE_CHECKING

from rules.errors import RuleError, choose
from rules.wording import names_in, stray_brace

if TYPE_CHECKING:
    from rules.rule import Rule

_OWNER_COLUMN = {"commitment_owner": "commitment_owner_id"}
"""Assignee -> the fact that names them, where not every subject has it."""


def check_rule(rule: "Rule") -> None:
    """Raises RuleError for the first thing that cannot be."""
    _check_params(rule)
    _check_occurrence(rule)
    _check_texts(rule)
    for who in rule.file.task.assign:
        column = _OWNER_COLUMN.get(who)
        if column is not None and column not in rule.view.columns:
            others = "account_owner, owner_manager or fallback"
            problem = f"there is no {who.replace('_', ' ')} in a rule about '{rule.file.about}'"
            raise RuleError(f"{rule.place}.task.assign", problem, f"name {others}")
    for example in rule.file.examples:
        for name in example.given:
            _known(rule, name, f"{rule.place}.examples '{example.name}'")


def _check_params(rule: "Rule") -> None:
    for name in rule.params:
        if name not in rule.condition.params:
            used = rule.condition.params
            remedy = choose(name, used) if used else "its condition has no params; remove it"
            raise RuleError(f"{rule.place}.params.{name}", "the condition does not use it", remedy)


def _check_occurrence(rule: "Rule") -> None:
    place = f"{rule.place}.occurrence"
    for name in rule.file.occurrence:
        _known(rule, name, place)
        unit = rule.view.columns[name].unit
        if unit:
            remedy = "name an id, a date or an instant: a count would make a new finding every day"
            raise RuleError(place, f"'{name}' counts {unit}", remedy)


def _check_texts(rule: "Rule") -> None:
    task = rule.file.task
    for key, lines in (("subject", task.subject), ("body", (task.body,)), ("closes", task.closes)):
        place, text = f"{rule.place}.task.{key}", "\n".join(lines)
        stray = stray_brace(text)
        if stray is not None:
            remedy = "write {fact}, {fact?}, {?fact} or {!fact}; a task has no other braces"
            raise RuleError(place, f"'{stray}' names no fact", remedy)
        for name in sorted(names_in(text)):
            _known(rule, name, place)
            unit = rule.view.columns[name].unit
            if unit:
                remedy = "state a date instead: a text with a count would change every day"
                raise RuleError(place, f"'{name}' counts {unit}", remedy)


def _known(rule: "Rule", name: str, place: str) -> None:
    if name not in rule.view.columns:
        raise RuleError(place, f"unknown fact '{name[:60]}'", choose(name, rule.view.columns))
