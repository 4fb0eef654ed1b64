"""Checks what a rule says beside its condition: names in texts, what tells occurrences apart, params, examples."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from rules.errors import RuleError, choose
from rules.wording import names_in, stray_brace

if TYPE_CHECKING:
    from rules.rule import Rule

OWNER_COLUMNS: Mapping[str, str] = {
    "account_owner": "account_owner_id",
    "owner_manager": "account_owner_id",
    "commitment_owner": "commitment_owner_id",
    "incident_owner": "incident_owner_id",
    "message_person": "message_person_id",
    "deal_owner": "deal_owner_id",
    "delivery_owner": "delivery_owner_id",
    "person": "person_id",
    "person_manager": "person_manager_id",
}
"""Assignee -> the fact that names them, or whose manager they are; finance and fallback go by no fact."""

_ANYWHERE = ("finance", "team_queue", "fallback")

NEWS = "has_news"
"""In closing lines only: whether the facts under `occurrence` have changed since the task was raised."""


def check_rule(rule: "Rule") -> None:
    """Raises RuleError for the first thing that cannot be."""
    _check_params(rule)
    _check_occurrence(rule)
    _check_texts(rule)
    for who in rule.file.task.assign:
        column = OWNER_COLUMNS.get(who)
        if column is not None and column not in rule.view.columns:
            able = [each for each, name in OWNER_COLUMNS.items() if name in rule.view.columns]
            problem = f"there is no {who.replace('_', ' ')} in a rule about '{rule.file.about}'"
            raise RuleError(f"{rule.place}.task.assign", problem, f"name {', '.join([*able, *_ANYWHERE])}")
    _check_restricted(rule)
    for example in rule.file.examples:
        for name in example.given:
            _known(rule, name, f"{rule.place}.examples '{example.name}'")


def inhibits_nobody(rule: "Rule", names: Collection[str]) -> RuleError | None:
    """The error for the first rule that it wants to hold back and that is not among the `names`; None: there is none."""
    for name in rule.file.inhibits:
        if name not in names or name == rule.name:
            place = f"{rule.place}.inhibits"
            return RuleError(
                place, f"no other rule is named '{name[:60]}'", choose(name, set(names) - {rule.name})
            )
    return None


def _check_restricted(rule: "Rule") -> None:
    """What our own people say of working with a client is for a report to managers, never for the client's record."""
    hidden = sorted(name for name in rule.condition.columns if rule.view.facts[name].restricted)
    if hidden and rule.file.mode == "task":
        problem = f"its condition looks at '{hidden[0]}', which is never shown on a client's record"
        raise RuleError(f"{rule.place}.mode", problem, 'write mode = "report"')


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
        if rule.view.facts[name].restricted:
            raise RuleError(place, f"'{name}' is never shown", "name an id, a date or an instant")
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
        for name in sorted(names_in(text) - ({NEWS} if key == "closes" else set())):
            _known(rule, name, place)
            if rule.view.facts[name].restricted:
                raise RuleError(place, f"'{name}' is never shown", "leave it out of the texts")
            unit = rule.view.columns[name].unit
            if unit:
                remedy = "state a date instead: a text with a count would change every day"
                raise RuleError(place, f"'{name}' counts {unit}", remedy)


def _known(rule: "Rule", name: str, place: str) -> None:
    if name not in rule.view.columns:
        raise RuleError(place, f"unknown fact '{name[:60]}'", choose(name, rule.view.columns))
