"""Reads a CRM's clients into DuckDB with dlt, as its verified sources do; runs in dlt's own environment.

    python bench/pull_dlt.py NAME TARGET.json     prints {"rows": N}

`default` is dlt as it comes; `parquet` hands its load files over as Parquet, the fastest that its sources can do;
`arrow` is a source of our own that gives dlt Arrow tables, so that nothing is left for it to do row by row.
"""

import io
import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Target = Mapping[str, Any]
_PAGES_PER_TABLE = 10


def load(way: str, target: Target) -> int:
    """Runs one pipeline into a fresh DuckDB file and counts what arrived."""
    import dlt

    home = Path(target["scratch"])
    clients = dlt.resource(
        _tables(target) if way == "arrow" else _rows(target),
        name="clients",
        write_disposition="replace",
        primary_key="id" if target["crm"] == "hubspot" else "Id",
    )
    pipeline = dlt.pipeline(
        "bench",
        pipelines_dir=str(home / "pipelines"),
        destination=dlt.destinations.duckdb(str(home / "dlt.duckdb")),
        dataset_name="crm",
    )
    pipeline.run(clients, loader_file_format="parquet" if way == "parquet" else None)
    with pipeline.sql_client() as client:
        return int(client.execute_sql("select count(*) from clients")[0][0])


def _client(target: Target) -> Any:
    from dlt.sources.helpers.rest_client import RESTClient
    from dlt.sources.helpers.rest_client.auth import BearerTokenAuth
    from dlt.sources.helpers.rest_client.paginators import JSONLinkPaginator, JSONResponseCursorPaginator

    paginator: Any = JSONLinkPaginator(next_url_path="nextRecordsUrl")
    if target["crm"] == "hubspot":
        paginator = JSONResponseCursorPaginator(cursor_path="paging.next.after", cursor_param="after")
    return RESTClient(base_url=target["url"], auth=BearerTokenAuth(target["token"]), paginator=paginator)


def _asked(target: Target) -> tuple[str, dict[str, Any], str]:
    """Path, parameters and where the records are."""
    if target["crm"] == "hubspot":
        parameters = {"limit": 100, "properties": ",".join(target["fields"])}
        return f"/crm/v3/objects/{target['object']}", parameters, "results"
    soql = f"SELECT Id, SystemModstamp, {', '.join(target['fields'])} FROM {target['object']}"
    return "/services/data/v66.0/queryAll/", {"q": soql}, "records"


def _rows(target: Target) -> Iterator[list[dict[str, Any]]]:
    path, parameters, records = _asked(target)
    for page in _client(target).paginate(path, params=parameters, data_selector=records):
        if target["crm"] == "hubspot":
            yield [{**record["properties"], "id": record["id"]} for record in page]
        else:
            yield [{name: value for name, value in record.items() if name != "attributes"} for record in page]


def _tables(target: Target) -> Iterator[Any]:
    path, parameters, records = _asked(target)
    waiting: list[bytes] = []
    for page in _client(target).paginate(path, params=parameters, data_selector="$"):
        waiting.append(page.response.content)
        if len(waiting) == _PAGES_PER_TABLE:
            yield _table(waiting, records, target)
            waiting = []
    if waiting:
        yield _table(waiting, records, target)


def _table(pages: list[bytes], records: str, target: Target) -> Any:
    import pyarrow as pa
    import pyarrow.json

    texts = [(name, pa.string()) for name in target["fields"] if name != "AnnualRevenue"]
    if target["crm"] == "hubspot":
        record = pa.struct([("id", pa.string()), ("properties", pa.struct(texts))])
    else:
        record = pa.struct([("Id", pa.string()), *texts, ("AnnualRevenue", pa.float64())])
    table = pyarrow.json.read_json(
        io.BytesIO(b"\n".join(pages)),
        read_options=pyarrow.json.ReadOptions(block_size=sum(map(len, pages)) + len(pages)),
        parse_options=pyarrow.json.ParseOptions(
            explicit_schema=pa.schema([(records, pa.list_(record))]), unexpected_field_behavior="ignore"
        ),
    )
    rows = table[records].combine_chunks().flatten()
    flat = pa.Table.from_struct_array(rows)
    if target["crm"] != "hubspot":
        return flat
    return pa.Table.from_struct_array(rows.field("properties")).append_column("id", rows.field("id"))


if __name__ == "__main__":
    given = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    os.environ |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR"}
    os.chdir(given["scratch"])
    print(json.dumps({"rows": load(sys.argv[1], given)}))
