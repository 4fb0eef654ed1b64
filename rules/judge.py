"""Rules over facts: which findings hold now, and which rules could not be judged."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import available_timezones

from rules.calendar.working import WorkingTime
from rules.clock import clock_tables
from rules.engine import Engine
from rules.facts import read_facts
from rules.hashes import short_hash
from rules.record_tables import make_record_tables, set_aside
from rules.records import RECORDS
from rules.rule import Rule
from rules.views import SourceView


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is judged: the records' sources in the order of the connections, and what is missing of them."""

    sources: Sequence[SourceView]
    unavailable: Mapping[str, str]
    """Record -> why it cannot be relied on: absent, or not read completely."""
    absent: frozenset[str] = frozenset()
    """Those of them that no CRM keeps, or shows to its login."""
    as_of: datetime
    """The judging instant, naive UTC: not later than the oldest read that it stands on."""
    timezone: str
    working: WorkingTime


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One rule that holds for one subject, with the facts that say so."""

    rule: str
    severity: str
    subject_id: str
    account_id: str
    facts: Mapping[str, Any] = field(repr=False)
    occurrence: tuple[Any, ...]
    """The raw values that tell this time from another."""
    evidence: frozenset[str] = frozenset()
    """The facts that the condition looked at."""

    @cached_property
    def subject_hash(self) -> str:
        """10 characters for rule and subject, whatever the occurrence."""
        return short_hash(self.rule, self.subject_id)

    @cached_property
    def occurrence_hash(self) -> str:
        """10 characters for rule, subject and occurrence."""
        return short_hash(self.rule, self.subject_id, *(_canonical(value) for value in self.occurrence))

    @property
    def newest_fact_at(self) -> datetime | None:
        """The latest instant or day (its end) in the occurrence; None when it has no date."""
        moments = [
            value if isinstance(value, datetime) else datetime.combine(value, datetime.max.time())
            for value in self.occurrence
            if isinstance(value, date)
        ]
        return max(moments, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A rule that could not be judged, for one subject or (None) for all of them."""

    rule: str
    subject_id: str | None
    reason: str
    org_id: str | None = None
    """Only for the clients of this org, where the others could be judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The answer of one pass over all rules."""

    as_of: datetime
    findings: tuple[Finding, ...]
    unknown: tuple[Unknown, ...]
    subjects: Mapping[str, int]
    """How many rows were judged, by subject."""
    zones_unknown: tuple[str, ...] = ()
    """Time zones of clients that no calendar knows; the company's was taken instead."""
    set_aside: Mapping[str, int] = field(default_factory=dict)
    """What stands in the records and was not judged as it stands, in words: how many rows."""


def prepare(engine: Engine, case: Case) -> tuple[str, ...]:
    """Makes the record and fact tables in the engine's session; returns the time zones that are unknown."""
    complete = frozenset(RECORDS) - set(case.unavailable)
    make_record_tables(engine, case.sources, complete=complete)
    unknown = _keep_clock(engine, case)
    for view in read_facts().values():
        engine.execute(f"create or replace temp table {view.table} as {view.sql}")
    return unknown


def judge(engine: Engine, case: Case, rules: Iterable[Rule]) -> Judgement:
    """Every rule that is not off, over all subjects at once; prepare() must have run on this connection."""
    findings: list[Finding] = []
    unknown: list[Unknown] = []
    for rule in rules:
        if rule.file.mode == "off":
            continue
        wanting = rule.needs | (rule.uses - case.absent)
        reasons = [case.unavailable[record] for record in sorted(wanting) if record in case.unavailable]
        if reasons:
            unknown.append(Unknown(rule=rule.name, subject_id=None, reason="; ".join(dict.fromkeys(reasons))))
            continue
        unknown += _blind_orgs(case, rule)
        findings += findings_of(engine, rule, seen=seen_clients(case, rule))
    counts = {
        name: engine.query(f"select count(*) as n from {view.table}")["n"][0].as_py()
        for name, view in read_facts().items()
    }
    return Judgement(
        as_of=case.as_of,
        findings=tuple(findings),
        unknown=tuple(unknown),
        subjects=counts,
        set_aside=set_aside(engine),
    )


def findings_of(engine: Engine, rule: Rule, *, seen: str = "true") -> list[Finding]:
    """What one rule finds, in the order of the subjects' ids; `seen` is what seen_clients() says."""
    view = rule.view
    condition = rule.condition.sql(engine.dialect, qualify="f")
    sql = f"select * from {view.table} f where ({condition}) and {seen} order by {view.key}"
    return [
        Finding(
            rule=rule.name,
            severity=rule.file.severity,
            subject_id=row[view.key],
            account_id=row["account_id"],
            facts=row,
            occurrence=tuple(row[name] for name in rule.file.occurrence),
            evidence=rule.condition.columns,
        )
        for row in engine.query(sql).to_pylist()
    ]


def seen_clients(case: Case, rule: Rule) -> str:
    """SQL over a fact view's alias `f`: the client is in a CRM that shows each record that the rule needs."""
    tests = []
    for record in _lacking(case, rule):
        orgs = sorted({source.org_id for source in case.sources if source.record == record})
        listed = ", ".join("'{}'".format(org.replace("'", "''")) for org in orgs)
        tests.append(
            f"exists (select 1 from client_org o where o.account_id = f.account_id and o.org_id in ({listed}))"
        )
    return " and ".join(tests) or "true"


def _blind_orgs(case: Case, rule: Rule) -> list[Unknown]:
    """The orgs that keep clients and not each record that the rule needs: their silence says nothing."""
    by_org: dict[str, list[str]] = {}
    for record, orgs in _lacking(case, rule).items():
        for org in orgs:
            by_org.setdefault(org, []).append(record)
    return [
        Unknown(
            rule=rule.name,
            subject_id=None,
            reason=f"org {org} shows no {' and no '.join(records)}",
            org_id=org,
        )
        for org, records in sorted(by_org.items())
    ]


def _lacking(case: Case, rule: Rule) -> dict[str, list[str]]:
    """Record -> the orgs with clients that do not feed it, for the records that the rule needs."""
    fed = {(source.record, source.org_id) for source in case.sources}
    orgs = sorted({org for record, org in fed if record == "account"})
    lacking = {
        record: [org for org in orgs if (record, org) not in fed]
        for record in sorted(rule.needs - {"person"})
    }
    return {record: orgs for record, orgs in lacking.items() if orgs}


def _keep_clock(engine: Engine, case: Case) -> tuple[str, ...]:
    named = engine.query("select distinct timezone from account where timezone is not null order by 1")[
        "timezone"
    ]
    known = available_timezones()
    zones = [zone for zone in named.to_pylist() if zone in known]
    tables = clock_tables(case.as_of, dict.fromkeys({*zones, case.timezone}, case.working))
    engine.keep("judging", tables.judging)
    engine.keep("clock", tables.clock)
    engine.keep("calendar_day", tables.calendar_day)
    engine.keep("local_day", tables.local_day)
    company = case.timezone.replace("'", "''")
    engine.execute(
        "create or replace temp table account_zone as select a.account_id, coalesce(c.timezone, "
        f"'{company}') as timezone from account a left join clock c on c.timezone = a.timezone"
    )
    return tuple(zone for zone in named.to_pylist() if zone not in known)


def _canonical(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
