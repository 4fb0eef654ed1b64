"""Counts the episodes of a rehearsal: by rule, by week and by whoever answers for the clients today."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from rules.backtest.entries import Entries, Entry
from rules.backtest.results import Counted, Owner, Rehearsed, Week
from rules.engine import Engine
from rules.facts import SUBJECTS

Row = Mapping[str, Any]


def keep_names(engine: Engine, entries: Entries, *, last: int) -> None:
    """Makes `episode_named`: the episodes with client, owner and what became of them."""
    here = {entry.number for entry in entries.here.values() if isinstance(entry, Entry)}
    columns = {
        "entry_number": pa.array([entry.number for entry in entries.judged], pa.int32()),
        "from_number": pa.array([entry.from_number for entry in entries.judged], pa.int32()),
        "about": pa.array([entry.rule.file.about for entry in entries.judged], pa.string()),
        "is_here": pa.array([entry.number in here for entry in entries.judged], pa.bool_()),
    }
    engine.keep("backtest_entry", pa.table(columns))
    abouts = sorted({entry.rule.file.about for entry in entries.judged}) or ["account"]
    union = " union all ".join(_named(about) for about in abouts)
    engine.execute(f"""
        create or replace temp table episode_named as
        select
            n.*, b.from_number, b.is_here,
            n.first_number > b.from_number as is_raised, n.last_number < {last} as is_over,
            f.week_on as raised_week_on, u.week_on as over_week_on
        from ({union}) n
        join backtest_entry b on b.entry_number = n.entry_number
        join backtest_day f on f.day_number = n.first_number
        left join backtest_day u on u.day_number = n.last_number + 1""")


def _named(about: str) -> str:
    record = SUBJECTS[about][-1]
    episodes = f"episode e join backtest_entry b on b.entry_number = e.entry_number and b.about = '{about}'"
    if "account" not in SUBJECTS[about]:
        return (
            "select e.*, cast(null as varchar) as account_id, p.name as name, e.subject_id as owner_id, p.name as owner_name "
            f"from {episodes} left join person p on p.person_id = e.subject_id"
        )
    return (
        "select e.*, a.account_id, a.name as name, coalesce(s.one_id, a.owner_id) as owner_id, p.name as owner_name "
        f"from {episodes} join whole_{record} r on r.{record}_id = e.subject_id join whole_account a on a.account_id = r.account_id "
        "left join same_person s on s.person_id = a.owner_id left join person p on p.person_id = coalesce(s.one_id, a.owner_id)"
    )


def tell_rules(engine: Engine, entries: Entries, days: Sequence[date]) -> Iterator[Rehearsed]:
    """Each rule that was rehearsed, in the order of the rules."""
    totals = {row["entry_number"]: _counted(row) for row in _rows(engine, "entry_number")}
    owners: dict[int, list[Owner]] = {}
    for row in _rows(engine, "entry_number", "owner_id", "owner_name"):
        owners.setdefault(row["entry_number"], []).append(_owner(row))
    weeks = _weeks(engine)
    unknown = {row["entry_number"]: row for row in engine.query(_UNKNOWN).to_pylist()}
    for name, entry in entries.here.items():
        if isinstance(entry, Entry):
            view, said = entry.rule.view, unknown.get(entry.number, {})
            yield Rehearsed(
                rule=name,
                title=entry.rule.file.title,
                mode=entry.rule.file.mode,
                from_on=days[entry.from_number],
                counted=totals.get(entry.number, Counted()),
                weeks=tuple(weeks.get(entry.number, ())),
                owners=tuple(owners.get(entry.number, ())),
                unknown_some=said.get("some_count", 0),
                unknown_now=said.get("last_count", 0),
                unknown_why="; ".join(view.columns[flag].doc for flag in sorted(entry.rule.flags)),
                notes=entry.past.notes,
            )


def tell_owners(engine: Engine) -> tuple[Owner, ...]:
    """Each owner's share of all rules."""
    return tuple(_owner(row) for row in _rows(engine, "owner_id", "owner_name"))


_UNKNOWN = """
select entry_number, cast(sum(some_count) as bigint) as some_count, cast(sum(last_count) as bigint) as last_count
from untold_subject group by entry_number"""


def _rows(engine: Engine, *keys: str) -> list[Row]:
    """Counted episodes of this version, by these columns; those with the most raised come first."""
    listed = ", ".join(keys)
    only = "from episode_named where is_here"
    sql = f"""
        with step as (
            select {listed}, first_number as day_number, count(*) as change {only} group by {listed}, first_number
            union all
            select {listed}, last_number + 1 as day_number, -count(*) as change {only} group by {listed}, last_number
        ),
        daily as (select {listed}, day_number, sum(change) as change from step group by {listed}, day_number),
        standing as (
            select {listed}, sum(change) over (
                partition by {listed} order by day_number rows between unbounded preceding and current row
            ) as open_count
            from daily
        ),
        most as (select {listed}, cast(max(open_count) as bigint) as open_most from standing group by {listed}),
        counted as (
            select
                {listed},
                count(*) filter (where not is_raised) as before, count(*) filter (where is_raised) as raised,
                count(*) filter (where is_over) as resolved, count(*) filter (where not is_over) as open_now
            {only} group by {listed}
        )
        select c.*, m.open_most
        from counted c
        join most m on {" and ".join(f"m.{key} is not distinct from c.{key}" for key in keys)}
        order by {", ".join(["c.raised desc", *(f"c.{key} nulls last" for key in keys)])}"""
    rows: list[Row] = engine.query(sql).to_pylist()
    return rows


def _weeks(engine: Engine) -> dict[int, list[Week]]:
    sql = """
        with brought as (
            select entry_number, raised_week_on as week_on, 1 as raised, 0 as resolved from episode_named where is_raised and is_here
            union all
            select entry_number, over_week_on as week_on, 0 as raised, 1 as resolved from episode_named where is_over and is_here
        ),
        week as (select distinct week_on from backtest_day)
        select
            e.entry_number, w.week_on,
            cast(coalesce(sum(b.raised), 0) as bigint) as raised, cast(coalesce(sum(b.resolved), 0) as bigint) as resolved
        from backtest_entry e
        cross join week w
        left join brought b on b.entry_number = e.entry_number and b.week_on = w.week_on
        where e.is_here
        group by e.entry_number, w.week_on
        order by e.entry_number, w.week_on"""
    weeks: dict[int, list[Week]] = {}
    for row in engine.query(sql).to_pylist():
        week = Week(from_on=row["week_on"], raised=row["raised"], resolved=row["resolved"])
        weeks.setdefault(row["entry_number"], []).append(week)
    return weeks


def _owner(row: Row) -> Owner:
    return Owner(person_id=row["owner_id"], name=row["owner_name"], counted=_counted(row))


def _counted(row: Row) -> Counted:
    return Counted(**{name: row[name] for name in Counted.__slots__})
