"""Makes what rules are judged on: the record tables, the clock, and the facts of every subject."""

from collections.abc import Mapping
from zoneinfo import available_timezones

import pyarrow as pa

from rules.asked import EVERYTHING, Asked, follow
from rules.case import Case
from rules.clock import ClockTables, clock_tables, known_now, with_days
from rules.engine import Engine
from rules.facts import read_facts
from rules.one_instant import of_one_instant
from rules.record_tables import make_record_tables
from rules.records import RECORDS
from rules.session import Kind, Session

_KEPT = frozenset(
    {
        "day_turn",
        "account_clock",
        "late_touch",
        "touch_step",
        "contact_step",
        "owner_mail",
        "other_client",
        "recent_touch",
        "received",
        "fact_account",
    }
)
"""Made once, since several others look at them; the rest is looked at where it is needed."""

_STEPS = frozenset({"touch_step", "contact_step"})
"""What has a row for each judged instant that knows more than the one before."""

TOLD_ONCE = frozenset({"contact", "commitment", "incident", "invoice", "feedback", "deal"})
"""Of several clients only the first has it as a subject; an activity is a touch of each of them."""

_ZONES: Mapping[str, str] = {
    "client": "select account_id, created_at, timezone from account",
    "owner": "select a.account_id, a.created_at, p.timezone from account a left join person p on p.person_id = a.owner_id",
    "company": "select account_id, created_at, cast(null as varchar) as timezone from account",
}
"""Whose clock counts -> the zone of each client by it."""


def prepare(
    engine: Engine, case: Case, *, facts: Mapping[str, frozenset[str]] = EVERYTHING
) -> tuple[str, ...]:
    """Makes the record and fact tables in the engine's session; returns the time zones that are unknown.

    `facts` are those that will be asked for, by subject: what none of them stands on is not made.
    """
    asked = follow(facts)
    complete = frozenset(RECORDS) - set(case.unavailable)
    make_record_tables(
        engine,
        case.sources,
        complete=complete,
        settled=case.settled,
        raised=case.memory.raised,
        read=asked.reads,
    )
    tables, unknown = _keep_clock(engine, case)
    engine.keep("change_seen", case.memory.changes)
    engine.keep("watched", case.memory.watched)
    engine.keep("own_task", case.memory.own_tasks)
    engine.keep("given", pa.table({"email_is_logged": pa.array([case.email_is_logged], pa.bool_())}))
    engine.execute(f"create or replace temp view linked as {_linked(asked)}")
    session = Session(engine)
    for name, sql in asked.made.items():
        session.make(_kind(name, asked, case), name, _now(name, with_days(sql, tables.clock), case))
    return unknown


def _linked(asked: Asked) -> str:
    """Record, id and client of the subjects that are asked for: several rows where one is linked to several clients."""
    views = [view for view in read_facts().values() if view.table in asked.made]
    parts = [
        f"select '{view.subject}' as record, {view.key} as record_id, account_id from {view.subject}"
        for view in views
        if view.subject in TOLD_ONCE
    ]
    return " union all ".join(parts) or "select '' as record, '' as record_id, '' as account_id where false"


def _kind(name: str, asked: Asked, case: Case) -> Kind:
    # Over many instants a table of all clients would be large, and a rule needs few of its columns.
    if case.earlier and name in ("fact_account", "account_clock"):
        return "view"
    if name == "late_touch" and asked.readers.get(name, 0) < 2:
        return "view"
    return "table" if name in _KEPT else "view"


def _now(name: str, sql: str, case: Case) -> str:
    """The SQL as it is simpler where only the present is judged."""
    if case.earlier:
        return sql
    return of_one_instant(sql) if name in _STEPS else known_now(sql)


def _keep_clock(engine: Engine, case: Case) -> tuple[ClockTables, tuple[str, ...]]:
    """The clock, and the time zones that are unknown."""
    engine.execute(f"create or replace temp view zone_named as {_ZONES[case.clock]}")
    named = engine.query("select distinct timezone from zone_named where timezone is not null order by 1")
    known = available_timezones()
    zones = named["timezone"].to_pylist()
    working = dict.fromkeys({*known.intersection(zones), case.timezone}, case.working)
    tables = clock_tables(case.instants, working, rehearsal=bool(case.earlier))
    engine.keep("judging", tables.judging)
    engine.keep("clock", tables.clock)
    engine.keep("calendar_day", tables.calendar_day)
    engine.keep("local_day", tables.local_day)
    company = case.timezone.replace("'", "''")
    engine.execute(
        f"create or replace temp table account_zone as select n.account_id, n.created_at, "
        f"coalesce(c.timezone, '{company}') as timezone from zone_named n "
        "left join (select distinct timezone from clock) c on c.timezone = n.timezone"
    )
    return tables, tuple(zone for zone in zones if zone not in known)
