"""Makes an agency's client base of any size, as record tables in a DuckDB file: 30 months of work, seeded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bench.judge_records import ID_OF, ORG, RECORD_SQL
from rules.calendar.working import WorkingTime
from rules.case import CHANGES, Case, Memory
from rules.records import RECORDS, RecordColumn
from rules.source_sql import SQL_TYPES
from rules.views import SourceView

NOW = datetime(2026, 5, 13, 12)
"""The judged instant: a Wednesday."""

LONDON = WorkingTime(country="GB", subdivision="ENG", closed=frozenset({date(2025, 12, 24)}))
SEED = 20260513

Numbers = Mapping[str, NDArray[np.int64]]
"""Columns of one record before they are worded: row numbers, picks from a list, days or minutes before NOW."""

_UNSEEN = 40
_SPAN, _DAY = 900, 24 * 60
"""30 months in days; a day in minutes."""


@dataclass(frozen=True, slots=True)
class ClientBase:
    """How many of each there are: for 100,000 accounts 2 million activities, 300,000 promises, and so on."""

    accounts: int
    activities: int = field(init=False)
    commitments: int = field(init=False)
    incidents: int = field(init=False)
    invoices: int = field(init=False)
    contacts: int = field(init=False)
    deals: int = field(init=False)
    feedback: int = field(init=False)
    people: int = field(init=False)

    def __post_init__(self) -> None:
        each = {
            "activities": 20, "commitments": 3, "incidents": 0.5, "invoices": 1, "contacts": 2, "deals": 0.4,
            "feedback": 0.2,
        }  # fmt: skip
        for name, share in each.items():
            object.__setattr__(self, name, int(self.accounts * share))
        object.__setattr__(self, "people", max(10, self.accounts // 200))


def write_records(path: Path, accounts: int) -> ClientBase:
    """The record tables of a client base with so many accounts; the same ones each time."""
    import duckdb  # here, since the compared processes time what they import of themselves

    base = ClientBase(accounts)
    with duckdb.connect(str(path)) as engine:
        engine.execute("set timezone = 'UTC'")
        engine.execute("set enable_progress_bar = false")
        engine.execute("set preserve_insertion_order = false")
        for record, numbers in _numbers(base, np.random.default_rng(SEED)):
            engine.register("numbers", pa.table(dict(numbers)))
            columns = ", ".join(
                f"cast({_sql_of(record, column)} as {SQL_TYPES[column.type]}) as {column.name}"
                for column in RECORDS[record].columns
            )
            engine.execute(f"create table {record} as select {columns} from numbers")
            engine.unregister("numbers")
        engine.register("changes", _memory(base).changes)
        engine.execute("create table change_seen as select * from changes")
    return base


def case_of(base: ClientBase) -> Case:
    """What is judged: one org that feeds every column that has values, and what we remember of it."""
    sources = [
        SourceView(
            record=record, object=record, org_id=ORG,
            sql=f"select {', '.join(column.name for column in RECORDS[record].columns)} from kept.main.{record}",
            fields={record: frozenset(mapped_columns(record))}, links=frozenset(), absent_fields=(),
            feeds={name: frozenset({name}) for name in mapped_columns(record)},
        )
        for record in RECORD_SQL
    ]  # fmt: skip
    return Case(
        sources=sources,
        unavailable={},
        as_of=NOW,
        timezone="Europe/London",
        working=LONDON,
        memory=_memory(base),
    )


def mapped_columns(record: str) -> tuple[str, ...]:
    """The columns of the record that have a source."""
    return tuple(name for name, sql in RECORD_SQL[record].items() if sql != "null")


def _sql_of(record: str, column: RecordColumn) -> str:
    default = "null" if column.default is None else f"'{column.default}'"
    return RECORD_SQL[record].get(column.name, default)


def _numbers(base: ClientBase, dice: np.random.Generator) -> list[tuple[str, Numbers]]:
    is_live = dice.random(base.accounts) < 0.45
    accounts: Numbers = {
        "n": np.arange(base.accounts),
        "owner": dice.integers(base.people, size=base.accounts),
        "tier": dice.choice(4, base.accounts, p=[0.1, 0.3, 0.5, 0.1]),
        "zone": dice.choice(8, base.accounts, p=[0.58, 0.1, 0.1, 0.08, 0.05, 0.04, 0.03, 0.02]),
        "revenue": dice.lognormal(12, 1.5, base.accounts).astype(np.int64),
        "age": dice.integers(_SPAN * _DAY, 8 * 365 * _DAY, base.accounts),
        "luck": dice.integers(100, size=base.accounts),
    }
    return [
        ("account", accounts),
        ("person", {"n": np.arange(base.people), "luck": dice.integers(100, size=base.people)}),
        ("contact", _of_accounts(base, base.contacts, dice)),
        ("activity", _activities(base, dice, is_live, accounts)),
        ("commitment", _commitments(base, dice)),
        ("incident", _of_accounts(base, base.incidents, dice) | {"age": _ages(base.incidents, dice)}),
        ("invoice", _invoices(base, dice, is_live)),
        ("feedback", _of_accounts(base, base.feedback, dice) | {"age": _ages(base.feedback, dice)}),
        ("deal", _deals(base, dice, is_live)),
    ]


def _of_accounts(base: ClientBase, count: int, dice: np.random.Generator) -> dict[str, NDArray[np.int64]]:
    """Row number, account, somebody of ours, and three throws of a hundred-sided die."""
    return {
        "n": np.arange(count),
        "account": dice.integers(base.accounts, size=count),
        "owner": dice.integers(base.people, size=count),
        "contact": dice.integers(base.contacts, size=count),
        **{name: dice.integers(100, size=count) for name in ("luck", "mood", "kind")},
    }


def _ages(count: int, dice: np.random.Generator) -> NDArray[np.int64]:
    return dice.integers(_SPAN * _DAY, size=count)


def _activities(
    base: ClientBase, dice: np.random.Generator, is_live: NDArray[np.bool_], accounts: Numbers
) -> Numbers:
    """A live client's last touch is mostly within what its tier allows, a former one's long ago; the large have
    many, most messages of theirs are answered within hours, and some meetings are still to come. Of one person of
    ours in forty no e-mail is captured."""
    count, live, tier = base.activities, np.flatnonzero(is_live), accounts["tier"]
    columns = _of_accounts(base, count, dice)
    weight = dice.lognormal(0, 1, base.accounts) * np.where(is_live, 4, 1) * np.array([4, 2, 1, 1])[tier]
    account = dice.choice(base.accounts, count, p=weight / weight.sum())
    account[: len(live)] = live
    silence = np.where(is_live, dice.exponential(np.array([4, 9, 18, 9])[tier] * _DAY), 200 * _DAY)
    age = (silence[account] + dice.random(count) * (_SPAN * _DAY - silence[account])).astype(np.int64)
    age[: len(live)] = silence[live].astype(np.int64)
    columns["mood"][: len(live)] = 0  # sure to be a touch
    of_live = np.flatnonzero(is_live[account])
    answers_for = accounts["owner"][account]
    columns["owner"] = np.where(dice.random(count) < 0.75, answers_for, columns["owner"])
    is_unseen = answers_for % _UNSEEN == 1
    columns["is_unseen"] = (is_unseen | (columns["owner"] % _UNSEEN == 1)).astype(np.int64)
    ahead = of_live[dice.random(len(of_live)) < 0.01]
    age[ahead] = -dice.integers(1, 30 * _DAY, len(ahead))
    is_in = (columns["luck"] < 30) & (age > 0)
    # A fifth of the rows answer one of the messages.
    replies, messages = np.arange(count - count // 5, count), np.flatnonzero(is_in[: count - count // 5])
    answered = dice.permutation(messages)[: len(replies)]
    replies = replies[: len(answered)]
    account[replies], is_in[replies] = account[answered], False
    age[replies] = np.maximum(1, age[answered] - dice.exponential(300, len(replies)).astype(np.int64))
    columns["mood"][replies] = 0
    order = np.argsort(-age, kind="stable")  # ids are given out as time goes by
    shuffled = {**columns, "account": account, "age": age, "is_in": is_in.astype(np.int64)}
    return {name: values if name == "n" else values[order] for name, values in shuffled.items()}


def _commitments(base: ClientBase, dice: np.random.Generator) -> Numbers:
    overdue = dice.integers(-40, _SPAN - 60, base.commitments)
    still_open = dice.random(base.commitments) < np.where(overdue > 40, 0.01, 0.1)
    return _of_accounts(base, base.commitments, dice) | {
        "overdue": overdue,
        "is_open": ((overdue < 0) | still_open).astype(np.int64),
        "ahead": dice.integers(5, 40, base.commitments),
    }


def _invoices(base: ClientBase, dice: np.random.Generator, is_live: NDArray[np.bool_]) -> Numbers:
    columns = _of_accounts(base, base.invoices, dice)
    live = np.flatnonzero(is_live)
    columns["account"] = np.where(
        dice.random(base.invoices) < 0.8, dice.choice(live, base.invoices), columns["account"]
    )
    former = ~is_live[columns["account"]]
    age = dice.integers(_SPAN, size=base.invoices)
    return columns | {"age": np.where(former, np.maximum(age, 200), age)}


def _deals(base: ClientBase, dice: np.random.Generator, is_live: NDArray[np.bool_]) -> Numbers:
    columns = _of_accounts(base, base.deals, dice)
    goes_on = is_live[columns["account"]] & (dice.random(base.deals) < 0.6)
    return columns | {"age": _ages(base.deals, dice), "is_closed": (~goes_on).astype(np.int64)}


def _memory(base: ClientBase) -> Memory:
    """Three promises of a hundred were moved, one client of a hundred changed hands, and people have tasks."""
    dice = np.random.default_rng(SEED + 1)
    moved = np.sort(dice.choice(base.commitments, base.commitments * 3 // 100, replace=False))
    handed = np.sort(dice.choice(base.accounts, base.accounts // 100, replace=False))
    count = len(moved) + len(handed)
    new_on = [NOW.date() - timedelta(days=int(ago)) for ago in dice.integers(-20, 50, len(moved))]
    seen = [NOW - timedelta(minutes=int(ago)) for ago in dice.integers(1, 50 * _DAY, count)]
    old_ids = dice.integers(base.people, size=len(handed)).tolist()
    changes = {
        "record": ["commitment"] * len(moved) + ["account"] * len(handed),
        "record_id": [ID_OF["commitment"](n) for n in moved] + [ID_OF["account"](n) for n in handed],
        "column_name": ["due_on"] * len(moved) + ["owner_id"] * len(handed),
        "old_id": [None] * len(moved) + [ID_OF["person"](n) for n in old_ids],
        "new_id": [None] * len(moved) + [ID_OF["person"]((n + 1) % base.people) for n in old_ids],
        "old_on": [day - timedelta(days=7) for day in new_on] + [None] * len(handed),
        "new_on": [*new_on, *[None] * len(handed)],
        "seen_at": seen,
    }
    since = {"since_at": [NOW - timedelta(days=60)] * 2, "org_id": [ORG] * 2}
    watched = {"record": ["account", "commitment"], "column_name": ["owner_id", "due_on"], **since}
    owners = [ID_OF["person"](n // 4) for n in range(base.people * 4)]
    return Memory(
        changes=pa.table(changes, schema=CHANGES),
        watched=pa.table(watched).select(["record", "column_name", "org_id", "since_at"]),
        own_tasks=pa.table({"owner_id": owners, "is_open": [n % 4 == 0 for n in range(len(owners))]}),
    )
