"""The CRM of the demo: a process of its own on this machine, with a clock that the demo moves."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import urllib3

from sync.errors import Failed

START = "2026-05-12T09:00:00Z"
"""A Tuesday morning."""

_PATIENCE_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCrm:
    """Where it listens, and what the demo may do with it besides what any client may."""

    https_url: str
    http_url: str
    ca_file: str
    pool: urllib3.PoolManager

    def call(
        self, method: str, path: str, *, json_body: object = None, headers: dict[str, str] | None = None
    ) -> Any:
        """The JSON answer of a request that must succeed; None for an empty answer."""
        answer = self.pool.request(method, self.http_url + path, json=json_body, headers=headers)
        if answer.status >= 400:
            raise Failed("demo", f"the CRM answered {answer.status} to {method} {path}", "Run the demo again")
        return json.loads(answer.data) if answer.data else None

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Every row of an object, deleted ones too."""
        state = self.call("GET", f"/_sandbox/state?{urlencode({'object': name})}")
        return [row for objects in state.values() for row in objects.get(name, [])]

    def writes(self) -> int:
        """How many requests so far could have changed data."""
        return len(self.call("GET", "/_sandbox/journal?writes=true")["requests"])

    def forget(self) -> None:
        """Empties the journal of requests."""
        self.call("DELETE", "/_sandbox/journal")

    def next_day(self) -> None:
        """Moves the CRM's clock on by a day."""
        self.call("POST", "/_sandbox/clock", json_body={"advance_s": 86_400})


@contextmanager
def demo_crm(*, accounts: int, seed: int) -> Iterator[DemoCrm]:
    """Starts the CRM and stops it at the end; raises Failed where it does not come up."""
    command = [
        sys.executable,
        "-m",
        "sandbox",
        "--accounts",
        str(accounts),
        "--seed",
        str(seed),
        "--now",
        START,
    ]
    command.append("--exit-with-parent")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 -- our own module
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line:
                raise Failed(
                    "demo",
                    "the CRM of the demo did not start",
                    "Install with the extra: pip install 'keptword[sandbox]'",
                )
            ready = json.loads(line)
            with urllib3.PoolManager(ca_certs=ready["ca_file"], timeout=_PATIENCE_S, retries=False) as pool:
                yield DemoCrm(
                    https_url=ready["https_url"],
                    http_url=ready["http_url"],
                    ca_file=ready["ca_file"],
                    pool=pool,
                )
        finally:
            process.terminate()
            process.wait(timeout=_PATIENCE_S)
