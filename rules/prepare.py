"""Makes what rules are judged on: the record tables, the clock, and the facts of every subject."""

from collections.abc import Mapping
from zoneinfo import available_timezones

import pyarrow as pa

from rules.case import Case
from rules.clock import clock_tables
from rules.engine import Engine
from rules.facts import read_facts, read_groundwork
from rules.record_tables import make_record_tables
from rules.records import RECORDS

_KEPT = frozenset(
    {"account_clock", "touch", "touch_step", "contact_step", "owner_mail", "other_client", "account"}
)
"""Made once, since several others look at them; the rest is looked at where it is needed."""


_ZONES: Mapping[str, str] = {
    "client": "select account_id, created_at, timezone from account",
    "owner": "select a.account_id, a.created_at, p.timezone from account a left join person p on p.person_id = a.owner_id",
    "company": "select account_id, created_at, cast(null as varchar) as timezone from account",
}
"""Whose clock counts -> the zone of each client by it."""


def prepare(engine: Engine, case: Case) -> tuple[str, ...]:
    """Makes the record and fact tables in the engine's session; returns the time zones that are unknown."""
    complete = frozenset(RECORDS) - set(case.unavailable)
    make_record_tables(
        engine, case.sources, complete=complete, settled=case.settled, raised=case.memory.raised
    )
    unknown = _keep_clock(engine, case)
    engine.keep("change_seen", case.memory.changes)
    engine.keep("watched", case.memory.watched)
    engine.keep("own_task", case.memory.own_tasks)
    engine.keep("given", pa.table({"email_is_logged": pa.array([case.email_is_logged], pa.bool_())}))
    for name, sql in read_groundwork().items():
        engine.execute(f"create or replace temp {_kind(name, case)} {name} as {sql}")
    for view in read_facts().values():
        engine.execute(f"create or replace temp {_kind(view.subject, case)} {view.table} as {view.sql}")
    return unknown


def _kind(name: str, case: Case) -> str:
    # Over many instants a table of all clients would be large, and a rule needs few of its columns.
    return (
        "table" if name in _KEPT and not (case.earlier and name in ("account", "account_clock")) else "view"
    )


def _keep_clock(engine: Engine, case: Case) -> tuple[str, ...]:
    engine.execute(f"create or replace temp table zone_named as {_ZONES[case.clock]}")
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
    return tuple(zone for zone in zones if zone not in known)
