"""Gathers what became of the tasks of the last days, by rule and by person, and which rules make mostly noise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from rules.calendar.clock import day_of, instant_of
from rules.calendar.reckon import Office, add, business_minutes_between
from rules.calendar.working import find_zone
from rules.duration import Duration
from rules.record_tables import make_record_tables
from rules.records import RECORDS
from rules.rule import Rule
from sync.config.working import working_time
from sync.judging.judging import case_of
from sync.mirror.mirror import Mirror
from sync.plan.episodes import own_tasks
from sync.run import Bench
from sync.scoreboard.fates import Fate, Followed, fate_of, is_completed
from sync.scoreboard.followed import Completed, followed_by
from sync.scoreboard.quieten import quieter
from sync.scoreboard.raised import RaisedTask, raised_tasks
from sync.scoreboard.tally import Tally

_STILL_FOLLOWS = Duration(count=2, unit="business days")
"""What happens so long after a task was ticked off may be what it was for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """A rule whose tasks are mostly dismissed or ignored."""

    rule: str
    share: float
    config: str
    """TOML that would quieten it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """A person of ours, with what became of their tasks."""

    person_id: str | None
    name: str | None
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoreboard:
    """The tasks that were raised in the last `days` days, each counted once for every rule that it speaks for."""

    as_of: datetime
    days: int
    tasks: int
    rules: Mapping[str, Tally]
    titles: Mapping[str, str]
    owners: Sequence[Owner]
    """The busiest first; each task counts once, as acted on if it was for any of its rules."""
    noise: Sequence[Noise]


def scoreboard(bench: Bench, *, now: datetime, days: int) -> Scoreboard:
    """From what was pulled and what the ledger knows; raises Failed where nothing was pulled yet."""
    case = case_of(bench.config, bench.connections, bench.mirror, bench.ledger, now=now)
    make_record_tables(
        bench.mirror.engine, case.sources, complete=frozenset(RECORDS) - set(case.unavailable),
        settled=case.settled, raised=case.memory.raised, read=(),
    )  # fmt: skip
    zone = find_zone(bench.config.company.timezone, place=bench.config.place("company", "timezone"))
    office = Office(zone=zone, working=working_time(bench.config))
    orgs = {
        connection.name: org_id
        for connection in bench.connections
        if (org_id := bench.mirror.org_id(connection.name))
    }
    tasks = raised_tasks(
        bench.ledger,
        [own for name, org in orgs.items() for own in own_tasks(name, org, bench.mirror.own_tasks(name))],
        orgs.values(),
        since=case.as_of - timedelta(days=days),
    )
    fates = _fates(bench, tasks, office, as_of=case.as_of)
    by_rule, by_owner = _tallies(tasks, fates, office)
    noise = [
        Noise(rule=name, share=tally.bad_share or 0, config=quieter(bench.rules[name], tally))
        for name, tally in by_rule.items()
        if tally.is_noise and name in bench.rules
    ]
    return Scoreboard(
        as_of=case.as_of,
        days=days,
        tasks=len(tasks),
        rules=by_rule,
        titles={name: bench.rules[name].file.title for name in by_rule if name in bench.rules},
        owners=_owners(bench.mirror, by_owner),
        noise=sorted(noise, key=lambda each: -each.share),
    )


def _fates(
    bench: Bench, tasks: Sequence[RaisedTask], office: Office, *, as_of: datetime
) -> dict[tuple[str, str, str], Fate]:
    """(key, rule, subject id) -> what became of it."""
    asked = {
        (task.key, rule, subject_id): _span(task, subject_id, office)
        for task in tasks
        if task.account_id and is_completed(task.standing)
        for rule, subject_id in task.findings
    }
    followed = dict(zip(asked, followed_by(bench.mirror.engine, asked.values()), strict=True))
    today = day_of(as_of, office.zone)

    def fate(task: RaisedTask, rule: str, subject_id: str) -> Fate:
        found: Followed | None = followed.get((task.key, rule, subject_id))
        known: Rule | None = bench.rules.get(rule)
        return fate_of(task.standing, known, found, today=today, working=office.working)

    return {(task.key, *finding): fate(task, *finding) for task in tasks for finding in task.findings}


def _span(task: RaisedTask, subject_id: str, office: Office) -> Completed:
    until_at = add(_STILL_FOLLOWS, task.standing.ended_at or task.raised_at, office)
    from_on = day_of(task.raised_at, office.zone)
    return Completed(
        account_id=task.account_id or "",
        subject_id=subject_id,
        from_at=instant_of(from_on, time(), office.zone),
        until_at=until_at,
        from_on=from_on,
        until_on=day_of(until_at, office.zone),
    )


def _tallies(
    tasks: Sequence[RaisedTask], fates: Mapping[tuple[str, str, str], Fate], office: Office
) -> tuple[dict[str, Tally], dict[str | None, Tally]]:
    by_rule: dict[str, Tally] = {}
    by_owner: dict[str | None, Tally] = {}
    for task in tasks:
        ended_at = task.standing.ended_at
        hours = business_minutes_between(task.raised_at, ended_at, office) / 60 if ended_at else None
        its: list[Fate] = []
        for rule, subject_id in task.findings:
            fate = fates[task.key, rule, subject_id]
            by_rule.setdefault(rule, Tally()).count(fate, hours=hours, is_repeat=task.repeat > 0)
            its.append(fate)
        whole: Fate = "acted_on" if "acted_on" in its else its[0]
        by_owner.setdefault(task.owner_id, Tally()).count(whole, hours=hours)
    ordered = sorted(by_rule.items(), key=lambda each: (-each[1].raised, each[0]))
    return dict(ordered), by_owner


def _owners(mirror: Mirror, by_id: Mapping[str | None, Tally]) -> list[Owner]:
    """A person in two CRMs, known by one address, is one."""
    rows = mirror.engine.query("select person_id, name, email from person order by person_id").to_pylist()
    known = {row["person_id"]: row for row in rows}
    merged: dict[str | None, Owner] = {}
    for person_id, tally in sorted(by_id.items(), key=lambda each: each[0] or ""):
        row = known.get(person_id, {})
        one = (row.get("email") or person_id or "").lower()
        if one not in merged:
            merged[one] = Owner(person_id=person_id, name=row.get("name"), tally=tally)
        else:
            merged[one].tally.counts.update(tally.counts)
            merged[one].tally.hours.extend(tally.hours)
    return sorted(merged.values(), key=lambda each: (-each.tally.raised, each.name or ""))
