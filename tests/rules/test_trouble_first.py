"""While something is broken with a client, or they contest an invoice, nobody asks them for money; a new owner gets time."""

from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest

from rules.case import CHANGES, Memory
from tests.rules.plain_org import PlainOrg, client
from tests.rules.small_org import NOW, at, days_ago, judge_orgs, tell

TODAY = NOW.date()
OWED = {"status": "open", "amount": 900, "balance": 900, "due_on": TODAY - timedelta(days=30)}
CHASING = ("invoice-overdue", "client-commitment-late", "retainer-nearly-spent")


def owing(*incidents: dict[str, Any], other: dict[str, Any] | None = None) -> PlainOrg:
    """A live client who owes us money and an answer, and whom we called an hour ago."""
    org = PlainOrg()
    client(org)
    org.touch(NOW - timedelta(hours=1))
    org.put("invoice", "i1", **OWED)
    if other is not None:
        org.put("invoice", "i2", **{**OWED, **other})
    org.put("commitment", "p1", made_by="client", subject="pay", kind="payment", due_on=TODAY - timedelta(days=9), status="open", made_at=days_ago(20))  # fmt: skip
    org.put("deal", "d1", is_closed=True, is_won=True, closes_on=TODAY - timedelta(days=60), hours_sold=10, hours_spent=9)  # fmt: skip
    for number, values in enumerate(incidents):
        org.put("incident", f"k{number}", opened_at=days_ago(2), **values)
    return org


def chased(org: PlainOrg) -> set[str]:
    judged = judge_orgs(org, overrides={"retainer-nearly-spent": {"mode": "report"}})
    return {rule for rule in CHASING if judged.found(rule)}


def test_where_nothing_is_wrong_each_of_them_speaks() -> None:
    assert chased(owing()) == set(CHASING)


@pytest.mark.parametrize("severity", ["high", "normal", "low"])
def test_while_something_is_broken_nobody_asks_for_money(severity: str) -> None:
    org = owing({"is_open": True, "severity": severity})
    assert chased(org) == set()
    assert judge_orgs(org).found("incident-client-not-told") == []


@pytest.mark.parametrize(
    "incident", [{"is_open": False, "closed_at": days_ago(1)}, {"is_open": True, "kind": "change"}]
)
def test_what_is_over_or_only_a_wish_holds_nothing_back(incident: dict[str, Any]) -> None:
    assert "client-commitment-late" in chased(owing(incident))


@pytest.mark.parametrize(
    ("other", "contested"),
    [
        ({"is_disputed": True}, True),
        ({"is_disputed": True, "status": "void"}, False),
        ({"is_disputed": False}, False),
    ],
)
def test_while_they_contest_another_invoice_nobody_asks_for_money(
    other: dict[str, Any], *, contested: bool
) -> None:
    assert chased(owing(other=other)) == (set() if contested else set(CHASING))


@pytest.mark.parametrize(
    ("severities", "worst"),
    [([], None), (["low"], "low"), (["low", "normal"], "normal"), (["normal", "high", "low"], "high")],
)
def test_the_worst_of_what_is_open_is_told(severities: list[str], worst: str | None) -> None:
    org = owing(
        *({"is_open": True, "severity": each} for each in severities), {"is_open": False, "severity": "high"}
    )
    (row,) = tell(org, about=["account"])["account"]
    assert row["open_incident_severity"] == worst


def silent(**deal: Any) -> PlainOrg:
    """A client without a word for two months."""
    org = PlainOrg()
    client(org)
    org.touch(days_ago(60))
    if deal:
        org.put("deal", "d1", **{"is_closed": True, "is_won": True, **deal})
    return org


def handed(days: int) -> Memory:
    change = {
        "record": "account", "record_id": "00D1:a1", "column_name": "owner_id", "old_id": "00D1:ben",
        "new_id": "00D1:ann", "seen_at": days_ago(days),
    }  # fmt: skip
    return Memory(changes=pa.Table.from_pylist([change], schema=CHANGES))


@pytest.mark.parametrize(("days", "since"), [(1, 1), (15, 10), (16, 11), (90, 61), (95, None)])
def test_a_new_owner_has_ten_business_days(days: int, since: int | None) -> None:
    judged = judge_orgs(silent(), memory=handed(days))
    assert judged.account["business_days_since_hand_over"] == since
    assert bool(judged.found("stale-contact")) is (since is None or since > 10)


@pytest.mark.parametrize(
    ("deal", "on"),
    [
        ({"closes_on": date(2026, 5, 8), "owner_id": "ben", "delivery_owner_id": "ann"}, date(2026, 5, 8)),
        ({"closes_on": date(2026, 5, 8), "owner_id": "ann", "delivery_owner_id": "ann"}, None),
        ({"closes_on": date(2026, 5, 20), "owner_id": "ben", "delivery_owner_id": "ann"}, None),
        (
            {"is_won": False, "closes_on": date(2026, 5, 8), "owner_id": "ben", "delivery_owner_id": "ann"},
            None,
        ),
        ({"closes_on": date(2026, 4, 8), "handed_over_at": at("2026-05-11 09:00")}, date(2026, 5, 11)),
        ({"closes_on": date(2026, 4, 8), "handed_over_at": at("2026-05-14 09:00")}, None),
    ],
)
def test_a_sale_that_passes_to_another_is_a_hand_over(deal: dict[str, Any], on: date | None) -> None:
    judged = judge_orgs(silent(**deal))
    assert judged.account["handed_over_on"] == on
    assert bool(judged.found("stale-contact")) is (on is None)
