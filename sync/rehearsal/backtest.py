"""Rehearses the rules of a config on the past days that the mirror tells of, beside those of another version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rules.backtest.instants import closings
from rules.backtest.rehearse import rehearse
from rules.backtest.results import Rehearsal
from rules.prepare import prepare
from rules.rule import Rule
from rules.wanted import wanted_facts
from sync.errors import UserError, no_such_rule
from sync.judging.judging import case_of
from sync.rehearsal.other_version import Version, read_version
from sync.run import Bench


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """A rehearsal and what it was compared with."""

    rehearsal: Rehearsal
    days: int
    off: tuple[str, ...]
    """Rules that are switched off."""
    against: str | None
    not_compared: tuple[str, ...]
    """Sections of the other version that differ: the records are those of this config all the same."""
    zones_unknown: tuple[str, ...]


def backtest(
    bench: Bench, *, now: datetime, days: int, only: str | None = None, against: str | None = None
) -> Backtest:
    """Every rule that is on, or the one that is named, on each of the days before now.

    Raises UserError for a rule or version that does not exist, and for a rule that is named and whose past cannot be
    told from what the CRM keeps.
    """
    other = read_version(bench.config, against) if against is not None else None
    named = {*bench.rules, *(other.rules if other else ())}
    if only is not None and only not in named:
        raise no_such_rule(only, named)
    case = case_of(bench.config, bench.connections, bench.mirror, bench.ledger, now=now)
    case = replace(case, earlier=closings(case, days))
    rules = _chosen(bench.rules, only)
    others = _chosen(other.rules, only) if other else None
    zones_unknown = prepare(bench.mirror.engine, case, facts=wanted_facts([*rules, *(others or ())]))
    told = rehearse(bench.mirror.engine, case, rules, against=others)
    if only is not None and only in told.untold and told.untold[only].columns:
        remedy = (
            "Rehearse rules on facts that are dated: docs/facts.md says of each how far its past is known"
        )
        raise UserError(f"--rule {only}", f"its past cannot be told: {told.untold[only].reason}", remedy)
    return Backtest(
        rehearsal=told,
        days=days,
        off=tuple(name for name, rule in bench.rules.items() if rule.file.mode == "off" and only is None),
        against=against,
        not_compared=_other_sections(bench, other) if other else (),
        zones_unknown=zones_unknown,
    )


def _chosen(rules: Mapping[str, Rule], only: str | None) -> Sequence[Rule]:
    if only is not None:
        return [rules[only]] if only in rules else []
    return [rule for rule in rules.values() if rule.file.mode != "off"]


def _other_sections(bench: Bench, other: Version) -> tuple[str, ...]:
    here, there = bench.config, other.config
    records = {name: each.record_tables() for name, each in here.connections.items()}
    their_records = {name: each.record_tables() for name, each in there.connections.items()}
    differ = {"company": here.company != there.company, "connections.NAME.records": records != their_records}
    return tuple(name for name, is_other in differ.items() if is_other)
