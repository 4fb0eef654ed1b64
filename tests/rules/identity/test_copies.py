"""What a sync copied from one CRM into the other happened once; what happened twice counts twice."""

from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from rules.case import Memory
from rules.identity.copies import RAISED
from tests.rules.identity.two_crms import HS, SF, one_client, records_of
from tests.rules.small_org import NOW, SmallOrg, days_ago, judge_orgs, tell

AT = days_ago(10)
LATER = AT + timedelta(minutes=14)


def task(org: SmallOrg, id_: str = "t", *, at: datetime = AT, **values: Any) -> None:
    """A call that Salesforce holds as a completed task."""
    org.add(
        "Task", id_, **{"WhatId": "s", "IsClosed": True, "Type": "Call", "CompletedDateTime": at, **values}
    )


def call(org: SmallOrg, id_: str = "c", *, at: datetime = AT, **values: Any) -> None:
    org.add("calls", id_, hs_timestamp=at, **values)
    org.link("calls", id_, "companies", "h")


def touches(*orgs: SmallOrg, memory: Memory | None = None) -> list[tuple[str, datetime]]:
    judged = records_of(*orgs, memory=memory)
    rows = judged.engine.query("select activity_id, happened_at from activity order by 1").to_pylist()
    return [(row["activity_id"], row["happened_at"]) for row in rows]


@pytest.mark.parametrize(
    ("theirs", "ours", "at"),
    [
        ("Quarterly talk", "Quarterly talk", LATER),
        ("Quarterly  talk ", "Logged call: quarterly talk", LATER),
        ("Quarterly talk", "Call - Quarterly talk", AT),
        (None, "Call", AT + timedelta(minutes=2)),
        (None, None, AT),
    ],
)
def test_a_call_that_was_synced_counts_once_as_it_happened(
    theirs: str | None, ours: str | None, at: datetime
) -> None:
    salesforce, hubspot = one_client()
    call(hubspot, hs_call_title=theirs)
    task(salesforce, at=at, Subject=ours)
    counted = touches(salesforce, hubspot)
    assert counted == touches(hubspot, salesforce) or at == AT
    assert [happened for _, happened in counted] == [AT]


@pytest.mark.parametrize(
    ("theirs", "ours", "at", "more"),
    [
        ("Quarterly talk", "Quarterly talk", AT + timedelta(minutes=21), {}),
        ("Quarterly talk", "Renewal", AT, {}),
        (None, None, AT + timedelta(minutes=3), {}),
        ("Quarterly talk", "Quarterly talk", AT, {"Type": "Email"}),
        ("Quarterly talk", "Quarterly talk", LATER, {"CallType": "Inbound"}),
        ("Quarterly talk", "Quarterly talk", AT, {"WhatId": "other"}),
    ],
)
def test_what_differs_happened_twice(theirs: str | None, ours: str | None, at: datetime, more: Any) -> None:
    salesforce, hubspot = one_client()
    salesforce.account("other")
    call(hubspot, hs_call_title=theirs)
    task(salesforce, at=at, Subject=ours, **more)
    assert len(touches(salesforce, hubspot)) == 2


def test_two_calls_with_one_copy_are_two() -> None:
    salesforce, hubspot = one_client()
    for minute in (0, 1):
        call(hubspot, f"c{minute}", at=AT + timedelta(minutes=minute), hs_call_title="Talk")
    task(salesforce, at=AT, Subject="Talk")
    assert [at for _, at in touches(salesforce, hubspot)] == [AT, AT + timedelta(minutes=1)]


def test_an_email_of_the_clients_whose_copy_does_not_say_so_stays_theirs() -> None:
    salesforce, hubspot = one_client()
    hubspot.add("emails", "e", hs_timestamp=AT, hs_email_direction="INCOMING_EMAIL", hs_email_subject="Help")
    hubspot.link("emails", "e", "companies", "h")
    task(salesforce, Type="Email", Subject="Email: Help")
    (row,) = tell(salesforce, hubspot, about=["account"])["account"]
    assert (row["last_reply_at"], row["last_outbound_at"]) == (AT, None)


def test_an_admins_own_field_names_the_copy_whatever_it_says() -> None:
    salesforce, hubspot = one_client()
    hubspot.records = {"activity": {"columns": {"other_crm_id": "hs_call_disposition"}}}
    call(hubspot, hs_call_disposition="t", hs_call_title="Something else", at=NOW - timedelta(days=1))
    task(salesforce, Subject="Talk")
    assert touches(salesforce, hubspot) == [(f"{SF}:t", AT)]


def test_a_copy_at_a_client_of_one_crm_alone_is_none() -> None:
    salesforce, hubspot = one_client()
    hubspot.account("only", domain="only.test")
    call(hubspot, hs_call_title="Talk")
    hubspot.link("calls", "c", "companies", "only")
    task(salesforce, at=AT - timedelta(minutes=1), Subject="Talk")
    judged = records_of(salesforce, hubspot)
    rows = judged.engine.query("select activity_id, account_id from activity order by 1").to_pylist()
    assert [tuple(row.values()) for row in rows] == [(f"{SF}:t", f"{SF}:s"), (f"{HS}:c", f"{HS}:only")]


def raised(**values: str) -> Memory:
    """One task of ours in HubSpot."""
    row = {
        "task_id": f"{HS}:9",
        "org_id": HS,
        "account_id": f"{HS}:h",
        "subject": "Call Acme: no word",
        **values,
    }
    return Memory(raised=pa.Table.from_pylist([row], schema=RAISED))


@pytest.mark.parametrize("subject", ["Call Acme: no word", "Task: Call  Acme: no word"])
def test_the_copy_of_our_own_task_is_neither_touch_nor_next_step_nor_promise(subject: str) -> None:
    salesforce, hubspot = one_client()
    salesforce.records = {"commitment": {"only": "not IsClosed"}}
    task(salesforce, Subject=subject)
    task(salesforce, "open", IsClosed=False, Subject=subject, ActivityDate=NOW.date())
    salesforce.add("Event", "e", WhatId="s", Subject=subject, StartDateTime=NOW + timedelta(days=2))
    (row,) = tell(salesforce, hubspot, about=["account"], memory=raised())["account"]
    assert (row["last_touch_at"], row["has_next_step"], row["open_commitment_count"]) == (None, False, 0)


@pytest.mark.parametrize(
    "own", [raised(org_id=SF, task_id=f"{SF}:9"), raised(account_id=f"{HS}:else"), raised(task_id=f"{SF}:t")]
)
def test_a_persons_own_call_with_such_words_is_theirs(own: Memory) -> None:
    salesforce, hubspot = one_client()
    task(salesforce, Subject="Call Acme: no word")
    assert touches(salesforce, hubspot, memory=own) == [(f"{SF}:t", AT)]


@pytest.mark.parametrize("names", ["d1", None])
def test_a_deal_that_both_crms_hold_counts_once_where_an_id_says_so(names: str | None) -> None:
    salesforce, hubspot = one_client()
    salesforce.add("Opportunity", "d1", AccountId="s", IsClosed=False)
    hubspot.add("deals", "d2", hs_is_closed=False, hs_salesforceopportunityid=names)
    hubspot.link("deals", "d2", "companies", "h")
    judged = judge_orgs(salesforce, hubspot)
    assert judged.account["live_deal_count"] == (3 if names else 4)
