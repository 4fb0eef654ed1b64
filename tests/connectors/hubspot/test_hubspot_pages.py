"""Pages come apart whole or not at all."""

import json
from typing import Any

import pytest

from connectors.connector import Field, ObjectSchema
from connectors.errors import NotUnderstood, Temporary
from connectors.hubspot.pages import cursor_of, records_of
from connectors.hubspot.rows import rows_of

SCHEMA = ObjectSchema(
    name="companies",
    fields={"name": Field(name="name", type="text"), "revenue": Field(name="revenue", type="decimal")},
)


def page(*records: Any, after: str | None = None) -> bytes:
    paging = {"paging": {"next": {"after": after, "link": "https://x/?after={}[1]"}}} if after else {}
    return json.dumps({"results": records, **paging}).encode()


def record(id_: Any = "1", **properties: Any) -> dict[str, Any]:
    return {"id": id_, "properties": properties, "updatedAt": "2024-01-01T00:00:00Z", "archived": False}


@pytest.mark.parametrize("after", [None, "100"])
@pytest.mark.parametrize("text", ["plain", '"paging":{"next":{"after":"7"}}}', "ends in ]}", "[1]"])
def test_the_cursor_is_the_one_behind_the_records(text: str, after: str | None) -> None:
    assert cursor_of(page(record(name=text), after=after)) == after


def test_a_cursor_in_front_of_the_records_is_found_too() -> None:
    body = b'{"paging": {"next": {"after": "5"}}, "results": []}'
    assert cursor_of(body) == "5"


@pytest.mark.parametrize("cut", [1, 10, 60, 100])
def test_a_page_cut_short_is_no_page(cut: int) -> None:
    with pytest.raises(json.JSONDecodeError):
        cursor_of(page(record(name="x"), after="9")[:-cut])


@pytest.mark.parametrize("body", [b"", b"<html></html>", b'{"results":'])
def test_what_is_no_json_is_no_page(body: bytes) -> None:
    with pytest.raises(json.JSONDecodeError):
        cursor_of(body)


@pytest.mark.parametrize("body", [b"[]", b'{"status":"error"}', b'{"results":7}'])
def test_json_without_results_is_no_page(body: bytes) -> None:
    with pytest.raises(ValueError, match="no results"):
        cursor_of(body)


def test_a_last_page_that_hides_a_successor_stops_the_read() -> None:
    body = b'{"results":[],"paging":{"next":{"after":"5"}},"more":[]}'
    assert cursor_of(body) is None
    with pytest.raises(NotUnderstood):
        records_of([body], ["name"], "companies")


def test_pages_become_rows_in_their_order() -> None:
    pages = [page(record("1", name="a", revenue="2.5"), after="1"), page(record("2", name=None))]
    rows, oddities = rows_of(
        records_of(pages, ["name", "revenue"], "x"), SCHEMA, fields=["name", "revenue"], deleted=False
    )
    assert rows.column_names == ["_id", "_deleted", "_changed_at", "name", "revenue"]
    assert rows["name"].to_pylist() == ["a", None]
    assert oddities == []


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "true"), (7, "7"), ("\ud800", "?"), ([1], "[1]"), ("a\n\tb", "a\n\tb"), ("a\0b", "ab")],
)
def test_a_value_of_another_shape_is_kept_as_text(value: Any, text: str) -> None:
    records = records_of([page(record(name="x"), record(2, name=value))], ["name"], "companies")
    assert [found["properties"]["name"] for found in records.to_pylist()] == ["x", text]


def test_the_name_of_a_nul_that_a_person_wrote_is_kept_as_it_stands() -> None:
    body = page(record(name="write \\u0000 here"), record("2", name="a real \0 one"))
    found = records_of([body], ["name"], "companies").to_pylist()
    assert [each["properties"]["name"] for each in found] == ["write \\u0000 here", "a real  one"]


def test_broken_utf8_is_mended() -> None:
    body = page(record(name="XX")).replace(b"XX", b"\xff\xfe")
    assert records_of([body], ["name"], "x").to_pylist()[0]["properties"]["name"] == "��"


def test_pages_that_are_no_json_are_asked_for_again() -> None:
    with pytest.raises(Temporary):
        records_of([b'{"results":[{"id":"1" "properties":{}}]}'], ["name"], "companies")


def test_a_record_without_id_is_left_out_and_named() -> None:
    records = records_of([page(record(None), record(""), record("3"), None)], ["name"], "x")
    rows, oddities = rows_of(records, SCHEMA, fields=["name"], deleted=True)
    assert (rows["_id"].to_pylist(), rows["_deleted"].to_pylist()) == (["3"], [True])
    assert [oddity.kept for oddity in oddities] == [False, False]


def test_a_misfit_is_named_with_its_record() -> None:
    records = records_of([page(record("3", revenue="much"))], ["revenue"], "x")
    _, (oddity,) = rows_of(records, SCHEMA, fields=["revenue"], deleted=False)
    assert (oddity.record_id, oddity.field, oddity.kept) == ("3", "revenue", True)
