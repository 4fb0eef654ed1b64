"""Situations to plan in: two small rules, a few people, findings in a word or two."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from rules.findings import Finding, Judgement, Unknown
from rules.rule import Rule, read_rule
from sync.config.settings import Limits
from sync.plan.episodes import own_tasks
from sync.plan.people import People, Person, Rota
from sync.plan.plan import make_plan
from sync.plan.situation import Baseline, Deadline, Home, Situation
from tests.sync.plan.tiny_crm import TinyCrm

NOON = datetime(2026, 5, 12, 12)
WIDE = {"day": 1000, "week": 1000, "open": 1000}


def small_rule(name: str, **changes: Any) -> Rule:
    raw = {
        "about": "account", "when": "account_is_active", "occurrence": ["last_touch_at"], "repeat_after": "10 days",
        "task": {"subject": "Call {account_name}", "body": "No word to {account_name} since {last_touch_on}.\n1 < 2 & so on",
                 "closes": "There was contact on {last_touch_on}."},
    }  # fmt: skip
    return read_rule(name, {**raw, **changes}, place=f"{name}.toml")


QUIET, LATE = small_rule("quiet"), small_rule("late", severity="high")


def person(name: str, org: str = "sf", **changes: Any) -> Person:
    said = {"name": name.title(), "email": f"{name}@us.example", "is_active": True, "manager_id": None}
    return Person(person_id=f"{org}:{name}", **{**said, **changes})


def finding(subject: str = "sf:acme", touched_on: date | None = date(2026, 4, 1), **changes: Any) -> Finding:
    rule: Rule = changes.pop("rule", QUIET)
    touched_at = touched_on and datetime.combine(touched_on, datetime.min.time())
    facts = {
        "account_id": subject, "account_name": subject.split(":")[1].title(), "account_is_active": True,
        "account_owner_id": f"{subject.split(':')[0]}:ann", "last_touch_at": touched_at, "last_touch_on": touched_on,
        **changes,
    }  # fmt: skip
    return Finding(
        rule=rule.name, severity=rule.file.severity, subject_id=subject, account_id=subject, facts=facts,
        occurrence=(touched_at,), evidence=frozenset(("last_touch_on",)),
    )  # fmt: skip


def tiny(now: datetime = NOON, *, crm: Any = "salesforce", org: str = "sf") -> TinyCrm:
    return TinyCrm(crm=crm, org_id=org, now=now)


def situation(
    findings: Iterable[Finding],
    crms: TinyCrm | Iterable[TinyCrm],
    *,
    limits: Mapping[str, Any] | None = None,
    rules: Iterable[Rule] = (QUIET, LATE),
    unknown: Iterable[Unknown] = (),
    people: Iterable[Person] | None = None,
    day_of: Callable[[datetime], date] = datetime.date,
    rota: Rota | None = None,
    clients: int = 1000,
    **also: Any,
) -> Situation:
    """Baselines are accepted and caps are wide unless said otherwise."""
    places = [crms] if isinstance(crms, TinyCrm) else list(crms)
    now = places[0].now

    def deadline(each: Deadline) -> tuple[date, datetime]:
        at = now + timedelta(days=each.duration.count)
        return at.date(), at

    known = people or [person(name, crm.org_id) for crm in places for name in ("ann", "bob")]
    default = {
        "working_day": day_of(now),
        "homes": {crm.org_id: Home(connection=crm.org_id, crm=crm.crm, org_id=crm.org_id) for crm in places},
        "baseline": Baseline(accept=True),
    }
    return Situation(
        judgement=Judgement(
            as_of=now, findings=tuple(findings), unknown=tuple(unknown), subjects={"account": clients}
        ),
        today=day_of(now),
        rules={rule.name: rule for rule in rules},
        tasks=[own for crm in places for own in own_tasks(crm.org_id, crm.org_id, list(crm.tasks.values()))],
        people=People(known, rota or Rota(fallback="bob@us.example")),
        limits=Limits.model_validate({"new_per_owner": WIDE, **(limits or {})}),
        deadline=deadline,
        later=lambda duration, at: at + timedelta(days=duration.count),
        day_of=day_of,
        **{**default, **also},
    )


def write(made: Situation, *crms: TinyCrm) -> None:
    """Carries the plan out as it is."""
    by_org = {crm.org_id: crm for crm in crms}
    for change in make_plan(made).changes:
        if change.action == "create":
            by_org[change.connection].create([change.write])  # type: ignore[list-item]  # a create has a Task
        else:
            by_org[change.connection].update([change.write])  # type: ignore[list-item]  # the others a TaskChange


def only_task(crm: TinyCrm) -> str:
    """The id of the one task in the CRM."""
    (task_id,) = crm.tasks
    return task_id
