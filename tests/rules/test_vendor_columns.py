"""What the default mappings make of the vendors' own words, field by field."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from sync.engine.duckdb_engine import DuckDbEngine
from tests.rules.small_org import NOW, SmallOrg, days_ago, judge_orgs

Values = dict[str, Any]


def record(crm: str, object_name: str, name: str, values: Mapping[str, Any]) -> Values:
    """The only row of a record, made from one row of a vendor object."""
    org = SmallOrg(crm=crm)
    org.add(object_name, "x1", **values)
    with DuckDbEngine() as engine:
        views = [each for each in org.views(engine) if (each.record, each.object) == (name, object_name)]
        rows: list[Values] = engine.query(views[0].sql).to_pylist()
    return rows[0]


@pytest.mark.parametrize(
    ("crm", "values", "kind", "severity"),
    [
        ("salesforce", {"Type": "Problem", "Priority": "High"}, "problem", "high"),
        ("salesforce", {"Type": "Feature Request", "Priority": "Medium"}, "change", "normal"),
        ("salesforce", {"Subject": "Change request: a second shop"}, "change", "normal"),
        ("salesforce", {"Type": "Question", "Priority": "High"}, "problem", "low"),
        ("salesforce", {}, "problem", "normal"),
        ("hubspot", {"hs_ticket_priority": "URGENT"}, "problem", "high"),
        ("hubspot", {"hs_ticket_category": "FEATURE_REQUEST;BILLING_ISSUE"}, "change", "normal"),
        (
            "hubspot",
            {"hs_ticket_category": "GENERAL_INQUIRY", "hs_ticket_priority": "HIGH"},
            "problem",
            "low",
        ),
    ],
)
def test_wishes_and_questions_are_told_from_trouble(
    crm: str, values: Values, kind: str, severity: str
) -> None:
    row = record(crm, "Case" if crm == "salesforce" else "tickets", "incident", values)
    assert (row["kind"], row["severity"]) == (kind, severity)


@pytest.mark.parametrize(
    ("values", "status", "paid_on"),
    [
        ({"Status": "Draft", "Balance": 100}, "draft", None),
        ({"Status": "Voided", "Balance": 0}, "void", None),
        ({"Status": "Posted", "Balance": 100}, "open", None),
        ({"Status": "Posted", "Balance": 0}, "paid", None),
        ({"Status": "Posted", "Balance": 100, "SettlementStatus": "Settled"}, "paid", None),
        ({"Status": "Posted", "Balance": 0, "SettlementStatus": "Not Settled"}, "open", None),
        (
            {"Status": "Posted", "Balance": 100, "FullSettlementDate": date(2026, 5, 1)},
            "paid",
            date(2026, 5, 1),
        ),
    ],
)
def test_what_the_settlement_says_of_an_invoice_comes_before_its_balance(
    values: Values, status: str, paid_on: date | None
) -> None:
    row = record("salesforce", "Invoice", "invoice", values)
    assert (row["status"], row["paid_on"]) == (status, paid_on)


def test_an_org_without_settlement_goes_by_the_balance() -> None:
    org = SmallOrg()
    for field in ("SettlementStatus", "FullSettlementDate"):
        (org.schemas["Invoice"] or {}).pop(field)
    org.account()
    org.add("Invoice", "i1", BillingAccountId="a1", Status="Posted", Balance=100)
    assert judge_orgs(org).invoice["invoice_status"] == "open"


@pytest.mark.parametrize(
    ("values", "mood"),
    [
        ({"hs_response_group": "DETRACTOR", "hs_survey_type": "NPS", "hs_value": 9}, "unhappy"),
        ({"hs_response_group": "PROMOTER"}, "happy"),
        ({"hs_sentiment": "Passive"}, "neutral"),
        ({"hs_survey_type": "NPS", "hs_value": 6}, "unhappy"),
        ({"hs_survey_type": "NPS", "hs_value": 7}, "neutral"),
        ({"hs_survey_type": "NPS", "hs_value": 9}, "happy"),
        ({"hs_survey_type": "CSAT", "hs_value": 0}, "unhappy"),
        ({"hs_survey_type": "CSAT", "hs_value": 1}, "neutral"),
        ({"hs_survey_type": "CSAT", "hs_value": 2}, "happy"),
        ({"hs_survey_type": "CES", "hs_value": 3}, "unhappy"),
        ({"hs_survey_type": "CES", "hs_value": 5}, "neutral"),
        ({"hs_survey_type": "CES", "hs_value": 6}, "happy"),
        ({"hs_survey_type": "CUSTOM", "hs_value": 1}, "neutral"),
    ],
)
def test_a_survey_answer_sounds_as_hubspot_groups_it(values: Values, mood: str) -> None:
    assert record("hubspot", "feedback_submissions", "feedback", values)["mood"] == mood


def test_a_survey_answer_belongs_to_its_contacts_company() -> None:
    org = SmallOrg(crm="hubspot")
    org.account()
    org.add("contacts", "c1", firstname="Ann")
    org.add("feedback_submissions", "f1", hs_survey_type="NPS", hs_value=3, hs_submission_timestamp=NOW)
    org.link("feedback_submissions", "f1", "contacts", "c1")
    org.link("contacts", "c1", "companies", "a1")
    (row,) = judge_orgs(org).facts["feedback"]
    assert (row["account_id"], row["feedback_contact_name"], row["feedback_mood"]) == (
        "00D1:a1",
        "Ann",
        "unhappy",
    )


@pytest.mark.parametrize("crm", ["salesforce", "hubspot"])
@pytest.mark.parametrize(
    ("subject", "made_by", "promised"),
    [
        ("Promise: the report", "us", "the report"),
        ("Client promise: the texts", "client", "the texts"),
        ("They promised: the texts", "client", "the texts"),
    ],
)
def test_a_promise_says_whose_it_is(crm: str, subject: str, made_by: str, promised: str) -> None:
    org = SmallOrg(crm=crm)
    org.account()
    if crm == "salesforce":
        org.add("Task", "t1", Subject=subject, AccountId="a1", ActivityDate=NOW.date(), IsClosed=False)
    else:
        org.add("tasks", "t1", hs_task_subject=subject, hs_timestamp=NOW)
        org.link("tasks", "t1", "companies", "a1")
    (row,) = judge_orgs(org).facts["commitment"]
    assert (row["made_by"], row["commitment_subject"]) == (made_by, promised)


MAILS: Mapping[str, tuple[Values, bool, bool]] = {
    "a person's mail": ({"Subject": "Re: Thank you for contacting us"}, False, False),
    "a receipt": ({"Subject": "We have received your request"}, False, True),
    "a receipt with a number": ({"Subject": "[#12] Ticket received"}, False, True),
    "from no-reply": ({"Subject": "Your weekly numbers", "FromAddress": "No-Reply@us.example"}, True, False),
    "a bounce": ({"Subject": "x", "FromAddress": "MAILER-DAEMON@mx.example"}, True, False),
    "an undeliverable one": ({"Subject": "Undeliverable: draft"}, True, False),
    "an automatic one": ({"Subject": "AUTO: I am away"}, True, False),
}  # fmt: skip


@pytest.mark.parametrize("name", MAILS)
def test_machines_and_receipts_are_told_from_people(name: str) -> None:
    values, automated, receipt = MAILS[name]
    sent = record("salesforce", "EmailMessage", "activity", {**values, "Incoming": False})
    assert (sent["is_automated"], sent["is_acknowledgement"]) == (automated, receipt)
    names = {"Subject": "hs_email_subject", "FromAddress": "hs_email_from_email"}
    also = {names[key]: value for key, value in values.items()}
    sent = record("hubspot", "emails", "activity", {**also, "hs_email_direction": "EMAIL"})
    assert (sent["is_automated"], sent["is_acknowledgement"]) == (automated, receipt)


def test_who_wrote_an_email_of_ours_is_who_made_it() -> None:
    for incoming, person in ((False, "00D1:u1"), (True, None)):
        row = record("salesforce", "EmailMessage", "activity", {"Incoming": incoming, "CreatedById": "u1"})
        assert row["person_id"] == person


def test_a_case_of_a_queue_is_nobodys() -> None:
    org = SmallOrg()
    org.account()
    org.add("User", "u1", UserType="Standard", Name="Iris", IsActive=True)
    for id_, owner in (("k1", "u1"), ("k2", "q1")):
        org.add("Case", id_, AccountId="a1", OwnerId=owner, CreatedDate=days_ago(2), IsClosed=False)
    rows = judge_orgs(org).facts["incident"]
    assert [row["incident_owner_id"] for row in rows] == ["00D1:u1", None]


def test_an_email_that_is_logged_as_a_task_too_counts_once() -> None:
    org = SmallOrg()
    org.account()
    org.add("Contact", "c1", AccountId="a1", Name="Ann")
    task: Values = {"TaskSubtype": "Email", "IsClosed": True, "AccountId": "a1", "WhoId": "c1"}
    org.add("Task", "t1", CompletedDateTime=days_ago(1), **task)
    org.add("EmailMessage", "m1", ActivityId="t1", Incoming=True, MessageDate=days_ago(2))
    (message,) = judge_orgs(org).facts["message"]
    assert message["is_answered"] is False
    assert message["message_contact_name"] == "Ann"
