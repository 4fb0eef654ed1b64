"""How fast, and at what cost, does Keptword write tasks into a CRM?

    python bench/apply.py [--quick] [--json]

Both CRMs are the sandbox on loopback, a process of its own and new in each round, with 10,000 clients who all
need a task (--quick: 1,000). Four writers take turns: the whole `keptword run`, Keptword's connector alone, the
vendor's own client row by row (fewer rows), and a plain urllib3 pool with the largest batches that the vendor
takes. Each CRM is written in both modes: with our key in a field that it keeps unique, and without, where we look
before we create. bench/README.md says what each figure means.
"""

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.clients import OBJECTS, account_mapping, write_clients
from bench.measure import Cost, in_fresh_process, ratios, read_options, tell
from bench.served import SECRETS, Served, serve, write_config
from bench.task_writers import (
    Target,
    through_connector,
    through_hubspot_client,
    through_plain_pool,
    through_run,
    through_simple_salesforce,
)
from connectors.tasks import Crm

TASKS, QUICK_TASKS = 10_000, 1_000
LATENCY_MS = 20
SINGLE_SHARE = 20
"""The vendors' clients write a twentieth of the rows: their cost is per row."""

_BODY_MARKS = 'task_marks = "body"\n'
_WAYS = (
    ("salesforce", "salesforce"), ("salesforce_body", "salesforce"), ("hubspot", "hubspot"), ("hubspot_s", "hubspot"),
)  # fmt: skip
"""Each way of writing, and the CRM whose floor and client it is compared with."""

_OPTIONS = ("--now", "2024-05-01", "--set", "setup_fields=true")
_KEYS: Mapping[Crm, tuple[str, str]] = {
    "salesforce": ("Id", "OwnerId"),
    "hubspot": ("id", "hubspot_owner_id"),
}
_SINGLE: Mapping[Crm, Callable[[Sequence[Target], Served], Cost]] = {
    "salesforce": through_simple_salesforce, "hubspot": through_hubspot_client,
}  # fmt: skip


def measure(folder: Path, data: Path) -> dict[str, Cost]:
    """One round over a new sandbox of each kind: `CRM writer` -> cost."""
    costs: dict[str, Cost] = {}
    with serve(*_OPTIONS, "--data", str(data)) as served:
        for crm in ("salesforce", "hubspot"):
            config, targets = _ready(folder / crm, served, crm)
            # The run comes first, since it wants a CRM that holds no task yet.
            costs[f"{crm} run"] = in_fresh_process(through_run, config, served)
            costs |= _by_connector(crm, crm, config, targets, served)
            costs[f"{crm} floor"] = in_fresh_process(through_plain_pool, crm, targets, served)
            few = targets[: len(targets) // SINGLE_SHARE]
            with _at_a_distance(served):
                costs[f"{crm} single"] = in_fresh_process(_SINGLE[crm], few, served)
    with serve(*_OPTIONS, "--set", "unique_on_tasks=refused", "--data", str(data)) as served:
        config, targets = _ready(folder / "hubspot_s", served, "hubspot")
        costs |= _by_connector("hubspot_s", "hubspot", config, targets, served)
        config, targets = _ready(folder / "salesforce_body", served, "salesforce", more=_BODY_MARKS)
        costs |= _by_connector("salesforce_body", "salesforce", config, targets, served)
    return costs


def _by_connector(
    name: str, crm: Crm, config: Path, targets: Sequence[Target], served: Served
) -> dict[str, Cost]:
    near = in_fresh_process(through_connector, config, crm, targets, served, series="near")
    with _at_a_distance(served):
        far = in_fresh_process(through_connector, config, crm, targets, served, series="far")
    return {f"{name} connector": near, f"{name} far": far}


@contextmanager
def _at_a_distance(served: Served) -> Iterator[None]:
    """No vendor is nearer: on loopback a call that writes one task would cost next to nothing."""
    served.switch(latency_ms=LATENCY_MS)
    try:
        yield
    finally:
        served.switch(latency_ms=0)


def _ready(folder: Path, served: Served, crm: Crm, *, more: str = "") -> tuple[Path, list[Target]]:
    folder.mkdir(parents=True)
    config = write_config(folder, served, crm, more=f"{more}{account_mapping(crm)}")
    key, owner = _KEYS[crm]
    return config, [(row[key], row[owner]) for row in served.state(OBJECTS[crm])]


def figures_of(rounds: Sequence[Mapping[str, Cost]]) -> dict[str, list[float]]:
    """Figure -> its value in each round."""
    costs = {name: [each[name] for each in rounds] for name in rounds[0]}
    figures: dict[str, list[float]] = {}
    for ours, crm in _WAYS:
        connector, floor, single = costs[f"{ours} connector"], costs[f"{crm} floor"], costs[f"{crm} single"]
        figures |= {
            f"{ours}_tasks_per_s": [cost.per_s for cost in connector],
            f"{ours}_requests_per_1000": [cost.requests_per_1000 for cost in connector],
            f"{ours}_cpu_us_per_task": [1_000_000 * cost.cpu_each for cost in connector],
            f"{ours}_vs_single": ratios(
                [cost.per_s for cost in costs[f"{ours} far"]], [cost.per_s for cost in single]
            ),
            f"{ours}_vs_floor": ratios(
                [cost.cpu_each for cost in floor], [cost.cpu_each for cost in connector]
            ),
        }
    for crm in ("salesforce", "hubspot"):
        figures |= {
            f"{crm}_floor_tasks_per_s": [cost.per_s for cost in costs[f"{crm} floor"]],
            f"{crm}_single_tasks_per_s": [cost.per_s for cost in costs[f"{crm} single"]],
            f"{crm}_run_tasks_per_s": [cost.per_s for cost in costs[f"{crm} run"]],
            f"{crm}_run_requests_per_1000": [cost.requests_per_1000 for cost in costs[f"{crm} run"]],
            f"{crm}_run_peak_mb": [cost.peak_mb for cost in costs[f"{crm} run"]],
        }
    return figures


def main() -> None:
    options = read_options(__doc__)
    tasks = QUICK_TASKS if options.quick else TASKS
    os.environ.update(SECRETS)
    with tempfile.TemporaryDirectory() as scratch:
        data = write_clients(Path(scratch) / "data", tasks)
        rounds = [measure(Path(scratch) / str(number), data) for number in range(1 if options.quick else 3)]
    tell("apply", figures_of(rounds), context={"tasks": tasks, "latency_ms": LATENCY_MS}, options=options)


if __name__ == "__main__":
    main()
