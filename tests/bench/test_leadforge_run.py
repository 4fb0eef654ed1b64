"""Keptword finds in both CRMs, on a client base that nobody here wrote, exactly the silent clients that are there."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from bench.leadforge_data import CRMS, Crm, shape
from bench.served import SECRETS, Served, serve, write_config
from sync.cli.main import main
from tests.leadforge_truth import Silence, accounts_without_activity, stale_accounts

TODAY = date(2024, 5, 1)
NOW = ("--now", "2024-05-01T09:00:00Z")

# leadforge knows no former clients.
ALL_ACTIVE = '[connections.crm.records.account]\ncolumns = { is_active = "true" }\n'
FALLBACK = '[tasks]\nfallback = "house@seller.example"\n'

ACCOUNTS: Mapping[Crm, tuple[str, str, str, str]] = {
    "salesforce": ("Account", "Id", "Legacy_Id__c", "OwnerId"),
    "hubspot": ("companies", "id", "legacy_id", "hubspot_owner_id"),
}
"""Object, and its fields for id, leadforge's id and owner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What two runs in a row said, and what the CRM holds after them."""

    findings: list[dict[str, Any]]
    first: dict[str, Any]
    second: dict[str, Any]
    requests_seen: int
    writes_of_second: int
    accounts: Mapping[str, tuple[str, str]]
    """The CRM's account id -> leadforge's id, owner."""
    tasks: list[tuple[str, str, str]]
    """Key, account and owner of each of our tasks."""
    mirrors: tuple[dict[str, list[tuple[Any, ...]]], dict[str, list[tuple[Any, ...]]]]
    """Table -> rows: of the mirror that was brought up to date three times, and of one that was read anew."""

    def name_of(self, account_id: str) -> str:
        """leadforge's id for an account id of ours, which has the org before it."""
        return self.accounts[account_id.rpartition(":")[2]][0]

    def silences(self) -> dict[str, Silence]:
        """leadforge's account id -> the silence that the finding on it tells."""
        return {self.name_of(found["account_id"]): _silence(found) for found in self.findings}


def _silence(found: Mapping[str, Any]) -> Silence:
    (last_touch_at,) = found["occurrence"]
    last_touch = date.fromisoformat(last_touch_at[:10]) if last_touch_at else None
    return Silence(found["facts"]["account_tier"], last_touch, found["facts"]["days_since_touch"])


def _salesforce_tasks(served: Served) -> list[tuple[str, str, str]]:
    soql = "SELECT+Keptword_Key__c,WhatId,OwnerId+FROM+Task+WHERE+Keptword_Key__c+!=+null"
    held = served.call("salesforce", "GET", f"/services/data/v66.0/query?q={soql}")["records"]
    return [(task["Keptword_Key__c"], task["WhatId"], task["OwnerId"]) for task in held]


def _hubspot_tasks(served: Served) -> list[tuple[str, str, str]]:
    held = [task for task in served.state("tasks") if task.get("keptword_key") and not task["archived"]]
    asked = {"inputs": [{"id": task["id"]} for task in held]}
    path = "/crm/v4/associations/tasks/companies/batch/read"
    links = served.call("hubspot", "POST", path, asked)["results"]
    companies = {(link["from"]["id"], str(company["toObjectId"])) for link in links for company in link["to"]}
    tasks = {task["id"]: task for task in held}
    return [
        (tasks[id_]["keptword_key"], company, tasks[id_]["hubspot_owner_id"]) for id_, company in companies
    ]


TASKS = {"salesforce": _salesforce_tasks, "hubspot": _hubspot_tasks}


def keptword(config: Path, command: str, *options: str) -> dict[str, Any]:
    ended = CliRunner().invoke(main, [command, "--config", str(config), "--json", *options], env=SECRETS)
    assert ended.exit_code == 0, ended.output
    answer: dict[str, Any] = json.loads(ended.stdout)
    return answer


def run_twice(crm: Crm, served: Served, folder: Path) -> Ran:
    config = write_config(folder, served, crm, more=ALL_ACTIVE, records=FALLBACK)
    keptword(config, "setup")
    served.forget()
    first = keptword(config, "run", *NOW)
    requests_seen = served.requests_seen()
    served.forget()
    second = keptword(config, "run", *NOW)
    name, key, legacy, owner = ACCOUNTS[crm]
    writes_of_second = [each["path"] for each in served.entries(writes="true")]
    findings = keptword(config, "findings", *NOW, "--rule", "stale-contact")["findings"]
    keptword(config, "pull")
    up_to_date = mirrored(folder / "keptword.duckdb")
    (folder / "keptword.duckdb").unlink()
    keptword(config, "pull")
    return Ran(
        findings=findings,
        first=first,
        second=second,
        requests_seen=requests_seen,
        # A query job that has been read is deleted: no record is touched by that.
        writes_of_second=sum("/jobs/query" not in path for path in writes_of_second),
        accounts={row[key]: (row[legacy], row[owner]) for row in served.state(name)},
        tasks=TASKS[crm](served),
        mirrors=(up_to_date, mirrored(folder / "keptword.duckdb")),
    )


def live(name: str) -> str:
    """A mirror that was kept remembers what was deleted, such as setup's trial task; links have no such column."""
    return "" if ">" in name else " where not _deleted"


def mirrored(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every table of the CRM's objects and links, with its live rows in one order."""
    with duckdb.connect(str(path), read_only=True) as mirror:
        listed = "select table_name from information_schema.tables where table_schema = 'crm_crm' order by 1"
        names = [name for (name,) in mirror.sql(listed).fetchall()]
        return {
            name: sorted(mirror.sql(f'from crm_crm."{name}"{live(name)}').fetchall(), key=repr)
            for name in names
        }


@pytest.fixture(scope="module")
def runs(tables: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[Crm, Ran]:
    def run(crm: Crm) -> Ran:
        folder = tmp_path_factory.mktemp(crm)
        shape(tables, folder / "data", crm=crm)
        with serve("--data", str(folder / "data"), "--now", TODAY.isoformat()) as served:
            return run_twice(crm, served, folder)

    return {crm: run(crm) for crm in CRMS}


@pytest.mark.parametrize("crm", CRMS)
def test_the_findings_are_those_of_a_query_over_the_tables_themselves(
    runs: dict[Crm, Ran], tables: Path, crm: Crm
) -> None:
    assert runs[crm].silences() == stale_accounts(tables, TODAY)
    assert len(runs[crm].findings) == 403


def test_both_crms_tell_the_same_silences(runs: dict[Crm, Ran], tables: Path) -> None:
    salesforce, hubspot = (runs[crm].silences() for crm in CRMS)
    assert salesforce == hubspot
    silent = {account for account, silence in salesforce.items() if silence.last_touch is None}
    assert silent == accounts_without_activity(tables)
    assert len(silent) == 221


@pytest.mark.parametrize("crm", CRMS)
def test_a_mirror_that_was_kept_up_to_date_equals_one_that_was_read_anew(
    runs: dict[Crm, Ran], crm: Crm
) -> None:
    kept, anew = runs[crm].mirrors
    assert {name: len(rows) for name, rows in kept.items()} == {
        name: len(rows) for name, rows in anew.items()
    }
    assert kept == anew


@pytest.mark.parametrize("crm", CRMS)
def test_each_silent_client_has_one_task_with_its_owner(runs: dict[Crm, Ran], crm: Crm) -> None:
    ran = runs[crm]
    assert sorted(ran.name_of(account) for _, account, _ in ran.tasks) == sorted(ran.silences())
    assert {account: owner for _, account, owner in ran.tasks} == {
        account: ran.accounts[account][1] for _, account, _ in ran.tasks
    }
    assert len({key for key, _, _ in ran.tasks}) == 403


@pytest.mark.parametrize("crm", CRMS)
def test_a_second_run_writes_nothing(runs: dict[Crm, Ran], crm: Crm) -> None:
    assert (runs[crm].writes_of_second, runs[crm].second["written"]) == (0, [])
    assert runs[crm].second["figures"]["standing"] == 403


@pytest.mark.parametrize("crm", CRMS)
def test_the_run_says_what_it_cost(runs: dict[Crm, Ran], crm: Crm) -> None:
    figures = runs[crm].first["figures"]
    assert sum(figures["requests"]["crm"].values()) == runs[crm].requests_seen
    assert all(figures["seconds"][stage] > 0 for stage in ("pull", "judge", "plan", "apply"))
    assert (figures["written"], figures["failed"], figures["unknown"]) == (403, 0, 0)
