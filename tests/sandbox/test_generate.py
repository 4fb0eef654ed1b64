"""The made-up client base: believable, complete in both CRMs, and the same for the same seed."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from sandbox.generate.agency import make_agency
from sandbox.generate.as_hubspot import hubspot_rows
from sandbox.generate.as_salesforce import salesforce_rows
from sandbox.generate.hero import DOMAIN, NAME
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
