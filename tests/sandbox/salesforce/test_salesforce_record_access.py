"""Who sees which record, asked as the vendor lets one ask."""

from typing import Any

import pytest

from tests.sandbox.salesforce.conftest import Running

ACCESS = "SELECT RecordId, HasReadAccess FROM UserRecordAccess"


def people(org: Running) -> tuple[str, str, str]:
    """The ids of a manager, of somebody of theirs, and of a third."""
    boss = user(org, "boss")
    return boss, user(org, "ann", ManagerId=boss), user(org, "cy")


def user(org: Running, name: str, **more: Any) -> str:
    address = f"{name}@acme.example"
    return org.create("User", LastName=name, Alias=name, Username=address, Email=address, **more)


def make_private(org: Running, *names: str) -> Any:
    return org.call("POST", "/_sandbox/salesforce/sharing", json={"private": list(names)}).json()


def reads(org: Running, user: str, *ids: str) -> dict[str, bool]:
    listed = ",".join(f"'{each}'" for each in ids)
    rows = org.rows(f"{ACCESS} WHERE UserId = '{user}' AND RecordId IN ({listed})")
    return {row["RecordId"]: row["HasReadAccess"] for row in rows}


def test_everybody_sees_what_is_not_private(org: Running) -> None:
    _, ann, cy = people(org)
    account = org.create("Account", Name="a", OwnerId=ann)
    assert reads(org, cy, account) == {account: True}


def test_a_private_record_is_seen_by_its_owner_and_who_stands_above(org: Running) -> None:
    boss, ann, cy = people(org)
    account = org.create("Account", Name="a", OwnerId=ann)
    assert make_private(org, "account") == {"private": ["Account"]}
    seen = [reads(org, user, account)[account] for user in (boss, ann, cy, org.dialect.org.user_id)]
    assert seen == [True, True, False, True]
    make_private(org)
    assert reads(org, cy, account) == {account: True}


def test_what_the_running_user_does_not_see_is_left_out(org: Running) -> None:
    _, ann, _ = people(org)
    account, hidden, gone = (org.create("Account", Name=name) for name in "abc")
    org.call("POST", "/_sandbox/salesforce/hide", json={"ids": [hidden]})
    org.call("DELETE", f"/sobjects/Account/{gone}")
    assert reads(org, ann, account, hidden, gone, "001000000000000AAA") == {account: True}


def test_a_kind_of_access_can_be_filtered_by(org: Running) -> None:
    _, ann, cy = people(org)
    mine, other = (org.create("Account", Name="a", OwnerId=owner) for owner in (cy, ann))
    make_private(org, "Account")
    where = f"WHERE UserId = '{cy}' AND RecordId IN ('{mine}', '{other}')"
    rows = org.rows(f"SELECT RecordId FROM UserRecordAccess {where} AND HasReadAccess = true")
    assert [row["RecordId"] for row in rows] == [mine]
    levels = org.rows(f"SELECT RecordId, MaxAccessLevel FROM UserRecordAccess {where}")
    assert [row["MaxAccessLevel"] for row in levels] == ["All", "None"]


@pytest.mark.parametrize(
    ("select", "where"),
    [
        ("RecordId", "UserId = '005000000000001AAA'"),
        ("RecordId", "RecordId = '001000000000001AAA'"),
        ("RecordId", "UserId IN ('005000000000001AAA') AND RecordId = '001000000000001AAA'"),
        ("RecordId", "UserId = '005000000000001AAA' OR RecordId = '001000000000001AAA'"),
        ("HasReadAccess", "UserId = '005000000000001AAA' AND RecordId = '001000000000001AAA'"),
        ("COUNT(RecordId)", "UserId = '005000000000001AAA' AND RecordId = '001000000000001AAA'"),
        (
            "RecordId, HasEditAccess",
            "UserId = '005000000000001AAA' AND RecordId = '001000000000001AAA' AND HasReadAccess = true",
        ),
    ],
)
def test_other_questions_are_refused(org: Running, select: str, where: str) -> None:
    assert org.refusal(f"SELECT {select} FROM UserRecordAccess WHERE {where}")[0] == "MALFORMED_QUERY"


def test_more_than_200_records_are_refused(org: Running) -> None:
    ids = ",".join(f"'001{number:012}'" for number in range(201))
    code, words = org.refusal(f"{ACCESS} WHERE UserId = '005000000000001AAA' AND RecordId IN ({ids})")
    assert (code, words) == ("EXCEEDED_ID_LIMIT", "Number of records exceeds limit:200")


def test_whose_record_it_is_cannot_be_selected(org: Running) -> None:
    where = "WHERE UserId = '005000000000001AAA' AND RecordId = '001000000000001AAA'"
    assert org.refusal(f"SELECT Id, RecordId FROM UserRecordAccess {where}")[0] == "INVALID_FIELD"
