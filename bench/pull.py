"""How fast, and at what cost, does Keptword read a CRM whole into its mirror?

    python bench/pull.py [--quick] [--json]

Both CRMs are the sandbox on loopback, a process of its own, with 100,000 clients of fifteen fields (--quick:
10,000). Keptword's own pull, into a mirror that is not there yet, takes turns with the floor: a plain urllib3 pool
that fetches the same pages and parses them with pyarrow.json, and keeps nothing. bench/README.md says what each
figure means.
"""

import io
import os
import re
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import urllib3

from bench.clients import FIELDS, OBJECTS, account_mapping, write_clients
from bench.measure import Cost, Stopwatch, in_fresh_process, in_turn, ratios, read_options, tell
from bench.served import SECRETS, Served, serve, write_config
from connectors.tasks import Crm

CRMS: Sequence[Crm] = ("salesforce", "hubspot")
CLIENTS, QUICK_CLIENTS = 100_000, 10_000
_PAGES_PER_PARSE = 10
_NEXT = {
    "salesforce": re.compile(rb'"nextRecordsUrl"\s*:\s*"([^"]+)"'),
    "hubspot": re.compile(rb'"after"\s*:\s*"([^"]+)"'),
}
_NEAR = 500
"""The cursor stands so near to an end of the page."""


def keptword_pull(config_file: Path) -> Cost:
    """One pull as `keptword pull` does it; nothing is kept but what it keeps itself."""
    from sync.config.read import read_config
    from sync.run import open_bench, pull_all

    config = read_config(config_file)
    with Stopwatch() as watch, open_bench(config, command="pull") as bench:
        report = pull_all(bench, lambda _what, _rows: None)
        calls = sum(bench.connections[0].connector.calls_made().values())
    if not report.complete:
        raise RuntimeError(f"the pull was not complete: {[read.reason for read in report.objects]}")
    rows = sum(read.rows for read in report.objects)
    return watch.cost(count=rows, requests=calls, objects=len(report.objects))


def floor_pull(crm: Crm, served: Served) -> Cost:
    """The same pages with a plain pool, parsed and thrown away."""
    import pyarrow.json

    headers = {**served.headers(crm), "Accept-Encoding": "gzip"}
    rows = requests = 0
    waiting: list[bytes] = []
    with Stopwatch() as watch, urllib3.PoolManager(ca_certs=served.ca_file, retries=False) as pool:
        path: str | None = _first_path(crm)
        while path:
            page = pool.request("GET", served.https_url + path, headers=headers).data
            requests += 1
            waiting.append(page)
            path = _next_path(crm, page)
            if len(waiting) >= _PAGES_PER_PARSE or path is None:
                lines = b"\n".join(waiting)
                options = pyarrow.json.ReadOptions(block_size=len(lines) + 1, use_threads=False)
                table = pyarrow.json.read_json(io.BytesIO(lines), read_options=options)
                rows += len(table["results" if crm == "hubspot" else "records"].combine_chunks().flatten())
                waiting = []
    return watch.cost(count=rows, requests=requests)


def _first_path(crm: Crm) -> str:
    if crm == "salesforce":
        soql = f"SELECT Id, IsDeleted, SystemModstamp, {', '.join(FIELDS[crm])} FROM Account"
        return f"/services/data/v66.0/queryAll/?{urlencode({'q': soql})}"
    query = [("limit", "100"), *(("properties", name) for name in FIELDS[crm])]
    return f"/crm/objects/2026-09/{OBJECTS[crm]}?{urlencode(query)}"


def _next_path(crm: Crm, page: bytes) -> str | None:
    found = _NEXT[crm].search(page[:_NEAR]) or _NEXT[crm].search(page[-_NEAR:])
    if found is None:
        return None
    return found[1].decode() if crm == "salesforce" else f"{_first_path(crm)}&after={found[1].decode()}"


def measure(served: Served, folder: Path, *, rounds: int) -> dict[str, list[float]]:
    """Figure -> its value in each round."""
    configs: dict[Crm, Path] = {}
    for crm in CRMS:
        (folder / crm).mkdir()
        configs[crm] = write_config(folder / crm, served, crm, more=account_mapping(crm))
    contestants = {}
    for crm in CRMS:
        contestants[f"{crm} keptword"] = partial(_anew, configs[crm])
        contestants[f"{crm} floor"] = partial(in_fresh_process, floor_pull, crm, served)
        contestants[f"{crm} idle"] = partial(in_fresh_process, keptword_pull, configs[crm])
    costs = in_turn(rounds, contestants)
    figures: dict[str, list[float]] = {}
    for crm in CRMS:
        ours, floor, idle = (costs[f"{crm} {who}"] for who in ("keptword", "floor", "idle"))
        figures |= {
            f"{crm}_records_per_s": [cost.per_s for cost in ours],
            f"{crm}_requests_per_1000": [cost.requests_per_1000 for cost in ours],
            f"{crm}_cpu_s": [cost.cpu_s for cost in ours],
            f"{crm}_peak_mb": [cost.peak_mb for cost in ours],
            f"{crm}_vs_floor": ratios([cost.cpu_each for cost in ours], [cost.cpu_each for cost in floor]),
            f"{crm}_floor_records_per_s": [cost.per_s for cost in floor],
            f"{crm}_floor_peak_mb": [cost.peak_mb for cost in floor],
            f"{crm}_idle_requests_per_object": [cost.requests / cost.objects for cost in idle],
            f"{crm}_idle_s": [cost.seconds for cost in idle],
        }
    every = [f"{crm}_idle_requests_per_object" for crm in CRMS]
    figures["idle_requests_per_object"] = [
        sum(pair) / len(CRMS) for pair in zip(*map(figures.get, every), strict=True)
    ]
    return figures


def _anew(config: Path) -> Cost:
    (config.parent / "keptword.duckdb").unlink(missing_ok=True)
    return in_fresh_process(keptword_pull, config)


def main() -> None:
    options = read_options(__doc__)
    clients = QUICK_CLIENTS if options.quick else CLIENTS
    os.environ.update(SECRETS)
    with tempfile.TemporaryDirectory() as scratch:
        data = write_clients(Path(scratch) / "data", clients)
        with serve("--data", str(data), "--now", "2024-05-01") as served:
            figures = measure(served, Path(scratch), rounds=1 if options.quick else 3)
    tell("pull", figures, context={"records": clients, "fields": 15}, options=options)


if __name__ == "__main__":
    main()
