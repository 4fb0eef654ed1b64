"""What counts as contact with a client, through both CRMs' default mappings."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from rules.columns import Column
from tests.rules.small_org import NOW, SmallOrg, at, judge_orgs

LONG_AGO = at("2026-01-05 09:00")
DAY = timedelta(days=1)


CALL: dict[str, Any] = {
    "TaskSubtype": "Call", "IsClosed": True, "AccountId": "a1", "CompletedDateTime": NOW - 3 * DAY,
}  # fmt: skip
MAIL: dict[str, Any] = {"RelatedToId": "a1", "MessageDate": NOW - 3 * DAY}
EVENT: dict[str, Any] = {"Subject": "Review", "AccountId": "a1", "StartDateTime": NOW - 3 * DAY}
OURS = {"Keptword_Key__c": "kw1-x", "Keptword_State__c": "1o.abc"}
CLOSED_BY_US = {"Keptword_Key__c": "kw1-x", "Keptword_State__c": "1c.abc"}

Case = tuple[str, dict[str, Any], str | None]
"""Object, fields, and the kind of touch; None: no touch."""

SALESFORCE: dict[str, Case] = {
    "a call": ("Task", CALL, "call"),
    "a mail logged as a task": ("Task", {**CALL, "TaskSubtype": "Email"}, "email"),
    "a task of the type meeting": ("Task", {**CALL, "TaskSubtype": None, "Type": "Meeting"}, "meeting"),
    "a LinkedIn message": ("Task", {**CALL, "TaskSubtype": "LinkedIn"}, "message"),
    "our task, completed by a person": ("Task", {**CALL, **OURS}, "call"),
    "a call with a date only": (
        "Task",
        {**CALL, "CompletedDateTime": None, "ActivityDate": (NOW - 3 * DAY).date()},
        "call",
    ),
    "a meeting": ("Event", EVENT, "meeting"),
    "mail from the client": ("EmailMessage", {**MAIL, "Incoming": True}, "email"),
    "mail to the client": ("EmailMessage", {**MAIL, "Incoming": False}, "email"),
    "an open call task": ("Task", {**CALL, "IsClosed": False}, None),
    "a chore": ("Task", {**CALL, "TaskSubtype": "Task"}, None),
    "a call that nobody took": ("Task", {**CALL, "CallDisposition": "No Answer"}, None),
    "a voicemail": ("Task", {**CALL, "CallDisposition": "left VOICEMAIL"}, None),
    "a call to come": ("Task", {**CALL, "CompletedDateTime": NOW + DAY}, None),
    "a deleted call": ("Task", {**CALL, "deleted": True}, None),
    "our task, closed by Keptword": ("Task", {**CALL, **CLOSED_BY_US}, None),
    "a cancelled meeting": ("Event", {**EVENT, "Subject": "Canceled: Review"}, None),
    "a meeting nobody came to": ("Event", {**EVENT, "Subject": "No-show Acme"}, None),
    "a meeting to come": ("Event", {**EVENT, "StartDateTime": NOW + DAY}, None),
    "a draft": ("EmailMessage", {**MAIL, "Status": "5"}, None),
    "an automatic reply": ("EmailMessage", {**MAIL, "Subject": "Automatic reply: away"}, None),
    "a bounce": ("EmailMessage", {**MAIL, "FromAddress": "mailer-daemon@mx.example"}, None),
    "mail from a machine": (
        "EmailMessage",
        {**MAIL, "Incoming": True, "FromAddress": "NoReply@shop.example"},
        None,
    ),
    "a receipt of ours": ("EmailMessage", {**MAIL, "Subject": "We have received your message"}, "email"),
}

AT: dict[str, Any] = {"hs_timestamp": NOW - 3 * DAY}
DONE: dict[str, Any] = {
    "hs_task_status": "COMPLETED", "hs_task_type": "CALL", "hs_task_completion_date": NOW - 3 * DAY,
}  # fmt: skip
OUT_OF_OFFICE = {**AT, "hs_email_subject": "Out of office: back on Monday"}
TO_COME = {"hs_meeting_start_time": NOW + DAY, "hs_timestamp": NOW - DAY}

HUBSPOT: dict[str, Case] = {
    "a call": ("calls", AT, "call"),
    "a completed call": ("calls", {**AT, "hs_call_status": "COMPLETED"}, "call"),
    "mail to the client": ("emails", {**AT, "hs_email_direction": "EMAIL"}, "email"),
    "a meeting": ("meetings", {**AT, "hs_meeting_outcome": "COMPLETED"}, "meeting"),
    "a message": ("communications", AT, "message"),
    "our task, completed by a person": (
        "tasks",
        {**DONE, "keptword_key": "kw1-x", "keptword_state": "1o.abc"},
        "call",
    ),
    "a missed call": ("calls", {**AT, "hs_call_status": "NO_ANSWER"}, None),
    "a voicemail": ("calls", {**AT, "hs_call_disposition": "b2cf5968-551e-4856-9783-52b3da59a7d0"}, None),
    "a deleted call": ("calls", {**AT, "deleted": True}, None),
    "mail from a machine": ("emails", {**AT, "hs_email_from_email": "no-reply@shop.example"}, None),
    "a bounced mail": ("emails", {**AT, "hs_email_status": "BOUNCED"}, None),
    "an absence note": ("emails", OUT_OF_OFFICE, None),
    "a meeting nobody came to": ("meetings", {**AT, "hs_meeting_outcome": "NO_SHOW"}, None),
    "a cancelled meeting": ("meetings", {**AT, "hs_meeting_outcome": "CANCELED"}, None),
    "a meeting to come": ("meetings", TO_COME, None),
    "a note": ("notes", AT, None),
    "somebody's own task": ("tasks", DONE, None),
    "our task, closed by Keptword": (
        "tasks",
        {**DONE, "keptword_key": "kw1-x", "keptword_state": "1c.abc"},
        None,
    ),
}


def facts_of(org: SmallOrg, cases: dict[str, Case]) -> dict[str, dict[str, Any]]:
    """One client and one activity for each case."""
    for number, (object_name, values, _) in enumerate(cases.values()):
        mine: dict[str, Any] = {
            key: f"a{number}" if value == "a1" else value for key, value in values.items()
        }
        org.account(f"a{number}", created=LONG_AGO)
        org.add(object_name, f"x{number}", **mine)
        org.link(object_name, f"x{number}", "companies", f"a{number}")
    rows = {row["account_id"].split(":")[1]: row for row in judge_orgs(org).facts["account"]}
    return {name: rows[f"a{number}"] for number, name in enumerate(cases)}


@pytest.fixture(scope="module")
def salesforce() -> dict[str, dict[str, Any]]:
    return facts_of(SmallOrg(), SALESFORCE)


@pytest.fixture(scope="module")
def hubspot() -> dict[str, dict[str, Any]]:
    return facts_of(SmallOrg(crm="hubspot", org_id="77"), HUBSPOT)


def check(facts: dict[str, Any], kind: str | None) -> None:
    silent_since = LONG_AGO if kind is None else NOW - 3 * DAY  # never: since the CRM got to know the client
    assert facts["days_since_touch"] == (NOW.date() - silent_since.date()).days
    assert facts["last_touch_kind"] == kind
    assert (facts["last_touch_at"] is None) is (kind is None)


@pytest.mark.parametrize("name", SALESFORCE)
def test_salesforce_tells_contact_from_noise(salesforce: dict[str, dict[str, Any]], name: str) -> None:
    check(salesforce[name], SALESFORCE[name][2])


@pytest.mark.parametrize("name", HUBSPOT)
def test_hubspot_tells_contact_from_noise(hubspot: dict[str, dict[str, Any]], name: str) -> None:
    check(hubspot[name], HUBSPOT[name][2])


def only_hubspot(object_name: str, **values: Any) -> dict[str, Any]:
    return facts_of(SmallOrg(crm="hubspot", org_id="77"), {"it": (object_name, values, None)})["it"]


def test_our_unanswered_mail_is_a_touch_and_no_reply() -> None:
    facts = only_hubspot("emails", hs_email_direction="EMAIL", **AT)
    assert (facts["days_since_touch"], facts["days_since_reply"]) == (3, None)


def test_mail_from_the_client_is_a_reply() -> None:
    assert only_hubspot("emails", hs_email_direction="INCOMING_EMAIL", **AT)["days_since_reply"] == 3


@pytest.mark.parametrize(
    ("zone", "called_at", "today", "days"),
    [
        (
            "Asia/Tokyo",
            at("2026-05-12 23:30"),
            date(2026, 5, 13),
            0,
        ),  # half past eight tomorrow in Tokyo
        ("Asia/Tokyo", at("2026-05-12 14:30"), date(2026, 5, 12), 1),
        ("America/Los_Angeles", at("2026-05-13 06:30"), date(2026, 5, 12), 1),
        (
            "Europe/London",
            at("2026-03-28 23:30"),
            date(2026, 3, 28),
            46,
        ),  # the night before clocks change
        ("Europe/London", at("2026-03-29 23:30"), date(2026, 3, 30), 44),  # the night after it
    ],
)
def test_days_are_counted_where_the_client_is(zone: str, called_at: datetime, today: date, days: int) -> None:
    org = SmallOrg(crm="hubspot", org_id="77")
    org.account(created=LONG_AGO, timezone=zone)
    org.add("calls", "x1", hs_timestamp=called_at)
    org.link("calls", "x1", "companies", "a1")
    facts = judge_orgs(org).account
    assert (facts["last_touch_on"], facts["days_since_touch"]) == (today, days)


def test_a_zone_that_no_calendar_knows_falls_to_the_companys() -> None:
    org = SmallOrg(crm="hubspot", org_id="77")
    org.account(created=LONG_AGO, timezone="Mars/Olympus")
    judged = judge_orgs(org, timezone="Asia/Tokyo")
    assert judged.account["account_timezone"] == "Asia/Tokyo"
    assert judged.zones_unknown == ("Mars/Olympus",)


def test_a_touch_before_the_calendar_keeps_its_own_date() -> None:
    long_past: Case = ("Task", {**CALL, "CompletedDateTime": at("2001-02-03 04:05")}, "call")
    facts = facts_of(SmallOrg(), {"it": long_past})["it"]
    assert facts["last_touch_on"] == date(2001, 2, 3)
    assert facts["days_since_touch"] == (NOW.date() - date(2020, 1, 1)).days


@pytest.mark.parametrize(
    ("task", "others"),
    [
        ({"WhoId": "c1"}, [("Contact", "c1", {"AccountId": "a1"})]),
        ({"WhatId": "a1"}, []),
        ({"WhatId": "k1"}, [("Case", "k1", {"AccountId": "a1"})]),
        ({"AccountId": "a1", "WhoId": "c1"}, [("Contact", "c1", {"AccountId": "a2"})]),
    ],
)
def test_a_salesforce_call_finds_its_account(task: dict[str, Any], others: list[Any]) -> None:
    org = SmallOrg()
    org.account(created=LONG_AGO)
    for name, id_, values in others:
        org.add(name, id_, **values)
    org.add("Task", "x1", **{**CALL, "AccountId": None, **task})
    assert judge_orgs(org).account["days_since_touch"] == 3


@pytest.mark.parametrize(
    ("mail", "object_name", "id_"),
    [({"RelatedToId": "o1"}, "Opportunity", "o1"), ({"ParentId": "k1"}, "Case", "k1")],
)
def test_mail_about_an_opportunity_or_case_belongs_to_its_account(
    mail: dict[str, Any], object_name: str, id_: str
) -> None:
    org = SmallOrg()
    org.account(created=LONG_AGO)
    org.add(object_name, id_, AccountId="a1")
    org.add("EmailMessage", "x1", Incoming=True, MessageDate=NOW - 3 * DAY, **mail)
    assert judge_orgs(org).account["days_since_touch"] == 3


def test_mail_belongs_to_the_client_of_the_task_that_it_is_logged_as() -> None:
    org = SmallOrg()
    org.account(created=LONG_AGO)
    org.add("Contact", "c1", AccountId="a1")
    org.add("Task", "t1", Subject="Email: offer", WhoId="c1")
    org.add("EmailMessage", "x1", ActivityId="t1", Incoming=True, MessageDate=NOW - 3 * DAY)
    assert judge_orgs(org).account["days_since_touch"] == 3


def test_a_deleted_contact_leads_nowhere() -> None:
    org = SmallOrg()
    org.account(created=LONG_AGO)
    org.add("Contact", "c1", deleted=True, AccountId="a1")
    org.add("Task", "x1", **{**CALL, "AccountId": None, "WhoId": "c1"})
    assert judge_orgs(org).account["last_touch_at"] is None


def test_a_call_with_a_contact_only_belongs_to_the_contacts_company() -> None:
    org = SmallOrg(crm="hubspot", org_id="77")
    org.account(created=LONG_AGO)
    org.add("calls", "x1", **AT)
    org.link("calls", "x1", "contacts", "c1", "c2")
    org.link("contacts", "c1", "companies", "a1")
    assert judge_orgs(org).account["days_since_touch"] == 3


def test_a_call_linked_to_two_companies_belongs_to_both() -> None:
    org = SmallOrg(crm="hubspot", org_id="77")
    for id_ in ("a1", "a2", "a3"):
        org.account(id_, created=LONG_AGO)
    org.add("calls", "x1", **AT)
    org.link("calls", "x1", "companies", "a1", "a2", "a1")
    org.link("calls", "x1", "contacts", "c1")
    org.link("contacts", "c1", "companies", "a3")  # its own companies count first
    days = [row["days_since_touch"] for row in judge_orgs(org).facts["account"]]
    assert days == [3, 3, 128]


def test_of_two_touches_at_one_instant_the_words_never_waver() -> None:
    kinds = set()
    for order in (("Call", "Email"), ("Email", "Call")):
        org = SmallOrg()
        org.account(created=LONG_AGO)
        for number, subtype in enumerate(order):
            org.add("Task", f"x{number}", **{**CALL, "TaskSubtype": subtype})
        org.add("EmailMessage", "m", RelatedToId="a1", MessageDate=NOW - 3 * DAY, Subject="Automatic reply")
        kinds.add(judge_orgs(org).account["last_touch_kind"])
    assert kinds == {"call"}


def test_a_call_log_that_says_no_more_than_who_and_when_counts() -> None:
    org = SmallOrg(
        schemas={
            **SmallOrg().schemas,
            "Call_Log__c": {**_fields("Id Client__c"), **_fields("At__c", "instant")},
        },
        records={
            "activity": {
                "object": "Call_Log__c",
                "columns": {"activity_id": "Id", "account_id": "Client__c", "happened_at": "At__c"},
            }
        },
    )
    org.account(created=LONG_AGO)
    org.add("Call_Log__c", "l1", Client__c="a1", At__c=NOW - 3 * DAY)
    assert judge_orgs(org).account["days_since_touch"] == 3


def _fields(names: str, kind: Any = "text") -> dict[str, Any]:
    return {name: Column(name=name, type=kind) for name in names.split()}
