"""What counts as something planned with a client."""

from datetime import date
from typing import Any

import pytest

from tests.rules.small_org import SmallOrg, days_ago, judge_orgs

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
