"""The requests of a day that look for what went away without a trace are shared out by the size of each object."""

from datetime import timedelta

import pytest

from sync.pull.checking import requests_earned

ROWS = {"companies": 10_000, "contacts": 40_000, "calls": 350_000, "notes": 0}
DAY, QUARTER = timedelta(days=1), timedelta(minutes=15)


def earned(name: str, passed: timedelta, *, a_day: int = 2000) -> int:
    return requests_earned(name, rows=ROWS, a_day=a_day, passed=passed)


def test_the_rounds_of_all_big_objects_take_as_long() -> None:
    by_size = {name: earned(name, DAY) - 48 for name in ROWS}
    assert by_size == {"companies": 45, "contacts": 180, "calls": 1582, "notes": 0}


@pytest.mark.parametrize("a_day", [1, 5, 50, 2000, 100_000])
@pytest.mark.parametrize("pull_every", [timedelta(minutes=1), QUARTER, DAY, timedelta(days=4)])
def test_all_together_keep_to_the_budget_however_often_pulls_are_made(
    a_day: int, pull_every: timedelta
) -> None:
    days, spent, last = 8, 0, dict.fromkeys(ROWS, timedelta())
    for n in range(1, days * DAY // pull_every + 1):
        for name in ROWS:
            if calls := earned(name, n * pull_every - last[name], a_day=a_day):
                spent, last[name] = spent + calls, n * pull_every
    assert spent <= days * a_day
    assert spent > 0


def test_a_small_object_is_looked_at_once_in_half_an_hour() -> None:
    assert [earned("notes", QUARTER * n) for n in (1, 2)] == [0, 1]


def test_the_requests_of_days_without_a_pull_are_not_saved_up() -> None:
    assert earned("calls", 9 * DAY) == earned("calls", DAY)
