"""A pull after a thousand changes, and reads of ten times the records: what they take beside the least possible."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.clients import OBJECTS
from bench.pull_clients import CRMS, Place, Read, keptword, place_for, run
from bench.served import Served
from connectors.tasks import Crm

CHANGED = 1000
_PAGE: Mapping[Crm, int] = {"salesforce": 2000, "hubspot": 200}
"""Records in an answer of the cheapest request for a few: a page of a query, of a search."""
_BATCH: Mapping[Crm, int] = {"salesforce": 200, "hubspot": 100}
"""Records that one request may write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grown:
    """Pulls of one CRM with many records."""

    whole: Read
    idle: Read
    """Nothing had changed."""
    changed: Read
    """A thousand records had."""

    def calls_ratio(self, crm: Crm) -> float:
        """Requests of the last pull, by the least possible: those of the idle one, and further pages of changes."""
        least = self.idle.requests + math.ceil(CHANGED / _PAGE[crm]) - 1
        return self.changed.requests / least


def grow(served: Served, folder: Path, *, rows: int) -> dict[Crm, Grown]:
    """Pulls both CRMs whole, twice since the first time warms the sandbox up, then without and with changes."""
    return {crm: _grown(place_for(served, crm, folder / crm), rows=rows) for crm in CRMS}


def _grown(place: Place, *, rows: int) -> Grown:
    client = keptword(place.crm)
    run(client, place)
    place.clear()
    whole, idle = run(client, place), run(client, place)
    change(place.served, place.crm)
    changed = run(client, place)
    if whole.rows != rows or changed.rows < CHANGED:
        raise RuntimeError(f"{place.crm}: {whole.rows} of {rows} came, then {changed.rows} of {CHANGED}")
    return Grown(whole=whole, idle=idle, changed=changed)


def change(served: Served, crm: Crm) -> None:
    """Gives the first thousand clients another phone number, as an app of the customer's would."""
    ids = _some_ids(served, crm)
    for start in range(0, len(ids), _BATCH[crm]):
        some = ids[start : start + _BATCH[crm]]
        if crm == "salesforce":
            records = [
                {"attributes": {"type": OBJECTS[crm]}, "id": id_, "Phone": f"+44 20 {n:08}"}
                for n, id_ in enumerate(some, start)
            ]
            served.call(
                crm,
                "PATCH",
                "/services/data/v66.0/composite/sobjects",
                {"allOrNone": True, "records": records},
            )
        else:
            inputs = [
                {"id": id_, "properties": {"phone": f"+44 20 {n:08}"}} for n, id_ in enumerate(some, start)
            ]
            served.call(crm, "POST", f"/crm/v3/objects/{OBJECTS[crm]}/batch/update", {"inputs": inputs})


def _some_ids(served: Served, crm: Crm) -> list[str]:
    if crm == "salesforce":
        soql = f"SELECT+Id+FROM+{OBJECTS[crm]}+ORDER+BY+Id+LIMIT+{CHANGED}"
        answer = served.call(crm, "GET", f"/services/data/v66.0/query/?q={soql}")
        return [record["Id"] for record in answer["records"]]
    ids: list[str] = []
    after = "0"
    while len(ids) < CHANGED:
        page = served.call(crm, "GET", f"/crm/v3/objects/{OBJECTS[crm]}?limit=100&after={after}")
        ids += [record["id"] for record in page["results"]]
        after = page["paging"]["next"]["after"]
    return ids


def figures_of(grown: Mapping[Crm, Grown], ones: Mapping[Crm, Sequence[Read]]) -> dict[str, list[float]]:
    """`ones`: whole reads of a tenth of the records."""
    figures: dict[str, list[float]] = {}
    for crm, grew in grown.items():
        ten = grew.whole
        figures |= {
            f"{crm}_growth_10x": [ten.seconds / one.seconds for one in ones[crm]],
            f"{crm}_growth_10x_cpu": [ten.cpu_s / one.cpu_s for one in ones[crm]],
            f"{crm}_peak_growth": [ten.peak_mb / one.peak_mb for one in ones[crm]],
            f"{crm}_grown_peak_mb": [ten.peak_mb],
            f"{crm}_changed_calls_ratio": [grew.calls_ratio(crm)],
            f"{crm}_changed_s": [grew.changed.seconds],
        }
    for name in ("growth_10x", "peak_growth", "changed_calls_ratio"):
        lists = [figures[f"{crm}_{name}"] for crm in CRMS]
        figures[name] = [max(each) for each in zip(*lists, strict=True)]
    return figures
