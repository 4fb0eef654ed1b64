"""How near a pull comes to the rate that HubSpot allows, and how often it is refused for being over it."""

import signal
import subprocess
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.pull_clients import environment, keptword, place_for
from bench.served import Served

PER_WINDOW, WINDOW_S = 190, 10
"""HubSpot's allowance for the lists of one app, as the sandbox keeps it."""
LATENCY_MS = 20
_REFUSED = 429


def under_limits(served: Served, folder: Path, *, windows: int) -> dict[str, list[float]]:
    """Pulls under limits until the ten seconds after the first `windows` times ten are begun, and is stopped then.

    Neither the first ten seconds, whose burst is free, nor those that the stop cuts short count.
    """
    place = place_for(served, "hubspot", folder, pace=None)
    client = keptword("hubspot")
    time.sleep(WINDOW_S)  # what was asked before is out of the window, as if nobody else had been there
    before = served.requests_seen()
    served.switch(rate_limits=True, latency_ms=LATENCY_MS)
    try:
        with subprocess.Popen(
            client.command(place), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment(place)
        ) as process:
            try:
                _, said = process.communicate(timeout=(windows + 1.5) * WINDOW_S)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGTERM)
                process.communicate()
            else:
                if process.returncode not in (0, -signal.SIGTERM):
                    raise RuntimeError(f"the pull failed: {said.decode(errors='replace')[-1000:]}")
    finally:
        served.switch(rate_limits=False, latency_ms=0)
    return shares(served.entries(since=before), windows=windows)


def shares(entries: Sequence[Mapping[str, Any]], *, windows: int) -> dict[str, list[float]]:
    """From the sandbox's journal, in tens of seconds since the first request."""
    times = [datetime.fromisoformat(entry["at"]) for entry in entries]
    answered, refused = Counter[int](), Counter[int]()
    for at, entry in zip(times, entries, strict=True):
        (refused if entry["status"] == _REFUSED else answered)[
            int((at - times[0]).total_seconds() // WINDOW_S)
        ] += 1
    steady = range(1, windows + 1)
    return {
        "rate_limit_share": [sum(answered[n] for n in steady) / (PER_WINDOW * windows)],
        "first_429_count": [float(refused[0])],
        "steady_429_count": [float(sum(count for n, count in refused.items() if n > 0))],
    }
