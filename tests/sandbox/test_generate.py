"""The made-up client base: believable, complete in both CRMs, and the same for the same seed."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from sandbox.generate.agency import make_agency
from sandbox.generate.as_hubspot import hubspot_rows
from sandbox.generate.as_salesforce import salesforce_rows
from sandbox.generate.hero import DOMAIN, NAME
from sandbox.generate.slips import card_of
from sandbox.generate.words import WAITING_SUBJECTS
from tests.sandbox_process import RunningSandbox, start_sandbox

NOW = datetime(2026, 5, 12, 9)


@pytest.fixture(scope="module")
def agency_crm() -> Iterator[RunningSandbox]:
    with start_sandbox("--accounts", "40", "--seed", "3", "--now", "2026-05-12T09:00:00Z") as sandbox:
        yield sandbox


def test_the_same_seed_gives_the_same_rows_and_another_one_others() -> None:
    first, again, other = make_agency(30, 5, NOW), make_agency(30, 5, NOW), make_agency(30, 6, NOW)

    assert salesforce_rows(first) == salesforce_rows(again)
    assert hubspot_rows(first) == hubspot_rows(again)
    assert salesforce_rows(first) != salesforce_rows(other)


def test_most_clients_are_in_one_crm_and_a_good_part_in_both() -> None:
    clients = make_agency(300, 1, NOW).clients

    both = sum(len(client.histories) == 2 for client in clients)
    in_salesforce = sum("salesforce" in client.histories for client in clients)

    assert 0.2 < both / len(clients) < 0.4
    assert 0.6 < in_salesforce / len(clients) < 0.8


def test_nothing_that_happened_lies_after_now_but_planned_meetings() -> None:
    for client in make_agency(120, 2, NOW).clients:
        for history in client.histories.values():
            late = [touch for touch in history.touches if touch.at > NOW]
            assert all(touch.kind == "meeting" for touch in late), client.name
            assert all(incident.opened_at <= NOW for incident in history.incidents), client.name
            assert all(promise.made_at <= NOW for promise in history.promises), client.name
            assert all(answer.given_at <= NOW for answer in history.answers), client.name
            assert all(bill.paid_on is None or bill.paid_on <= NOW.date() for bill in history.bills), (
                client.name
            )


def test_most_clients_are_fine_and_each_thing_slips_with_some() -> None:
    cards = Counter(card_of(n, seed=4) for n in range(100))

    assert cards.pop("nothing") >= 60
    assert len(cards) >= 10
    assert max(cards.values()) <= 5


def test_a_client_who_waits_heard_nothing_since_in_any_crm() -> None:
    waiting = 0
    for client in make_agency(100, 4, NOW).clients:
        touches = [touch for history in client.histories.values() for touch in history.touches]
        last = max(touches, key=lambda touch: touch.at, default=None)
        if last and last.inbound and last.subject in WAITING_SUBJECTS:
            waiting += 1
            assert last.at < NOW - timedelta(days=1)
    assert waiting


def test_who_is_looked_after_gets_an_answer_the_same_day_or_the_next_working_one() -> None:
    for client in make_agency(60, 4, NOW).clients:
        if card_of(client.n, 4) == "nothing" and client.n:
            for history in client.histories.values():
                mails = [
                    t
                    for t in history.touches
                    if t.kind == "email" and t.inbound and t.at < NOW - timedelta(days=6)
                ]
                replies = [t.at for t in history.touches if not t.inbound and not t.is_receipt]
                recent = [mail for mail in mails if mail.at > NOW - timedelta(days=100)]
                assert all(
                    any(mail.at < at < mail.at + timedelta(days=5) for at in replies) for mail in recent
                )


def test_an_email_that_salesforce_keeps_twice_names_its_task() -> None:
    rows = salesforce_rows(make_agency(20, 4, NOW))

    named = {mail["ActivityId"] for mail in rows["EmailMessage"] if mail.get("ActivityId")}

    assert named
    assert named <= {task["Id"] for task in rows["Task"] if task.get("TaskSubtype") == "Email"}


def test_each_object_of_the_default_mappings_has_rows(agency_crm: RunningSandbox) -> None:
    state = agency_crm.get("/_sandbox/state")

    for name in (
        "Account",
        "Contact",
        "User",
        "Task",
        "Event",
        "EmailMessage",
        "Case",
        "Invoice",
        "Opportunity",
        "Contract",
    ):
        assert state["salesforce"][name], name
    for name in (
        "companies",
        "contacts",
        "owners",
        "calls",
        "emails",
        "meetings",
        "notes",
        "tasks",
        "tickets",
        "invoices",
        "deals",
        "feedback_submissions",
    ):
        assert state["hubspot"][name], name


def test_the_hero_has_its_outage_in_one_crm_and_its_late_invoice_in_the_other(
    agency_crm: RunningSandbox,
) -> None:
    account = next(row for row in agency_crm.rows("Account") if row["Name"] == NAME)
    cases = [row for row in agency_crm.rows("Case") if row["AccountId"] == account["Id"]]
    company = next(row for row in agency_crm.rows("companies") if row["name"] == NAME)
    invoices = {row["hs_number"]: row for row in agency_crm.rows("invoices")}

    assert (account["Website"], company["domain"]) == (f"https://www.{DOMAIN}", DOMAIN)
    assert [(case["Priority"], case["IsClosed"]) for case in cases] == [("High", 1)] or cases[0][
        "IsClosed"
    ] is True
    assert float(invoices["INV-10000"]["hs_balance_due"]) == 4800


def test_clients_and_tasks_stand_on_the_page_for_people(agency_crm: RunningSandbox) -> None:
    page = agency_crm.request("GET", "/").data.decode()

    assert "Harbour &amp; Pine" in page
    assert "Promise: send the outage report" in page
