"""Data files in the Salesforce side: ids, stamps, fields of one's own, and what is refused."""

import time
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from sandbox.salesforce.dialect import SalesforceDialect
from sandbox.salesforce.identifiers import full_id, with_suffix
from sandbox.world import DataRefused, World
from tests.sandbox.salesforce.conftest import NOW, Running

OBJECTS: dict[str, list[dict[str, Any]]] = {
    "Task": [
        {
            "Id": "act_1",
            "Subject": "Call",
            "Status": "Completed",
            "WhatId": "acct_1",
            "WhoId": "con_1",
            "OwnerId": "rep_1",
        }
    ],
    "Account": [{"Id": "acct_1", "Name": "Acme", "OwnerId": "rep_1"}],
    "Contact": [{"Id": "con_1", "LastName": "Lee", "AccountId": "acct_1"}],
    "User": [{"Id": "rep_1", "Name": "Ann Lee", "Email": "ann@agency.example"}],
}


@pytest.mark.parametrize("order", [list(OBJECTS), list(reversed(OBJECTS))])
def test_foreign_ids_meet_whatever_the_order(org: Running, order: list[str]) -> None:
    for name in order:
        org.dialect.load(name, OBJECTS[name])
    (task,) = org.rows(
        "SELECT Legacy_Id__c, What.Name, Who.Name, Owner.Name, Account.Name, IsClosed FROM Task"
    )
    assert [task[name]["Name"] for name in ("What", "Who", "Owner", "Account")] == [
        "Acme",
        "Lee",
        "Ann Lee",
        "Acme",
    ]
    assert (task["Legacy_Id__c"], task["IsClosed"]) == ("act_1", True)


def test_the_same_foreign_ids_give_the_same_ids_in_every_sandbox() -> None:
    ids = []
    for _ in range(2):
        dialect = SalesforceDialect(World())
        dialect.load("Account", OBJECTS["Account"])
        ids.append(dialect.dump()["Account"][0]["Id"])
    assert ids[0] == ids[1]
    assert full_id(ids[0]) == ids[0]


def test_a_new_record_gets_no_id_that_a_file_has_brought(org: Running) -> None:
    ids = [f"0015g0000001{number}" for number in ("000", "001", "002", "00z")]
    org.dialect.load("Account", [{"Id": each, "Name": each} for each in ids])
    made = org.create("Account", Name="new")
    assert made[:15] not in ids
    assert len(org.rows("SELECT Id FROM Account")) == 5


def test_real_ids_and_stamps_are_kept(org: Running) -> None:
    given = {
        "Id": "0015g00000abcDE",
        "Name": "Acme",
        "CreatedDate": datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC),
        "SystemModstamp": "2024-02-01T00:00:00Z",
    }
    org.dialect.load("Account", [given])
    (row,) = org.rows("SELECT Id, CreatedDate, SystemModstamp, LastModifiedDate FROM Account")
    assert row["Id"] == with_suffix("0015g00000abcDE")
    assert row["CreatedDate"] == "2024-01-02T03:04:05.000+0000"
    assert row["SystemModstamp"] == "2024-02-01T00:00:00.000+0000"
    assert row["LastModifiedDate"].startswith("2026-05-04T09:00")


def test_columns_of_ones_own_are_typed_by_their_values(org: Running) -> None:
    row = {
        "Name": "Acme",
        "Tier__c": "A",
        "Score__c": "7.5",
        "Vip__c": "true",
        "Muted__c": "2026-01-01",
        "Seen__c": "2026-01-01T09:00:00Z",
        "Zip__c": "00123",
    }
    org.dialect.load("Account", [row, {"Name": "Beta", "Tier__c": ""}])
    described = org.call("GET", "/sobjects/Account/describe").json()["fields"]
    kinds = {field["name"]: field["type"] for field in described if field["custom"]}
    assert kinds == {
        "Tier__c": "string",
        "Score__c": "double",
        "Vip__c": "boolean",
        "Muted__c": "date",
        "Seen__c": "datetime",
        "Zip__c": "string",
    }
    (acme, beta) = org.rows("SELECT Tier__c, Score__c, Vip__c FROM Account ORDER BY Name")
    assert [acme["Score__c"], acme["Vip__c"], beta["Tier__c"], beta["Vip__c"]] == [7.5, True, None, False]


def test_objects_of_ones_own_point_to_standard_ones(org: Running) -> None:
    org.dialect.load(
        "Xero_Invoice__c",
        [
            {
                "Id": "inv_1",
                "Name": "INV-1",
                "Account__c": "acct_1",
                "Due__c": date(2026, 4, 1),
                "Balance__c": Decimal("12.5"),
            }
        ],
    )
    org.dialect.load("Account", OBJECTS["Account"])
    (row,) = org.rows(
        "SELECT Name, Account__r.Name, Due__c, Balance__c FROM Xero_Invoice__c WHERE Due__c < 2026-05-01"
    )
    assert (row["Account__r"]["Name"], row["Due__c"], row["Balance__c"]) == ("Acme", "2026-04-01", 12.5)


@pytest.mark.parametrize(
    ("name", "rows", "row", "reason"),
    [
        ("Accounty", [{}], 1, "did you mean Account"),
        ("Account", [{"Name": "a", "Industri": "x"}], 1, "did you mean Industry?"),
        ("Account", [{"Name": "a"}, {"Website": "x"}], 2, "Account needs Name"),
        ("Task", [{"Status": "Done"}], 1, "'Done' is none of Not Started"),
        ("Task", [{"ActivityDate": "soon"}], 1, "ActivityDate: 'soon' is not a date"),
        ("Task", [{"Description": "x" * 32001}], 1, "32001 characters"),
        ("Account", [{"Id": "a", "Name": "a"}, {"Id": "a", "Name": "b"}], 2, "is there already"),
        ("Account", [{"Name": "a", "AnnualRevenue": "much"}], 1, "is not a number"),
    ],
)
def test_what_no_org_could_hold_is_refused_with_its_row(
    name: str, rows: list[dict[str, Any]], row: int, reason: str
) -> None:
    dialect = SalesforceDialect(World())
    with pytest.raises(DataRefused) as refused:
        dialect.load(name, rows)
    assert refused.value.row == row
    assert reason in refused.value.reason
    assert dialect.dump().get(name, []) == []


def test_renamed_statuses_decide_what_is_closed(org: Running) -> None:
    org.dialect.load(
        "TaskStatus",
        [{"MasterLabel": "Nuevo", "IsDefault": True}, {"MasterLabel": "Hecho", "IsClosed": True}],
    )
    org.dialect.load("Task", [{"Subject": "a"}, {"Subject": "b", "Status": "Hecho"}])
    rows = org.rows("SELECT Status, IsClosed FROM Task ORDER BY Subject")
    assert [(row["Status"], row["IsClosed"]) for row in rows] == [("Nuevo", False), ("Hecho", True)]


def test_people_see_clients_and_tasks(org: Running) -> None:
    for name, rows in OBJECTS.items():
        org.dialect.load(name, [row | ({"Tier__c": "B"} if name == "Account" else {}) for row in rows])
    org.create(
        "Task",
        Subject="Call Acme",
        WhatId=org.rows("SELECT Id FROM Account")[0]["Id"],
        ActivityDate="2026-05-05",
    )
    (client,) = org.dialect.clients_for_people()
    first = org.dialect.tasks_for_people()[0]
    assert (client["name"], client["owner"], client["tier"], client["open_tasks"]) == (
        "Acme",
        "Ann Lee",
        "B",
        "1",
    )
    assert (first["subject"], first["about"], first["due"], first["status"]) == (
        "Call Acme",
        "Acme",
        "2026-05-05",
        "Not Started",
    )


def test_sixty_thousand_tasks_load_in_seconds() -> None:
    world = World()
    world.clock.set(NOW)
    dialect = SalesforceDialect(world)
    rows = [
        {"Id": f"act_{number}", "Subject": "Call", "Status": "Completed", "WhatId": f"acct_{number % 1500}"}
        for number in range(60_000)
    ]
    began = time.process_time()
    assert dialect.load("Task", rows) == 60_000
    assert time.process_time() - began < 15


def many(last: dict[str, Any]) -> list[dict[str, Any]]:
    """More rows than are read at once; only the last one is another."""
    return [{"Id": f"acct_{number}", "Name": "a", "Code__c": "1"} for number in range(20_005)] + [last]


def test_a_column_is_typed_by_its_last_value_too(org: Running) -> None:
    assert (
        org.dialect.load("Account", many({"Name": "z", "Code__c": "007", "Late__c": "2026-01-01"})) == 20_006
    )
    described = org.call("GET", "/sobjects/Account/describe").json()["fields"]
    kinds = {each["name"]: each["type"] for each in described if each["custom"]}
    assert (kinds["Code__c"], kinds["Late__c"]) == ("string", "date")
    assert {row["Code__c"] for row in org.rows("SELECT Code__c FROM Account")} >= {"1"}
    assert org.rows("SELECT Code__c FROM Account WHERE Name = 'z'")[0]["Code__c"] == "007"


@pytest.mark.parametrize("last", [{"Id": "acct_7", "Name": "twin"}, {"Name": None}])
def test_what_is_wrong_far_down_is_refused_with_its_row(last: dict[str, Any]) -> None:
    dialect = SalesforceDialect(World())
    with pytest.raises(DataRefused) as refused:
        dialect.load("Account", many(last))
    assert (refused.value.row, dialect.dump()["Account"]) == (20_006, [])
