"""How fast, and at what cost, does Keptword read a CRM whole into its mirror, beside other ways to read it?

    python bench/pull.py [--quick] [--json]

Both CRMs are the sandbox on loopback, in a process with a core of its own, with 100,000 clients of fifteen fields
(--quick: 10,000) and all pages ready. `keptword pull` into a mirror that is not there yet takes turns with the floor,
which fetches the same and keeps nothing, with the vendors' own clients and with dlt and singer-io's taps where
python bench/pull_peers.py has installed them. Then follow ten times the records, a pull after a thousand changes, and
one under HubSpot's limits. bench/README.md says what each figure means and how long it takes.
"""

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import pull_changes, pull_limits, pull_race
from bench.clients import write_clients
from bench.measure import read_options, tell
from bench.pull_clients import CRMS, KEPTWORD, keep_to_a_core
from bench.served import SECRETS, Served, serve

CLIENTS, QUICK_CLIENTS = 100_000, 10_000
TIMES = 10
_NOW = "2024-05-01"
_MOST_WAITING = 0.1


@contextmanager
def _crm(folder: Path, clients: int) -> Iterator[Served]:
    data = write_clients(folder / f"data-{clients}", clients)
    switches = ("--set", "page_cache=true", "--set", "setup_fields=true")
    with serve("--data", str(data), "--now", _NOW, *switches) as served:
        keep_to_a_core(served)
        yield served


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    options = read_options(__doc__)
    clients, rounds, windows = (QUICK_CLIENTS, 1, 1) if options.quick else (CLIENTS, 3, 4)
    os.environ.update(SECRETS)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        _say(f"all clients read {clients} records, {rounds} rounds after one to warm up")
        with _crm(folder, clients) as served:
            race = pull_race.race(served, folder / "race", rounds=rounds, rows=clients)
        figures = pull_race.figures_of(race)
        _say(f"pulls of {TIMES * clients} records, whole and after changes")
        with _crm(folder, TIMES * clients) as huge:
            grown = pull_changes.grow(huge, folder / "grown", rows=TIMES * clients)
            _say("a pull under limits")
            figures |= pull_limits.under_limits(huge, folder / "limits", windows=windows)
        figures |= pull_changes.figures_of(grown, {crm: race.reads[crm, KEPTWORD] for crm in CRMS})
    rows = pull_race.table(race)
    if not options.as_json:
        _show(rows)
    context = {"records": clients, "fields": 15, "clients": [asdict(row) for row in rows]}
    tell("pull", figures, context=context, options=options)


def _show(rows: Sequence[pull_race.Row]) -> None:
    names = (
        "CRM",
        "client",
        "records/s",
        "seconds",
        "CPU s",
        "± CPU",
        "start CPU s",
        "peak MB",
        "requests",
        "waiting",
    )
    table = Table(*names)
    for row in rows:
        figures = (
            f"{row.records_per_s:,.0f}", f"{row.seconds:.2f}", f"{row.cpu_s:.2f}", f"{row.cpu_spread / 2:.0%}",
            f"{row.start_cpu_s:.2f}", f"{row.peak_mb:,.0f}", f"{row.requests:,.0f}", f"{row.waiting_share:.0%}",
        )  # fmt: skip
        if not row.why_not:
            table.add_row(row.crm, row.says, *figures)
    Console(width=150).print(table)
    for row in rows:
        if row.why_not:
            print(f"{row.crm}, {row.says}: {row.why_not}")
    waiting = [
        f"{row.crm} {row.says} ({row.waiting_share:.0%})" for row in rows if row.waiting_share > _MOST_WAITING
    ]
    if waiting:
        print(
            f"More than {_MOST_WAITING:.0%} of their time these waited for the sandbox or for a busy machine, so their "
            f"seconds are not all their own; CPU seconds are: {', '.join(waiting)}."
        )


if __name__ == "__main__":
    main()
