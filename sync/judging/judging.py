"""Judges what the mirror holds: which records can be relied on, what the rules find, and what the plan needs besides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rules.case import Case
from rules.findings import Judgement
from rules.judge import judge
from rules.prepare import prepare
from rules.records import RECORDS
from rules.rule import Rule
from rules.views import SourceView
from rules.wanted import wanted_facts
from sync.config.config import Config
from sync.config.working import working_time
from sync.connections import Connection, compiled_views
from sync.errors import Failed
from sync.judging.client_names import client_names
from sync.judging.open_facts import by_name, facts_behind
from sync.judging.settled import settled
from sync.judging.who import WhoIsWho, merged_into, who_is_who, with_merged
from sync.ledger.ledger import Ledger
from sync.mirror.mirror import Mirror
from sync.plan.episodes import OwnTask, own_tasks
from sync.plan.people import Person
from sync.plan.subjects import Subjects
from sync.watch import memory_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One judging of the mirror."""

    judgement: Judgement
    people: tuple[Person, ...]
    tasks: tuple[OwnTask, ...]
    facts_now: Mapping[tuple[str, str], Mapping[str, Any]]
    """(rule, subject hash) -> facts, for subjects of open tasks of which something may have gone."""
    who: WhoIsWho = field(default_factory=WhoIsWho)
    client_names: Mapping[str, str] = field(default_factory=dict)
    """Of each client that a task or a finding concerns; see client_names()."""


def judge_mirror(
    config: Config,
    connections: Sequence[Connection],
    mirror: Mirror,
    ledger: Ledger,
    rules: Mapping[str, Rule],
    *,
    now: datetime,
) -> Judged:
    """Every rule over what was pulled, as of `now` or the oldest read involved, whichever is earlier.

    Raises Failed where nothing was pulled yet.
    """
    case = case_of(config, connections, mirror, ledger, now=now)
    tasks = _tasks(connections, mirror)
    followed = {own.key.rule for own in tasks if own.is_open}
    asked = [rule for rule in rules.values() if rule.file.mode != "off" or rule.name in followed]
    unknown_zones = prepare(mirror.engine, case, facts=wanted_facts(asked))
    judgement = judge(mirror.engine, case, rules.values())
    if unknown_zones:
        judgement = Judgement(
            as_of=judgement.as_of, findings=judgement.findings, unknown=judgement.unknown,
            subjects=judgement.subjects, zones_unknown=unknown_zones, set_aside=judgement.set_aside,
        )  # fmt: skip
    subjects = facts_behind(mirror.engine, case, rules, judgement, tasks, ledger.steps.clients_of)
    who = who_is_who(mirror.engine, judgement, (row[rule.view.key] for rule, row in subjects))
    merged = merged_into(mirror, connections)
    who = with_merged(who, merged)
    return Judged(
        judgement=judgement,
        people=_people(mirror),
        tasks=tasks,
        facts_now=by_name(subjects, tasks, Subjects(others=who.others)),
        who=who,
        client_names=client_names(mirror.engine, judgement, tasks, merged),
    )


def _tasks(connections: Sequence[Connection], mirror: Mirror) -> tuple[OwnTask, ...]:
    return tuple(
        own
        for connection in connections
        if (org_id := mirror.org_id(connection.name))
        for own in own_tasks(connection.name, org_id, mirror.own_tasks(connection.name))
    )


def case_of(
    config: Config, connections: Sequence[Connection], mirror: Mirror, ledger: Ledger, *, now: datetime
) -> Case:
    """What was pulled and what we remember, as judging sees it; raises Failed where nothing was pulled yet."""
    views: list[SourceView] = []
    why: dict[str, list[str]] = {name: [] for name in RECORDS}
    read_at: list[datetime] = []
    for connection in connections:
        org_id = mirror.org_id(connection.name)
        if org_id is None:
            raise Failed(
                f"connections.{connection.name}", "nothing was pulled from it yet", "Run `keptword pull`."
            )
        compiled, absent = compiled_views(connection, mirror, org_id, mirror.schemas(connection.name))
        marks = {mark.object: mark for mark in mirror.marks(connection.name)}
        for missing in absent:
            why[missing.record].append(f"{connection.name}: {missing.reason}")
        for view in compiled:
            stands_on = {*view.fields, view.object, *(name for name, _ in view.links)}
            unread = [name for name in stands_on if name not in marks or marks[name].read_at is None]
            broken = [marks[name] for name in stands_on if name in marks and not marks[name].complete]
            why[view.record] += [
                f"!{connection.name}: {mark.object} was not read completely ({mark.reason})"
                for mark in broken
            ]
            why[view.record] += [
                f"!{connection.name}: the org does not show {name}.{field} to this login any more"
                for name, fields in sorted(view.fields.items())
                for field in sorted(fields & (marks[name].lost if name in marks else frozenset()))
            ]
            if not unread:
                views.append(view)
                read_at += [at for name in stands_on if (at := marks[name].read_at)]
    fed = {view.record for view in views}
    unavailable = {}
    for name, reasons in why.items():
        broken_reasons = [reason[1:] for reason in reasons if reason.startswith("!")]
        if broken_reasons:
            unavailable[name] = "; ".join(dict.fromkeys(broken_reasons))
        elif name not in fed:
            unavailable[name] = "; ".join(reasons) or f"no mapping feeds {name}"
    as_of = min([now, *read_at])
    return Case(
        sources=views,
        unavailable=unavailable,
        absent=frozenset(
            name
            for name, reasons in why.items()
            if name not in fed and not any(r.startswith("!") for r in reasons)
        ),
        as_of=as_of,
        timezone=config.company.timezone,
        working=working_time(config),
        clock=config.company.clock,
        email_is_logged=config.company.email_is_logged,
        memory=memory_of(ledger, mirror, connections, _tasks(connections, mirror)),
        connections={
            org_id: connection.name
            for connection in connections
            if (org_id := mirror.org_id(connection.name))
        },
        settled=settled(config, mirror),
    )


def _people(mirror: Mirror) -> tuple[Person, ...]:
    rows = mirror.engine.query(
        "select person_id, name, email, is_active, manager_id, role, timezone, away_until from person order by person_id"
    ).to_pylist()
    return tuple(Person(**{**row, "is_active": bool(row["is_active"])}) for row in rows)
