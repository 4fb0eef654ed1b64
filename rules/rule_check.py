"""Checks what a rule says beside its condition: names in texts, what tells occurrences apart, params, examples."""

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from rules.errors import Mistakes, RuleError, choose
from rules.wording import SUBJECT_LENGTH, bare, names_in, stray_brace

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
    """Raises RulesError for what cannot be."""
    mistakes = Mistakes()
    for check in (_params, _occurrence, _texts, _room, _assign, _restricted, _examples):
        mistakes.note(*check(rule))
    mistakes.refuse()


def inhibits_nobody(rule: "Rule", names: Collection[str]) -> RuleError | None:
    """The error for the first rule that it wants to hold back and that is not among the `names`; None: there is none."""
    for name in rule.file.inhibits:
        if name not in names or name == rule.name:
            place = f"{rule.place}.inhibits"
            return RuleError(
                place, f"no other rule is named '{name[:60]}'", choose(name, set(names) - {rule.name})
            )
    return None


def _restricted(rule: "Rule") -> Iterator[RuleError]:
    """What our own people say of working with a client is for a report to managers, never for the client's record."""
    hidden = sorted(name for name in rule.condition.columns if rule.view.facts[name].restricted)
    if hidden and rule.file.mode == "task":
        problem = f"its condition looks at '{hidden[0]}', which is never shown on a client's record"
        yield RuleError(f"{rule.place}.mode", problem, 'write mode = "report"')


def _params(rule: "Rule") -> Iterator[RuleError]:
    for name in rule.params:
        if name not in rule.condition.params:
            used = rule.condition.params
            remedy = choose(name, used) if used else "its condition has no params; remove it"
            yield RuleError(f"{rule.place}.params.{name}", "the condition does not use it", remedy)


def _occurrence(rule: "Rule") -> Iterator[RuleError]:
    place = f"{rule.place}.occurrence"
    for name in rule.file.occurrence:
        if name not in rule.view.columns:
            yield _unknown(rule, name, place)
        elif rule.view.facts[name].restricted:
            yield RuleError(place, f"'{name}' is never shown", "name an id, a date or an instant")
        elif unit := rule.view.columns[name].unit:
            remedy = "name an id, a date or an instant: a count would make a new finding every day"
            yield RuleError(place, f"'{name}' counts {unit}", remedy)


def _texts(rule: "Rule") -> Iterator[RuleError]:
    task = rule.file.task
    for key, lines in (("subject", task.subject), ("body", (task.body,)), ("closes", task.closes)):
        place, text = f"{rule.place}.task.{key}", "\n".join(lines)
        stray = stray_brace(text)
        if stray is not None:
            remedy = "write {fact}, {fact?}, {?fact} or {!fact}; a task has no other braces"
            yield RuleError(place, f"'{stray}' names no fact", remedy)
        for name in sorted(names_in(text) - ({NEWS} if key == "closes" else set())):
            if name not in rule.view.columns:
                yield _unknown(rule, name, place)
            elif rule.view.facts[name].restricted:
                yield RuleError(place, f"'{name}' is never shown", "leave it out of the texts")
            elif unit := rule.view.columns[name].unit:
                remedy = "state a date instead: a text with a count would change every day"
                yield RuleError(place, f"'{name}' counts {unit}", remedy)


def _room(rule: "Rule") -> Iterator[RuleError]:
    """A subject that is too long whatever the facts are would be cut on every task."""
    least = min((len(bare(text)) for text in rule.file.task.subject), default=0)
    if least > SUBJECT_LENGTH:
        problem = f"has {least} characters besides its facts; a task's subject has {SUBJECT_LENGTH} at most"
        yield RuleError(f"{rule.place}.task.subject", problem, "write less, and the rest in the body")


def _assign(rule: "Rule") -> Iterator[RuleError]:
    for who in rule.file.task.assign:
        column = OWNER_COLUMNS.get(who)
        if column is not None and column not in rule.view.columns:
            able = [each for each, name in OWNER_COLUMNS.items() if name in rule.view.columns]
            problem = f"there is no {who.replace('_', ' ')} in a rule about '{rule.file.about}'"
            yield RuleError(f"{rule.place}.task.assign", problem, f"name {', '.join([*able, *_ANYWHERE])}")


def _examples(rule: "Rule") -> Iterator[RuleError]:
    for example in rule.file.examples:
        for name in example.given:
            if name not in rule.view.columns:
                yield _unknown(rule, name, f"{rule.place}.examples '{example.name}'")


def _unknown(rule: "Rule", name: str, place: str) -> RuleError:
    return RuleError(place, f"unknown fact '{name[:60]}'", choose(name, rule.view.columns))
