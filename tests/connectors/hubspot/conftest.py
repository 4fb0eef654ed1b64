"""A portal in each write mode, over HTTPS, and connectors to it in both versions of the API."""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.hubspot.connector import HubSpotConnector
from connectors.hubspot.settings import HubSpotSettings
from connectors.tasks import Task, wanted_values, write_state
from connectors.transport import Policy
from tests.sandbox_process import RunningSandbox, start_sandbox

NOW = "2024-05-01T09:00:00Z"
QUICK = Policy(first_wait_s=0.01, longest_wait_s=0.05, attempts=3)
OLD = "2024-01-01T00:00:00Z"
WIDE = [f"wide_{'x' * 90}_{n}" for n in range(160)]

Connect = Callable[..., HubSpotConnector]

DATA: dict[str, tuple[list[str], list[list[Any]]]] = {
    "companies": (
        ["id", "name", "annualrevenue", "updatedAt", "archived", "archivedAt"],
        [[1000 + n, f"Company {n} 🙂", n + 0.5, OLD, n % 50 == 49, "2024-04-20"] for n in range(250)],
    ),
    "contacts": (["id", "email", "updatedAt"], [[3000 + n, f"p{n}@client.example", OLD] for n in range(30)]),
    "calls": (
        ["id", "hs_call_title", "hs_timestamp", "updatedAt"],
        [[5000 + n, f"call {n}", OLD, OLD] for n in range(600)],
    ),
    "meetings": (
        ["id", "hs_meeting_title", "hs_timestamp", *WIDE],
        [[9000 + n, f"meeting {n}", OLD, *[f"{n}-{place}" for place in range(160)]] for n in range(3)],
    ),
    "p_promises": (
        ["id", "promise_text", "promised_for", "updatedAt"],
        [[6000 + n, f"promise {n}", "2024-05-20", OLD] for n in range(150)],
    ),
    "owners": (
        ["id", "email", "firstName", "archived"],
        [[70, "ann@agency.example", "Ann", False], [71, "bob@agency.example", "Bob", True]],
    ),
    "associations": (
        ["from_type", "from_id", "to_type", "to_id", "type_id"],
        # More than one page of links on company 1000; some calls linked to a second company.
        [["calls", 5000 + n, "companies", 1000, 182] for n in range(600)]
        + [["calls", 5000 + n, "companies", 1001, 182] for n in range(5)]
        # The last promise has more links than a list has room for.
        + [["p_promises", 6000 + n, "companies", 1000 + n % 3, None] for n in range(149)]
        + [["p_promises", 6149, "companies", 1000 + n, None] for n in range(120) if n % 50 != 49],
    ),
}  # fmt: skip


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("portal")
    for name, (columns, rows) in DATA.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([columns, *rows])
    return folder


@pytest.fixture(scope="session")
def unique_portal(data_dir: Path) -> Iterator[RunningSandbox]:
    with start_sandbox("--data", str(data_dir), "--now", NOW) as portal:
        yield portal


@pytest.fixture(scope="session")
def search_portal(data_dir: Path) -> Iterator[RunningSandbox]:
    refuse = ("--set", "unique_on_tasks=refused")
    with start_sandbox("--data", str(data_dir), "--now", NOW, *refuse) as portal:
        yield portal


@pytest.fixture
def bare_portal() -> Iterator[RunningSandbox]:
    """A portal of its own, empty and without our properties."""
    with start_sandbox("--now", NOW) as portal:
        yield portal


@pytest.fixture(params=["2026-09", "v3"])
def api(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch, api: str) -> Iterator[Connect]:
    monkeypatch.setenv("HUBSPOT_TOKEN", "pat-sandbox-token")
    opened: list[HubSpotConnector] = []

    def open_one(portal: RunningSandbox, **more: Any) -> HubSpotConnector:
        settings = {
            "crm": "hubspot", "api": api, "api_url": portal.https_url, "ca_file": portal.ca_file, "pace": 10_000,
            "login": {"kind": "token", "token": "env:HUBSPOT_TOKEN"},
        }  # fmt: skip
        opened.append(HubSpotConnector(HubSpotSettings.model_validate({**settings, **more}), policy=QUICK))
        return opened[-1]

    yield open_one
    for connector in opened:
        connector.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A portal that is set up, and a connector to it."""

    portal: RunningSandbox
    connector: HubSpotConnector
    mode: str

    def tasks(self, key: str) -> list[dict[str, Any]]:
        """Live tasks with a key, as the portal holds them."""
        return [
            row for row in self.portal.rows("tasks") if row.get("keptword_key") == key and not row["archived"]
        ]


@pytest.fixture(params=["unique", "search"])
def place(request: pytest.FixtureRequest, connect: Connect) -> Iterator[Place]:
    portal: RunningSandbox = request.getfixturevalue(f"{request.param}_portal")
    connector = connect(portal)
    if not connector.readiness().ready:
        connector.setup(write=True)
    portal.forget()
    yield Place(portal=portal, connector=connector, mode=request.param)
    portal.delete("/_sandbox/faults")
    portal.switch(all_or_nothing=False, search_lag_s=0, rate_limits=False)


def make_task(key: str, **more: Any) -> Task:
    """A task that is due on 4 May 2024 for company 1002 and contact 3000."""
    due_at = datetime(2024, 5, 4, 9)
    task = Task(
        key=key, state="", subject="Call them", body="No contact since 8 April.\nCall <today> & listen.", owner_id="70",
        due_on=due_at.date(), due_at=due_at, priority="normal", kind="call", account_id="1002", contact_id="3000",
    )  # fmt: skip
    task = replace(task, **more)
    return replace(task, state=write_state(wanted_values("hubspot", task), ()))


@pytest.fixture
def make(request: pytest.FixtureRequest) -> Callable[..., list[Task]]:
    """Makes tasks with keys that no other test uses."""
    stem = f"kw1-{abs(hash(request.node.nodeid)):x}"

    def tasks(count: int = 1, **more: Any) -> list[Task]:
        return [make_task(f"{stem}-{n}", **more) for n in range(count)]

    return tasks


def results(outcomes: Sequence[Any]) -> list[str]:
    return [outcome.result for outcome in outcomes]
