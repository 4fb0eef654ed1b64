"""A CRM with the small agency in it, and a desk with a config at which commands are given."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from connectors.salesforce.mark_line import read_mark
from rules.rule import catalogue_files
from tests.loop.forked import Command, Ended, running_sandbox
from tests.loop.house import CLIENTS, NOW, Client, Wanted, write_files
from tests.loop.hubspot_files import hubspot_files
from tests.loop.salesforce_files import salesforce_files
from tests.sandbox_process import RunningSandbox

SECRETS = {"SF_KEY": "sandbox-key", "SF_SECRET": "sandbox-secret", "HUBSPOT_TOKEN": "pat-sandbox-token"}

CRMS = ("sf", "sf-body", "hs", "hs-search")
"""Salesforce; Salesforce that has no fields of ours; HubSpot whose key is unique; HubSpot that allows no unique property
on tasks."""

Case = TypeVar("Case")
Result = TypeVar("Result")

_SF = """
[connections.sf]
crm = "salesforce"
login = {{ kind = "client_credentials", domain = "keptword.my", key = "env:SF_KEY", secret = "env:SF_SECRET" }}
login_url = "{url}"
ca_file = "{ca}"
"""
_SF_BODY = """task_marks = "body"
"""
_HS = """
[connections.hs]
crm = "hubspot"
login = {{ kind = "token", token = "env:HUBSPOT_TOKEN" }}
api_url = "{url}"
ca_file = "{ca}"
pace = 10000
api = "{api}"
"""
_HEAD = """
mode = "{mode}"
[company]
email_is_logged = false
timezone = "Europe/London"
calendar = {{ country = "GB", subdivision = "ENG", hours = "09:00-17:30" }}
[tasks]
fallback = "sam@acme.example"
[limits]
new_per_owner = {{ day = 50, week = 50, open = 50 }}
"""

JUDGED = ("stale-contact", "missed-commitment", "invoice-after-incident")
"""The rules of which these tests know what a person would want done."""

_OTHERS_OFF = "".join(f'[rules.{name}]\nmode = "off"\n' for name in catalogue_files() if name not in JUDGED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A folder with a config, beside a CRM that runs."""

    crm: str
    folder: Path
    sandbox: RunningSandbox
    environment: Mapping[str, str] = field(default_factory=lambda: SECRETS)

    @property
    def is_salesforce(self) -> bool:
        """Whether tasks go to Salesforce."""
        return self.crm.startswith("sf")

    def configure(self, *more: str, mode: str = "write", api: str = "2026-09", **changes: str) -> "Desk":
        """Writes the config; `more` are further lines, `changes` replace text of it."""
        wanted = {"sf": (_SF,), "sf-body": (_SF, _SF_BODY), "both": (_SF, _HS)}.get(self.crm, (_HS,))
        # Before the connections: tests write further keys of a connection below the whole.
        text = "".join([_HEAD, _OTHERS_OFF, *wanted]).format(
            mode=mode, api=api, url=self.sandbox.https_url, ca=self.sandbox.ca_file
        )
        for old, new in changes.items():
            text = re.sub(rf"^{old} = .*$", f"{old} = {new}", text, flags=re.MULTILINE)
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "keptword.toml").write_text("\n".join((text, *more)), encoding="utf-8")
        return self

    def start(self, *arguments: str, as_json: bool = True) -> Command:
        """Starts a command and does not wait for it."""
        config = ["--config", str(self.folder / "keptword.toml"), *(["--json"] if as_json else [])]
        return Command([arguments[0], *config, *arguments[1:]], self.environment, self.folder)

    def keptword(self, *arguments: str, as_json: bool = True) -> Ended:
        """Gives a command and waits for its end."""
        return self.start(*arguments, as_json=as_json).wait()

    def run(self, *arguments: str) -> Any:
        """A run that must end well: its document."""
        ended = self.keptword("run", *arguments)
        assert ended.code == 0, f"{ended.code}: {ended.err}\n{ended.out[-3000:]}"
        return ended.document

    def forget(self, *names: str) -> None:
        """Deletes the mirror or the ledger."""
        for name in names:
            pattern = {"mirror": "keptword.duckdb*", "ledger": "keptword-ledger.db*"}[name]
            for path in self.folder.glob(pattern):
                path.unlink()

    def writes(self, since: int = 0) -> list[str]:
        """The requests after number `since` that could change data: method and path."""
        seen = self.sandbox.journal(writes="true", since=since)
        return [f"{one['method']} {one['path']}" for one in seen]

    def seen(self) -> int:
        """How many requests the CRM has had."""
        return int(self.sandbox.get("/_sandbox/journal", since=10**9)["seen"])

    def rows(self) -> list[dict[str, Any]]:
        """Our tasks as the CRM holds them, deleted ones too, each with key, state and id."""
        names = ("Task", "Keptword_Key__c") if self.is_salesforce else ("tasks", "keptword_key")
        rows = self.sandbox.rows(names[0])
        if self.crm == "sf-body":
            rows = [_as_marked(row) for row in rows]
        ours = [row for row in rows if re.match("kw1-(stale|missed|invoice)", row.get(names[1]) or "")]
        return sorted(ours, key=lambda row: str(row[names[1]]))

    def content(self) -> list[dict[str, Any]]:
        """Every field of our tasks that does not differ from one CRM or moment to another."""
        passing = {"Id", "id", "CreatedDate", "LastModifiedDate", "SystemModstamp", "hs_createdate", "hs_lastmodifieddate",
                   "createdAt", "updatedAt", "hs_object_id", "hs_unique_creation_key", "hubspot_owner_assigneddate"}  # fmt: skip
        return [{name: value for name, value in row.items() if name not in passing} for row in self.rows()]

    def tasks(self) -> list[Wanted]:
        """Our open tasks in a person's words."""
        return sorted(_wanted(self, row) for row in self.rows() if is_open(row))


def _as_marked(row: dict[str, Any]) -> dict[str, Any]:
    """A task with what the last line of its text says where others have fields."""
    mark = read_mark(row["Description"] or "")
    said = (
        {"Keptword_Key__c": mark.key, "Keptword_State__c": mark.state, "Description": mark.body}
        if mark
        else {}
    )
    return {**row, **said}


def is_open(row: Mapping[str, Any]) -> bool:
    """Neither done nor deleted."""
    return not (
        row.get("IsDeleted")
        or row.get("archived")
        or row.get("IsClosed")
        or row.get("hs_task_status") == "COMPLETED"
    )


def _wanted(desk: Desk, row: Mapping[str, Any]) -> Wanted:
    key = str(row.get("Keptword_Key__c") or row.get("keptword_key"))
    kind = {"stale": "stale", "missed": "promise", "invoice": "invoice"}[key.split("-")[1]]
    if desk.is_salesforce:
        names = {each["Id"]: each["Name"] for name in ("Account", "User") for each in desk.sandbox.rows(name)}
        return Wanted(
            client=names[row["WhatId"]], owner=names[row["OwnerId"]], due_on=row["ActivityDate"], kind=kind
        )
    companies = {each["id"]: each["name"] for each in desk.sandbox.rows("companies")}
    owners = {
        str(each["id"]): f"{each['firstName']} {each['lastName']}" for each in desk.sandbox.rows("owners")
    }
    [company] = {
        str(link["to_id"]) for link in desk.sandbox.rows("associations")
        if (link["from_type"], str(link["from_id"]), link["to_type"]) == ("tasks", row["id"], "companies")
    }  # fmt: skip
    return Wanted(
        client=companies[company],
        owner=owners[row["hubspot_owner_id"]],
        due_on=row["hs_timestamp"][:10],
        kind=kind,
    )


def data_folder(folder: Path, clients: Iterable[Client] = CLIENTS) -> Path:
    """The agency as files for both CRMs at once."""
    clients = list(clients)
    return write_files(folder, salesforce_files(clients) | hubspot_files(clients))


@contextmanager
def crm_with(
    data: Path, *arguments: str, crm: str = "sf", now: str = NOW, fields: bool = True
) -> Iterator[RunningSandbox]:
    """A sandbox with these files; `fields`: as if setup had been run."""
    unique = "refused" if crm == "hs-search" else "allowed"
    fields = fields and crm != "sf-body"
    settings = ("--set", f"unique_on_tasks={unique}", "--set", f"setup_fields={str(fields).lower()}")
    with running_sandbox("--now", now, "--data", str(data), *settings, *arguments) as sandbox:
        yield sandbox


def faults(sandbox: RunningSandbox, plan: Sequence[Mapping[str, Any]]) -> None:
    """Replaces the fault plan."""
    sandbox.delete("/_sandbox/faults")
    sandbox.post("/_sandbox/faults", json.loads(json.dumps(plan)))


def at_once(work: Callable[[Case], Result], cases: Iterable[Case], *, threads: int = 4) -> dict[Case, Result]:
    """Case -> result; several at a time, since most of the time is waiting."""
    cases = list(cases)
    with ThreadPoolExecutor(threads) as pool:
        return dict(zip(cases, pool.map(work, cases), strict=True))


def wait_until_struck(command: Command, sandbox: RunningSandbox) -> None:
    """Returns when the first fault of the plan strikes the command."""
    while not sandbox.get("/_sandbox/faults")["faults"][0]["struck"]:
        assert command.is_alive(0.02), "the command ended before the fault struck"
