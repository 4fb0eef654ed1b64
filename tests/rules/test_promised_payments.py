"""A client's promise to pay, by its day, by the invoices that it is for, and what it keeps back."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.rules.plain_org import PlainOrg, client
from tests.rules.small_org import NOW, SmallOrg, days_ago, judge_orgs, tell

TODAY = NOW.date()
DUE = TODAY - timedelta(days=30)


def billed(**invoices: dict[str, Any]) -> PlainOrg:
    """A client with these open invoices, a month overdue."""
    org = PlainOrg()
    client(org)
    for id_, values in invoices.items():
        given = {
            "number": id_,
            "status": "open",
            "amount": 900,
            "balance": 900,
            "due_on": DUE,
            "issued_on": DUE,
        }
        org.put("invoice", id_, **{**given, **values})
    return org


def promise(org: PlainOrg, subject: str = "their payment", **values: Any) -> PlainOrg:
    given = {
        "made_by": "client",
        "kind": "payment",
        "made_at": days_ago(3),
        "due_on": TODAY,
        "status": "open",
    }
    org.put("commitment", f"p{subject}", subject=subject, **{**given, **values})
    return org


def promised(org: PlainOrg) -> dict[str, date | None]:
    return {row["invoice_number"]: row["pay_promised_on"] for row in tell(org, about=["invoice"])["invoice"]}


def test_a_promise_that_names_an_invoice_is_for_that_one() -> None:
    org = promise(billed(inv_7={}, inv_8={}), "Client promise: pay INV_8 at last")
    assert promised(org) == {"inv_7": None, "inv_8": TODAY}


def test_a_promise_that_names_none_is_for_those_that_they_had() -> None:
    org = promise(billed(inv_7={}, inv_8={"issued_on": TODAY}))
    assert promised(org) == {"inv_7": TODAY, "inv_8": None}


@pytest.mark.parametrize(
    "values",
    [{"made_by": "us"}, {"kind": "work"}, {"status": "kept"}, {"status": "waived"}, {"due_on": None}],
)
def test_no_other_promise_is_one_to_pay(values: dict[str, Any]) -> None:
    assert promised(promise(billed(inv_7={}), **values)) == {"inv_7": None}


def test_the_last_day_that_they_named_counts() -> None:
    org = billed(inv_7={"promised_on": TODAY + timedelta(days=2)})
    later = promise(promise(org), "in the end", due_on=TODAY + timedelta(days=9))
    assert promised(later) == {"inv_7": TODAY + timedelta(days=9)}


@pytest.mark.parametrize(("days", "chased"), [(-1, ["i1"]), (0, []), (4, [])])
def test_nobody_reminds_them_until_the_day_is_over(days: int, chased: list[str]) -> None:
    org = billed(i1={"promised_on": TODAY + timedelta(days=days)})
    assert judge_orgs(org).found("invoice-overdue") == [f"00D1:{each}" for each in chased]


@pytest.mark.parametrize(
    ("subject", "kind"),
    [
        ("Client promise: pay 2026-114", "payment"),
        ("They promised: payment on Friday", "payment"),
        ("Client promise: settle the invoice", "payment"),
        ("Client promise: they want to pay", "payment"),
        ("Client promise: the payload schema", "work"),
        ("Client promise: their photos", "work"),
    ],
)
@pytest.mark.parametrize("crm", ["salesforce", "hubspot"])
def test_the_subject_says_that_it_is_about_money(crm: str, subject: str, kind: str) -> None:
    org = SmallOrg(crm=crm)
    org.account()
    if crm == "salesforce":
        org.add("Task", "t1", Subject=subject, AccountId="a1", ActivityDate=TODAY, IsClosed=False)
    else:
        org.add("tasks", "t1", hs_task_subject=subject, hs_timestamp=NOW, hs_task_status="NOT_STARTED")
        org.link("tasks", "t1", "companies", "a1")
    (row,) = tell(org, about=["commitment"])["commitment"]
    assert (row["made_by"], row["commitment_kind"]) == ("client", kind)
