"""Which incident stands beside an unpaid invoice, and when the rule about both fires."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.rules.plain_org import client
from tests.rules.small_org import NOW, SmallOrg, at, days_ago, judge_orgs, read_schemas, tell

TODAY = NOW.date()


def due(days_overdue: int) -> date:
    return TODAY - timedelta(days=days_overdue)


def org_with(
    *incidents: dict[str, Any], days_overdue: int = 6, rating: str = "Warm", **invoice: Any
) -> SmallOrg:
    """A tier B client with one posted invoice, and the incidents in this order with the ids k0, k1 ..."""
    org = SmallOrg()
    org.account(Rating=rating)
    values = {"Status": "Posted", "Balance": 1250, "DueDate": due(days_overdue), **invoice}
    org.add("Invoice", "i1", BillingAccountId="a1", **values)
    for number, incident in enumerate(incidents):
        org.add("Case", f"k{number}", **{"AccountId": "a1", "IsClosed": False, **incident})
    return org


def opened(days: int, **values: Any) -> dict[str, Any]:
    return {"CreatedDate": days_ago(days), **values}


def over(opened_days: int, closed_days: int) -> dict[str, Any]:
    return opened(opened_days, IsClosed=True, ClosedDate=days_ago(closed_days))


@pytest.mark.parametrize(
    ("incidents", "expected"),
    [
        ([over(3, 1), opened(40)], "k1"),  # an open one first
        ([over(20, 1), over(10, 9)], "k1"),  # else the latest opened, whenever it was over
        ([opened(3), opened(3)], "k0"),  # ties go by id
        ([opened(-1), over(9, 8)], "k1"),  # not opened yet at the judging instant
        ([opened(2, deleted=True), over(9, 8)], "k1"),
        ([opened(2, AccountId="a9")], None),
    ],
)
def test_the_incident_that_matters_most_stands_beside_the_invoice(
    incidents: list[dict[str, Any]], expected: str | None
) -> None:
    found = judge_orgs(org_with(*incidents)).invoice["incident_id"]
    assert found == (f"00D1:{expected}" if expected else None)


TRIFLE, OUTAGE = {"severity": "low"}, {"severity": "high"}
BROKEN, MENDED = {"is_open": True}, {"is_open": False, "closed_at": days_ago(3)}


@pytest.mark.parametrize(
    ("incidents", "expected"),
    [
        ([(9, BROKEN | OUTAGE), (1, BROKEN | TRIFLE)], "k0"),  # a trifle hides no outage
        ([(9, BROKEN | OUTAGE), (1, BROKEN)], "k0"),  # nor does a smaller problem
        ([(9, MENDED | OUTAGE), (1, BROKEN | TRIFLE)], "k1"),  # what is open is told first
        ([(9, MENDED | OUTAGE), (1, MENDED | TRIFLE)], "k1"),
        ([(9, BROKEN | TRIFLE), (1, BROKEN | TRIFLE)], "k1"),
    ],
)
def test_of_what_is_open_the_worst_stands_beside_the_invoice(
    incidents: list[tuple[int, dict[str, Any]]], expected: str
) -> None:
    org = client()
    org.put("invoice", "i1", status="open", balance=900, due_on=TODAY)
    for number, (days, values) in enumerate(incidents):
        org.put("incident", f"k{number}", opened_at=days_ago(days), **values)
    (row,) = tell(org, about=["invoice"])["invoice"]
    assert row["incident_id"] == f"00D1:{expected}"


@pytest.mark.parametrize(
    ("incident", "days"),
    [
        (over(20, 5), 5),
        (opened(20), 0),
        (opened(20, IsClosed=True), 20),  # over, and nobody said when
        (over(20, -1), 0),  # over since it was read
        (over(9000, 8000), (TODAY - date(2020, 1, 1)).days),  # counted from the calendar's first day
    ],
)
def test_days_since_the_incident_count_from_its_end(incident: dict[str, Any], days: int) -> None:
    assert judge_orgs(org_with(incident)).invoice["days_since_incident"] == days


def test_an_incident_before_the_calendar_keeps_its_dates() -> None:
    facts = judge_orgs(org_with(over(9000, 8000))).invoice
    assert facts["incident_opened_on"] == days_ago(9000).date()
    assert facts["incident_closed_on"] == days_ago(8000).date()


@pytest.mark.parametrize(
    ("days_overdue", "rating", "incident", "fires"),
    [
        (4, "Warm", over(40, 30), True),
        (3, "Warm", over(40, 30), False),  # within the days of grace
        (4, "Warm", over(40, 31), False),  # outside the window of tier B
        (4, "Hot", over(70, 60), True),
        (4, "Cold", over(20, 15), False),
        (120, "Warm", opened(2), True),
        (121, "Warm", opened(2), False),  # for the clean-up list
        (-5, "Warm", opened(2), False),
    ],
)
def test_window_and_grace_decide(
    days_overdue: int, rating: str, incident: dict[str, Any], *, fires: bool
) -> None:
    judged = judge_orgs(org_with(incident, days_overdue=days_overdue, rating=rating))
    assert bool(judged.found("invoice-after-incident")) is fires


@pytest.mark.parametrize(
    "invoice",
    [
        {"Balance": 0},
        {"Status": "Draft"},
        {"Status": "Voided"},
        {"Status": "Disputed"},
        {"DueDate": None},
        {"Balance": None},
    ],
)
def test_an_invoice_that_is_not_owed_is_left_alone(invoice: dict[str, Any]) -> None:
    judged = judge_orgs(org_with(opened(2), **invoice))
    assert judged.found("invoice-after-incident") == []
    if invoice == {"DueDate": None}:
        assert judged.invoice["days_overdue"] is None


@pytest.mark.parametrize(("year", "expected"), [(1700, date(2020, 1, 1)), (4000, date(2028, 12, 31))])
def test_a_date_far_from_today_is_counted_as_the_calendars_rim(year: int, expected: date) -> None:
    far = date(year, 6, 1)
    facts = judge_orgs(org_with(opened(2), DueDate=far)).invoice
    assert (facts["due_on"], facts["days_overdue"]) == (far, (TODAY - expected).days)


def test_days_overdue_count_in_the_clients_zone() -> None:
    org = SmallOrg(crm="hubspot", org_id="77")
    for number, zone in enumerate(
        ("America/Los_Angeles", "Europe/London", "Asia/Tokyo", "Mars/Olympus", None)
    ):
        org.account(f"a{number}", timezone=zone)
        org.add(
            "invoices",
            f"i{number}",
            hs_invoice_status="open",
            hs_balance_due=1,
            hs_due_date=date(2026, 5, 10),
        )
        org.link("invoices", f"i{number}", "companies", f"a{number}")
    for instant, expected in (("2026-05-13 02:00", [2, 3, 3, 3, 3]), ("2026-05-13 16:00", [3, 3, 4, 3, 3])):
        judged = judge_orgs(org, now=at(instant))
        assert [row["days_overdue"] for row in judged.facts["invoice"]] == expected
        overdue = [row["overdue_invoice_count"] for row in judged.facts["account"]]
        assert overdue == [1, 1, 1, 1, 1]


def test_an_invoice_is_overdue_by_the_clients_own_day() -> None:
    org = SmallOrg(crm="hubspot", org_id="77")
    for number, zone in enumerate(("America/Los_Angeles", "Asia/Tokyo")):
        org.account(f"a{number}", timezone=zone)
        org.add(
            "invoices",
            f"i{number}",
            hs_invoice_status="open",
            hs_balance_due=1,
            hs_due_date=date(2026, 5, 12),
        )
        org.link("invoices", f"i{number}", "companies", f"a{number}")
    rows = judge_orgs(org, now=at("2026-05-13 02:00")).facts["account"]
    assert [row["overdue_invoice_count"] for row in rows] == [0, 1]


def test_an_invoice_object_of_ones_own_needs_no_status() -> None:
    invoice = {
        "object": "Xero__c",
        "columns": {"invoice_id": "Id", "account_id": "Client__c", "balance": "Due__c", "due_on": "On__c"},
    }
    org = SmallOrg(records={"invoice": invoice})
    org.schemas |= read_schemas("Xero__c: Id Client__c Due__c:decimal On__c:date")
    org.account()
    org.add("Case", "k1", AccountId="a1", IsClosed=False, CreatedDate=days_ago(2))
    org.add("Xero__c", "x1", Client__c="a1", Due__c=10, On__c=due(6))
    assert judge_orgs(org).found("invoice-after-incident") == ["00D1:x1"]
