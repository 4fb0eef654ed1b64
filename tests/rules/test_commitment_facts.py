"""When a promise is missed: business days over weekends, Easter and zones."""

from datetime import date
from typing import Any

import pytest

from tests.rules.small_org import NOW, SmallOrg, at, days_ago, judge_orgs


def promise(now: str = "2026-05-13 12:00", **values: Any) -> tuple[dict[str, Any], list[str]]:
    """The facts of the only promise, and what the rule finds."""
    org = SmallOrg()
    org.account(Rating="Warm")
    given = {"Subject": "Promise: the report", "AccountId": "a1", "IsClosed": False, **values}
    org.add("Task", "t1", **given)
    judged = judge_orgs(org, now=at(now))
    (facts,) = judged.facts["commitment"]
    return facts, judged.found("missed-commitment")


@pytest.mark.parametrize(
    ("due_on", "now", "calendar_days", "business_days"),
    [
        (date(2026, 5, 12), "2026-05-13 12:00", 1, 1),
        (date(2026, 5, 13), "2026-05-13 12:00", 0, 0),
        (date(2026, 5, 14), "2026-05-13 12:00", -1, -1),
        (date(2026, 5, 8), "2026-05-10 12:00", 2, 0),  # due on Friday, seen on Sunday
        (date(2026, 5, 8), "2026-05-11 12:00", 3, 1),
        (date(2026, 5, 9), "2026-05-11 12:00", 2, 1),  # due on a Saturday
        (date(2026, 4, 2), "2026-04-06 12:00", 4, 0),  # Maundy Thursday to Easter Monday, in England
        (date(2026, 4, 2), "2026-04-07 12:00", 5, 1),
        (date(2026, 5, 1), "2026-05-05 12:00", 4, 1),  # the early May bank holiday
        (date(2026, 5, 12), "2026-05-12 23:30", 1, 1),  # half past midnight in London
    ],
)
def test_business_days_skip_weekends_and_holidays(
    due_on: date, now: str, calendar_days: int, business_days: int
) -> None:
    facts, found = promise(now, ActivityDate=due_on)
    assert (facts["days_overdue"], facts["business_days_overdue"]) == (calendar_days, business_days)
    assert bool(found) is (business_days >= 1)


@pytest.mark.parametrize(
    "values",
    [
        {"IsClosed": True},
        {"Status": "Deferred"},
        {"Keptword_Key__c": "kw1-x"},
        {"Subject": "Call them"},
        {"AccountId": None},
    ],
)
def test_what_is_kept_waived_or_no_promise_is_not_missed(values: dict[str, Any]) -> None:
    org = SmallOrg()
    org.account()
    given = {
        "Subject": "promise: it",
        "AccountId": "a1",
        "IsClosed": False,
        "ActivityDate": date(2026, 5, 1),
        **values,
    }
    org.add("Task", "t1", **given)
    assert judge_orgs(org).found("missed-commitment") == []


def test_a_promise_without_a_day_is_no_fact_and_counted() -> None:
    org = SmallOrg()
    org.account()
    org.add("Task", "t1", Subject="Promise: x", AccountId="a1", IsClosed=False)
    judged = judge_orgs(org)
    assert judged.facts["commitment"] == []
    assert judged.judgement.set_aside["commitment without a due date"] == 1


@pytest.mark.parametrize(("year", "counted"), [(1700, date(2020, 1, 1)), (4000, date(2028, 12, 31))])
def test_a_day_far_from_today_is_counted_as_the_calendars_rim(year: int, counted: date) -> None:
    facts, found = promise(ActivityDate=date(year, 6, 1))
    assert (facts["due_on"].year, facts["days_overdue"]) == (year, (NOW.date() - counted).days)
    assert found == []


def test_the_account_tells_its_oldest_missed_promise() -> None:
    org = SmallOrg()
    org.account()
    days = (
        ("t3", date(2026, 5, 1)),
        ("t1", date(2026, 5, 1)),
        ("t2", date(2026, 5, 4)),
        ("t4", date(2026, 6, 1)),
    )
    for id_, day in days:
        org.add("Task", id_, Subject=f"Promise: {id_}", AccountId="a1", IsClosed=False, ActivityDate=day)
    account = judge_orgs(org).account
    assert account["open_commitment_count"] == 4
    assert (account["missed_commitment_subject"], account["missed_commitment_due_on"]) == (
        "t1",
        date(2026, 5, 1),
    )


@pytest.mark.parametrize(("kept_at", "missed"), [(None, True), (days_ago(1), False)])
def test_a_promise_object_of_ones_own_needs_no_status(kept_at: Any, *, missed: bool) -> None:
    columns = {
        "commitment_id": "Id", "account_id": "AccountId", "due_on": "ActivityDate", "kept_at": "CompletedDateTime",
    }  # fmt: skip
    org = SmallOrg(records={"commitment": {"object": "Promise__c", "columns": columns}})
    org.schemas["Promise__c"] = org.schemas["Task"]
    org.account()
    org.add("Promise__c", "p1", AccountId="a1", ActivityDate=date(2026, 5, 8), CompletedDateTime=kept_at)
    assert bool(judge_orgs(org).found("missed-commitment")) is missed


@pytest.mark.parametrize(
    ("subject", "told"),
    [("Promise: the report", "the report"), ("promise:  x", "x"), ("A promise: x", "A promise: x")],
)
def test_what_was_promised_is_told_without_the_word_promise(subject: str, told: str) -> None:
    facts, _ = promise(ActivityDate=date(2026, 5, 1), Type="Promise", Subject=subject)
    assert facts["commitment_subject"] == told


def test_a_promise_that_is_too_old_for_a_task_is_on_the_clean_up_list() -> None:
    org = SmallOrg()
    org.account(Rating="Warm")
    for key, due_on in (("t1", date(2026, 4, 14)), ("t2", date(2026, 4, 13))):
        org.add(
            "Task", key, Subject="Promise: the report", AccountId="a1", IsClosed=False, ActivityDate=due_on
        )
    judged = judge_orgs(org)
    assert judged.found("missed-commitment") == ["00D1:t1"]
    assert judged.clean_up("missed-commitment") == ["00D1:t2"]
