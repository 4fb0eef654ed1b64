"""Late commits, floods of one stamp, and changes that move no stamp."""

import time
from typing import Any

import pytest

from tests.sandbox.salesforce.conftest import Running

OLDER = "2026-05-04T08:50:00.000+0000"


def lever(org: Running, name: str, **body: Any) -> Any:
    return org.call("POST", f"/_sandbox/salesforce/{name}", json=body).json()


def test_a_late_commit_appears_with_an_older_stamp(org: Running) -> None:
    read = "SELECT Id FROM Case WHERE SystemModstamp >= 2026-05-04T08:00:00Z"
    assert org.rows(read) == []
    made = lever(org, "commit", object="Case", at=OLDER, records=[{"Subject": "slow"}])
    (row,) = org.rows("SELECT Id, SystemModstamp, CreatedDate, LastModifiedDate FROM Case")
    assert ([row["Id"]], made["at"]) == (made["ids"], OLDER)
    assert {row["SystemModstamp"], row["CreatedDate"], row["LastModifiedDate"]} == {OLDER}


def test_a_late_commit_may_change_a_record(org: Running) -> None:
    case = org.create("Case", Subject="a")
    lever(org, "commit", object="Case", at=OLDER, records=[{"Id": case, "Subject": "b"}])
    (row,) = org.rows("SELECT Subject, SystemModstamp, CreatedDate FROM Case")
    assert (row["Subject"], row["SystemModstamp"]) == ("b", OLDER)
    assert row["CreatedDate"] > OLDER


def test_a_flood_gives_thousands_of_records_one_second(org: Running) -> None:
    org.dialect.load("Case", [{"Subject": str(number)} for number in range(15_100)])
    began = time.monotonic()
    assert lever(org, "touch", object="Case", count=15_000, at=OLDER)["touched"] == 15_000
    same = f"SELECT COUNT() FROM Case WHERE SystemModstamp = {OLDER[:19]}Z"
    assert org.call("GET", "/query", params={"q": same}).json()["totalSize"] == 15_000
    assert time.monotonic() - began < 2


def test_a_mass_update_writes_values_with_its_stamp(org: Running) -> None:
    ids = [org.create("Account", Name=name) for name in "ab"]
    lever(org, "touch", object="Account", ids=ids[:1], values={"Rating": "Hot"}, at=OLDER)
    rows = org.rows("SELECT Rating, SystemModstamp, LastModifiedDate FROM Account ORDER BY Name")
    assert [row["Rating"] for row in rows] == ["Hot", None]
    assert rows[0]["SystemModstamp"] == rows[0]["LastModifiedDate"] == OLDER


def test_a_formula_changes_without_a_stamp(org: Running) -> None:
    org.create("Account", Name="a")
    lever(org, "field", object="Account", field="Health__c", type="double calculated")
    before = org.rows("SELECT Health__c, SystemModstamp FROM Account")[0]
    assert lever(org, "touch", object="Account", values={"Health__c": 0.7}, stamped=False)["touched"] == 1
    after = org.rows("SELECT Health__c, SystemModstamp FROM Account")[0]
    assert (before["Health__c"], after["Health__c"]) == (None, 0.7)
    assert before["SystemModstamp"] == after["SystemModstamp"]
    described = org.call("GET", "/sobjects/Account/describe").json()["fields"]
    assert [each["name"] for each in described if each["calculated"]] == ["Health__c"]


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("touch", {"object": "Cases"}, "did you mean 'Case'?"),
        ("touch", {"object": "Case", "values": {"Subjekt": "x"}}, "did you mean 'Subject'?"),
        ("touch", {"object": "Case", "at": "soon"}, "2026-05-01T09:00:00Z"),
        ("touch", {"object": "Case", "count": "all"}, "number"),
        ("touch", {"object": "Case", "stamped": False}, "nothing is changed"),
        ("commit", {"object": "Case", "records": []}, "give {"),
        ("commit", {"object": "Case", "at": OLDER, "records": [{"Subjekt": "x"}]}, "No such column"),
        ("commit", {"object": "Case", "at": OLDER, "records": 5}, "give {"),
    ],
)
def test_what_cannot_be_done_is_told(org: Running, name: str, body: dict[str, Any], words: str) -> None:
    assert words in lever(org, name, **body)["error"]
