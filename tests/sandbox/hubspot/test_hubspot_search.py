from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

START = datetime(2024, 5, 1, tzinfo=UTC)
ROWS = [
    {
        "id": 1,
        "name": "Acme Print",
        "annualrevenue": 900,
        "industry": "PRINTING",
        "closedate": "2024-04-01T00:00:00Z",
    },
    {"id": 2, "name": "acme web", "annualrevenue": 10000, "closedate": "2024-04-02T00:00:00Z"},
    {"id": 3, "name": "Zenith", "industry": "DESIGN"},
]


@pytest.fixture
def firms(portal: Any) -> Any:
    portal.dialect.load("companies", ROWS)
    return portal


@pytest.mark.parametrize(
    ("name", "operator", "more", "found"),
    [
        ("name", "EQ", {"value": "ZENITH"}, ["3"]),
        ("name", "NEQ", {"value": "Zenith"}, ["1", "2"]),
        ("industry", "NEQ", {"value": "DESIGN"}, ["1"]),
        ("name", "IN", {"values": ["zenith", "acme web"]}, ["2", "3"]),
        ("name", "IN", {"values": ["Zenith"]}, []),
        ("industry", "NOT_IN", {"values": ["DESIGN"]}, ["1"]),
        ("annualrevenue", "GT", {"value": "1000"}, ["2"]),
        ("annualrevenue", "BETWEEN", {"value": "900", "highValue": "10000"}, ["1", "2"]),
        ("closedate", "GTE", {"value": "1712016000000"}, ["2"]),
        ("closedate", "LT", {"value": "2024-04-02"}, ["1"]),
        ("annualrevenue", "HAS_PROPERTY", {}, ["1", "2"]),
        ("annualrevenue", "NOT_HAS_PROPERTY", {}, ["3"]),
        ("name", "CONTAINS_TOKEN", {"value": "acme"}, ["1", "2"]),
        ("name", "CONTAINS_TOKEN", {"value": "pri*"}, ["1"]),
        ("name", "NOT_CONTAINS_TOKEN", {"value": "acme"}, ["3"]),
        ("hs_object_id", "GT", {"value": "1"}, ["2", "3"]),
    ],
)
def test_operators(firms: Any, name: str, operator: str, more: Any, found: list[str]) -> None:
    assert sorted(firms.find("companies", name, operator, **more)) == found


@pytest.mark.parametrize(
    "body",
    [
        {"limit": 201},
        {"limit": 200, "after": "9801"},
        {"after": "x"},
        {"query": "x" * 3001},
        {"sorts": [{"propertyName": "nope"}]},
        {"sorts": ["name", "domain"]},
        {"filterGroups": [{"filters": []}] * 6},
        {"filterGroups": [{"filters": [{"propertyName": "name", "operator": "HAS_PROPERTY"}] * 7}]},
        {"filterGroups": [{"filters": [{"propertyName": "name", "operator": "HAS_PROPERTY"}] * 5}] * 4},
        {"filterGroups": [{"filters": [{"propertyName": "nope", "operator": "EQ", "value": "x"}]}]},
        {"filterGroups": [{"filters": [{"propertyName": "name", "operator": "LIKE", "value": "x"}]}]},
        {"filterGroups": [{"filters": [{"propertyName": "name", "operator": "EQ"}]}]},
        {"filterGroups": [{"filters": [{"propertyName": "name", "operator": "HAS_PROPERTY", "value": "x"}]}]},
        {"filterGroups": [{"filters": [{"propertyName": "closedate", "operator": "GT", "value": "soon"}]}]},
        {"filterGroups": [{"filters": [{"propertyName": "name", "operator": "IN", "values": []}]}]},
        {"filterGroups": ["name"]},
    ],
)
def test_a_search_beyond_the_rules_is_refused(firms: Any, body: Any) -> None:
    assert firms.search("companies", **body).status == 400


def test_groups_are_alternatives_and_filters_add_up(firms: Any) -> None:
    acme = {"propertyName": "name", "operator": "CONTAINS_TOKEN", "value": "acme"}
    rich = {"propertyName": "annualrevenue", "operator": "GT", "value": "1000"}
    design = {"propertyName": "industry", "operator": "EQ", "value": "DESIGN"}
    body = firms.search("companies", filterGroups=[{"filters": [acme, rich]}, {"filters": [design]}]).body
    assert [row["id"] for row in body["results"]] == ["2", "3"]


def test_free_text_finds_the_beginnings_of_words(firms: Any) -> None:
    assert [row["id"] for row in firms.search("companies", query="ACM pri").body["results"]] == ["1"]


def test_pages_count_results_and_the_total_is_of_all(firms: Any) -> None:
    page = {
        "limit": 2,
        "sorts": [{"propertyName": "name", "direction": "DESCENDING"}],
        "properties": ["name"],
    }
    first = firms.search("companies", **page).body
    last = firms.search("companies", **page, after=first["paging"]["next"]["after"]).body
    assert (first["total"], first["paging"]["next"]["after"], "paging" in last) == (3, "2", False)
    assert {row["id"] for row in first["results"] + last["results"]} == {"1", "2", "3"}


def test_numbers_are_sorted_as_numbers(firms: Any) -> None:
    body = firms.search(
        "companies", sorts=[{"propertyName": "annualrevenue", "direction": "DESCENDING"}]
    ).body
    assert [row["id"] for row in body["results"]][:2] == ["2", "1"]


def test_ten_thousand_results_are_the_end(portal: Any) -> None:
    portal.dialect.load("notes", [{"hs_timestamp": START} for _ in range(10_050)])
    last = portal.search("notes", limit=200, after="9800").body
    assert (last["total"], last["paging"]["next"]["after"]) == (10_050, "10000")
    assert portal.search("notes", limit=200, after="10000").status == 400


def test_archived_records_are_never_found(firms: Any) -> None:
    firms.ask("DELETE", "/crm/v3/objects/companies/1")
    assert firms.search("companies").body["total"] == 2


def test_the_index_lags_behind_creates_updates_and_archiving(portal: Any) -> None:
    portal.world.clock.set(START)
    changed, gone = portal.make("companies", name="Old"), portal.make("companies", name="Gone")
    portal.world.switches.search_lag_s = 30
    portal.ask("PATCH", f"/crm/v3/objects/companies/{changed}", {"properties": {"name": "Middle"}})
    portal.ask("PATCH", f"/crm/v3/objects/companies/{changed}", {"properties": {"name": "New"}})
    portal.ask("DELETE", f"/crm/v3/objects/companies/{gone}")
    made = portal.make("companies", name="Made")
    names = {"properties": ["name"]}
    seen = {
        row["id"]: row["properties"]["name"] for row in portal.search("companies", **names).body["results"]
    }
    portal.world.clock.set(START + timedelta(seconds=31))
    now = {
        row["id"]: row["properties"]["name"] for row in portal.search("companies", **names).body["results"]
    }
    assert seen == {changed: "Old", gone: "Gone"}
    assert now == {changed: "New", made: "Made"}


def test_only_search_lags(portal: Any) -> None:
    portal.world.switches.search_lag_s = 30
    made = portal.make("companies", name="Made")
    assert portal.search("companies").body["total"] == 0
    assert portal.ask("GET", f"/crm/v3/objects/companies/{made}").status == 200
    assert len(portal.ask("GET", "/crm/v3/objects/companies").body["results"]) == 1
