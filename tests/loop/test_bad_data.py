"""Records that no CRM should hold, and some do: kept or kept out, counted and named, never a crash."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.loop.world import Desk, crm_with, faults

LONG = "x" * 5_000_000
NAMES = [
    "عميل عزيز",
    "Emoji 🦊👩‍👩‍👧 & <b>Co</b>",
    "Nul\x00and\x07bell",
    LONG,
    "Twin, as it was",
    "Twin, as it is now",
    "Early",
    "Late",
    "Rich",
    "Nobody's",
]
VALUES: list[dict[str, Any]] = [
    {}, {}, {}, {}, {}, {}, {"created": "0001-01-01T00:00:00.000+0000"}, {"created": "99999-12-31T23:59:59.000+0000"},
    {"revenue": 1e300}, {"owner": "005000000000999AAA"},
]  # fmt: skip


def _salesforce() -> dict[str, Any]:
    def record(n: int, name: str, values: dict[str, Any]) -> dict[str, Any]:
        return {
            "attributes": {"type": "Account"}, "Id": f"001000000000{900 + n:03d}", "Name": name, "IsDeleted": False,
            "SystemModstamp": "2026-01-01T00:00:00.000+0000", "CreatedDate": values.get("created", "2025-01-01T00:00:00.000+0000"),
            "AnnualRevenue": values.get("revenue"), "OwnerId": values.get("owner"), "Rating": "Hot", "Website": None,
        }  # fmt: skip

    records = [
        record(5 if n == 4 else n, name, values)
        for n, (name, values) in enumerate(zip(NAMES, VALUES, strict=True))
    ]
    records.append(records[0] | {"Id": None, "Name": "No id"})
    return {"totalSize": len(records), "done": True, "records": records}


def _hubspot() -> dict[str, Any]:
    def record(n: int, name: str, values: dict[str, Any]) -> dict[str, Any]:
        properties = {
            "name": name, "createdate": values.get("created", "2025-01-01T00:00:00.000Z"), "annualrevenue": values.get("revenue"),
            "hubspot_owner_id": values.get("owner"), "hs_ideal_customer_profile": "tier_1", "hs_lastmodifieddate": "2026-01-01T00:00:00.000Z",
        }  # fmt: skip
        stamps = {
            "createdAt": "2025-01-01T00:00:00.000Z",
            "updatedAt": "2026-01-01T00:00:00.000Z",
            "archived": False,
        }
        return {
            "id": str(900 + n),
            "properties": {k: v if v is None else str(v) for k, v in properties.items()},
            **stamps,
        }

    records = [
        record(5 if n == 4 else n, name, values)
        for n, (name, values) in enumerate(zip(NAMES, VALUES, strict=True))
    ]
    return {"results": [*records, records[0] | {"id": None}]}


RULE = ("[[rule]]", 'name = "quiet"', 'title = "Quiet"', 'why = "So."', 'about = "account"', 'when = "days_since_touch > 20"', 'mode = "report"',
        'occurrence = ["account_id"]', 'repeat_after = "5 business days"')  # fmt: skip

CASES: dict[str, tuple[dict[str, str], Callable[[], dict[str, Any]], str]] = {
    "sf": ({"query": "FROM Account"}, _salesforce, "Account"),
    "hs": (
        {"path": "/objects/2026-09/companies", "query": "limit=100.*archived=false"},
        _hubspot,
        "companies",
    ),
}


@pytest.fixture(scope="module", params=list(CASES))
def answers(
    request: pytest.FixtureRequest, agency: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Any, Any]:
    """What pull says of the clients, and what the rules find in them."""
    match, records, name = CASES[request.param]
    with crm_with(agency, crm=request.param) as sandbox:
        desk = Desk(crm=request.param, folder=tmp_path_factory.mktemp("bad"), sandbox=sandbox).configure(
            "", *RULE
        )
        faults(sandbox, [{"match": match, "status": 200, "body": json.loads(json.dumps(records()))}])
        pulled = desk.keptword("pull")
        assert pulled.code in (0, 3), pulled.err
        [read] = [each for each in pulled.document["objects"] if each["object"] == name]
        found = desk.keptword("findings", "--rule", "quiet")
        assert found.code == 0, found.err
        return read, found.document


def test_every_record_is_kept_once_or_counted_as_left_out(answers: tuple[Any, Any]) -> None:
    read, _ = answers
    assert (read["complete"], read["in_mirror"]) == (True, len(NAMES) - 1)
    assert (read["left_out"], read["repeated"]) == (1, 1)


def test_values_that_cannot_be_are_named_with_their_record(answers: tuple[Any, Any]) -> None:
    read, _ = answers
    named = {each["record_id"].removeprefix("001000000000")[:3] for each in read["oddities"] if each["kept"]}
    assert {"907", "908"} <= named <= {"906", "907", "908"}
    assert read["mended"] == len(named)


def test_clients_with_strange_names_are_judged_like_others(answers: tuple[Any, Any]) -> None:
    read, document = answers
    found = {finding["account"] for finding in document["findings"]}
    # Who was never contacted counts from the day of creation: without one there is nothing to count from.
    undated = {
        each["record_id"]
        for each in read["oddities"]
        if each["kept"] and each["field"] in ("CreatedDate", "createdate")
    }
    assert {NAMES[0], NAMES[1], "Twin, as it is now", "Rich", "Nobody's"} <= found
    assert "Twin, as it was" not in found
    assert len(document["findings"]) == len(NAMES) - 1 - len(undated)
