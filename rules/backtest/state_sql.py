"""SQL of a rehearsal: on which days a rule fires for which subject, and the episodes that these days make."""

from rules.backtest.entries import Entry
from rules.case import Case
from rules.engine import Engine
from rules.judge import doubt_sql, old_sql, seen_clients, truth_sql
from rules.narrow import Narrowed, narrow
from rules.surely import sure_parts

FIRES, OLD, UNKNOWN = "fires", "old", "unknown"
"""What a rule says of a subject on a day: fires; holds too long already to act on; cannot tell. An open task stays
through the latter two."""


def columns_of(entry: Entry) -> frozenset[str]:
    """The facts that a rule looks at."""
    rule = entry.rule
    columns = {"judged_at", rule.view.key, *rule.condition.columns, *rule.flags}
    return frozenset({*columns, "account_id"} if rule.view.is_of_a_client else columns)


def view_of(entry: Entry) -> Narrowed:
    """The rule's own view with those; what many rules look at is made once: the facts of accounts."""
    view = entry.rule.view
    if view.subject == "account":
        return Narrowed(sql=f"select * from {view.table}", reads={view.table: columns_of(entry)})
    return narrow(view.sql, columns_of(entry))


def state_sql(engine: Engine, case: Case, entry: Entry) -> str:
    """SELECT of day_number, subject_id and state; `backtest_day` and what the view reads must be there."""
    rule = entry.rule
    seen = seen_clients(case, rule, also=entry.past.also_needs)
    truth = truth_sql(engine, case, rule)
    surely = "".join(f" and {each}" for each in sure_parts(rule))
    return f"""
        select d.day_number, j.subject_id, j.state
        from (
            select
                f.judged_at, f."{rule.view.key}" as subject_id,
                case when {truth} then '{FIRES}' when {old_sql(engine, case, rule)} then '{OLD}'
                     when ({truth}) is null and ({doubt_sql(rule)}) then '{UNKNOWN}' end as state
            from ({view_of(entry).sql}) f
            where {seen}{surely}
        ) j
        join backtest_day d on d.judged_at = j.judged_at and d.day_number >= {entry.from_number}
        where j.state is not null"""


def episodes_sql(entry: Entry, states: str) -> str:
    """SELECT of the entry's number, subject_id, first_number and last_number: from the day on which it fires until
    the last day before it is known to be over."""
    return f"""
        select
            {entry.number} as entry_number, subject_id,
            min(day_number) filter (where state = '{FIRES}') as first_number, max(day_number) as last_number
        from (
            select *, day_number - row_number() over (partition by subject_id order by day_number) as island from {states}
        ) i
        group by subject_id, island
        having count(*) filter (where state = '{FIRES}') > 0"""


def unknown_sql(entry: Entry, states: str, *, last: int) -> str:
    """SELECT of the entry's number, of how many subjects the rule could not tell on some day, and on the last."""
    return f"""
        select
            {entry.number} as entry_number, count(distinct subject_id) as some_count,
            count(*) filter (where day_number = {last}) as last_count
        from {states} where state = '{UNKNOWN}'"""
