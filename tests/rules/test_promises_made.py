"""When a promise was made, and what was promised in words."""

from datetime import date
from typing import Any

import pytest

from tests.rules.small_org import SmallOrg, at, judge_orgs


def promise(**values: Any) -> dict[str, Any]:
    """The facts of the only promise, on Wednesday 13 May 2026."""
    org = SmallOrg()
    org.account()
    given = {"Subject": "Promise: the report", "AccountId": "a1", "ActivityDate": date(2026, 5, 20)}
    org.add("Task", "t1", **{**given, "IsClosed": False, **values})
    (facts,) = judge_orgs(org).facts["commitment"]
    return facts


@pytest.mark.parametrize(
    ("made_at", "days"),
    [
        ("2026-05-13 09:00", 0),
        ("2026-05-12 09:00", 1),
        ("2026-05-08 09:00", 3),
        ("2026-05-09 09:00", 3),
        ("2026-04-30 09:00", 8),
    ],
)
def test_days_since_a_promise_was_made_leave_out_weekends_and_holidays(made_at: str, days: int) -> None:
    assert promise(CreatedDate=at(made_at))["business_days_since_made"] == days


@pytest.mark.parametrize(
    ("subject", "told"),
    [("Client promise: brand photos", "brand photos"), ("they promised: the texts", "the texts")],
)
def test_what_the_client_promised_is_told_without_the_words_before_it(subject: str, told: str) -> None:
    facts = promise(Subject=subject)
    assert (facts["commitment_subject"], facts["made_by"]) == (told, "client")
