"""Whatever is typed, a condition is refused with our own error or runs on a real engine."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rules.columns import Column, Param, Segments
from rules.condition.read import read_condition
from rules.errors import ConditionError

COLUMNS = {
    column.name: column
    for column in (
        Column(name="tier", type="text", values=("A", "B", "C")),
        Column(name="note", type="text"),
        Column(name="Account.Name", type="text"),
        Column(name="days_quiet", type="integer", unit="days"),
        Column(name="bd_late", type="integer", unit="business days"),
        Column(name="count", type="integer"),
        Column(name="balance", type="decimal"),
        Column(name="is_live", type="boolean"),
        Column(name="due_on", type="date"),
        Column(name="made_at", type="instant"),
    )
}
PARAMS = {
    param.name: param
    for param in (
        Param(name="limit", value=Segments(by="tier", cases={"A": 7, "B": "off"}, default="2 weeks")),
        Param(name="grace", value="3 business days"),
        Param(name="label", value="it's"),
    )
}
WORDS = """
    and or not in between is null case when then else end true false ( ( ) ) , = <> < <= > >= + - * /
    tier note "Account.Name" days_quiet bd_late count balance is_live due_on made_at limit grace label
    0 1 2.5 999999999999999 'A' '' 'it''s' '2026-01-31' '3_days' '2026-01-31T10:00:00' coalesce lower upper
    length abs round least greatest starts_with contains ends_with 14_days 3_business_days"""

AT_ONCE_S = 5
"""Seconds of this thread: a busy machine stays below, a hang or an answer that grows with every part does not."""


@pytest.fixture(scope="module")
def table() -> Iterator[duckdb.DuckDBPyConnection]:
    database = duckdb.connect()
    database.execute(
        'create table t (tier text, note text, "Account.Name" text, days_quiet bigint, bd_late bigint, "count" bigint, '
        "balance decimal(38, 6), is_live boolean, due_on date, made_at timestamp)"
    )
    odd = "%_\\ '\"\n\u202e\U0001f600"
    rows: list[tuple[object, ...]] = [
        (
            "A",
            odd,
            "a",
            3,
            1,
            0,
            Decimal("1.5"),
            True,
            date(2026, 1, 31),
            datetime(2026, 1, 31, 10, tzinfo=UTC),
        ),
        (
            "C",
            "",
            "it's",
            -(10**12),
            10**12,
            10**15,
            Decimal(10**20),
            False,
            date(1, 1, 1),
            datetime(9999, 12, 30, tzinfo=UTC),
        ),
        (None,) * 10,
    ]
    database.executemany("insert into t values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    yield database
    database.close()


def judge(text: str, table: duckdb.DuckDBPyConnection, wants: str | None = "boolean") -> bool:
    """Runs `text` if it is accepted; says whether it was, and fails on any error but ours."""
    started = time.thread_time()
    try:
        condition = read_condition(text, COLUMNS, PARAMS, place="test", wants=wants)  # type: ignore[arg-type]
    except ConditionError as error:
        refusal: ConditionError | None = error
    else:
        refusal = None
    assert time.thread_time() - started < AT_ONCE_S
    if refusal is not None:
        assert f"test{', line' if refusal.line > 1 else ''}" in str(refusal)
        assert str(refusal).endswith("^")
        return False
    table.execute(f"select {condition.sql(qualify='t')} from t").fetchall()
    for dialect in ("postgres", "spark"):
        assert condition.sql(dialect)
    return True


QUICK = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@QUICK
@given(text=st.text(max_size=200))
@example(text="\x00")
@example(text="'\ud800'")
@example(text="(" * 2000)
@example(text="not " * 399)
@example(text="- " * 399 + "1")
@example(text="a" * 3000)
def test_any_text_is_refused_or_runs(table: duckdb.DuckDBPyConnection, text: str) -> None:
    judge(text, table)


@QUICK
@given(words=st.lists(st.sampled_from(WORDS.split()), max_size=30))
def test_any_order_of_the_languages_own_words_is_refused_or_runs(
    table: duckdb.DuckDBPyConnection, words: list[str]
) -> None:
    judge(" ".join(words).replace("_days", " days").replace("_business", " business"), table, None)


VALUES = """
    tier note days_quiet bd_late count balance is_live due_on made_at limit grace label 0 2.5 'A' 'it''s'
    '2026-01-31' '3_days' true null 999999999999999 14_days (-1)"""
SHAPES = (
    "({0} and {1})", "({0} or {1})", "(not {0})", "({0} = {1})", "({0} < {1})", "({0} <= {1} <= {2})", "({0} is null)",
    "({0} in ({1}, {2}))", "({0} not between {1} and {2})", "({0} + {1})", "({0} - {1})", "({0} * {1})", "({0} / {1})",
    "(- {0})", "case when {0} then {1} else {2} end", "case {0} when {1} then {2} end", "coalesce({0}, {1})",
    "least({0}, {1})", "greatest({0}, {1}, {2})", "abs({0})", "round({0}, 2)", "lower({0})", "length({0})",
    "contains({0}, {1})", "starts_with({0}, {1})", "ends_with({0}, {1})",
)  # fmt: skip
GROWN = st.recursive(
    st.sampled_from(VALUES.split()),
    lambda parts: st.builds(str.format, st.sampled_from(SHAPES), parts, parts, parts),
    max_leaves=12,
)


@settings(QUICK, max_examples=1500)
@given(text=GROWN)
def test_any_nesting_of_the_languages_own_forms_is_refused_or_runs(
    table: duckdb.DuckDBPyConnection, text: str
) -> None:
    judge(text.replace("_days", " days") if "_days'" in text else text, table, None)


@pytest.mark.parametrize(
    "text",
    [
        " + ".join(["count"] * 200) + " > 1",
        " - ".join(["count", "balance"] * 15) + " > 1",
        " or ".join(["count = 1"] * 99),
        "count in (" + ", ".join(["1"] * 190) + ")",
        "1 <= " * 15 + "count",
        "(" * 31 + "count" + ")" * 31 + " = 1",
        "case when is_live then " * 20 + "1" + " end" * 20,
        "ends_with(note, " * 30 + "'a'" + ")" * 30,
        "case when is_live then 1 " + "when is_live then 1 " * 60 + "end = 1",
        "unknown_name_" * 150,
        "'" * 1999,
    ],
)
def test_long_and_deep_texts_are_answered_at_once(table: duckdb.DuckDBPyConnection, text: str) -> None:
    started = time.thread_time()
    judge(text, table, None)
    assert time.thread_time() - started < AT_ONCE_S
