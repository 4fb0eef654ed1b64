"""Clients that changed hands, as we saw it; and people of ours who are in two CRMs."""

from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest

from rules.case import CHANGES, OWN_TASKS, WATCHED, Memory
from tests.rules.plain_org import PlainOrg, client
from tests.rules.small_org import NOW, days_ago, tell


def memory(
    *handed: tuple[str, float], watched: int | None = 90, new: str = "ann", org: str = "00D1"
) -> Memory:
    """These clients came from Ben so many days ago; and for how many days we have looked."""
    rows = [
        {"record": "account", "record_id": f"{org}:{id_}", "column_name": "owner_id", "old_id": f"{org}:ben", "new_id": f"{org}:{new}", "seen_at": days_ago(0) - (NOW - days_ago(1)) * days}
        for id_, days in handed
    ]  # fmt: skip
    since = [{"record": "account", "column_name": "owner_id", "org_id": org, "since_at": days_ago(watched)}] if watched is not None else []  # fmt: skip
    return Memory(
        changes=pa.Table.from_pylist(rows, schema=CHANGES),
        watched=pa.Table.from_pylist(since, schema=WATCHED),
    )


def team(*clients: str) -> PlainOrg:
    org = PlainOrg()
    for id_, name in (("ann", "Ann"), ("ben", "Ben")):
        org.put("person", id_, name=name, email=f"{id_}@us.test")
    for id_ in clients:
        client(org, id_, owner_id="ann")
    return org


def account(org: PlainOrg, remembered: Memory | None = None) -> dict[str, Any]:
    return tell(org, about=["account"], memory=remembered)["account"][0]


def test_a_change_of_hands_is_told_with_who_came_before() -> None:
    row = account(team("a1"), memory(("a1", 5)))
    assert (row["owner_changed_on"], row["previous_owner_name"]) == (date(2026, 5, 8), "Ben")
    assert (row["business_days_since_owner_change"], row["is_owner_introduced"]) == (3, False)


@pytest.mark.parametrize(("days", "is_introduced"), [(6, False), (5, False), (4.9, True)])
def test_our_next_word_introduces_the_new_owner(days: float, *, is_introduced: bool) -> None:
    org = team("a1")
    org.touch(NOW - (NOW - days_ago(1)) * days)
    assert account(org, memory(("a1", 5)))["is_owner_introduced"] is is_introduced


def test_their_word_introduces_nobody() -> None:
    org = team("a1")
    org.touch(days_ago(2), "in")
    assert account(org, memory(("a1", 5)))["is_owner_introduced"] is False


def test_a_call_of_theirs_is_a_word_of_ours_and_a_receipt_is_none() -> None:
    org = team("a1", "a2")
    org.touch(days_ago(9))
    org.touch(days_ago(2), "in", kind="call", person_id="ann")
    org.touch(days_ago(9), account_id="a2")
    org.touch(days_ago(2), account_id="a2", is_acknowledgement=True)
    called, told = tell(org, about=["account"], memory=memory(("a1", 5), ("a2", 5)))["account"]
    assert (called["is_owner_introduced"], told["is_owner_introduced"]) == (True, False)
    assert (called["days_since_outbound"], called["last_outbound_kind"]) == (2, "call")
    assert (called["last_outbound_person_name"], told["days_since_outbound"]) == ("Ann", 9)


def test_of_several_changes_the_last_one_counts() -> None:
    row = account(team("a1"), memory(("a1", 25), ("a1", 5), ("a1", 11)))
    assert row["owner_changed_on"] == date(2026, 5, 8)


@pytest.mark.parametrize(
    ("handed", "watched", "is_short"),
    [((), 30, False), ((), 29, True), ((), None, True), ((("a1", 3),), 10, False)],
)
def test_what_was_before_we_looked_is_not_known(handed: Any, watched: int | None, *, is_short: bool) -> None:
    row = account(team("a1"), memory(*handed, watched=watched))
    assert row["is_owner_history_short"] is is_short


def test_a_portfolio_that_changes_hands_is_counted() -> None:
    handed = memory(("a1", 30), ("a2", 3), ("a3", 31), ("a4", 2))
    rows = tell(team("a1", "a2", "a3", "a4", "a5"), about=["account"], memory=handed)["account"]
    assert [row["clients_handed_over_count"] for row in rows] == [3] * 5


@pytest.mark.parametrize("elsewhere", [None, "America/Los_Angeles"])
def test_it_is_counted_the_same_wherever_other_clients_are(elsewhere: str | None) -> None:
    org = client(team("a1", "a2"), "a3", timezone=elsewhere)
    early = NOW - timedelta(hours=9)  # 12 May on the west coast
    rows = tell(org, about=["account"], memory=memory(("a1", 3), ("a2", 31)), now=early)["account"]
    assert rows[0]["clients_handed_over_count"] == 1


def two_crms() -> tuple[PlainOrg, PlainOrg]:
    """Ann in both, with a client of hers and a late promise in each."""
    crms = (PlainOrg(), PlainOrg(org_id="77"))
    for org, email in zip(crms, ("Ann@us.test", " ann@us.test"), strict=True):
        org.put("person", "ann", name=f"Ann in {org.org_id}", email=email)
        client(org, owner_id="ann")
        org.put("commitment", "p1", owner_id="ann", made_by="us", due_on=date(2026, 5, 8))
        org.put("commitment", "p2", owner_id="ann", made_by="us", due_on=date(2026, 5, 20))
    return crms


def test_a_person_in_two_crms_has_one_desk() -> None:
    tasks = [
        {"owner_id": f"{org}:ann", "is_open": is_open}
        for org, is_open in (("00D1", True), ("77", True), ("77", False))
    ]
    own = Memory(own_tasks=pa.Table.from_pylist(tasks, schema=OWN_TASKS))
    (row,) = tell(*two_crms(), about=["person"], memory=own)["person"]
    assert (row["person_id"], row["person_name"]) == ("00D1:ann", "Ann in 00D1")
    assert (row["client_count"], row["open_promise_count"], row["late_promise_count"]) == (2, 4, 2)
    assert (row["promises_due_this_week"], row["open_task_count"]) == (2, 2)


def test_the_crm_that_is_named_first_names_the_person() -> None:
    one, other = two_crms()
    assert [row["person_id"] for row in tell(other, one, about=["person"])["person"]] == ["77:ann"]


def test_two_logins_of_one_crm_stay_two() -> None:
    one, other = two_crms()
    one.put("person", "ann2", name="Ann, gone", email="ann@us.test", is_active=False)
    rows = tell(one, other, about=["person"])["person"]
    assert [row["person_id"] for row in rows] == ["00D1:ann", "00D1:ann2", "77:ann"]
