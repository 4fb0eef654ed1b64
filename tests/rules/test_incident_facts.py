"""Whether a client was told of an incident, called about it, and asked afterwards."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.rules.plain_org import PlainOrg, client
from tests.rules.small_org import NOW, at, days_ago, tell

HOUR = timedelta(hours=1)
OPENED, CLOSED = days_ago(5), days_ago(2)
OVER: dict[str, Any] = {"opened_at": OPENED, "closed_at": CLOSED, "is_open": False}

Touch = dict[str, Any]


def told(cases: dict[str, tuple[Touch, ...]], **incident: Any) -> dict[str, dict[str, Any]]:
    """A client with an incident for each case of touches."""
    org = PlainOrg()
    for name, touches in cases.items():
        client(org, name)
        org.put("incident", name, account_id=name, **{**OVER, **incident})
        for touch in touches:
            org.touch(**{"at": OPENED + HOUR, **touch, "account_id": name})
    rows = {row["incident_id"]: row for row in tell(org, about=["incident"])["incident"]}
    return {name: rows[f"00D1:{name}"] for name in cases}


CASES: dict[str, tuple[tuple[Touch, ...], str]] = {
    "nothing": ((), ""),
    "mail only": (({},), "client_told"),
    "a text message": (({"kind": "message"},), "client_told"),
    "a call": (({"kind": "call"},), "client_told client_called"),
    "their call": (({"kind": "call", "direction": "in"},), "client_told client_called"),
    "a meeting": (({"kind": "meeting"},), "client_told client_called"),
    "mail at the moment of the report": (({"at": OPENED},), ""),
    "a call before it": (({"at": OPENED - HOUR, "kind": "call"},), ""),
    "their mail": (({"direction": "in"},), ""),
    "a receipt": (({"is_acknowledgement": True},), ""),
    "an automatic answer": (({"is_automated": True},), ""),
    "a voicemail": (({"kind": "call", "outcome": "missed"},), ""),
    "a note": (({"kind": "note", "direction": "internal"},), ""),
    "a call to come": (({"at": NOW + HOUR, "kind": "call"},), ""),
    "mail at the moment of its end": (({"at": CLOSED},), "client_told"),
    "mail afterwards only": (({"at": CLOSED + HOUR},), "client_told followed_up"),
    "their mail afterwards": (({"at": CLOSED + HOUR, "direction": "in"},), ""),
    "a call, then mail afterwards": (({"kind": "call"}, {"at": CLOSED + HOUR}), "client_told client_called followed_up"),
}  # fmt: skip


@pytest.fixture(scope="module")
def cases() -> dict[str, dict[str, Any]]:
    return told({name: touches for name, (touches, _) in CASES.items()})


@pytest.mark.parametrize("name", CASES)
def test_who_was_told_called_and_asked_afterwards(cases: dict[str, dict[str, Any]], name: str) -> None:
    flags = [word for word in ("client_told", "client_called", "followed_up") if cases[name][f"is_{word}"]]
    assert flags == CASES[name][1].split()


def test_an_open_incident_has_no_end_to_follow_up() -> None:
    cases = told(
        {"a1": ({"at": CLOSED + HOUR},)}, is_open=True
    )  # opened again: its old end stands in the CRM
    row = cases["a1"]
    assert (row["is_incident_open"], row["is_followed_up"], row["days_since_closed"]) == (True, False, None)
    assert (row["incident_closed_on"], row["is_client_told"]) == (None, True)


@pytest.mark.parametrize(
    ("told_at", "is_told"), [(OPENED + HOUR, True), (OPENED, True), (NOW, True), (NOW + HOUR, False), (None, False)]
)  # fmt: skip
def test_the_mapping_may_say_when_they_were_told(told_at: Any, *, is_told: bool) -> None:
    assert told({"a1": ()}, told_at=told_at)["a1"]["is_client_told"] is is_told


@pytest.mark.parametrize(
    ("closed_at", "days", "business_days"),
    [
        (at("2026-05-13 11:59"), 0, 0),
        (at("2026-05-12 23:30"), 0, 0),  # half past midnight in London
        (at("2026-05-12 22:30"), 1, 1),
        (at("2026-05-08 16:00"), 5, 3),  # Friday
        (at("2026-05-01 16:00"), 12, 7),  # over a bank holiday
    ],
)
def test_days_since_its_end_are_the_clients_own(closed_at: Any, days: int, business_days: int) -> None:
    row = told({"a1": ()}, opened_at=days_ago(30), closed_at=closed_at)["a1"]
    assert (row["days_since_closed"], row["business_days_since_closed"]) == (days, business_days)


@pytest.mark.parametrize(
    ("shared_at", "is_shared"), [(None, False), (NOW, True), (NOW + HOUR, False)]
)  # fmt: skip
def test_of_a_change_they_hear_what_it_costs(shared_at: Any, *, is_shared: bool) -> None:
    row = told({"a1": ()}, kind="change", impact_shared_at=shared_at, is_open=True, closed_at=None)["a1"]
    assert (row["incident_kind"], row["is_impact_shared"]) == ("change", is_shared)


def test_only_problems_count_for_the_client_and_only_of_90_days() -> None:
    org = client()
    for number, (kind, days) in enumerate(
        [("problem", 90), ("problem", 91), ("change", 1), ("problem", -1), ("problem", 2)]
    ):
        values = {"opened_at": days_ago(days), "kind": kind, "subject": f"no. {number}"}
        org.put("incident", f"i{number}", **values, is_open=number < 2)
    (row,) = tell(org, about=["account"])["account"]
    assert (row["incident_count_90"], row["open_incident_count"]) == (2, 2)
    assert (row["last_incident_subject"], row["last_incident_on"]) == ("no. 4", date(2026, 5, 11))


def test_an_incident_of_two_clients_is_told_with_one_and_counts_for_both() -> None:
    org = client(client(id_="a2"))
    for id_ in ("a2", "a1", "gone"):
        org.put("incident", "i1", account_id=id_, **OVER)
    facts = tell(org, about=["account", "incident"])
    assert [(row["incident_id"], row["account_id"]) for row in facts["incident"]] == [("00D1:i1", "00D1:a1")]
    assert [row["incident_count_90"] for row in facts["account"]] == [1, 1]
