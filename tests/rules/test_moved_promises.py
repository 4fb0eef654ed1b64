"""Promises whose day was moved: what we saw, what we cannot know, and what happened since they were made."""

from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest

from rules.case import CHANGES, WATCHED, Memory
from tests.rules.plain_org import PlainOrg, client
from tests.rules.small_org import NOW, at, days_ago, tell

MAY = {day: date(2026, 5, day) for day in range(1, 32)}
Move = tuple[int, int, int]
"""From one day of May to another, seen on a third at noon."""


def memory(moves: tuple[Move, ...], watched_since: int | None = 30) -> Memory:
    """What we saw of the promise p1, and for how many days we have looked."""
    rows = [
        {"record": "commitment", "record_id": "00D1:p1", "column_name": "due_on", "old_on": MAY[old], "new_on": MAY[new],
         "seen_at": at(f"2026-05-{seen:02} 12:00")}
        for old, new, seen in moves
    ]  # fmt: skip
    since = [{"record": "commitment", "column_name": "due_on", "org_id": "00D1", "since_at": days_ago(watched_since)}] if watched_since is not None else []  # fmt: skip
    return Memory(
        changes=pa.Table.from_pylist(rows, schema=CHANGES),
        watched=pa.Table.from_pylist(since, schema=WATCHED),
    )


def promise(
    org: PlainOrg | None = None, *, remembered: Memory | None = None, **values: Any
) -> dict[str, Any]:
    org = org or client()
    org.put("commitment", "p1", **{"due_on": MAY[29], "made_at": days_ago(20), "made_by": "us", **values})
    (row,) = tell(org, about=["commitment"], memory=remembered)["commitment"]
    return row


@pytest.mark.parametrize(
    ("moves", "count", "late", "first"),
    [
        ((), 0, 0, None),
        (((8, 15, 7),), 1, 0, 8),  # in time
        (((8, 15, 8),), 1, 0, 8),  # on the day itself
        (((8, 15, 9),), 1, 1, 8),  # a day late
        (((8, 15, 7), (15, 29, 13)), 2, 0, 8),
        (((6, 8, 7), (8, 12, 9), (12, 29, 13)), 3, 3, 6),
        (((20, 12, 11),), 0, 0, 20),  # brought forward
        (((8, 4, 9),), 0, 0, 8),  # brought forward when it was late: nobody gained by that
        (
            ((20, 12, 7), (12, 29, 11)),
            1,
            0,
            20,
        ),  # brought forward, then put off: the first date is what they heard
    ],
)
def test_each_time_that_we_saw_it_put_off_counts(
    moves: tuple[Move, ...], count: int, late: int, first: int | None
) -> None:
    row = promise(remembered=memory(moves))
    assert (row["moved_count"], row["moved_late_count"]) == (count, late)
    assert row["first_due_on"] == (MAY[first] if first else None)


@pytest.mark.parametrize(
    ("made_days_ago", "watched", "is_short"), [(20, 30, False), (20, 20, False), (20, 19, True), (None, 30, True), (20, None, True)]
)  # fmt: skip
def test_moves_before_we_looked_are_not_known(
    made_days_ago: int | None, watched: int | None, *, is_short: bool
) -> None:
    made_at = None if made_days_ago is None else days_ago(made_days_ago)
    row = promise(remembered=memory((), watched), made_at=made_at)
    assert row["is_history_short"] is is_short


def test_a_move_of_another_promise_or_one_to_come_is_none_of_this_one() -> None:
    row = promise(remembered=memory(((8, 15, 14),)))
    assert row["moved_count"] == 0


@pytest.mark.parametrize(("days", "is_touched"), [(21, False), (20, False), (19.9, True), (-1, False)])
def test_progress_is_a_touch_since_it_was_made(days: float, *, is_touched: bool) -> None:
    org = client()
    org.touch(NOW - timedelta(days=days))
    assert promise(org)["is_touched_since_made"] is is_touched


@pytest.mark.parametrize(
    ("values", "is_open"),
    [
        ({}, True), ({"status": "waived"}, False), ({"status": "kept"}, False), ({"kept_at": days_ago(1)}, False),
        ({"kept_at": NOW + timedelta(minutes=5)}, False),  # kept since the oldest read: the CRM says so
    ],
)  # fmt: skip
def test_a_promise_is_open_until_it_is_kept_or_waived(values: dict[str, Any], *, is_open: bool) -> None:
    assert promise(**values)["is_open"] is is_open


def test_the_clients_own_promises_are_not_ours_to_miss() -> None:
    org = client()
    org.put("commitment", "theirs", made_by="client", due_on=MAY[1])
    org.put("commitment", "ours", made_by="us", due_on=MAY[4], subject="Promise: the plan")
    facts = tell(org, about=["account", "commitment"])
    (account,) = facts["account"]
    assert (account["open_commitment_count"], account["missed_commitment_subject"]) == (1, "the plan")
    assert {row["made_by"]: row["business_days_overdue"] for row in facts["commitment"]} == {
        "client": 7,
        "us": 7,  # the 4th was a bank holiday
    }
