"""What counts as something planned with a client."""

from datetime import date
from typing import Any

import pytest

from tests.rules.plain_org import client
from tests.rules.small_org import SmallOrg, at, days_ago, judge_orgs, tell

DEAL = {"AccountId": "a1", "NextStep": "send the quote"}
PROMISE = {"Subject": "Promise: the report", "AccountId": "a1", "ActivityDate": date(2026, 6, 1)}
EVENT = {"Subject": "Review", "AccountId": "a1"}


def planned(object_name: str, values: dict[str, Any]) -> bool:
    """Whether something is planned with a client of whom no more than this row is known."""
    org = SmallOrg()
    org.account()
    org.add(object_name, "x1", **values)
    return bool(judge_orgs(org).account["has_next_step"])


@pytest.mark.parametrize(
    ("object_name", "values", "expected"),
    [
        ("Opportunity", {**DEAL, "IsClosed": False}, True),
        ("Opportunity", {**DEAL, "IsClosed": False, "NextStep": None}, False),
        ("Opportunity", {**DEAL, "IsClosed": True, "IsWon": True}, False),
        ("Event", {**EVENT, "StartDateTime": days_ago(-3)}, True),
        ("Event", {**EVENT, "StartDateTime": days_ago(3)}, False),
        ("Task", {**PROMISE, "IsClosed": False}, True),
        ("Task", {**PROMISE, "IsClosed": True}, False),
    ],
)
def test_a_meeting_a_promise_or_a_live_deals_next_step_is_something_planned(
    object_name: str, values: dict[str, Any], *, expected: bool
) -> None:
    assert planned(object_name, values) is expected


@pytest.mark.parametrize(
    ("zone", "begins", "day"),
    [
        ("Australia/Sydney", "2026-05-19 23:00", date(2026, 5, 20)),  # nine in the morning
        ("America/Los_Angeles", "2026-05-21 00:30", date(2026, 5, 20)),  # half past five in the afternoon
        ("Europe/London", "2150-05-20 09:00", date(2150, 5, 20)),  # later than the calendar goes
    ],
)
def test_a_planned_meeting_is_on_the_clients_own_day(zone: str, begins: str, day: date) -> None:
    org = client(timezone=zone)
    org.touch(at(begins), kind="meeting")
    assert tell(org, about=["account"])["account"][0]["next_meeting_on"] == day


def test_the_last_trouble_and_the_last_word_on_our_work_are_on_the_clients_own_day() -> None:
    org = client(timezone="America/Los_Angeles")
    org.put("incident", "i1", severity="high", subject="down", opened_at=at("2026-05-12 03:00"))
    org.put("feedback", "f1", mood="happy", given_at=at("2026-05-12 03:00"))
    (row,) = tell(org, about=["account"])["account"]
    days = {row[f"last_{each}_on"] for each in ("incident", "severe_incident", "feedback")}
    assert days == {date(2026, 5, 11)}
