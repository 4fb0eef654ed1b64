"""A fact view that is cut down to a few columns says the same in them."""

from collections.abc import Iterator
from random import Random

import pytest

from rules.facts import SUBJECTS, read_facts
from rules.narrow import narrow
from sync.engine.duckdb_engine import DuckDbEngine
from tests.rules.backtest.past_org import moved_dates, random_org
from tests.rules.small_org import days_ago, prepared


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDbEngine]:
    dice = Random(11)  # noqa: S311 -- made-up records, the same in every run
    org = random_org(dice)
    with prepared(org, earlier=[days_ago(6), days_ago(2)], memory=moved_dates(org, dice)) as (opened, _, _):
        yield opened


@pytest.mark.parametrize("subject", SUBJECTS)
def test_each_column_alone_says_what_it_says_among_all(engine: DuckDbEngine, subject: str) -> None:
    view = read_facts()[subject]
    wide = engine.query(f"select * from ({view.sql}) w order by judged_at, {view.key}")
    account = set(read_facts()["account"].columns) if subject != "account" else set()
    for name in set(view.columns) - account - {view.key}:
        few = narrow(view.sql, frozenset({"judged_at", view.key, name})).sql
        told = engine.query(f'select "{name}" from ({few}) n order by judged_at, {view.key}')
        assert told[name].to_pylist() == wide[name].to_pylist(), name


def test_what_only_the_other_columns_need_is_left_out() -> None:
    narrowed = narrow(read_facts()["account"].sql, frozenset({"judged_at", "account_id", "days_since_touch"}))

    assert {"touch_step", "day_turn", "account_clock"} <= set(narrowed.reads)
    assert {"invoice", "incident", "deal", "feedback", "contact"} & set(narrowed.reads) == set()


def test_columns_of_the_account_are_asked_of_its_facts_alone() -> None:
    narrowed = narrow(read_facts()["invoice"].sql, frozenset({"judged_at", "invoice_id", "account_tier"}))

    assert narrowed.reads["fact_account"] == {"judged_at", "account_id", "account_tier"}
