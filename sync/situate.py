"""Puts together what a plan is made from: findings, tasks, people, what the ledger remembers, the calendar."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connectors.tasks import finding_mark, marks_of, read_state
from rules.calendar.clock import day_of
from rules.calendar.deadline import due_for
from rules.calendar.reckon import Office, add, last_business_day
from rules.calendar.working import find_zone
from rules.duration import Duration
from rules.findings import Finding
from rules.hashes import short_hash
from rules.rule import Rule
from sync.config.config import Config
from sync.config.working import working_time
from sync.connections import Connection
from sync.judging.judging import Judged
from sync.ledger.findings import FindingId
from sync.ledger.ledger import Ledger
from sync.ledger.settling import Settling
from sync.mirror.mirror import OWN_TASKS, Mirror
from sync.people.rota import rota_of, warn_of_strangers
from sync.plan.caps import OwnedTask
from sync.plan.changes import Held, Plan, Settled
from sync.plan.episodes import Ending, OwnTask
from sync.plan.keys import read_key
from sync.plan.mutes import Muted, Silence
from sync.plan.people import People
from sync.plan.situation import Baseline, DeadLetter, Deadline, Home, Situation, Spoken
from sync.plan.subjects import Subjects

_COUNTED = timedelta(days=7)
"""The longest span that an owner's caps count new tasks over."""

_INSTANT = timedelta(microseconds=1)

_HELD_AT_FIRST = frozenset({"baseline", "muted", "nobody"})
"""Kinds of held findings that belong to what was there before a rule's first run."""


def situation_of(
    config: Config,
    connections: Sequence[Connection],
    mirror: Mirror,
    ledger: Ledger,
    judged: Judged,
    *,
    rules: Mapping[str, Rule],
    accept_baseline: bool,
    blind: Collection[tuple[str, str]] = (),
    retried: Collection[str] = (),
) -> Situation:
    """What make_plan() needs, read from the mirror and the ledger.

    `blind`: (person, client's record) pairs that the CRM keeps apart; `retried`: keys of refused writes that are to
    be sent again.
    """
    as_of = judged.judgement.as_of
    zone = find_zone(config.company.timezone, place=config.place("company", "timezone"))
    office = Office(zone=zone, working=working_time(config))
    homes = {home.org_id: home for connection in connections if (home := _home(connection, mirror, ledger))}
    held = {own.task.key for own in judged.tasks}
    missing = {
        key: task for org_id in homes for key, task in ledger.tasks.written(org_id).items() if key not in held
    }

    ended = {key for key, task in missing.items() if task.is_closed or task.is_deleted}

    def local_day(at: datetime) -> date:
        return day_of(at, zone)

    @cache
    def due(deadline: Deadline) -> tuple[date, datetime]:
        found = due_for(
            deadline.duration,
            as_of,
            office=office,
            owner_zone=_known_zone(deadline.owner_zone),
            client_zone=_known_zone(deadline.client_zone),
            call_hours=config.tasks.called_between if deadline.kind == "call" else None,
        )
        return found.on, found.at

    def later(duration: Duration, at: datetime) -> datetime:
        return add(duration, at, office)

    today = local_day(as_of)
    # A plan is made anew for each person who cannot see a client; once said is enough.
    if not blind:
        warn_of_strangers(config, judged.people, today=today)

    return Situation(
        judgement=judged.judgement,
        today=today,
        working_day=last_business_day(today, office.working),
        rules=rules,
        tasks=judged.tasks,
        homes=homes,
        people=People(judged.people, rota_of(config, judged.people, today=today, blind=blind)),
        limits=config.limits,
        deadline=due,
        later=later,
        day_of=local_day,
        facts_now=judged.facts_now,
        spoken=_spoken(ledger, judged.tasks),
        settling={
            (each.rule, each.subject_hash): Settled(holds=each.holds, since_at=each.since_at)
            for each in ledger.settling.all()
        },
        taken_back=ledger.steps.taken_back(),
        dead=_dead(ledger, retried),
        remembered=frozenset(
            # What we closed ourselves was no answer: should the CRM forget it, its key is free again.
            key
            for key, task in missing.items()
            if not read_state(task.state).closed_by_us
        ),
        waiting=frozenset(
            mark
            for key, task in missing.items()
            if key not in ended
            for mark in read_state(task.state).findings
        ),
        dismissed=_dismissed(ledger),
        unseen=[
            OwnedTask(
                owner_id=sent.owner_id, created_on=local_day(sent.sent_at), is_open=True, is_shown=False
            )
            for sent in ledger.steps.sent_tasks(as_of - _COUNTED)
            if sent.key not in held | ended
        ],
        baseline=Baseline(
            rules_known=frozenset(ledger.findings.baselines()),
            seen=frozenset(finding.occurrence_hash for finding in ledger.findings.seen()),
            accept=accept_baseline,
        ),
        subjects=Subjects(others=judged.who.others),
        muted=Muted(
            (
                Silence(
                    account_id=mute.account_id,
                    rule=mute.rule,
                    until_on=local_day(mute.until - _INSTANT),
                    made_by=mute.made_by,
                    why=mute.why,
                )
                for mute in ledger.mutes.active(as_of)
            ),
            others=judged.who.others,
        ),
        records=judged.who.records,
        works=judged.who.works,
        client_names=judged.client_names,
        tasks_in=config.tasks.crm,
    )


def _known_zone(name: str | None) -> ZoneInfo | None:
    """The zone; None, which is the company's, for what no calendar knows: that is reported with the judgement."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


def keep_baseline(ledger: Ledger, situation: Situation, plan: Plan, *, at: datetime) -> None:
    """Before a plan is carried out: each rule has its first run behind it in every org where it could be judged.

    What waits is remembered as seen. An org where nothing may be created now still has its first run before it.
    """
    findings = {finding.occurrence_hash: finding for finding in situation.judgement.findings}
    for org_id, home in situation.homes.items():
        if home.blocked is None:
            ledger.findings.set_baseline(org_id, _judged_rules(situation, org_id), at=at)
    if situation.baseline.accept:
        ledger.findings.forget_seen()
    waiting = ((held, findings[held.finding.hash]) for held in plan.held)
    ledger.findings.mark_seen(
        (
            FindingId(
                rule=finding.rule,
                subject_hash=finding.subject_hash,
                occurrence_hash=finding.occurrence_hash,
            )
            for held, finding in waiting
            if _was_there_before(situation, held, finding)
        ),
        at=at,
    )


def keep_settling(ledger: Ledger, plan: Plan) -> None:
    """What this run saw of conditions that must settle, for the next one."""
    ledger.settling.replace(
        Settling(rule=rule, subject_hash=hash_, holds=seen.holds, since_at=seen.since_at)
        for (rule, hash_), seen in plan.settling.items()
    )


def _was_there_before(situation: Situation, held: Held, finding: Finding) -> bool:
    if held.kind == "baseline":
        return True
    is_first = (finding.org_id, finding.rule) not in situation.baseline.rules_known
    return is_first and not situation.baseline.accept and held.kind in _HELD_AT_FIRST


def _dismissed(ledger: Ledger) -> tuple[Ending, ...]:
    return tuple(
        Ending(
            key=key,
            by_us=False,
            deed=said.how,
            ended_at=said.answered_at,
            account_id=said.account_id,
            marks=marks_of(said.marks),
            outcome=said.outcome,
        )
        for said in ledger.answers.all()
        if (key := read_key(said.key)) is not None
    )


def _spoken(ledger: Ledger, tasks: Iterable[OwnTask]) -> dict[str, Spoken]:
    """What open tasks that speak for several findings were written for; a mark alone names nothing."""
    keys = [own.task.key for own in tasks if own.is_open and own.speaks_of_more]
    return {
        finding_mark(short_hash(each["rule"], each["subject_id"]), each["hash"]): Spoken(
            rule=each["rule"], subject_id=each["subject_id"], hash=each["hash"]
        )
        for each in ledger.steps.findings_of(keys)
    }


def _dead(ledger: Ledger, retried: Collection[str]) -> dict[str, DeadLetter]:
    return {
        letter.key: DeadLetter(
            state=letter.state,
            reason=f"refused in run {letter.run_id}: {letter.reason.rstrip('. ')}. `keptword apply --retry {letter.run_id}` sends it again",
        )
        for letter in ledger.steps.dead()
        if letter.key not in retried
    }


def _judged_rules(situation: Situation, org_id: str) -> list[str]:
    """A client of several CRMs may be found by what another one shows: a finding is proof of a judging too."""
    unjudged = {(unknown.rule, unknown.org_id) for unknown in situation.judgement.unknown}
    found = {(each.rule, each.org_id) for each in situation.judgement.findings}
    return [
        name
        for name, rule in situation.rules.items()
        if rule.file.mode == "task"
        and ((name, org_id) in found or not unjudged & {(name, None), (name, org_id)})
    ]


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
