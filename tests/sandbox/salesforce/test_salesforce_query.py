"""What SOQL answers, and what it refuses."""

from datetime import UTC, datetime

import pytest

from tests.sandbox.salesforce.conftest import Running


@pytest.fixture
def clients(org: Running) -> Running:
    org.dialect.load("User", [{"Id": "rep_1", "Name": "Ann Lee", "Email": "ann@agency.example"}])
    org.dialect.load(
        "Account",
        [
            {"Name": "Acme", "Rating": "Hot", "AnnualRevenue": 5, "OwnerId": "rep_1", "Site": "50% off_x"},
            {"Name": "beta", "Rating": "Cold", "AnnualRevenue": 10.5, "CreatedDate": "2026-05-03T23:59:59Z"},
            {"Name": "Zoë's", "CreatedDate": "2026-04-01T00:00:00Z", "Site": "50 off-x"},
        ],
    )
    return org


def names(org: Running, where: str) -> list[str]:
    return [row["Name"] for row in org.rows(f"SELECT Name FROM Account WHERE {where} ORDER BY Name")]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("Name = 'ACME'", ["Acme"]),
        ("name LIKE 'b%'", ["beta"]),
        ("Name = 'Zoë\\'s'", ["Zoë's"]),
        ("Site LIKE '50\\% off\\_%'", ["Acme"]),
        ("Rating != 'Hot'", ["beta", "Zoë's"]),
        ("NOT Rating = 'Hot'", ["beta", "Zoë's"]),
        ("NOT (Rating = 'Hot' OR Name = 'beta')", ["Zoë's"]),
        ("Rating = null", ["Zoë's"]),
        ("Rating = ''", ["Zoë's"]),
        ("Rating IN ('hot', null)", ["Acme", "Zoë's"]),
        ("Rating NOT IN ('Hot')", ["beta", "Zoë's"]),
        ("Rating NOT IN ('Hot', null)", ["beta"]),
        ("AnnualRevenue > 5", ["beta"]),
        ("AnnualRevenue >= 5 AND AnnualRevenue < 10.6", ["Acme", "beta"]),
        ("Owner.Name = 'Ann Lee'", ["Acme"]),
        ("Owner.IsActive = true AND (Rating = 'Cold' OR Rating = null)", ["beta", "Zoë's"]),
        ("IsDeleted = null", ["Acme", "beta", "Zoë's"]),
        ("CreatedDate = TODAY", ["Acme"]),
        ("CreatedDate = YESTERDAY", ["beta"]),
        ("CreatedDate < LAST_N_DAYS:1", ["Zoë's"]),
        ("CreatedDate = LAST_MONTH", ["Zoë's"]),
        ("CreatedDate >= 2026-05-04T01:59:59.000+02:00", ["Acme", "beta"]),
        ("Id IN (SELECT AccountId FROM Contact)", []),
        ("Id NOT IN (SELECT AccountId FROM Contact WHERE LastName = 'x')", ["Acme", "beta", "Zoë's"]),
    ],
)
def test_conditions_mean_what_soql_means(clients: Running, where: str, found: list[str]) -> None:
    assert names(clients, where) == found


def test_records_are_nested_and_spelled_as_the_vendor_does(clients: Running) -> None:
    (row,) = clients.rows(
        "select ID, annualrevenue, owner.NAME, Parent.Name, isdeleted from ACCOUNT where name = 'Acme'"
    )
    owner = row["Owner"]
    assert list(row) == ["attributes", "Id", "AnnualRevenue", "Owner", "Parent", "IsDeleted"]
    assert row["attributes"] == {
        "type": "Account",
        "url": f"/services/data/v66.0/sobjects/Account/{row['Id']}",
    }
    assert (row["AnnualRevenue"], row["Parent"], row["IsDeleted"]) == (5.0, None, False)
    assert (owner["attributes"]["type"], owner["Name"]) == ("User", "Ann Lee")


def test_a_parent_of_several_kinds_is_a_name(clients: Running) -> None:
    account = clients.rows("SELECT Id FROM Account WHERE Name = 'Acme'")[0]["Id"]
    clients.create("Task", Subject="Call", WhatId=account)
    (row,) = clients.rows("SELECT What.Name, What.Type, Who.Name, Owner.Type, Account.Owner.Name FROM Task")
    assert row["What"]["attributes"] == {
        "type": "Name",
        "url": f"/services/data/v66.0/sobjects/Account/{account}",
    }
    assert (row["What"]["Name"], row["What"]["Type"], row["Who"]) == ("Acme", "Account", None)
    assert (row["Owner"]["Type"], row["Account"]["Owner"]["Name"]) == ("User", "Ann Lee")


def test_ids_of_15_characters_find_their_record(clients: Running) -> None:
    full = clients.rows("SELECT Id FROM Account")[0]["Id"]
    assert [row["Id"] for row in clients.rows(f"SELECT Id FROM Account WHERE Id = '{full[:15]}'")] == [full]


def test_nulls_come_first_unless_told(clients: Running) -> None:
    first = [row["Name"] for row in clients.rows("SELECT Name FROM Account ORDER BY Rating, Name")]
    last = [
        row["Name"]
        for row in clients.rows("SELECT Name FROM Account ORDER BY Rating DESC NULLS LAST LIMIT 2 OFFSET 1")
    ]
    assert first == ["Zoë's", "beta", "Acme"]
    assert last == ["beta", "Zoë's"]


def test_counts_and_groups(clients: Running) -> None:
    answer = clients.call(
        "GET", "/query", params={"q": "SELECT COUNT() FROM Account WHERE Rating != null"}
    ).json()
    groups = clients.rows(
        "SELECT Rating, COUNT(Id) n, MAX(AnnualRevenue) FROM Account GROUP BY Rating ORDER BY Rating"
    )
    assert answer == {"totalSize": 2, "done": True, "records": []}
    assert groups[1] == {"attributes": {"type": "AggregateResult"}, "Rating": "Cold", "n": 1, "expr0": 10.5}


def test_fields_all_gives_every_field_of_describe(clients: Running) -> None:
    account = clients.rows("SELECT FIELDS(ALL) FROM Account LIMIT 1")[0]
    described = clients.call("GET", "/sobjects/Account/describe").json()["fields"]
    assert [name for name in account if name != "attributes"] == [field["name"] for field in described]


@pytest.mark.parametrize(
    ("soql", "code", "words"),
    [
        ("SELECT Foo FROM Account", "INVALID_FIELD", "ERROR at Row:1:Column:8\nNo such column 'Foo' on entity 'Account'"),
        ("SELECT Id FROM Nope", "INVALID_TYPE", "sObject type 'Nope' is not supported."),
        ("SELECT Id FROM Account WHERE CreatedDate > '2024-01-01'", "INVALID_FIELD", "must be of type dateTime and should not be enclosed in quotes"),
        ("SELECT Id FROM Account WHERE CreatedDate > 2024-01-01", "INVALID_FIELD", "must be of type dateTime"),
        ("SELECT Id FROM Task WHERE ActivityDate > 2024-01-01T00:00:00Z", "INVALID_FIELD", "must be of type date"),
        ("SELECT Id FROM Account WHERE Name = 5", "INVALID_FIELD", "should be enclosed in quotes"),
        ("SELECT Id FROM Account WHERE Id = 'abc'", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: abc"),
        ("SELECT Id FROM Account WHERE Id LIKE '001%'", "INVALID_QUERY_FILTER_OPERATOR", "invalid operator on id field"),
        ("SELECT Id FROM Account WHERE Description = 'x'", "INVALID_FIELD", "can not be filtered in a query call"),
        ("SELECT Id FROM Account ORDER BY Description", "INVALID_FIELD", "can not be sorted in a query call"),
        ("SELECT Id FROM Account WHERE Name = 'a' AND Site = 'b' OR Site = 'c'", "MALFORMED_QUERY", "unexpected token: 'OR'"),
        ("SELECT Id FROM Account WHERE CreatedDate > 2024-01-01T00:00:00.000 0000", "MALFORMED_QUERY", "no viable alternative"),
        ("SELECT * FROM Account", "MALFORMED_QUERY", "\n       ^\n"),
        ("SELECT Id FROM Account; DROP TABLE salesforce__Account", "MALFORMED_QUERY", "';'"),
        ("SELECT Id FROM Account UNION SELECT Id FROM Task", "MALFORMED_QUERY", "UNION"),
        ("SELECT Id FROM Account FOR UPDATE", "MALFORMED_QUERY", "FOR"),
        ("SELECT Id FROM Account WHERE Name = 'a\\q'", "MALFORMED_QUERY", "escape"),
        ("SELECT Id, id FROM Account", "INVALID_FIELD", "duplicate field selected: id"),
        ("SELECT Id FROM Account OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", "2000"),
        ("SELECT FIELDS(ALL) FROM Account", "MALFORMED_QUERY", "200"),
        ("SELECT Nope.Name FROM Account", "INVALID_FIELD", "Didn't understand relationship 'Nope'"),
        ("SELECT Who.Account.Name FROM Task", "INVALID_FIELD", "Didn't understand relationship 'Account'"),
        ("SELECT Name, COUNT(Id) FROM Account", "MALFORMED_QUERY", "Field must be grouped or aggregated: Name"),
        ("SELECT Id FROM Account WHERE Rating INCLUDES ('a')", "INVALID_QUERY_FILTER_OPERATOR", "multi-select"),
    ],
)  # fmt: skip
def test_what_is_wrong_or_not_supported_is_refused_in_the_vendors_shape(
    org: Running, soql: str, code: str, words: str
) -> None:
    found_code, message = org.refusal(soql)
    assert found_code == code
    assert words in message


@pytest.mark.parametrize(
    "where",
    [
        "NOT " * 3000 + "Name = 'a'",
        "(Name = 'a' OR " * 160 + "Name = 'b'" + ")" * 160,
        "(Name='a' OR " * 450 + "Name='b'" + ")" * 450,
    ],
)
def test_a_monstrous_condition_is_refused(org: Running, where: str) -> None:
    assert org.refusal(f"SELECT Id FROM Account WHERE {where}")[0] == "QUERY_TOO_COMPLICATED"


def test_many_conditions_and_brackets_are_answered(org: Running) -> None:
    where = "(" * 500 + " OR ".join(["AnnualRevenue=1"] * 500) + ")" * 500
    assert org.rows(f"SELECT Id FROM Account WHERE {where}") == []


def test_deleted_rows_are_only_in_query_all(clients: Running) -> None:
    gone = clients.rows("SELECT Id FROM Account WHERE Name = 'beta'")[0]["Id"]
    assert clients.call("DELETE", f"/sobjects/Account/{gone}").status_code == 204
    assert names(clients, "Name = 'beta'") == []
    (row,) = clients.rows(
        "SELECT Id, IsDeleted, LastModifiedDate FROM Account WHERE Name = 'beta'", deleted=True
    )
    assert row["IsDeleted"] is True
    assert row["LastModifiedDate"].startswith("2026-05-04T09:00:0")


def test_archived_activities_are_only_in_query_all(org: Running) -> None:
    org.dialect.load(
        "Task",
        [
            {"Subject": "old", "Status": "Completed", "ActivityDate": "2025-05-03"},
            {"Subject": "a year", "Status": "Completed", "ActivityDate": "2025-05-04"},
            {"Subject": "old open", "Status": "Not Started", "ActivityDate": "2020-01-01"},
            {"Subject": "old undated", "Status": "Completed", "CreatedDate": "2025-01-01T00:00:00Z"},
        ],
    )
    org.dialect.load(
        "Event", [{"Subject": "then", "StartDateTime": "2025-05-01T09:00:00Z", "DurationInMinutes": 30}]
    )
    assert {row["Subject"] for row in org.rows("SELECT Subject FROM Task")} == {"a year", "old open"}
    archived = org.rows("SELECT Subject FROM Task WHERE IsArchived = true", deleted=True)
    assert {row["Subject"] for row in archived} == {"old", "old undated"}
    assert (org.rows("SELECT Id FROM Event"), len(org.rows("SELECT Id FROM Event", deleted=True))) == ([], 1)


def test_the_clock_archives(org: Running) -> None:
    org.dialect.load("Task", [{"Subject": "x", "Status": "Completed", "ActivityDate": "2026-05-01"}])
    assert len(org.rows("SELECT Id FROM Task")) == 1
    org.world.clock.set(datetime(2027, 6, 1, tzinfo=UTC))
    assert org.rows("SELECT Id FROM Task") == []
