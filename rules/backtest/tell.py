"""Counts the episodes of a rehearsal: by rule, by week and by whoever answers for the clients today."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from rules.backtest.entries import Entries, Entry
from rules.backtest.results import Counted, Day, Owner, Rehearsed
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
            n.first_number > b.from_number as is_raised, n.last_number < {last} as is_over
        from ({union}) n
        join backtest_entry b on b.entry_number = n.entry_number""")


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
    brought = _brought(engine)
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
                days=tuple(_days(days, entry, totals, brought)),
                owners=tuple(owners.get(entry.number, ())),
                unknown_some=said.get("some_count", 0),
                unknown_now=said.get("last_count", 0),
                unknown_why=", or ".join(view.columns[flag].doc for flag in sorted(entry.rule.flags)),
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


def _days(
    days: Sequence[date], entry: Entry, totals: Mapping[int, Counted], brought: Mapping[tuple[int, int], Row]
) -> Iterator[Day]:
    standing = totals.get(entry.number, Counted()).before
    for number in range(entry.from_number, len(days)):
        row = brought.get((entry.number, number), {"raised": 0, "resolved": 0})
        standing += row["raised"] - row["resolved"]
        yield Day(on=days[number], raised=row["raised"], resolved=row["resolved"], open=standing)


def _brought(engine: Engine) -> dict[tuple[int, int], Row]:
    """Entry and day -> how many were raised and resolved."""
    sql = """
        with brought as (
            select entry_number, first_number as day_number, 1 as raised, 0 as resolved
            from episode_named where is_raised and is_here
            union all
            select entry_number, last_number + 1 as day_number, 0 as raised, 1 as resolved
            from episode_named where is_over and is_here
        )
        select
            entry_number, day_number, cast(sum(raised) as bigint) as raised, cast(sum(resolved) as bigint) as resolved
        from brought group by entry_number, day_number"""
    return {(row["entry_number"], row["day_number"]): row for row in engine.query(sql).to_pylist()}


def _owner(row: Row) -> Owner:
    return Owner(person_id=row["owner_id"], name=row["owner_name"], counted=_counted(row))


def _counted(row: Row) -> Counted:
    return Counted(**{name: row[name] for name in Counted.__slots__})
