"""Starts the sandbox CRM as a process of its own, and writes the config with which Keptword reaches it."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import urllib3

from connectors.tasks import Crm
from rules.rule import catalogue_files

SECRETS: Mapping[str, str] = {
    "SF_KEY": "sandbox-key",
    "SF_SECRET": "sandbox-secret",
    "HUBSPOT_TOKEN": "pat-sandbox-token",
}
"""What the sandbox's logins take; the config names them as environment variables."""

_COMPANY = """
[company]
email_is_logged = false
timezone = "Europe/London"
calendar = { country = "GB", subdivision = "ENG", hours = "09:00-17:30" }
"""

_WITHOUT_LIMITS = """
[limits]
first_run = 1000000
new_per_run = 1000000
new_share = 1.0
new_per_owner = { day = 1000000, week = 1000000, open = 1000000 }
"""

_OTHERS_OFF = "".join(
    f'[rules.{name}]\nmode = "off"\n' for name in catalogue_files() if name != "stale-contact"
)
"""The comparison is about silence alone."""

_LOGINS: Mapping[Crm, str] = {
    "salesforce": """
crm = "salesforce"
login = { kind = "client_credentials", domain = "keptword.my", key = "env:SF_KEY", secret = "env:SF_SECRET" }
login_url = "%(https_url)s"
ca_file = "%(ca_file)s"
""",
    "hubspot": """
crm = "hubspot"
login = { kind = "token", token = "env:HUBSPOT_TOKEN" }
api_url = "%(https_url)s"
ca_file = "%(ca_file)s"
""",
}


_LATER_THAN_ANY = 10**12


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A running sandbox: both vendors' APIs on both ports, and its own controls on the plain one."""

    https_url: str
    http_url: str
    ca_file: str
    pid: int

    def state(self, object_name: str) -> list[dict[str, Any]]:
        """All rows of an object, such as `Account` or `companies`."""
        found: dict[str, dict[str, list[dict[str, Any]]]] = self._ask("GET", f"state?object={object_name}")
        return [row for objects in found.values() for row in objects[object_name]]

    def token(self, crm: Crm) -> str:
        """What a client of the vendor calls itself by; for Salesforce from a login of its own."""
        if crm == "hubspot":
            return SECRETS["HUBSPOT_TOKEN"]
        fields = {"client_id": SECRETS["SF_KEY"], "client_secret": SECRETS["SF_SECRET"]}
        login = f"{self.http_url}/services/oauth2/token?"
        answer = _json("POST", login + urlencode({"grant_type": "client_credentials", **fields}))
        return str(answer["access_token"])

    def headers(self, crm: Crm) -> dict[str, str]:
        """What a client of the vendor sends with every request: a login of its own, and JSON."""
        return {"Authorization": f"Bearer {self.token(crm)}", "Content-Type": "application/json"}

    def call(self, crm: Crm, method: str, path: str, body: object = None) -> Any:
        """The JSON of one request to the vendor's API; raises RuntimeError for anything but success."""
        return _json(method, self.http_url + path, body, self.headers(crm))

    def requests_seen(self, *, writes: bool = False) -> int:
        """How many requests the sandbox has answered since forget(); `writes`: only those that may change it."""
        if writes:
            return len(self.entries(writes=True))
        return int(self._ask("GET", f"journal?since={_LATER_THAN_ANY}")["seen"])

    def entries(self, **asked: object) -> list[dict[str, Any]]:
        """The requests themselves, oldest first, as the sandbox's journal shows them; `asked` narrows them down."""
        found: list[dict[str, Any]] = self._ask("GET", f"journal?{urlencode(asked)}")["requests"]
        return found

    def forget(self) -> None:
        """Starts counting requests anew."""
        self._ask("DELETE", "journal")

    def switch(self, **switches: object) -> None:
        """Sets the sandbox's switches, such as unique_on_tasks="refused"."""
        self._ask("POST", "switches", switches)

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        return _json(method, f"{self.http_url}/_sandbox/{path}", body)


def _json(method: str, url: str, body: object = None, headers: Mapping[str, str] | None = None) -> Any:
    answer = urllib3.request(method, url, json=body, headers=headers, retries=False, timeout=60.0)
    if answer.status >= 300:
        raise RuntimeError(f"{method} {url} was answered {answer.status}: {answer.data[:300]!r}")
    return answer.json()


@contextmanager
def serve(*options: str) -> Iterator[Served]:
    """Runs `python -m sandbox` with these options while the block lasts."""
    command = [sys.executable, "-m", "sandbox", "--exit-with-parent", *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line:
                raise RuntimeError(f"the sandbox did not start (exit code {process.wait()}); stderr says why")
            yield Served(**json.loads(line))
        finally:
            process.terminate()
            process.wait(10)


def write_config(
    folder: Path, served: Served, crm: Crm, *, more: str = "", records: str = "", pace: int | None = 100_000
) -> Path:
    """A `keptword.toml` in `folder` for one CRM, in write mode and without limits.

    `pace`: HubSpot requests in ten seconds; paced by its real allowance (None), it would be waited for and nothing
    else be measured. `more` is TOML below the connection's own keys, `records` TOML at the top level's end. The secrets are
    those of SECRETS, by environment variable.
    """
    login = _LOGINS[crm] % {"https_url": served.https_url, "ca_file": served.ca_file}
    paced = f"pace = {pace}\n" if crm == "hubspot" and pace is not None else ""
    connection = f"[connections.crm]{login}{paced}"
    file = folder / "keptword.toml"
    file.write_text(
        "\n".join(('mode = "write"', _COMPANY, _WITHOUT_LIMITS, connection, more, records, _OTHERS_OFF)),
        encoding="utf-8",
    )
    return file
