"""The requests of a day that look for what went away without a trace are shared out by the size of each object."""

from datetime import timedelta

import pytest

from sync.pull.checking import requests_earned

ROWS = {"companies": 10_000, "contacts": 40_000, "calls": 350_000, "notes": 0}
DAY, QUARTER = timedelta(days=1), timedelta(minutes=15)


def earned(name: str, passed: timedelta, *, a_day: int = 2000) -> int:
    return requests_earned(name, rows=ROWS, a_day=a_day, passed=passed)


def test_the_rounds_of_all_objects_take_as_long() -> None:
    days = {name: rows / 100 / earned(name, DAY) for name, rows in ROWS.items() if rows}
    assert days == dict.fromkeys(days, 2.0)


def test_all_together_keep_to_the_day_s_budget() -> None:
    assert sum(earned(name, DAY) for name in ROWS if ROWS[name]) == 2000
    assert earned("calls", timedelta(days=9)) == earned("calls", DAY)


def test_a_part_of_the_day_earns_that_part() -> None:
    assert (earned("calls", DAY / 2), earned("calls", QUARTER)) == (875, 1750 // 96)


@pytest.mark.parametrize("name", ROWS)
def test_every_object_gets_on_at_each_pull_but_for_two_within_a_minute(name: str) -> None:
    assert earned(name, QUARTER, a_day=1) == 1
    assert earned(name, timedelta(seconds=59)) == 0
