"""Reads a CRM's clients as a program without Keptword would: the floor, and the vendors' own Python clients.

    python bench/pull_plain.py NAME TARGET.json     prints {"rows": N}

The floors fetch the bytes and parse them, and keep nothing. TARGET.json says where and what (bench/pull_clients.py).
"""

import csv
import io
import json
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

Target = Mapping[str, Any]

_PAGES_PER_PARSE = 10
_NEAR = 500
"""The cursor stands so near to an end of the page."""
_NEXT = {
    "salesforce": re.compile(rb'"nextRecordsUrl"\s*:\s*"([^"]+)"'),
    "hubspot": re.compile(rb'"after"\s*:\s*"([^"]+)"'),
}
_POLL_S = 0.1
_VERSION = "66.0"


def floor_by_arrow(target: Target) -> int:
    """JSON pages through a plain pool into pyarrow.json, ten at a time."""
    import pyarrow as pa
    import pyarrow.json

    key = "results" if target["crm"] == "hubspot" else "records"
    rows = 0
    waiting: list[bytes] = []

    def parse() -> int:
        lines = b"\n".join(waiting)
        waiting.clear()
        options = pyarrow.json.ReadOptions(block_size=len(lines) + 1, use_threads=False)
        wanted = pyarrow.json.ParseOptions(
            explicit_schema=_json_schema(pa, target, key), unexpected_field_behavior="ignore"
        )
        table = pyarrow.json.read_json(io.BytesIO(lines), read_options=options, parse_options=wanted)
        return len(table[key].combine_chunks().flatten())

    for page in _pages(target):
        waiting.append(page)
        if len(waiting) == _PAGES_PER_PARSE:
            rows += parse()
    return rows + (parse() if waiting else 0)


def _json_schema(pa: Any, target: Target, key: str) -> Any:
    fields = pa.struct([(name, pa.string()) for name in target["fields"] if name not in _NUMBERS])
    if target["crm"] == "hubspot":
        whole = pa.struct([("id", pa.string()), ("updatedAt", pa.string()), ("properties", fields)])
    else:
        numbers = [(name, pa.float64()) for name in target["fields"] if name in _NUMBERS]
        whole = pa.struct([("Id", pa.string()), ("SystemModstamp", pa.string()), *fields, *numbers])
    return pa.schema([(key, pa.list_(whole))])


_NUMBERS = frozenset({"AnnualRevenue"})
"""HubSpot's JSON has texts only."""


def floor_by_orjson(target: Target) -> int:
    """The same pages into Python dicts."""
    import orjson

    key = "results" if target["crm"] == "hubspot" else "records"
    return sum(len(orjson.loads(page)[key]) for page in _pages(target))


def floor_by_csv(target: Target) -> int:
    """A Bulk API 2.0 job through a plain pool into pyarrow.csv."""
    import pyarrow as pa
    import pyarrow.csv
    import urllib3

    jobs = f"{target['url']}/services/data/v{_VERSION}/jobs/query"
    rows, locator = 0, ""
    with urllib3.PoolManager(ca_certs=target["ca_file"], retries=False) as pool:
        headers = {"Authorization": f"Bearer {target['token']}", "Content-Type": "application/json"}
        wanted = {"operation": "queryAll", "query": _soql(target)}
        job = pool.request("POST", jobs, json=wanted, headers=headers).json()["id"]
        while pool.request("GET", f"{jobs}/{job}", headers=headers).json()["state"] != "JobComplete":
            time.sleep(_POLL_S)
        while locator != "null":
            asked = f"?locator={locator}" if locator else ""
            answer = pool.request(
                "GET",
                f"{jobs}/{job}/results{asked}",
                headers={**headers, "Accept-Encoding": "gzip", "Accept": "text/csv"},
                preload_content=False,
                decode_content=True,
            )
            locator = answer.headers.get("Sforce-Locator", "null")
            for batch in pyarrow.csv.open_csv(
                pa.PythonFile(answer, mode="r"),
                read_options=pyarrow.csv.ReadOptions(use_threads=False),
                parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
                convert_options=pyarrow.csv.ConvertOptions(null_values=[""], strings_can_be_null=True),
            ):
                rows += len(batch)
            answer.release_conn()
    return rows


def get_all(target: Target) -> int:
    """hubspot-api-client as its README shows it."""
    from hubspot import HubSpot

    client = HubSpot(
        access_token=target["token"],
        host=target["url"],
        base_url=target["url"],
        ssl_ca_cert=target["ca_file"],
    )
    return len(client.crm.companies.get_all(properties=list(target["fields"])))


def query_all(target: Target) -> int:
    """simple-salesforce as its README shows it."""
    return len(_salesforce(target).query_all(_soql(target), include_deleted=True)["records"])


def bulk2(target: Target) -> int:
    """simple-salesforce's Bulk API 2.0, its text read by csv; polled more often than the five seconds that it would."""
    pages = getattr(_salesforce(target).bulk2, target["object"]).query(_soql(target), wait=_POLL_S)
    return sum(len(list(csv.DictReader(io.StringIO(page)))) for page in pages)


def _salesforce(target: Target) -> Any:
    from requests import Session
    from simple_salesforce.api import Salesforce

    return Salesforce(
        session_id=target["token"], instance_url=target["url"], session=Session(), version=_VERSION
    )


def _pages(target: Target) -> Iterator[bytes]:
    import urllib3

    headers = {"Authorization": f"Bearer {target['token']}", "Accept-Encoding": "gzip"}
    with urllib3.PoolManager(ca_certs=target["ca_file"], retries=False) as pool:
        path: str | None = _first_path(target)
        while path:
            page = pool.request("GET", target["url"] + path, headers=headers).data
            yield page
            path = _next_path(target, page)


def _soql(target: Target) -> str:
    return f"SELECT Id, IsDeleted, SystemModstamp, {', '.join(target['fields'])} FROM {target['object']}"


def _first_path(target: Target) -> str:
    if target["crm"] == "salesforce":
        return f"/services/data/v{_VERSION}/queryAll/?{urlencode({'q': _soql(target)})}"
    query = [("limit", "100"), *(("properties", name) for name in target["fields"])]
    return f"/crm/objects/2026-09/{target['object']}?{urlencode(query)}"


def _next_path(target: Target, page: bytes) -> str | None:
    cursor = _NEXT[target["crm"]]
    found = cursor.search(page[:_NEAR]) or cursor.search(page[-_NEAR:])
    if found is None:
        return None
    return (
        found[1].decode()
        if target["crm"] == "salesforce"
        else f"{_first_path(target)}&after={found[1].decode()}"
    )


READERS: Mapping[str, Callable[[Target], int]] = {
    "floor_by_arrow": floor_by_arrow,
    "floor_by_orjson": floor_by_orjson,
    "floor_by_csv": floor_by_csv,
    "get_all": get_all,
    "query_all": query_all,
    "bulk2": bulk2,
}


if __name__ == "__main__":
    rows = READERS[sys.argv[1]](json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")))
    print(json.dumps({"rows": rows}))
