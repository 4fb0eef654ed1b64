"""People at a client: who is left, when we last spoke, and whether it hangs on one of them."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.rules.plain_org import PlainOrg, client
from tests.rules.small_org import NOW, at, days_ago, tell

TODAY = NOW.date()


def people(org: PlainOrg | None = None, **left_on: date | None) -> PlainOrg:
    """A client with these people, and when each left."""
    org = org or client()
    for name, day in left_on.items():
        org.put("contact", name, name=name.title(), left_on=day)
    return org


def contacts(org: PlainOrg, **options: Any) -> dict[str, dict[str, Any]]:
    return {
        row["contact_id"].split(":")[1]: row for row in tell(org, about=["contact"], **options)["contact"]
    }


def test_the_last_touch_with_a_person_is_theirs_alone() -> None:
    org = people(ann=None, bob=None, cat=None)
    for days, direction, who in ((9, "in", "ann"), (4, "out", "ann"), (1, "out", "bob"), (-1, "out", "cat")):
        org.touch(days_ago(days), direction, contact_id=who)
    rows = contacts(org)
    assert [row["days_since_contact_touch"] for row in rows.values()] == [4, 1, None]
    assert [row["has_contact_written"] for row in rows.values()] == [True, False, False]
    assert rows["ann"]["contact_touch_on"] == date(2026, 5, 9)


def test_a_touch_is_on_the_clients_own_day() -> None:
    org = people(client(timezone="Asia/Tokyo"), ann=None)
    org.touch(at("2026-05-12 15:30"), contact_id="ann")  # half past midnight on the 13th
    assert contacts(org)["ann"]["days_since_contact_touch"] == 0


@pytest.mark.parametrize(
    ("left_on", "days"), [(TODAY, 0), (date(2026, 5, 3), 10), (date(2026, 5, 20), -7), (None, None)]
)
def test_days_since_somebody_left(left_on: date | None, days: int | None) -> None:
    row = contacts(people(ann=left_on))["ann"]
    assert (row["days_since_left"], row["left_on"]) == (days, left_on)


def test_who_is_key_is_said_by_the_mapping() -> None:
    org = client()
    for name, is_key in (("ann", True), ("bob", False), ("cat", None)):
        org.put("contact", name, name=name, is_key=is_key, role="Director")
    rows = contacts(org)
    assert [row["is_key_contact"] for row in rows.values()] == [True, False, False]
    assert rows["ann"]["contact_role"] == "Director"


def threads(*touched: tuple[str, int], **left_on: date | None) -> tuple[int, int, str | None]:
    """How many people there are, how many of them had a touch so many days ago, and the only one."""
    org = people(client(), ann=None, **left_on)
    for who, days in touched:
        org.touch(days_ago(days), contact_id=who)
    (row,) = tell(org, about=["account"])["account"]
    return row["contact_count"], row["touched_contact_count"], row["only_contact_name"]


@pytest.mark.parametrize(
    ("touched", "left_on", "expected"),
    [
        ((), {}, (1, 0, None)),
        ((("ann", 3),), {}, (1, 1, "Ann")),
        ((("ann", 180),), {"bob": None}, (2, 1, "Ann")),
        ((("ann", 181),), {"bob": None}, (2, 0, None)),
        ((("ann", 3), ("bob", 9)), {"bob": None}, (2, 2, None)),
        ((("ann", 3), ("bob", 9)), {"bob": TODAY}, (1, 1, "Ann")),  # who left today is no thread any more
        ((("ann", 3), ("bob", 9)), {"bob": TODAY + timedelta(days=1)}, (2, 2, None)),
        ((("bob", 9),), {"bob": date(2026, 5, 1)}, (1, 0, None)),
    ],
)
def test_a_client_may_hang_on_one_person(
    touched: tuple[tuple[str, int], ...],
    left_on: dict[str, date | None],
    expected: tuple[int, int, str | None],
) -> None:
    assert threads(*touched, **left_on) == expected


@pytest.mark.parametrize(
    ("touched", "left_on", "expected"),
    [
        ((), {}, None),
        ((("ann", 3), ("bob", 9)), {"bob": None}, "Ann"),
        ((("ann", 9), ("bob", 3)), {"bob": None}, "Bob"),
        ((("bob", 3), ("ann", 3)), {"bob": None}, "Ann"),  # of two at once the first by the alphabet
        ((("ann", 9), ("bob", 3)), {"bob": TODAY}, None),  # who was has left, and whom to ask is not known
        ((("ann", 181),), {}, None),
    ],
)
def test_the_one_to_speak_to_is_whom_we_were_in_touch_with_last(
    touched: tuple[tuple[str, int], ...], left_on: dict[str, date | None], expected: str | None
) -> None:
    org = people(client(), ann=None, **left_on)
    for who, days in touched:
        org.touch(days_ago(days), contact_id=who)
    (row,) = tell(org, about=["account"])["account"]
    assert row["last_contact_name"] == expected


def test_a_person_at_two_clients_is_told_with_one_and_known_to_both() -> None:
    org = client(client(id_="a2"))
    for id_ in ("a1", "a2"):
        org.put("contact", "ann", account_id=id_, name="Ann")
    org.touch(days_ago(2), account_id="a2", contact_id="ann")
    facts = tell(org, about=["account", "contact"])
    assert [(row["account_id"], row["days_since_contact_touch"]) for row in facts["contact"]] == [
        ("00D1:a1", 2)
    ]
    assert [row["contact_count"] for row in facts["account"]] == [1, 1]
