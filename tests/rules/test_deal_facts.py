"""Deals: when they are won, whether who delivers has reached the client, renewals and hours."""

from datetime import date, timedelta
from typing import Any

import pytest

from rules.calendar.reckon import business_days_between
from rules.records import RECORDS
from tests.rules.plain_org import PlainOrg, client
from tests.rules.small_org import LONDON, NOW, at, days_ago, tell

WON: dict[str, Any] = {
    "is_closed": True, "is_won": True, "closes_on": date(2026, 5, 8), "owner_id": "sal", "kind": "sale",
}  # fmt: skip
"""On a Friday: three business days ago."""


def told(
    deals: dict[str, dict[str, Any]], touches: dict[str, dict[str, Any]] | None = None
) -> dict[str, dict[str, Any]]:
    """A client of Acc's for each deal, with a touch where there is one."""
    org = PlainOrg()
    for id_, name in (("sal", "Sal"), ("acc", "Ann"), ("del", "Dee")):
        org.put("person", id_, name=name)
    for name, deal in deals.items():
        client(org, name, owner_id="acc")
        org.put("deal", name, account_id=name, **{**WON, **deal})
        if touches and name in touches:
            org.touch(**{"at": days_ago(3), "person_id": "del", **touches[name], "account_id": name})
    rows = {row["deal_id"]: row for row in tell(org, about=["deal"])["deal"]}
    return {name: rows[f"00D1:{name}"] for name in deals}


def test_who_delivers_is_mapped_or_the_clients_owner() -> None:
    rows = told(
        {
            "mapped": {"delivery_owner_id": "del"},
            "by owner": {},
            "same": {"owner_id": "acc"},
            "nobody's": {"owner_id": None},
        }
    )
    assert [row["delivery_owner_name"] for row in rows.values()] == ["Dee", "Ann", "Ann", "Ann"]
    assert [row["changes_hands"] for row in rows.values()] == [True, True, False, None]


TOUCHES: dict[str, tuple[dict[str, Any], bool]] = {
    "mail": ({}, True),
    "on the day it was won": ({"at": at("2026-05-08 00:10")}, True),
    "the day before": ({"at": at("2026-05-07 23:50")}, False),
    "to come": ({"at": NOW + timedelta(hours=1)}, False),
    "by who sold it": ({"person_id": "sal"}, False),
    "by nobody known": ({"person_id": None}, True),
    "by the client": ({"direction": "in"}, False),
    "by the client, to nobody known": ({"direction": "in", "person_id": None}, False),
    "their call": ({"direction": "in", "kind": "call"}, True),
    "a receipt": ({"is_acknowledgement": True}, False),
    "a note": ({"kind": "note"}, False),
    "a meeting that they missed": ({"kind": "meeting", "outcome": "missed"}, False),
}


@pytest.fixture(scope="module")
def introduced() -> dict[str, dict[str, Any]]:
    deals = {name: {"delivery_owner_id": "del"} for name in TOUCHES}
    return told(deals, {name: touch for name, (touch, _) in TOUCHES.items()})


@pytest.mark.parametrize("name", TOUCHES)
def test_who_delivers_is_introduced_by_reaching_the_client(
    introduced: dict[str, dict[str, Any]], name: str
) -> None:
    assert introduced[name]["is_introduced"] is TOUCHES[name][1]


BEFORE: dict[str, tuple[dict[str, Any], bool]] = {
    "the day before": ({"at": at("2026-05-07 23:50")}, True),
    "180 days before": ({"at": at("2025-11-09 09:00")}, True),
    "181 days before": ({"at": at("2025-11-08 09:00")}, False),
    "on the day it was won": ({"at": at("2026-05-08 00:10")}, False),
    "by who sold it": ({"at": at("2026-05-07 09:00"), "person_id": "sal"}, False),
    "by nobody known": ({"at": at("2026-05-07 09:00"), "person_id": None}, False),
    "by the client": ({"at": at("2026-05-07 09:00"), "direction": "in"}, False),
}


def test_who_delivers_is_known_there_by_a_word_of_theirs_before() -> None:
    deals = {name: {"delivery_owner_id": "del"} for name in BEFORE}
    rows = told(deals, {name: touch for name, (touch, _) in BEFORE.items()})
    assert {name: row["is_deliverer_known"] for name, row in rows.items()} == {
        name: known for name, (_, known) in BEFORE.items()
    }


def test_who_delivers_may_have_written_from_the_other_crm() -> None:
    org, other = client(domain="acme.test"), client(PlainOrg(org_id="77"), "h1", domain="acme.test")
    for crm, id_ in ((org, "del"), (other, "own")):
        crm.put("person", id_, name="Dee", email="dee@us.test")
    org.put("deal", "d1", **WON, delivery_owner_id="del")
    other.touch(days_ago(2), account_id="h1", person_id="own")
    (row,) = tell(org, other, about=["deal"])["deal"]
    assert row["is_introduced"] is True


STAGES: dict[str, tuple[dict[str, Any], Any]] = {
    "won": ({}, (False, True, 5, 3)),
    "won, nobody said when": ({"closes_on": None}, (False, True, None, None)),
    "won with a day to come": ({"closes_on": date(2026, 5, 14)}, (False, True, -1, -1)),
    "open": ({"is_closed": False, "is_won": False}, (True, False, None, None)),
    "lost": ({"is_won": False}, (False, False, None, None)),
    "long ago": (
        {"closes_on": date(1999, 1, 1)},
        (
            False,
            True,
            (NOW.date() - date(2020, 1, 1)).days,
            business_days_between(date(2020, 1, 1), NOW.date(), LONDON),
        ),
    ),
}


def test_a_deal_is_live_won_or_lost() -> None:
    rows = told({name: deal for name, (deal, _) in STAGES.items()})
    for name, (_, expected) in STAGES.items():
        row = rows[name]
        found = (
            row["is_deal_live"],
            row["is_deal_won"],
            row["days_since_won"],
            row["business_days_since_won"],
        )
        assert found == expected, name


def test_renewals_are_counted_down_in_the_clients_days() -> None:
    days = {"today": 0, "past": -1, "soon": 30, "never": None}
    deals = {
        name: {"renews_on": None if n is None else NOW.date() + timedelta(days=n)} for name, n in days.items()
    }
    assert {name: row["days_until_renewal"] for name, row in told(deals).items()} == days


def test_the_hours_of_a_retainer_are_told_of_a_hundred() -> None:
    hours = {"most": (80, 100), "over": (110, 100), "nothing sold": (5, 0), "unknown": (None, 100)}
    rows = told({name: {"hours_spent": spent, "hours_sold": sold} for name, (spent, sold) in hours.items()})
    assert [row["hours_spent_percent"] for row in rows.values()] == [80, 110, None, None]


def test_a_deal_of_two_clients_is_told_with_one_and_keeps_both_alive() -> None:
    org = client(client(id_="a2", is_active=None), is_active=None)
    for id_ in ("a1", "a2"):
        org.put("deal", "d1", account_id=id_, is_closed=False)
    facts = tell(org, about=["account", "deal"])
    assert [row["account_id"] for row in facts["deal"]] == ["00D1:a1"]
    assert [row["account_is_active"] for row in facts["account"]] == [True, True]


@pytest.mark.parametrize(
    "record",
    [
        name
        for name, record in RECORDS.items()
        if record.column("account_id") and name not in ("account", "activity")
    ],
)
def test_no_record_of_two_clients_is_told_twice(record: str) -> None:
    org = client(client(id_="a2"))
    for id_ in ("a2", "a1"):
        org.put(record, "r1", account_id=id_, due_on=NOW.date(), given_at=days_ago(1), given_by="client")
    assert [row["account_id"] for row in tell(org, about=[record])[record]] == ["00D1:a1"]
