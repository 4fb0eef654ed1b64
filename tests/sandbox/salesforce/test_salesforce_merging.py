"""Merges as a person makes them in the CRM, seen by the API's readers."""

from datetime import timedelta
from typing import Any

import pytest

from tests.sandbox.salesforce.conftest import NOW, Running


def merge(org: Running, winner: str, *losers: str) -> Any:
    org.world.clock.set(NOW + timedelta(hours=1))
    body = {"winner": winner, "losers": list(losers)}
    return org.call("POST", "/_sandbox/salesforce/merge", json=body).json()


def field(org: Running, object_name: str, record_id: str, name: str) -> Any:
    (row,) = org.rows(f"SELECT {name} FROM {object_name} WHERE Id = '{record_id}'", deleted=True)
    return row[name]


@pytest.mark.parametrize("name", ["Account", "Contact", "Lead", "Case"])
def test_the_loser_is_deleted_and_names_its_master(org: Running, name: str) -> None:
    needed: dict[str, dict[str, str]] = {
        "Account": {"Name": "A"}, "Contact": {"LastName": "B"}, "Lead": {"LastName": "C", "Company": "D"}, "Case": {},
    }  # fmt: skip
    winner, loser = (org.create(name, **needed[name]) for _ in range(2))
    assert merge(org, winner, loser) == {"winner": winner, "losers": [loser], "moved": 0}
    assert (field(org, name, loser, "IsDeleted"), field(org, name, loser, "MasterRecordId")) == (True, winner)
    assert field(org, name, loser, "SystemModstamp").startswith("2026-05-04T10:00")
    assert field(org, name, winner, "SystemModstamp").startswith("2026-05-04T10:00")


def test_what_belonged_to_a_lost_account_belongs_to_the_winner(org: Running) -> None:
    winner, loser = (org.create("Account", Name=name) for name in "ab")
    contact = org.create("Contact", LastName="Lee", AccountId=loser)
    case, task = org.create("Case", AccountId=loser), org.create("Task", Subject="call", WhatId=loser)
    about_lee = org.create("Task", Subject="mail", WhoId=contact)
    assert merge(org, winner, loser)["moved"] == 4
    assert [field(org, *each, "AccountId") for each in (("Contact", contact), ("Case", case), ("Task", task), ("Task", about_lee))] == [winner] * 4  # fmt: skip
    assert field(org, "Task", task, "WhatId") == winner
    assert field(org, "Case", case, "SystemModstamp").startswith("2026-05-04T10:00")


def test_activities_of_a_lost_contact_follow_it_to_the_other_account(org: Running) -> None:
    here, there = (org.create("Account", Name=name) for name in "ab")
    winner, loser = (
        org.create("Contact", LastName="W", AccountId=here),
        org.create("Contact", LastName="L", AccountId=there),
    )
    task = org.create("Task", Subject="call", WhoId=loser)
    assert field(org, "Task", task, "AccountId") == there
    merge(org, winner, loser)
    assert (field(org, "Task", task, "WhoId"), field(org, "Task", task, "AccountId")) == (winner, here)


def test_a_winner_does_not_become_its_own_parent(org: Running) -> None:
    loser = org.create("Account", Name="parent")
    winner = org.create("Account", Name="child", ParentId=loser)
    merge(org, winner, loser)
    assert field(org, "Account", winner, "ParentId") is None


def test_a_loser_that_comes_back_has_no_master(org: Running) -> None:
    winner, loser = (org.create("Account", Name=name) for name in "ab")
    merge(org, winner, loser)
    assert org.call("POST", "/_sandbox/salesforce/undelete", json={"ids": [loser]}).json()[0]["success"]
    assert (field(org, "Account", loser, "IsDeleted"), field(org, "Account", loser, "MasterRecordId")) == (
        False,
        None,
    )


def test_describe_tells_what_can_be_merged(org: Running) -> None:
    told = {}
    for name in ("Account", "Contact", "Lead", "Case", "Task"):
        described = org.call("GET", f"/sobjects/{name}/describe").json()
        told[name] = (
            described["mergeable"],
            "MasterRecordId" in [each["name"] for each in described["fields"]],
        )
    assert told.pop("Task") == (False, False)
    assert set(told.values()) == {(True, True)}


def test_what_cannot_be_merged_is_refused(org: Running) -> None:
    winner, contact = org.create("Account", Name="a"), org.create("Contact", LastName="b")
    others = [org.create("Account", Name=name) for name in "bcd"]
    task = org.create("Task", Subject="t")
    for body in (
        (winner, winner),
        (winner, contact),
        (winner, *others),
        (winner,),
        (task, task),
        ("x", winner),
    ):
        assert "error" in merge(org, *body), body
    assert org.rows("SELECT COUNT() FROM Account WHERE IsDeleted = true", deleted=True) == []
