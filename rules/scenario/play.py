"""Plays a scenario: its records are prepared and judged as a run does it, and what comes is compared."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC
from typing import Any, Literal

from rules.calendar.working import WorkingTime, find_zone, read_working_time
from rules.case import Case
from rules.engine import Engine
from rules.errors import RuleError
from rules.findings import Judgement
from rules.judge import judge
from rules.prepare import prepare
from rules.rule import Rule
from rules.scenario.expect import Expected, RuleOutcome, read_expected
from rules.scenario.given import Given, prefixed, read_given, shown
from rules.scenario.written import Scenario

_YEARS = range(1970, 2090)
"""Whose public holidays are known, and some years around them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What holds where a scenario says nothing of it."""

    timezone: str
    working: WorkingTime
    clock: Literal["client", "owner", "company"] = "client"
    email_is_logged: bool = True


LONDON = Setting(timezone="Europe/London", working=WorkingTime(country="GB", subdivision="ENG"))
"""Where the built-in scenarios play, whatever the config says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioResult:
    """What became of one scenario."""

    place: str
    name: str
    outcomes: tuple[RuleOutcome, ...]
    """Of every rule that it names, and with `only` of every other one that found something."""

    @property
    def passed(self) -> bool:
        """Whether every rule found what was expected."""
        return all(each.passed for each in self.outcomes)


def play(
    engine: Engine, scenario: Scenario, rules: Mapping[str, Rule], *, setting: Setting, place: str
) -> ScenarioResult:
    """Judges the scenario's records by the rules that it speaks of, those that are off as well.

    Raises RulesError for a mistake in it, with its place.
    """
    expected = read_expected(scenario, rules, place=place)
    given = read_given(scenario, place=place)
    for name, rows in given.tables.items():
        engine.keep(name, rows)
    case = _case(scenario, given, setting, place)
    prepare(engine, case)
    looked_at = [rule for name, rule in rules.items() if expected.only or name in expected.found]
    judgement = judge(engine, case, [_switched_on(rule) for rule in looked_at])
    outcomes = (_outcome(engine, rule, expected, judgement) for rule in looked_at)
    return ScenarioResult(
        place=place,
        name=scenario.name,
        outcomes=tuple(each for each in outcomes if each.rule in expected.found or each.found),
    )


def _case(scenario: Scenario, given: Given, setting: Setting, place: str) -> Case:
    now = scenario.now.astimezone(UTC).replace(tzinfo=None)
    if now.year not in _YEARS:
        raise RuleError(f"{place}.now", "lies outside the calendar", "write a moment of our time")
    timezone = scenario.timezone or setting.timezone
    find_zone(timezone, place=f"{place}.timezone")
    calendar = scenario.calendar and scenario.calendar.model_dump(exclude_none=True)
    working = read_working_time(place=f"{place}.calendar", **calendar) if calendar else setting.working
    logged = scenario.email_is_logged
    return Case(
        sources=given.sources,
        unavailable=given.absent,
        absent=frozenset(given.absent),
        as_of=now,
        timezone=timezone,
        working=working,
        clock=scenario.clock or setting.clock,
        email_is_logged=setting.email_is_logged if logged is None else logged,
        memory=given.memory,
    )


def _switched_on(rule: Rule) -> Rule:
    return (
        replace(rule, file=rule.file.model_copy(update={"mode": "report"}))
        if rule.file.mode == "off"
        else rule
    )


def _outcome(engine: Engine, rule: Rule, expected: Expected, judgement: Judgement) -> RuleOutcome:
    found = _sorted(
        finding.subject_id
        for finding in judgement.findings
        if finding.rule == rule.name and not finding.is_old
    )
    untold = [each for each in judgement.unknown if each.rule == rule.name]
    subjects = {each.subject_id for each in untold if each.subject_id is not None}
    if any(each.subject_id is None for each in untold):
        subjects |= set(_subjects(engine, rule))
    outcome = RuleOutcome(
        rule=rule.name,
        expected=expected.found.get(rule.name, ()),
        found=found,
        unknown_expected=expected.unknown.get(rule.name, ()),
        unknown=_sorted(subjects),
        reasons=tuple(dict.fromkeys(each.reason for each in untold)),
    )
    wanted = {*outcome.expected, *outcome.found, *outcome.unknown_expected, *outcome.unknown}
    return replace(outcome, facts=_facts(engine, rule, wanted))


def _sorted(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(shown(each) for each in ids))


def _subjects(engine: Engine, rule: Rule) -> list[str]:
    ids: list[str] = engine.query(f"select {rule.view.key} as id from {rule.view.table}")["id"].to_pylist()
    return ids


def _facts(engine: Engine, rule: Rule, subjects: Iterable[str]) -> dict[str, dict[str, Any]]:
    names = sorted(rule.condition.columns | rule.flags)
    listed = ", ".join("'{}'".format(prefixed(each).replace("'", "''")) for each in subjects)
    if not listed:
        return {}
    columns = ", ".join(f'"{name}"' for name in dict.fromkeys((rule.view.key, *names)))
    rows = engine.query(f'select {columns} from {rule.view.table} where "{rule.view.key}" in ({listed})')
    return {shown(row[rule.view.key]): {name: shown(row[name]) for name in names} for row in rows.to_pylist()}
