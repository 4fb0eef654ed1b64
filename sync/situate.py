"""Puts together what a plan is made from: findings, tasks, people, what the ledger remembers, the calendar."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from connectors.tasks import read_state
from rules.calendar.clock import day_of
from rules.calendar.reckon import Office, add
from rules.calendar.reckon import due as due_after
from rules.calendar.working import find_zone
from rules.duration import Duration
from rules.judge import Judgement
from rules.rule import Rule
from sync.config.config import Config
from sync.connections import Connection
from sync.judging import Judged, working_time
from sync.ledger.findings import FindingId
from sync.ledger.ledger import Ledger
from sync.mirror import OWN_TASKS, Mirror
from sync.plan.changes import Plan
from sync.plan.episodes import Ending
from sync.plan.keys import Key
from sync.plan.people import People
from sync.plan.situation import Baseline, Home, Situation


def situation_of(
    config: Config,
    connections: Sequence[Connection],
    mirror: Mirror,
    ledger: Ledger,
    judged: Judged,
    *,
    rules: Mapping[str, Rule],
    accept_baseline: bool,
) -> Situation:
    """What make_plan() needs, read from the mirror and the ledger."""
    as_of = judged.judgement.as_of
    zone = find_zone(config.company.timezone, place=config.place("company", "timezone"))
    office = Office(zone=zone, working=working_time(config))
    homes = {home.org_id: home for connection in connections if (home := _home(connection, mirror, ledger))}
    written = {key: task for org_id in homes for key, task in ledger.tasks.written(org_id).items()}
    held = {own.task.key for own in judged.tasks}

    def due(duration: Duration) -> tuple[date, datetime]:
        found = due_after(duration, as_of, office)
        return found.on, found.at

    def later(duration: Duration, at: datetime) -> datetime:
        return add(duration, at, office)

    return Situation(
        judgement=judged.judgement,
        today=day_of(as_of, zone),
        rules=rules,
        tasks=judged.tasks,
        homes=homes,
        people=People(judged.people, fallback_email=config.tasks.fallback),
        limits=config.limits,
        deadline=due,
        later=later,
        facts_now=judged.facts_now,
        remembered=frozenset(
            # What we closed ourselves was no answer: should the CRM forget it, its key is free again.
            key
            for key, task in written.items()
            if key not in held and not read_state(task.state).closed_by_us
        ),
        dismissed=_dismissed(ledger),
        baseline=Baseline(
            rules_known=frozenset(ledger.findings.baselines()),
            seen=frozenset(finding.occurrence_hash for finding in ledger.findings.seen()),
            accept=accept_baseline,
        ),
    )


def keep_baseline(ledger: Ledger, situation: Situation, plan: Plan, *, at: datetime) -> None:
    """After a run that was allowed to write: every rule that was judged has had its first run."""
    judged = _judged_rules(situation.judgement, situation.rules)
    for org_id in situation.homes:
        ledger.findings.set_baseline(org_id, judged, at=at)
    if situation.baseline.accept:
        ledger.findings.forget_seen()
    subjects = {finding.occurrence_hash: finding.subject_hash for finding in situation.judgement.findings}
    ledger.findings.mark_seen(
        (
            FindingId(
                rule=held.finding.rule,
                subject_hash=subjects[held.finding.hash],
                occurrence_hash=held.finding.hash,
            )
            for held in plan.held
            if held.kind == "baseline"
        ),
        at=at,
    )


def _dismissed(ledger: Ledger) -> tuple[Ending, ...]:
    return tuple(
        Ending(
            key=Key(
                rule=said.rule,
                subject_hash=said.subject_hash,
                occurrence_hash=said.occurrence_hash,
                repeat=said.repeat,
            ),
            by_us=False,
            deed=said.how,
            ended_at=said.answered_at,
        )
        for said in ledger.findings.dismissed()
    )


def _judged_rules(judgement: Judgement, rules: Mapping[str, Rule]) -> list[str]:
    unjudged = {unknown.rule for unknown in judgement.unknown}
    return [name for name, rule in rules.items() if rule.file.mode == "task" and name not in unjudged]


def _home(connection: Connection, mirror: Mirror, ledger: Ledger) -> Home | None:
    org_id = mirror.org_id(connection.name)
    if org_id is None:
        return None
    mark = mirror.mark(connection.name, OWN_TASKS)
    blocked = (
        None
        if mark.complete
        else f"our own tasks in {connection.name} could not be read completely ({mark.reason})"
    )
    return Home(
        connection=connection.name,
        crm=connection.connector.crm,
        org_id=org_id,
        blocked=blocked,
        rewritten=ledger.rewritten.of_org(org_id),
    )
