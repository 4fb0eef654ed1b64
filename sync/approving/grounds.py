"""What a change of a plan stands on, facts and the task as it was, and what of it is another now."""

import math
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import orjson

from connectors.tasks import Crm, digest, held_values
from rules.findings import Finding
from rules.rule import Rule
from sync.plan.changes import Change, Plan
from sync.plan.situation import Situation

_TICKS: Mapping[str, timedelta] = {
    "minutes": timedelta(minutes=1), "hours": timedelta(hours=1), "days": timedelta(days=1),
    "business minutes": timedelta(minutes=1), "business hours": timedelta(hours=1), "business days": timedelta(days=1),
}  # fmt: skip
"""What a fact counts -> how often it moves by one with nothing but time."""

Grounds = Mapping[str, Any]
"""Plain JSON: `facts`, those that the conditions looked at by rule and hash; `task`, a digest of each field that the CRM
held."""


def grounds_of(plan: Plan, situation: Situation) -> dict[str, Grounds]:
    """`ACTION KEY` -> what that change of the plan stands on."""
    found = {(each.rule, each.occurrence_hash): each for each in situation.judgement.findings}
    crms = {home.connection: home.crm for home in situation.homes.values()}
    return {name_of(each): _grounds(each, found, crms) for each in plan.changes}


def name_of(change: Change) -> str:
    """`create kw1-...`."""
    return f"{change.action} {change.key}"


def _grounds(change: Change, found: Mapping[tuple[str, str], Finding], crms: Mapping[str, Crm]) -> Grounds:
    facts = {
        f"{ref.rule} {ref.hash}": {
            name: finding.facts.get(name) for name in sorted(finding.evidence) if name in finding.facts
        }
        for ref in change.findings
        if (finding := found.get((ref.rule, ref.hash))) is not None
    }
    held = held_values(crms[change.connection], change.before) if change.before is not None else {}
    task = {name: digest(value) for name, value in held.items()}
    plain: Grounds = orjson.loads(orjson.dumps({"facts": facts, "task": task}, default=str))
    return plain


def what_moved(now: Grounds, then: Grounds, *, rules: Mapping[str, Rule], passed: timedelta) -> str | None:
    """What is another now, in words; None: nothing but the time that passed in between."""
    if now["facts"].keys() != then["facts"].keys():
        return "its task is about something else now"
    for name, said in then["facts"].items():
        rule = rules.get(name.split(" ")[0])
        for fact in sorted({*said, *now["facts"][name]}):
            old, new = said.get(fact), now["facts"][name].get(fact)
            if old != new and not _ticked(rule, fact, old, new, passed=passed):
                return f"{fact.replace('_', ' ')} was {_shown(old)} and is {_shown(new)}"
    touched = [name for name, value in then["task"].items() if now["task"].get(name) != value]
    if touched or now["task"].keys() != then["task"].keys():
        return f"somebody changed {', '.join(touched) or 'its task'} in the CRM"
    return None


def _ticked(rule: Rule | None, fact: str, old: Any, new: Any, *, passed: timedelta) -> bool:
    """Whether a number of days or hours has moved by no more than the time that passed."""
    column = rule.view.columns.get(fact) if rule else None
    tick = _TICKS.get(column.unit) if column else None
    if tick is None or not isinstance(old, int | float) or not isinstance(new, int | float):
        return False
    return abs(new - old) <= math.ceil(abs(passed) / tick)


def _shown(value: Any) -> str:
    return "nothing" if value is None else str(value)
