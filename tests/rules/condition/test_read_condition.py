"""Accepted conditions: what they are in SQL, what they read, and how people may write them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from rules.columns import Column, ColumnType, Param, Segments
from rules.condition import tree
from rules.condition.read import Condition, read_condition

COLUMNS = {
    column.name: column
    for column in (
        Column(name="account_tier", type="text", values=("A", "B", "C")),
        Column(name="days_quiet", type="integer", unit="days"),
        Column(name="bd_late", type="integer", unit="business days"),
        Column(name="hours_open", type="decimal", unit="hours"),
        Column(name="Account.Name", type="text"),
        Column(name="Keptword_Key__c", type="text"),
        Column(name="order", type="integer"),
        Column(name="balance", type="decimal"),
        Column(name="is_unpaid", type="boolean"),
        Column(name="due_on", type="date"),
        Column(name="created_at", type="instant"),
    )
}


def read(text: str, wants: ColumnType | None = "boolean", **params: Any) -> Condition:
    found = {name: Param(name=name, value=value) for name, value in params.items()}
    return read_condition(text, COLUMNS, found, place="test", wants=wants)


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("Account.Name = 'it''s'", "\"Account.Name\" = 'it''s'"),
        ("Keptword_Key__c is not null", 'NOT ("Keptword_Key__c" IS NULL)'),
        ('"order" != 3', '"order" <> 3'),
        ("0 <= order <= 90", '(0 <= "order") AND ("order" <= 90)'),
        ("order between 1 AND 9 and is_unpaid", '("order" BETWEEN 1 AND 9) AND "is_unpaid"'),
        ("not is_unpaid or order not in (1, -2)", '(NOT "is_unpaid") OR (NOT ("order" IN (1, -2)))'),
        ("not (is_unpaid or order = 1)", 'NOT ("is_unpaid" OR ("order" = 1))'),
        ("order - (1 - order) > 0", '("order" - (1 - "order")) > 0'),
        ("balance / order > 2", '(CAST("balance" AS DOUBLE) / NULLIF(CAST("order" AS DOUBLE), 0)) > 2'),
        ("due_on >= '2026-01-31'", "\"due_on\" >= CAST('2026-01-31' AS DATE)"),
        ("created_at < '2026-01-31'", "\"created_at\" < CAST('2026-01-31 00:00:00' AS TIMESTAMP)"),
        (
            "created_at < '2026-01-31T02:00+05:45'",
            "\"created_at\" < CAST('2026-01-30 20:15:00' AS TIMESTAMP)",
        ),
        ("days_quiet > '2 weeks'", '"days_quiet" > 14'),
        ("days_quiet > 30", '"days_quiet" > 30'),
        ("bd_late > 3 business days", '"bd_late" > 3'),
        ("hours_open > 90 minutes", '"hours_open" > 1.5'),
        ("hours_open between '1 day' and '2 days'", '"hours_open" BETWEEN 24 AND 48'),
        ("days_quiet + 2 days > 14 days", '("days_quiet" + 2) > 14'),
        ("greatest(days_quiet, '3 days') > 5", 'GREATEST("days_quiet", 3) > 5'),
        ("CASE WHEN is_unpaid THEN 1 ELSE 2 END = 1", 'CASE WHEN "is_unpaid" THEN 1 ELSE 2 END = 1'),
        ("coalesce(account_tier, 'none') = 'none'", "COALESCE(\"account_tier\", 'none') = 'none'"),
        ("is_unpaid = false", '"is_unpaid" = FALSE'),
    ],
)
def test_a_condition_in_sql(text: str, sql: str) -> None:
    assert read(text).sql() == sql


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        ("duckdb", '(STRPOS("t"."Account.Name", \'a\\b\') > 0) AND STARTS_WITH("t"."Account.Name", \'x\')'),
        (
            "postgres",
            '(POSITION(\'a\\b\' IN "t"."Account.Name") > 0) AND STARTS_WITH("t"."Account.Name", \'x\')',
        ),
        ("spark", "(LOCATE('a\\\\b', `t`.`Account.Name`) > 0) AND STARTSWITH(`t`.`Account.Name`, 'x')"),
    ],
)
def test_each_engine_gets_its_own_words(dialect: str, sql: str) -> None:
    condition = read("contains(Account.Name, 'a\\b') and starts_with(Account.Name, 'x')")
    assert condition.sql(dialect, qualify="t") == sql


@pytest.mark.parametrize(
    ("value", "sql"),
    [
        (7, '"days_quiet" > 7'),
        ("2 weeks", '"days_quiet" > 14'),
        (0.5, '"days_quiet" > 0.5'),
        (Decimal("-1.50"), '"days_quiet" > -1.5'),
        (
            Segments(by="account_tier", cases={"A": 7, "B": "2 weeks", "C": "off"}, default=30),
            "\"days_quiet\" > CASE \"account_tier\" WHEN 'A' THEN 7 WHEN 'B' THEN 14 WHEN 'C' THEN NULL ELSE 30 END",
        ),
        (
            Segments(by="is_unpaid", cases={"true": "1 day"}, default="3 days"),
            '"days_quiet" > CASE "is_unpaid" WHEN TRUE THEN 1 ELSE 3 END',
        ),
        (
            Segments(by="order", cases={"-1": 1, "2": 2.5}, default=3),
            '"days_quiet" > CASE "order" WHEN -1 THEN 1 WHEN 2 THEN 2.5 ELSE 3 END',
        ),
    ],
)
def test_a_param_stands_for_its_value(value: Any, sql: str) -> None:
    assert read("days_quiet > limit", limit=value).sql() == sql


@pytest.mark.parametrize(
    ("column", "value", "sql"),
    [
        ("due_on", date(2026, 1, 31), "CAST('2026-01-31' AS DATE)"),
        ("due_on", "2026-01-31", "CAST('2026-01-31' AS DATE)"),
        ("created_at", datetime(2026, 1, 31, 12, tzinfo=UTC), "CAST('2026-01-31 12:00:00' AS TIMESTAMP)"),
        ("Account.Name", "3 days", "'3 days'"),
        ("is_unpaid", True, "TRUE"),
    ],
)
def test_a_param_is_read_as_what_it_is_compared_with(column: str, value: Any, sql: str) -> None:
    assert read(f"{column} = fixed", fixed=value).sql() == f'"{column}" = {sql}'


def test_a_params_unit_is_checked_and_converted() -> None:
    param = {"limit": Param(name="limit", value=2, unit="days")}
    condition = read_condition("hours_open > limit", COLUMNS, param, place="test")
    assert condition.sql() == '"hours_open" > 48'


def test_a_condition_tells_what_it_reads() -> None:
    limit = Segments(by="account_tier", cases={"A": 7}, default=30)
    condition = read("days_quiet > limit and is_unpaid", limit=limit, unused=3)
    assert condition.columns == {"days_quiet", "account_tier", "is_unpaid"}
    assert condition.params == {"limit"}
    assert (condition.type, condition.unit) == ("boolean", "")


@pytest.mark.parametrize(
    ("text", "wants", "type_", "unit"),
    [
        ("days_quiet", None, "integer", "days"),
        ("days_quiet / 7", None, "decimal", "days"),
        ("days_quiet / days_quiet", None, "decimal", ""),
        ("3 * hours_open", "decimal", "decimal", "hours"),
        ("order * 2", "integer", "integer", ""),
        ("order", "decimal", "integer", ""),
        ("case when is_unpaid then null else due_on end", "date", "date", ""),
        ("'2026-01-31'", "date", "date", ""),
        ("'2026-01-31T10:00:00Z'", "instant", "instant", ""),
        ("null", "text", "text", ""),
        ("true", "boolean", "boolean", ""),
        ("case account_tier when 'A' then 'high' else 'low' end", "text", "text", ""),
    ],
)
def test_a_mapping_may_want_any_type(text: str, wants: ColumnType | None, type_: str, unit: str) -> None:
    condition = read(text, wants=wants)
    assert (condition.type, condition.unit) == (type_, unit)


def test_the_tree_can_be_walked_and_points_into_the_text() -> None:
    text = "days_quiet > 30 and (is_unpaid or order in (1, 2))"
    condition = read(text)
    assert isinstance(condition.tree, tree.Logic)
    silent, either = tree.parts_of(condition.tree)
    assert text[silent.start : silent.end] == "days_quiet > 30"
    assert [text[part.start : part.end] for part in tree.parts_of(either)] == ["is_unpaid", "order in (1, 2)"]


def test_words_may_be_in_any_case_and_on_several_lines() -> None:
    assert read("\n  NOT Is_UNPAID\n".replace("Is_UNPAID", "is_unpaid")).sql() == 'NOT "is_unpaid"'
    assert read("order\n  In (1,\n 2)").sql() == '"order" IN (1, 2)'
