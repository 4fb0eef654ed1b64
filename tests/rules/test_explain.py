"""An explanation says what judging says, part by part, and in words that name what would have been needed."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from random import Random
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules.case import Case
from rules.errors import ConditionError
from rules.explain import Part, asking_sql, explained
from rules.explain_words import reasons
from rules.facts import read_facts
from rules.judge import judge
from rules.prepare import prepare
from rules.rule import Rule, read_rule
from rules.typed import ARROW
from sync.engine.duckdb_engine import DuckDbEngine
from tests.rules.small_org import LONDON, NOW, SmallOrg

VALUES: Mapping[str, tuple[Any, ...]] = {
    "text": ("A", "B", "C", "", "us"),
    "integer": (0, 3, 14, 15, 60),
    "decimal": (Decimal("0.5"), Decimal(250), Decimal(4800)),
    "boolean": (True, False),
    "date": (date(2026, 1, 31), date(2026, 5, 13)),
    "instant": (datetime(2026, 5, 12, 9), datetime(2026, 1, 31)),
}


def keep(engine: DuckDbEngine, subject: str, rows: list[dict[str, Any]]) -> None:
    """Rows of a subject's facts; what they do not give has no value."""
    columns = read_facts()[subject].columns
    table = {
        name: pa.array([row.get(name) for row in rows], ARROW[column.type])
        for name, column in columns.items()
    }
    engine.keep(f"fact_{subject}", pa.table(table))


def made_up(count: int) -> list[dict[str, Any]]:
    """Clients with every fact at random, a third of the values missing."""
    random = Random(7)  # noqa: S311 -- made-up facts, the same in every run
    columns = read_facts()["account"].columns.values()
    return [
        {
            **{each.name: random.choice((*VALUES[each.type], *VALUES[each.type], None)) for each in columns},
            "account_id": f"00D1:a{number}",
        }
        for number in range(count)
    ]


@pytest.fixture(scope="module")
def world() -> Iterator[tuple[DuckDbEngine, Case]]:
    org = SmallOrg()
    org.account()
    with DuckDbEngine() as engine:
        case = Case(
            sources=org.views(engine), unavailable={}, as_of=NOW, timezone="Europe/London", working=LONDON
        )
        prepare(engine, case)
        keep(engine, "account", made_up(50))
        yield engine, case


def rule_of(when: str, about: str = "account", name: str = "made-up", **more: Any) -> Rule:
    """A rule for which `when` and its params are all that matters."""
    return read_rule(name, {"about": about, "when": when, "mode": "report", **more}, place="made-up.toml")


def ask(engine: DuckDbEngine, rule: Rule) -> dict[str, Part]:
    sql = f"select f.*, {asking_sql(rule, engine.dialect)} from {rule.view.table} f"
    return {row[rule.view.key]: explained(rule, row) for row in engine.query(sql).to_pylist()}


def told(rule: Rule, **facts: Any) -> Part:
    """The explanation for one made-up subject."""
    with DuckDbEngine() as engine:
        keep(engine, rule.file.about, [facts])
        (part,) = ask(engine, rule).values()
    return part


ORDERED = st.sampled_from(
    ["days_since_touch", "days_since_reply", "open_incident_count", "limit", "14", "coalesce(days_since_reply, 60)"]
)  # fmt: skip
LEAVES = st.one_of(
    st.tuples(ORDERED, st.sampled_from(["<", "<=", ">", ">=", "=", "<>"]), ORDERED).map(" ".join),
    st.sampled_from(
        [
            "is_meeting_followed_up", "account_is_active", "last_touch_on is null", "last_touch_on is not null", "account_tier in ('A', 'B')",
            "account_revenue not between 1 and 300", "days_since_touch between 3 and limit", "0 < days_since_touch < 15",
            "days_since_touch + days_since_reply > 20", "last_touch_on > '2026-02-01'", "starts_with(account_tier, 'A')",
        ]
    ),
)  # fmt: skip
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda parts: f"({parts[0]} and {parts[1]})"),
        st.tuples(inner, inner).map(lambda parts: f"({parts[0]} or {parts[1]})"),
        inner.map(lambda part: f"not ({part})"),
    ),
    max_leaves=6,
)
LIMIT = {"limit": {"by": "account_tier", "A": 14, "B": "off", "default": 30}}


def rules_of(conditions: list[tuple[str, str | None]]) -> list[Rule]:
    """A rule for each condition that can be one, with what makes a subject too old for it."""
    rules = []
    for number, (when, clean_up) in enumerate(conditions):
        used = LIMIT if "limit" in f"{when}{clean_up}" else {}
        with suppress(ConditionError):
            more = {"clean_up": clean_up} if clean_up else {}
            rules.append(rule_of(when, name=f"rule-{number}", params=used, **more))
    return rules


MANY = st.lists(st.tuples(CONDITIONS, st.none() | CONDITIONS), min_size=25, max_size=30)
SLOW = settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))


@SLOW
@given(conditions=MANY)
def test_the_whole_is_true_where_the_rule_fires_and_unknown_where_it_is_unknown(
    world: tuple[DuckDbEngine, Case], conditions: list[tuple[str, str | None]]
) -> None:
    rules = rules_of(conditions)
    judged = judge(*world, rules)
    fired = {(each.rule, each.subject_id) for each in judged.findings if not each.is_old}
    unknown = {(each.rule, each.subject_id) for each in judged.unknown if each.subject_id}
    everywhere = {each.rule for each in judged.unknown if each.subject_id is None}
    for rule in rules:
        for subject, part in ask(world[0], rule).items():
            assert (part.truth == "true") == ((rule.name, subject) in fired)
            is_open = (rule.name, subject) in unknown or rule.name in everywhere
            assert (part.truth == "unknown") == is_open


@SLOW
@given(conditions=MANY)
def test_no_part_contradicts_its_parts_and_what_did_not_fire_has_a_reason(
    world: tuple[DuckDbEngine, Case], conditions: list[tuple[str, str | None]]
) -> None:
    parts = [part for rule in rules_of(conditions) for part in ask(world[0], rule).values()]
    for part in parts:
        joined = {each.truth == "true" for each in part.parts}
        if part.kind == "and":
            assert (part.truth == "true") == (joined == {True})
        if part.kind == "or":
            assert (part.truth == "true") == (True in joined)
        assert part.truth == "true" or all(reasons(part))


STALE: dict[str, Any] = {
    "when": "account_is_active and days_since_touch > max_silence_days",
    "params": {"max_silence_days": {"by": "account_tier", "A": 14, "C": "off", "default": 30}},
}
QUIET: dict[str, Any] = {"account_is_active": True, "days_since_touch": 3, "account_tier": "A"}


def test_a_leaf_has_the_values_it_looked_at_and_the_segment_that_applied() -> None:
    part = told(rule_of(**STALE), **QUIET)

    live, silent = part.parts
    assert (part.truth, live.truth, silent.truth) == ("false", "true", "false")
    assert silent.text == "days_since_touch > max_silence_days"
    days, limit = silent.values
    assert (days.value, limit.value, limit.by, limit.segment) == (3, 14, "account_tier", "A")


def test_a_param_that_is_off_is_said_to_be_where_it_stands_in_for_a_fact_too() -> None:
    when = "days_since_outbound > coalesce(update_every_days, update_days)"
    params = {"update_days": {"by": "account_tier", "A": 7, "default": "off"}}
    part = told(rule_of(when, params=params), days_since_outbound=9, account_tier="C")
    assert reasons(part) == ("update_days is off (account_tier: the default)",)


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({}, "days_since_touch = 3, more than 14 (account_tier A) is needed"),
        ({"account_tier": "B"}, "days_since_touch = 3, more than 30 (account_tier: the default) is needed"),
        ({"account_tier": "C"}, "max_silence_days is off (account_tier C)"),
        ({"account_is_active": False}, "account_is_active is false"),
        (
            {"days_since_touch": None},
            "days_since_touch has no value, more than 14 (account_tier A) is needed",
        ),
        (
            {"days_since_touch": 40, "is_owner_blind": True},
            f"days_since_touch = 40, or less: {read_facts()['account'].columns['is_owner_blind'].doc}",
        ),
    ],
)
def test_the_leaf_that_decided_says_what_it_would_have_needed(facts: dict[str, Any], says: str) -> None:
    assert reasons(told(rule_of(**STALE), **{**QUIET, **facts})) == (says,)


TRIED = {
    "account_tier": "B", "days_since_touch": 20, "account_revenue": Decimal(1200), "last_touch_on": date(2026, 5, 12),
    "account_is_muted": True, "open_incident_count": 0, "account_name": "Acme",
}  # fmt: skip


@pytest.mark.parametrize(
    ("when", "says"),
    [
        ("not account_is_muted", "account_is_muted is true"),
        ("account_tier in ('A', 'C')", "account_tier = B, one of A, C is needed"),
        ("account_tier not in ('A', 'B')", "account_tier = B, none of A, B is needed"),
        ("days_since_touch between 3 and 9", "days_since_touch = 20, 3 to 9 is needed"),
        ("not (days_since_touch between 3 and 30)", "days_since_touch = 20, outside of 3 to 30 is needed"),
        ("last_touch_on is null", "last_touch_on = Tue 12 May 2026, none is needed"),
        ("last_reply_on is not null", "last_reply_on has no value, a value is needed"),
        ("last_touch_on > '2026-05-13'", "last_touch_on = Tue 12 May 2026, later than Wed 13 May 2026 is needed"),
        ("100 >= account_revenue", "account_revenue = 1,200.00, at most 100 is needed"),
        ("-30 > -days_since_touch", "-days_since_touch = -20, less than -30 is needed"),
        ("account_created_on < last_reply_on", "last_reply_on has no value"),
        ("account_revenue / 2 > 900", "account_revenue / 2 = 600.0, more than 900 is needed"),
        ("starts_with(account_name, 'B')", "starts_with(account_name, 'B') is false (account_name = Acme)"),
        ("3 < days_since_touch < 15", "days_since_touch = 20, less than 15 is needed"),
        ("not (account_is_muted and open_incident_count = 0)", "account_is_muted is true; open_incident_count = 0, anything but 0 is needed"),
        ("account_tier = 'A' or open_incident_count > 0", "account_tier = B, A is needed; open_incident_count = 0, more than 0 is needed"),
    ],
)  # fmt: skip
def test_every_form_of_a_leaf_is_told_in_words(when: str, says: str) -> None:
    assert "; ".join(reasons(told(rule_of(when), **TRIED))) == says


def test_a_part_has_the_brackets_that_it_would_be_broken_without() -> None:
    when = "(account_tier = ')' or account_is_active) and (not account_is_muted)"
    rule = rule_of(when, only="(days_since_touch + 1) * 2 > 3")

    part = told(rule)

    assert part.text == f"({when}) and ((days_since_touch + 1) * 2 > 3)"
    assert [each.text for each in part.parts] == [
        "account_tier = ')' or account_is_active", "not account_is_muted", "(days_since_touch + 1) * 2 > 3",
    ]  # fmt: skip
    assert part.parts[2].values[0].name == "(days_since_touch + 1) * 2"


def test_a_fact_without_a_value_makes_no_value_and_a_fact_in_doubt_makes_unknown() -> None:
    rule = rule_of("days_since_reply > 3")

    assert told(rule).truth == "no value"
    assert told(rule, is_owner_blind=True).truth == "unknown"
    assert (
        told(rule_of("days_since_reply > 3 and account_revenue > 1"), is_owner_blind=True).truth == "no value"
    )


def test_a_subject_that_is_too_old_shows_the_leaf_that_says_so() -> None:
    rule = rule_of("is_unpaid", "invoice", clean_up="days_overdue > old_days", params={"old_days": 120})

    part = told(rule, is_unpaid=True, days_overdue=200)

    assert reasons(part) == ("days_overdue = 200, at most 120 (old_days) is needed",)


def test_what_is_never_shown_is_not_and_no_truth_gives_it_away() -> None:
    rule = rule_of("account_is_active and not (team_feedback_score >= 3 or team_feedback_count < 3)")

    part = told(rule, account_is_active=True, team_feedback_score=Decimal("1.5"), team_feedback_count=4)

    assert (part.truth, part.parts[0].truth, part.parts[1].truth) == ("not shown", "true", "not shown")
    assert {value.value for each in part.parts[1].parts[0].parts for value in each.values} == {None}
    assert "1.5" not in repr(part)
