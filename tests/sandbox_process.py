"""Starts the sandbox as a process that says where it listens."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

import urllib3


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningSandbox:
    """A CRM on loopback; paths may carry a query."""

    https_url: str
    http_url: str
    ca_file: str
    pid: int
    pool: urllib3.PoolManager
    """For plain HTTP and, since it trusts `ca_file`, for HTTPS."""

    def request(
        self, method: str, path: str, json: object = None, headers: dict[str, str] | None = None
    ) -> urllib3.BaseHTTPResponse:
        """One request over plain HTTP, whatever its status."""
        return self.pool.request(method, self.http_url + path, json=json, headers=headers)

    def get(self, path: str, /, **query: object) -> Any:
        """The JSON of a GET that must succeed."""
        return _content(self.request("GET", f"{path}?{urlencode(query)}" if query else path))

    def post(self, path: str, json: object) -> Any:
        """The JSON of a POST that must succeed."""
        return _content(self.request("POST", path, json=json))

    def delete(self, path: str) -> Any:
        """The JSON of a DELETE that must succeed."""
        return _content(self.request("DELETE", path))

    def journal(self, **filters: object) -> list[dict[str, Any]]:
        """The requests seen; filters: method, path (regular expression), since, writes, bodies."""
        return cast(list[dict[str, Any]], self.get("/_sandbox/journal", **filters)["requests"])

    def forget(self) -> None:
        """Empties the journal."""
        self.delete("/_sandbox/journal")

    def rows(self, name: str) -> list[dict[str, Any]]:
        """All rows of an object such as `Task` (Salesforce) or `tasks` (HubSpot), deleted ones too."""
        return [row for objects in self.get("/_sandbox/state", object=name).values() for row in objects[name]]

    def fault(self, *faults: dict[str, Any]) -> None:
        """Adds faults to the plan."""
        self.post("/_sandbox/faults", list(faults))

    def set_clock(self, now: str) -> None:
        """Moves the CRM's clock to an ISO instant."""
        self.post("/_sandbox/clock", {"now": now})

    def switch(self, **switches: object) -> None:
        """Sets switches such as rate_limits=True."""
        self.post("/_sandbox/switches", switches)


def _content(response: urllib3.BaseHTTPResponse) -> Any:
    assert 200 <= response.status < 300, f"{response.status}: {response.data[:500]!r}"
    return json.loads(response.data)


def trusting_pool(ca_file: str) -> urllib3.PoolManager:
    """Connections that trust this authority, repeat nothing and do not wait for ever."""
    return urllib3.PoolManager(ca_certs=ca_file, retries=False, timeout=30)


def start_sandbox(*arguments: str) -> AbstractContextManager[RunningSandbox]:
    """A sandbox with these arguments while the block lasts, from the processes that have loaded it already."""
    # Imported here: what is there builds on what is here.
    from tests.loop.forked import running_sandbox

    return running_sandbox(*arguments)


@contextmanager
def start_program(*arguments: str) -> Iterator[RunningSandbox]:
    """The same as its users start it: `python -m sandbox`."""
    command = [sys.executable, "-m", "sandbox", "--exit-with-parent", *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            line = process.stdout.readline()
            assert line, f"the sandbox did not start (exit code {process.wait()}); its message is on stderr"
            said = json.loads(line)
            with trusting_pool(said["ca_file"]) as pool:
                yield RunningSandbox(**said, pool=pool)
        finally:
            process.terminate()
            process.wait(10)
