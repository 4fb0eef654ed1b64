"""One client in both CRMs is one client: one finding, one task, in the CRM that the config names first."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.loop.house import Client, write_files
from tests.loop.hubspot_files import hubspot_files
from tests.loop.salesforce_files import salesforce_files
from tests.loop.world import Desk, crm_with

FIR = Client(name="Fir", tier="B", touches=(("call", 2),), case_opened=24, invoice_due=13)


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Any]]:
    folder = tmp_path_factory.mktemp("both")
    salesforce, hubspot = salesforce_files([FIR]), hubspot_files([FIR])
    del salesforce["Invoice"], hubspot["tickets"]
    hubspot["associations"] = [row for row in hubspot["associations"] if row["from_type"] != "tickets"]
    with crm_with(write_files(folder / "data", salesforce | hubspot)) as sandbox:
        desk = Desk(crm="both", folder=folder / "desk", sandbox=sandbox).configure()
        yield desk, desk.run("--accept-baseline")


def test_a_case_here_and_an_invoice_there_make_one_task_in_the_first_crm(first_run: tuple[Desk, Any]) -> None:
    desk, document = first_run
    [change] = document["plan"]["changes"]
    assert (change["connection"], change["findings"][0]["rule"]) == ("sf", "invoice-after-incident")
    salesforce = [row for row in desk.sandbox.rows("Task") if row.get("Keptword_Key__c")]
    hubspot = [row for row in desk.sandbox.rows("tasks") if row.get("keptword_key")]
    assert (len(salesforce), len(hubspot)) == (1, 0)
    assert "Site down" in salesforce[0]["Description"]


def test_the_second_run_over_both_writes_nothing(first_run: tuple[Desk, Any]) -> None:
    desk, _ = first_run
    seen = desk.seen()
    assert desk.run()["plan"]["changes"] == []
    assert desk.writes(seen) == []


def test_the_older_paths_of_hubspot_give_the_same_tasks(agency: Path, tmp_path: Path) -> None:
    from tests.loop.house import wanted_tasks

    with crm_with(agency, crm="hs", fields=False) as sandbox:
        desk = Desk(crm="hs", folder=tmp_path, sandbox=sandbox).configure(api="v3")
        assert desk.keptword("setup").code == 0
        desk.run("--accept-baseline")
        assert desk.tasks() == wanted_tasks()
        seen = desk.seen()
        desk.run()
        assert desk.writes(seen) == []
        assert sandbox.journal(path="2026-09") == []
