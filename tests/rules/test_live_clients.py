"""Who is a live client, and which rules cannot be judged when records are absent or cut short."""

from datetime import timedelta
from typing import Any

import pytest

from tests.rules.small_org import NOW, Judged, SmallOrg, days_ago, judge_orgs, org_without

TODAY = NOW.date()


def is_active(org: SmallOrg) -> Any:
    org.account(created=days_ago(90))
    return judge_orgs(org).account["account_is_active"]


def unjudged(judged: Judged) -> dict[str, str]:
    return {unknown.rule: unknown.reason for unknown in judged.judgement.unknown}


@pytest.mark.parametrize(("closed", "expected"), [(False, True), (None, True), (True, False)])
def test_a_deal_that_goes_on_makes_a_live_client(closed: bool | None, expected: bool) -> None:
    org = SmallOrg()
    org.add("Opportunity", "o1", AccountId="a1", IsClosed=closed)
    assert is_active(org) is expected


@pytest.mark.parametrize(("days", "expected"), [(180, True), (181, False)])
def test_work_that_was_won_within_half_a_year_makes_a_live_client(days: int, expected: bool) -> None:
    org = SmallOrg()
    won_on = TODAY - timedelta(days=days)
    org.add("Opportunity", "o1", AccountId="a1", IsClosed=True, IsWon=True, CloseDate=won_on)
    assert is_active(org) is expected


@pytest.mark.parametrize(
    ("days", "status", "expected"), [(180, "Paid", True), (181, "Paid", False), (9, "Draft", False)]
)
def test_an_invoice_within_half_a_year_makes_a_live_client(days: int, status: str, expected: bool) -> None:
    org = SmallOrg()
    org.add("Invoice", "i1", BillingAccountId="a1", Status=status, InvoiceDate=TODAY - timedelta(days=days))
    assert is_active(org) is expected


def test_an_invoice_without_a_date_of_its_own_counts_by_its_due_date() -> None:
    org = SmallOrg()
    org.add("Invoice", "i1", BillingAccountId="a1", Status="Posted", Balance=5, DueDate=TODAY)
    assert is_active(org) is True


def test_where_a_crm_keeps_neither_deals_nor_invoices_every_client_is_live() -> None:
    assert is_active(org_without("Opportunity", "Contract", "Invoice")) is True
    assert is_active(org_without("Contract", "Invoice")) is False


def test_what_the_config_maps_comes_before_deals_and_invoices() -> None:
    org = SmallOrg(records={"account": {"columns": {"is_active": "Rating = 'Hot'"}}})
    org.account("a1", Rating="Hot")
    org.account("a2", Rating="Cold", live=True)
    org.account("a3", live=True)  # no rating: nothing is mapped for it
    assert [row["account_is_active"] for row in judge_orgs(org).facts["account"]] == [True, False, True]


def test_a_rule_whose_records_no_crm_has_is_unknown_and_the_others_are_judged() -> None:
    org = org_without("Case")
    org.account(created=days_ago(90), live=True)
    judged = judge_orgs(org)
    assert unjudged(judged)["invoice-after-incident"] == "no incident"
    assert "stale-contact" not in unjudged(judged)
    assert judged.found("stale-contact") == ["00D1:a1"]


@pytest.mark.parametrize("record", ["activity", "deal", "account"])
def test_records_that_were_not_read_to_the_end_silence_the_rules_that_look_at_them(record: str) -> None:
    org = SmallOrg()
    org.account(created=days_ago(90), live=True)
    judged = judge_orgs(org, unavailable={record: f"sf: {record} was not read completely"})
    assert unjudged(judged)["stale-contact"] == f"sf: {record} was not read completely"
    assert not judged.found("stale-contact")


def test_absent_deals_leave_it_to_invoices() -> None:
    org = org_without("Opportunity")
    org.account(created=days_ago(90))
    org.add("Invoice", "i1", BillingAccountId="a1", Status="Paid", InvoiceDate=TODAY)
    assert judge_orgs(org).found("stale-contact") == ["00D1:a1"]


def test_a_condition_on_a_record_that_is_absent_is_unknown() -> None:
    org = org_without("Case")
    org.account()
    own = {"name": "broken", "about": "account", "when": "open_incident_count = 0"}
    assert unjudged(judge_orgs(org, own=[own]))["broken"] == "no incident"


def test_what_is_set_aside_is_counted_in_words() -> None:
    org = SmallOrg(records={"activity": {"columns": {"kind": "'Call'"}}})
    org.account()
    org.add("Event", "e1", AccountId="a1", StartDateTime=NOW)
    org.add("Case", "k1", AccountId="nobody", CreatedDate=NOW)
    org.add("Case", "k2", CreatedDate=NOW)
    org.add("Task", "t1", AccountId="a1", Subject="Promise: x")
    org.add("Task", "t2", AccountId="a1", Subject="Promise: y", ActivityDate=TODAY.replace(year=9999))
    assert judge_orgs(org).judgement.set_aside == {
        "activity whose kind is none of call, email, meeting, message, note": 1,
        "incident without a client that is known": 2,
        "commitment without a due date": 1,
        "commitment with a due date far from today": 1,
    }
