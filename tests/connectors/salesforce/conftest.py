"""An org over HTTPS, and connectors to it."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from connectors.salesforce.connector import SalesforceConnector
from connectors.salesforce.mark_line import read_mark
from connectors.salesforce.settings import SalesforceSettings
from connectors.tasks import Task, wanted_values, write_state
from connectors.transport import Policy
from tests.sandbox_process import RunningSandbox, start_sandbox

NOW = "2024-05-01T09:00:00Z"
QUICK = Policy(first_wait_s=0.01, longest_wait_s=0.05, attempts=3)
OLD = "2024-01-01T00:00:00.000+0000"
ACCOUNTS = [f"001000000000{n:03d}AAA" for n in range(300)]
LOGIN = {
    "kind": "client_credentials",
    "domain": "acme.my",
    "key": "env:KW_SF_KEY",
    "secret": "env:KW_SF_SECRET",
}

CASES = 26_000
"""More than are fetched as one page of a query job."""
ALL_SUBJECTS = {f"case {n}" for n in range(CASES)}

Connect = Callable[..., SalesforceConnector]

DATA: dict[str, tuple[list[str], list[list[Any]]]] = {
    "Account": (
        ["Id", "Name", "AnnualRevenue", "NumberOfEmployees", "SystemModstamp", "IsDeleted"],
        [[ACCOUNTS[n], f"Client {n} 🙂", n + 0.01, n, OLD, n == 7] for n in range(300)],
    ),
    # More than two pages, all of one stamp.
    "Case": (
        ["Id", "Subject", "AccountId", "SystemModstamp"],
        [[f"500000000{n:06d}AAA", f"case {n}", ACCOUNTS[n % 300], OLD] for n in range(4500)],
    ),
    "Contact": (
        ["Id", "LastName", "AccountId"],
        [[f"003000000000{n:03d}AAA", f"Person {n}", ACCOUNTS[0]] for n in range(210)],
    ),
    # Closed and due more than a year ago: archived, so plain query does not show it.
    "Task": (
        ["Id", "Subject", "Status", "ActivityDate", "WhatId", "SystemModstamp"],
        [["00T000000000001AAA", "an old call", "Completed", "2021-02-03", ACCOUNTS[0], OLD]],
    ),
}  # fmt: skip


@pytest.fixture(scope="session")
def org_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("org")
    for name, (columns, rows) in DATA.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([columns, *rows])
    return folder


@pytest.fixture(scope="module")
def org(org_data: Path) -> Iterator[RunningSandbox]:
    """An org with data, before setup."""
    with start_sandbox("--data", str(org_data), "--now", NOW) as running:
        yield running


@pytest.fixture(scope="module")
def ready_org(org_data: Path) -> Iterator[RunningSandbox]:
    """The same after setup."""
    with start_sandbox("--data", str(org_data), "--now", NOW, "--set", "setup_fields=true") as running:
        yield running


@pytest.fixture(scope="module")
def crowded_org(org_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """An org with many cases of one stamp, whose query jobs give pages of 4,000."""
    folder = tmp_path_factory.mktemp("crowded")
    for name in ("Account", "Contact", "Task"):
        (folder / f"{name}.csv").write_bytes((org_data / f"{name}.csv").read_bytes())
    cases = {
        "Id": [f"500000000{n:06d}AAA" for n in range(CASES)],
        "Subject": [f"case {n}" for n in range(CASES)],
        "AccountId": [ACCOUNTS[0]] * CASES,
        "CreatedDate": [f"2023-{1 + n % 12:02d}-05T10:00:00.000+0000" for n in range(CASES)],
        "SystemModstamp": [OLD] * CASES,
    }
    pq.write_table(pa.table(cases), folder / "Case.parquet")
    with start_sandbox("--data", str(folder), "--now", NOW, "--set", "bulk_page_rows=4000") as running:
        yield running


@pytest.fixture
def big_org(crowded_org: RunningSandbox) -> RunningSandbox:
    """The same with an empty journal."""
    crowded_org.forget()
    return crowded_org


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Iterator[Connect]:
    """Connectors that are closed and orgs whose faults are cleared afterwards."""
    monkeypatch.setenv("KW_SF_KEY", "sandbox-key")
    monkeypatch.setenv("KW_SF_SECRET", "sandbox-secret")
    opened: list[tuple[SalesforceConnector, RunningSandbox]] = []

    def make(sandbox: RunningSandbox, **given: object) -> SalesforceConnector:
        at = {"crm": "salesforce", "login": LOGIN, "login_url": sandbox.https_url, "ca_file": sandbox.ca_file}
        connector = SalesforceConnector(SalesforceSettings.model_validate(at | given), policy=QUICK)
        opened.append((connector, sandbox))
        return connector

    yield make
    for connector, sandbox in opened:
        connector.close()
        sandbox.delete("/_sandbox/faults")


@pytest.fixture(scope="module")
def bare_org(org_data: Path) -> Iterator[RunningSandbox]:
    """The same in an org that has no fields of ours and gets none."""
    with start_sandbox("--data", str(org_data), "--now", NOW) as running:
        yield running


@pytest.fixture(params=["fields", "body"])
def task_marks(request: pytest.FixtureRequest) -> str:
    """Each way in which our tasks are told from others."""
    return str(request.param)


@pytest.fixture
def marked_org(task_marks: str, request: pytest.FixtureRequest) -> RunningSandbox:
    """An org in which tasks can be written that way."""
    org: RunningSandbox = request.getfixturevalue("ready_org" if task_marks == "fields" else "bare_org")
    return org


@pytest.fixture
def writer(connect: Connect, task_marks: str) -> Connect:
    """Connectors that write that way."""
    return partial(connect, task_marks=task_marks)


def key_of(row: dict[str, Any]) -> str:
    """Our key in a row of the sandbox, wherever it stands; empty for a task that is not ours."""
    mark = read_mark(row["Description"] or "")
    return row.get("Keptword_Key__c") or (mark.key if mark else "")


def live_keys(sandbox: RunningSandbox, prefix: str) -> list[str]:
    """Of the tasks that are not deleted, in order; a twin comes twice."""
    keys = [key_of(row) for row in sandbox.rows("Task") if not row["IsDeleted"]]
    return sorted(key for key in keys if key.startswith(prefix))


def wide_fields(connector: SalesforceConnector) -> list[str]:
    """Fields of an account's parents and their people, for an object with an account: more than an address holds."""
    account, user = connector.describe("Account"), connector.describe("User")
    assert account is not None
    assert user is not None
    plain = [name for name in account.fields if not name.endswith("Address")]
    paths = ["Account.Parent.Parent.Parent", "Account.Parent.Parent", "Account.Parent", "Account"]
    people = [f"{way}.{who}" for way in paths[1:] for who in ("Owner", "CreatedBy", "LastModifiedBy")]
    fields = [".".join(each) for each in [*product(paths, plain), *product(people, user.fields)]]
    assert sum(map(len, fields)) > 13_000
    return fields


def make_task(key: str, **given: Any) -> Task:
    """A task for the first account, with the state that belongs to it."""
    values: dict[str, Any] = {
        "key": key, "state": "", "subject": "Call Client 0", "body": "No contact since 8 May.\n- last call 3 May",
        "owner_id": None, "due_on": date(2024, 5, 3), "due_at": datetime.fromisoformat("2024-05-03T16:00:00"),
        "priority": "high", "kind": "call", "account_id": ACCOUNTS[0],
    }  # fmt: skip
    task = Task(**(values | given))
    return replace(task, state=task.state or write_state(wanted_values("salesforce", task), ("aaaaabbbb",)))
