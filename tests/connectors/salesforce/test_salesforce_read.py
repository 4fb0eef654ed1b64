from datetime import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from connectors.connector import ARROW_TYPES, Chunk, ReadRequest
from connectors.errors import Refused, Temporary
from connectors.salesforce.connector import SalesforceConnector
from tests.connectors.salesforce.conftest import ACCOUNTS, OLD, Connect, wide_fields
from tests.sandbox_process import RunningSandbox

LOST = {"status": 400, "body": [{"errorCode": "INVALID_QUERY_LOCATOR", "message": "invalid query locator"}]}


def chunks(
    connector: SalesforceConnector, name: str, *fields: str, since: datetime | None = None
) -> list[Chunk]:
    schema = connector.describe(name)
    assert schema is not None
    return list(connector.read(ReadRequest(schema=schema, fields=fields, since=since)))


def rows(
    connector: SalesforceConnector, name: str, *fields: str, since: datetime | None = None
) -> list[dict[str, Any]]:
    read = chunks(connector, name, *fields, since=since)
    return list(pa.concat_tables([chunk.rows for chunk in read]).to_pylist())


def answer(*records: dict[str, Any], total: int | None = None) -> dict[str, Any]:
    promised = len(records) if total is None else total
    return {"status": 200, "body": {"totalSize": promised, "done": True, "records": list(records)}}


def test_every_live_record_comes_typed(org: RunningSandbox, connect: Connect) -> None:
    read = {
        row["_id"]: row for row in rows(connect(org), "Account", "Name", "AnnualRevenue", "NumberOfEmployees")
    }
    assert len(read) == 299
    one = read[ACCOUNTS[5]]
    assert (one["Name"], one["AnnualRevenue"], one["NumberOfEmployees"]) == (
        "Client 5 🙂",
        Decimal("5.01"),
        5,
    )
    assert one["_changed_at"] == datetime.fromisoformat(OLD[:19])
    assert not any(row["_deleted"] for row in read.values())


def test_the_org_names_its_objects(org: RunningSandbox, connect: Connect) -> None:
    assert {"Account", "Task", "User"} <= {*connect(org).object_names()}


def test_every_field_of_an_object_arrives_under_its_own_name_and_type(
    org: RunningSandbox, connect: Connect
) -> None:
    connector = connect(org)
    schema = connector.describe("Account")
    assert schema is not None
    (chunk,) = chunks(connector, "Account", *schema.fields)
    types = {name: ARROW_TYPES[field.type] for name, field in schema.fields.items()}
    assert dict(zip(chunk.rows.schema.names, chunk.rows.schema.types, strict=True)).items() >= types.items()
    assert chunk.oddities == ()


def test_archived_activities_are_read(org: RunningSandbox, connect: Connect) -> None:
    assert [row["Subject"] for row in rows(connect(org), "Task", "Subject")] == ["an old call"]


def test_more_than_two_pages_of_one_stamp_come_whole(org: RunningSandbox, connect: Connect) -> None:
    read = chunks(connect(org), "Case", "Subject", "Account.Name", "Account.Owner.Username")
    table = pa.concat_tables([chunk.rows for chunk in read])
    assert (table.num_rows, len(set(table["_id"].to_pylist()))) == (4500, 4500)
    assert set(table["Account.Name"].to_pylist()) >= {"Client 0 🙂"}
    assert table["Account.Owner.Username"].null_count == 0


def test_what_changed_since_comes_deleted_ones_too(org: RunningSandbox, connect: Connect) -> None:
    connector = connect(org)
    assert rows(connector, "Account", since=datetime.fromisoformat("2024-01-01T00:00:00.001")) == []
    read = rows(connector, "Account", since=datetime.fromisoformat("2024-01-01T00:00:00"))
    assert len(read) == 300
    assert [row["_id"] for row in read if row["_deleted"]] == [ACCOUNTS[7]]


def test_an_object_without_deletions_is_read(org: RunningSandbox, connect: Connect) -> None:
    read = rows(connect(org), "User", "Username", "IsActive", since=datetime.fromisoformat("2000-01-01"))
    assert {"admin@sandbox.example"} <= {row["Username"] for row in read}
    assert not any(row["_deleted"] for row in read)


def test_what_the_org_does_not_have_is_none(org: RunningSandbox, connect: Connect) -> None:
    assert connect(org).describe("Rocket__c") is None


def test_a_field_that_is_not_there_is_refused_with_the_nearest(org: RunningSandbox, connect: Connect) -> None:
    with pytest.raises(Refused, match="Account has no field AnualRevenue; did you mean AnnualRevenue"):
        rows(connect(org), "Account", "AnualRevenue")
    with pytest.raises(Refused, match=r"no field Acount\.Name; did you mean Account"):
        rows(connect(org), "Case", "Acount.Name")


@pytest.mark.parametrize("nth", [1, 2])
def test_a_lost_locator_costs_no_record(org: RunningSandbox, connect: Connect, nth: int) -> None:
    org.fault({"match": {"path": r"/query/0r8|/query/01g|/query(All)?/\w{15,}", "nth": nth}, **LOST})
    read = rows(connect(org), "Case", "Subject")
    assert sorted(row["Subject"] for row in read) == sorted(f"case {n}" for n in range(4500))
    assert org.get("/_sandbox/faults")["faults"][0]["struck"] == 1


def test_a_page_cut_short_is_fetched_again(org: RunningSandbox, connect: Connect) -> None:
    org.fault({"match": {"path": "/query", "nth": [1, 3]}, "truncate": True})
    connector = connect(org)
    assert len(rows(connector, "Case", "Subject")) == 4500


def test_pages_that_stay_cut_short_are_no_read(org: RunningSandbox, connect: Connect) -> None:
    connector = connect(org)
    assert connector.describe("Case")
    org.fault({"match": {"path": "/query"}, "truncate": True})
    with pytest.raises(Temporary):
        rows(connector, "Case", "Subject")


def test_fewer_records_than_promised_are_no_read(org: RunningSandbox, connect: Connect) -> None:
    org.fault({"match": {"path": "/query"}, **answer({"Id": ACCOUNTS[0]}, total=2)})
    with pytest.raises(Temporary, match="1 of 2 records"):
        rows(connect(org), "Account")


def test_a_maintenance_page_is_no_read(org: RunningSandbox, connect: Connect) -> None:
    org.fault({"match": {"path": "/query"}, "status": 200, "body": "<!doctype html><title>Back soon</title>"})
    with pytest.raises(Temporary):
        rows(connect(org), "Account")


def test_odd_values_and_rows_are_counted_and_cost_nothing_else(org: RunningSandbox, connect: Connect) -> None:
    good = {"Id": ACCOUNTS[0], "IsDeleted": False, "SystemModstamp": OLD}
    bad = {"Id": ACCOUNTS[1], "SystemModstamp": "soon", "AnnualRevenue": "lots"}
    org.fault({"match": {"path": "/query"}, **answer({"Name": "nobody"}, bad, good, good)})
    (chunk,) = chunks(connect(org), "Account", "AnnualRevenue")
    assert chunk.rows["_id"].to_pylist() == [ACCOUNTS[1], ACCOUNTS[0], ACCOUNTS[0]]
    found = [(odd.record_id, odd.field, odd.kept) for odd in chunk.oddities]
    assert found == [("", "Id", False), (ACCOUNTS[1], "AnnualRevenue", True)]
    assert "lots" not in str(chunk.oddities)


def test_half_a_character_does_not_cost_the_page(org: RunningSandbox, connect: Connect) -> None:
    body = f'{{"totalSize":1,"done":true,"records":[{{"Id":"{ACCOUNTS[0]}","Name":"a\\ud83d\\u0000b"}}]}}'
    org.fault({"match": {"path": "/query"}, "status": 200, "body": body})
    (chunk,) = chunks(connect(org), "Account", "Name")
    assert chunk.rows["Name"].to_pylist() == ["a?b"]
    assert [odd.field for odd in chunk.oddities] == ["Name"]


def test_more_fields_than_an_address_holds_are_read_in_parts(org: RunningSandbox, connect: Connect) -> None:
    connector = connect(org)
    read = rows(connector, "Contact", "LastName", *wide_fields(connector))
    assert sorted(row["LastName"] for row in read) == sorted(f"Person {n}" for n in range(210))
    assert {(row["Account.Name"], row["Account.Owner.Username"]) for row in read} == {
        ("Client 0 🙂", "admin@sandbox.example")
    }
    assert max(len(seen["path"]) + len(seen["query"]) for seen in org.journal()) < 16_000
