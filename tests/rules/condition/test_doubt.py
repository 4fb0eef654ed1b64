"""What is said of facts in doubt is so whatever they really are, and nothing is said that they leave open."""

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rules.columns import Column
from rules.condition.doubt import Doubt, flags_of
from rules.condition.read import Condition, read_condition

COLUMNS = {
    column.name: column
    for column in (
        Column(name="days", type="integer"),
        Column(name="since", type="integer"),
        Column(name="is_told", type="boolean"),
        Column(name="is_new", type="boolean"),
        Column(name="moves", type="integer"),
        Column(name="sure", type="integer"),
        Column(name="blind", type="boolean"),
        Column(name="short", type="boolean"),
    )
}
DOUBTS = {
    "days": Doubt(bound="at most", flag="blind"),
    "since": Doubt(bound="at least", flag="blind"),
    "is_told": Doubt(bound="at least", flag="blind"),
    "is_new": Doubt(bound="at most", flag="short"),
    "moves": Doubt(bound="unknown", flag="short"),
}
REAL = """
create table real as
select k.id, d.v as days, s.v as since, t.v as is_told, n.v as is_new, m.v as moves, k.sure, k.blind, k.short
from known k
join number d on d.v is not distinct from k.days or k.blind and (k.days is null or d.v <= k.days)
join number s on s.v is not distinct from k.since or k.blind and (k.since is null or s.v >= k.since)
join truth t on t.v = k.is_told or k.blind and t.v
join truth n on n.v = k.is_new or k.short and not n.v
join number m on m.v is not distinct from k.moves or k.short
"""
"""Everything that can be so, for each row of what is known."""


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    database = duckdb.connect()
    database.execute("create table number as select * from (values (null), (0), (2), (4)) n(v)")
    database.execute("create table truth as select * from (values (true), (false)) t(v)")
    database.execute(
        "create table known as select row_number() over () as id, d.v as days, s.v as since, t.v as is_told, n.v as is_new, "
        "m.v as moves, u.v as sure, b.v as blind, h.v as short from number d, number s, truth t, truth n, "
        "(values (null), (2)) m(v), (values (null), (2)) u(v), truth b, truth h"
    )
    database.execute(REAL)
    yield database
    database.close()


numbers = st.sampled_from(
    ["days", "since", "moves", "sure", "days + 1", "coalesce(days, 3)", "least(since, sure)"]
)
values = st.integers(-1, 5).map(str)
operators = st.sampled_from(["<", "<=", ">", ">=", "=", "<>"])
leaves = st.one_of(
    st.tuples(numbers, operators, values).map(" ".join),
    st.tuples(values, operators, numbers).map(" ".join),
    st.tuples(st.sampled_from(["days", "since"]), operators, st.sampled_from(["sure", "moves"])).map(" ".join),
    st.sampled_from(["is_told", "is_new", "not is_told", "not (not is_new)"]),
    st.tuples(numbers, st.sampled_from(["is null", "is not null"])).map(" ".join),
    st.tuples(numbers, st.sampled_from(["between 1 and 3", "not between 1 and 3", "in (0, 4)", "not in (2)"])).map(" ".join),
    st.just("case when is_told then days else sure end > 1"),
    st.just("0 <= days <= 3"),
)  # fmt: skip
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda each: f"({each[0]}) {each[1]} ({each[2]})"),
        inner.map(lambda each: f"not ({each})"),
    ),
    max_leaves=5,
)  # fmt: skip


def read(text: str) -> Condition:
    return read_condition(text, COLUMNS, place="here")


def wrong(database: duckdb.DuckDBPyConnection, text: str) -> list[Any]:
    """What is known and what is really so, where the answers do not go together."""
    condition = read(text)
    said, maybe = condition.doubtful_sql(DOUBTS, qualify="k"), condition.possible_sql(DOUBTS, qualify="k")
    known, so = condition.sql(qualify="k"), condition.sql(qualify="r")
    return database.execute(
        f"select k.*, r.*, {said}, {so} from known k join real r on r.id = k.id where ({said}) and ({so}) is distinct from true "
        f"or not ({said}) and ({so}) is distinct from false or ({maybe}) is distinct from true and ({so}) "
        f"or not k.blind and not k.short and (({said}) is distinct from ({known}) or ({maybe}) is distinct from ({known})) limit 3"
    ).fetchall()


@given(conditions)
@example("days > 1")
@example("not (since is null or is_told)")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_said_in_doubt_is_so_whatever_is_real(database: duckdb.DuckDBPyConnection, text: str) -> None:
    assert wrong(database, text) == []


@pytest.mark.parametrize(
    ("text", "days", "answer", "possible"),
    [
        ("days > 30", 7, False, False),
        ("days > 30", 60, None, True),
        ("days > 30", None, None, True),
        ("days <= 30", 7, True, True),
        ("30 < days", 7, False, False),
        ("not (days > 30)", 7, True, True),
        ("days between 10 and 30", 7, False, False),
        ("days is not null", 7, True, True),
        ("days > 30 and sure > 0", 60, None, False),
        ("days > 30 or sure > 0", 60, None, True),
    ],
)
def test_a_bound_answers_where_it_can(
    database: duckdb.DuckDBPyConnection, text: str, days: int | None, answer: Any, possible: Any
) -> None:
    condition = read(text)
    row = f"(select {days or 'null'} as days, null::bigint as sure, true as blind) f"
    found = database.execute(
        f"select {condition.doubtful_sql(DOUBTS, qualify='f')}, coalesce({condition.possible_sql(DOUBTS, qualify='f')}, false) from {row}"
    )
    assert found.fetchone() == (answer, possible)


def test_the_flags_of_a_condition_are_those_of_its_facts() -> None:
    assert flags_of(read("days > 1 and moves = 2 or sure > 0").tree, DOUBTS) == {"blind", "short"}
    assert flags_of(read("sure > 0 and blind").tree, DOUBTS) == frozenset()
