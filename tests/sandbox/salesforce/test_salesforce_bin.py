"""Deleted records: in the bin, back from it, gone for good, and what /deleted tells of them."""

from datetime import timedelta
from typing import Any

import pytest

from sandbox.world import quoted
from tests.sandbox.salesforce.conftest import NOW, Running

SOQL = "SELECT Id FROM Account"


def lever(org: Running, name: str, **body: Any) -> Any:
    """The answer of a control path that must succeed."""
    answer = org.call("POST", f"/_sandbox/salesforce/{name}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def deleted(org: Running, *, days: float = 1) -> Any:
    now = org.world.clock.now()
    span = {
        "start": (now - timedelta(days=days)).isoformat(),
        "end": (now + timedelta(minutes=5)).isoformat(),
    }
    answer = org.call("GET", "/sobjects/Account/deleted/", params=span)
    return answer.json()


@pytest.fixture
def gone(org: Running) -> list[str]:
    """Three deleted accounts, two minutes ago."""
    ids = [org.create("Account", Name=name) for name in ("a", "b", "c")]
    for each in ids:
        assert org.call("DELETE", f"/sobjects/Account/{each}").status_code == 204
    org.world.clock.set(NOW + timedelta(minutes=2))
    return ids


def test_what_is_deleted_for_good_is_nowhere_any_more(org: Running, gone: list[str]) -> None:
    assert lever(org, "empty-bin", ids=gone[:1]) == {"deleted": 1}
    assert {row["Id"] for row in org.rows(SOQL, deleted=True)} == set(gone[1:])
    assert {each["id"] for each in deleted(org)["deletedRecords"]} == set(gone[1:])
    assert lever(org, "undelete", ids=gone[:1])[0]["errors"][0]["statusCode"] == "UNDELETE_FAILED"


def test_the_whole_bin_is_emptied_and_live_records_stay(org: Running, gone: list[str]) -> None:
    alive = org.create("Account", Name="alive")
    assert lever(org, "empty-bin") == {"deleted": 3}
    assert [row["Id"] for row in org.rows(SOQL, deleted=True)] == [alive]
    assert deleted(org)["earliestDateAvailable"][:16] == "2026-05-04T09:02"


def test_only_what_is_in_the_bin_can_be_emptied_out_of_it(org: Running) -> None:
    alive = org.create("Account", Name="alive")
    assert lever(org, "empty-bin", ids=[alive]) == {"deleted": 0}


def test_a_record_that_came_back_is_told_as_changed(org: Running, gone: list[str]) -> None:
    before = org.rows(f"SELECT SystemModstamp FROM Account WHERE Id = '{gone[0]}'", deleted=True)
    assert lever(org, "undelete", ids=gone[:1])[0]["success"]
    (after,) = org.rows(f"SELECT SystemModstamp FROM Account WHERE Id = '{gone[0]}'")
    assert after["SystemModstamp"] > before[0]["SystemModstamp"]


def test_the_bin_forgets_after_fifteen_days(org: Running, gone: list[str]) -> None:
    org.world.clock.set(NOW + timedelta(days=15))
    assert len(org.rows(SOQL, deleted=True)) == 3
    org.world.clock.set(NOW + timedelta(days=16))
    assert org.rows(SOQL, deleted=True) == []
    assert lever(org, "undelete", ids=gone[:1])[0]["errors"][0]["statusCode"] == "UNDELETE_FAILED"


def test_deletions_are_covered_up_to_the_last_whole_minute(org: Running, gone: list[str]) -> None:
    org.world.clock.set(NOW + timedelta(minutes=2, seconds=40))
    told = deleted(org)
    assert told["latestDateCovered"] == "2026-05-04T09:02:00.000+0000"
    assert {each["id"] for each in told["deletedRecords"]} == set(gone)


def test_deletions_are_told_for_fifteen_days_back(org: Running) -> None:
    assert deleted(org, days=15.01)[0]["errorCode"] == "INVALID_REPLICATION_DATE"
    assert deleted(org, days=14.9)["deletedRecords"] == []


def test_too_many_deletions_are_refused(org: Running) -> None:
    columns = "Id, Name, IsDeleted, SystemModstamp"
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <= 600000)"
    row = "printf('0015g0000%09d', i), 'x', 1, '2026-05-04T08:00:00.000+0000'"
    table = quoted("salesforce__Account")
    org.world.store.execute(f"INSERT INTO {table} ({columns}) {numbers} SELECT {row} FROM n")
    assert deleted(org)[0]["errorCode"] == "EXCEEDED_ID_LIMIT"
    assert org.rows("SELECT COUNT() FROM Account", deleted=True) == []


@pytest.mark.parametrize("name", ["undelete", "empty-bin"])
@pytest.mark.parametrize("body", [{"ids": ["x"]}, {"ids": "x"}, {"idz": []}])
def test_a_lever_that_is_asked_nonsense_says_what_it_takes(org: Running, name: str, body: Any) -> None:
    answer = org.call("POST", f"/_sandbox/salesforce/{name}", json=body)
    assert (answer.status_code, "ids" in answer.json()["error"]) == (400, True)
