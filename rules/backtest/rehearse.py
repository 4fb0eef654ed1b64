"""Judges every past day in one pass over the records: what each rule would have raised, and what another version would."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import pyarrow as pa

from rules.backtest.compare import compare
from rules.backtest.entries import Entry, entries_of
from rules.backtest.parts import AT_ONCE, drop, each_part, keep_whole
from rules.backtest.past import Untold
from rules.backtest.results import Rehearsal
from rules.backtest.state_sql import episodes_sql, state_sql, unknown_sql, view_of
from rules.backtest.tell import keep_names, tell_owners, tell_rules
from rules.calendar.clock import day_of
from rules.calendar.working import find_zone
from rules.case import Case
from rules.engine import Engine
from rules.facts import SUBJECTS, read_facts
from rules.narrow import narrow
from rules.rule import Rule

_TABLES = {
    "episode": "entry_number integer, subject_id varchar, first_number integer, last_number integer",
    "untold_subject": "entry_number integer, some_count bigint, last_count bigint",
}


def rehearse(
    engine: Engine,
    case: Case,
    rules: Sequence[Rule],
    *,
    against: Sequence[Rule] | None = None,
    at_once: int = AT_ONCE,
) -> Rehearsal:
    """Every rule on each of the case's instants; prepare() must have run on this connection, and is used up.

    `against` are the rules of another version, judged on the same records in the same pass. `at_once` bounds the
    memory: the clients times judged instants that are looked at together.
    """
    days = _keep_days(engine, case)
    entries = entries_of(case, rules, against or ())
    for name, columns in _TABLES.items():
        engine.execute(f"create or replace temp table {name} ({columns})")
    _judge(engine, case, entries.judged, at_once=at_once)
    keep_names(engine, entries, last=len(days) - 1)
    return Rehearsal(
        as_of=case.as_of,
        from_on=days[0],
        to_on=days[-1],
        rules=tuple(tell_rules(engine, entries, days)),
        untold={name: each for name, each in entries.here.items() if isinstance(each, Untold)},
        owners=tell_owners(engine),
        differences=() if against is None else tuple(compare(engine, entries, days)),
    )


def _keep_days(engine: Engine, case: Case) -> list[date]:
    """Makes `backtest_day`; returns the company's days in their order."""
    zone = find_zone(case.timezone, place="company.timezone")
    days = [day_of(at, zone) for at in case.instants]
    columns = {
        "day_number": pa.array(range(len(days)), pa.int32()),
        "judged_at": pa.array(case.instants, pa.timestamp("us")),
    }
    engine.keep("backtest_day", pa.table(columns))
    return days


def _judge(engine: Engine, case: Case, entries: Iterable[Entry], *, at_once: int) -> None:
    """Fills `episode`: rules about people of ours look at all clients together, the others part by part."""
    ours = [entry for entry in entries if not entry.rule.view.is_of_a_client]
    theirs = [entry for entry in entries if entry.rule.view.is_of_a_client]
    for name in read_facts():
        drop(engine, f"fact_{name}")
    _make_views(engine, ours, kept=frozenset())
    for entry in ours:
        _judge_one(engine, case, entry)
    for _ in each_part(engine, keep_whole(engine, case, at_once=at_once)):
        _make_views(engine, theirs, kept=frozenset({"account"}))
        for entry in theirs:
            _judge_one(engine, case, entry)


def _judge_one(engine: Engine, case: Case, entry: Entry) -> None:
    engine.execute(f"create or replace temp table backtest_state as {state_sql(engine, case, entry)}")
    engine.execute(f"insert into episode {episodes_sql(entry, 'backtest_state')}")
    last = len(case.instants) - 1
    engine.execute(f"insert into untold_subject {unknown_sql(entry, 'backtest_state', last=last)}")


def _make_views(engine: Engine, entries: Sequence[Entry], *, kept: frozenset[str]) -> None:
    """Makes the fact views that the rules' own ones read, with the columns that they read; `kept` ones as tables."""
    for subject, sql in _views_read(entries):
        name = f"fact_{subject}"
        drop(engine, name)
        engine.execute(f"create temp {'table' if subject in kept else 'view'} {name} as {sql}")


def _views_read(entries: Iterable[Entry]) -> Iterator[tuple[str, str]]:
    wanted: dict[str, set[str]] = {view.table: set() for view in read_facts().values()}
    for entry in entries:
        for table, columns in view_of(entry).reads.items():
            wanted.get(table, set()).update(columns)
    made: list[tuple[str, str]] = []
    for subject in reversed(list(SUBJECTS)):
        view = read_facts()[subject]
        if wanted[view.table]:
            narrowed = narrow(view.sql, frozenset(wanted[view.table]))
            made.insert(0, (subject, narrowed.sql))
            for table, columns in narrowed.reads.items():
                wanted.get(table, set()).update(columns)
    yield from made
