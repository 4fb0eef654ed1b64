"""A rehearsal on a terminal: each figure under the week that it is of."""

import io
from datetime import date, datetime, timedelta

from rich.console import Console

from rules.backtest.results import Counted, Day, Rehearsal, Rehearsed
from sync.rehearsal.backtest import Backtest
from sync.report.backtest_text import show_backtest

MONDAY = date(2026, 5, 4)


def rehearsed(name: str, first: date, *, raised: int) -> Rehearsed:
    """A rule that is judged from `first` until the Monday after, and raises so many on that day."""
    last = MONDAY + timedelta(days=7)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return Rehearsed(
        rule=name, title=name, mode="task", from_on=first, counted=Counted(), owners=(), unknown_some=0, unknown_now=0,
        unknown_why="", notes=(),
        days=tuple(Day(on=day, raised=raised if day == last else 0, resolved=0, open=0) for day in days),
    )  # fmt: skip


def shown(*rules: Rehearsed) -> list[str]:
    rehearsal = Rehearsal(
        as_of=datetime(2026, 5, 11, 12), from_on=MONDAY, to_on=MONDAY + timedelta(days=7), rules=rules, untold={}, owners=()
    )  # fmt: skip
    told = Backtest(rehearsal=rehearsal, days=7, off=(), against=None, not_compared=(), zones_unknown=())
    to = io.StringIO()
    show_backtest(Console(file=to, width=100, highlight=False), told)
    return to.getvalue().splitlines()


def test_a_rule_that_is_judged_later_has_its_figures_under_the_last_weeks() -> None:
    late, whole = (
        rehearsed("late", MONDAY + timedelta(days=7), raised=0),
        rehearsed("whole", MONDAY, raised=4),
    )

    lines = shown(rehearsed("later", MONDAY + timedelta(days=6), raised=3), whole, late)

    at = lines.index("raised in the week of  4 May  11 May")
    assert lines[at + 1 : at + 4] == [
        "later                              3",
        "whole                      0       4",
        "late",
    ]


def test_the_first_close_raises_nothing_and_has_no_week() -> None:
    assert "raised in the week of  11 May" in shown(rehearsed("own", MONDAY + timedelta(days=6), raised=3))
    assert "week of" not in "".join(shown(rehearsed("own", MONDAY + timedelta(days=7), raised=0)))
