"""All clients read the same CRM in turn, each as a process of its own; their start is measured apart and taken off."""

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.pull_clients import CLIENTS, CRMS, KEPTWORD, Client, Place, Read, place_for, run
from bench.pull_meter import Broken
from bench.served import Served
from connectors.tasks import Crm

_LONGEST_REASON = 160


@dataclass(slots=True, kw_only=True)
class Race:
    """What the race brought: by CRM and client the read of each round; why others did not run; second pulls."""

    reads: dict[tuple[Crm, str], list[Read]] = field(default_factory=dict)
    left_out: dict[tuple[Crm, str], str] = field(default_factory=dict)
    idle: dict[Crm, list[Read]] = field(default_factory=dict)


def race(served: Served, folder: Path, *, rounds: int, rows: int) -> Race:
    """One round that does not count, to warm the sandbox up and to learn what each client imports, then the rounds."""
    found = Race(left_out={(each.crm, each.name): each.missing for each in CLIENTS if each.missing})
    places = {crm: place_for(served, crm, folder / crm) for crm in CRMS}
    for turn in range(rounds + 1):
        for client in CLIENTS:
            known = (client.crm, client.name)
            if known in found.left_out or (client.is_slow and turn > 1):
                continue
            place = places[client.crm]
            place.clear()
            read = _try(client, place, found)
            if read is None or turn == 0:
                continue
            if read.rows != rows:
                raise RuntimeError(f"{client.crm} {client.name} read {read.rows} of {rows} records")
            found.reads.setdefault(known, []).append(read)
            if client.name == KEPTWORD:
                found.idle.setdefault(client.crm, []).append(run(client, place))
    return found


def _try(client: Client, place: Place, found: Race) -> Read | None:
    """A peer that breaks is left out from then on, with the end of what it said."""
    try:
        return run(client, place)
    except Broken as error:
        if not client.peer:
            raise
        found.left_out[client.crm, client.name] = " ".join(str(error).split())[-_LONGEST_REASON:]
        return None


_RIVALS: Mapping[Crm, Mapping[str, str]] = {
    "hubspot": {"get_all": "get_all", "orjson": "orjson"},
    "salesforce": {
        "query_all": "query_all",
        "bulk2": "bulk2",
        "floor_rest": "floor_rest",
        "orjson": "orjson",
    },
}
_RIVALS_IN_BOTH: Mapping[str, str] = {
    "floor": "floor", "dlt": "dlt_parquet", "dlt_arrow": "dlt_arrow", "dlt_default": "dlt_default", "tap": "tap",
}  # fmt: skip
"""Figure -> the client whose CPU seconds are divided by ours."""


def figures_of(found: Race) -> dict[str, list[float]]:
    """Figure -> its value in each round."""
    figures: dict[str, list[float]] = {}
    for crm in CRMS:
        ours, idle = found.reads[crm, KEPTWORD], found.idle[crm]
        figures |= {
            f"{crm}_records_per_s": [read.rows / read.seconds for read in ours],
            f"{crm}_requests_per_1000": [1000 * read.requests / read.rows for read in ours],
            f"{crm}_cpu_s": [read.cpu_s for read in ours],
            f"{crm}_start_cpu_s": [read.start_cpu_s for read in ours],
            f"{crm}_peak_mb": [read.peak_mb for read in ours],
            f"{crm}_waiting_share": [read.waiting_share for read in ours],
            f"{crm}_idle_requests_per_object": [read.requests / read.objects for read in idle],
            f"{crm}_idle_s": [read.seconds for read in idle],
        }
        for rival, name in ({**_RIVALS[crm], **_RIVALS_IN_BOTH}).items():
            theirs = found.reads.get((crm, name), [])
            pairs = list(zip(theirs, ours, strict=False))
            if pairs:
                figures[f"{crm}_vs_{rival}"] = [one.cpu_each / other.cpu_each for one, other in pairs]
    figures["peak_mb"] = _of_both(figures, "peak_mb", max)
    figures["idle_requests_per_object"] = _of_both(figures, "idle_requests_per_object", statistics.fmean)
    figures["idle_s"] = _of_both(figures, "idle_s", sum)
    return figures


def _of_both(
    figures: Mapping[str, list[float]], name: str, together: Callable[[Sequence[float]], float]
) -> list[float]:
    return [together(each) for each in zip(*(figures[f"{crm}_{name}"] for crm in CRMS), strict=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One client in the table, medians of its rounds."""

    crm: Crm
    says: str
    why_not: str = ""
    records_per_s: float = 0.0
    seconds: float = 0.0
    cpu_s: float = 0.0
    start_cpu_s: float = 0.0
    peak_mb: float = 0.0
    requests: float = 0.0
    waiting_share: float = 0.0
    cpu_spread: float = 0.0
    """Largest less smallest of `cpu_s`, as a share of the median."""


def table(found: Race) -> list[Row]:
    """Every client, also those that could not run, with the reason."""
    return [_row(client, found) for client in CLIENTS]


def _row(client: Client, found: Race) -> Row:
    reads = found.reads.get((client.crm, client.name))
    if not reads:
        return Row(
            crm=client.crm, says=client.says, why_not=found.left_out.get((client.crm, client.name), "?")
        )
    seconds, cpu_s = _median(read.seconds for read in reads), _median(read.cpu_s for read in reads)
    return Row(
        crm=client.crm,
        says=client.says,
        records_per_s=reads[0].rows / seconds,
        seconds=seconds,
        cpu_s=cpu_s,
        start_cpu_s=_median(read.start_cpu_s for read in reads),
        peak_mb=_median(read.peak_mb for read in reads),
        requests=_median(float(read.requests) for read in reads),
        waiting_share=_median(read.waiting_share for read in reads),
        cpu_spread=(max(read.cpu_s for read in reads) - min(read.cpu_s for read in reads)) / cpu_s,
    )


def _median(values: Iterable[float]) -> float:
    return statistics.median(values)
