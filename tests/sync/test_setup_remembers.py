"""Setup keeps what its trial task shows of the org's automation; a trial that failed has shown nothing."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.ledger.database import utc_now
from sync.ledger.ledger import Ledger
from tests.sandbox_process import RunningSandbox, start_sandbox

PORTAL = "24601001"
CONFIG = """
[company]
timezone = "Europe/London"
calendar = {{ country = "GB" }}
[connections.hs]
crm = "hubspot"
login = {{ kind = "token", token = "env:HUBSPOT_TOKEN" }}
api_url = "{crm.https_url}"
ca_file = "{crm.ca_file}"
pace = 10000
"""


@pytest.fixture(scope="module")
def crm() -> Iterator[RunningSandbox]:
    with start_sandbox("--accounts", "1", "--seed", "1") as running:
        yield running


def set_up(crm: RunningSandbox, folder: Path) -> int:
    (folder / "keptword.toml").write_text(CONFIG.format(crm=crm), encoding="utf-8")
    command = [sys.executable, "-m", "sync.cli.main", "setup", "--config", str(folder / "keptword.toml")]
    environment = {**os.environ, "HUBSPOT_TOKEN": "pat-sandbox-token"}
    return subprocess.run(command, env=environment, timeout=120, check=False, capture_output=True).returncode


def kept_after_setup(crm: RunningSandbox, folder: Path, *, code: int) -> frozenset[str]:
    url = f"sqlite:///{folder}/keptword-ledger.db"
    with Ledger.open(url) as ledger:
        ledger.rewritten.keep(PORTAL, ["subject"], at=utc_now())
    assert set_up(crm, folder) == code
    with Ledger.open(url) as ledger:
        return ledger.rewritten.of_org(PORTAL)


def test_a_setup_whose_trial_task_comes_back_as_written_forgets_what_an_earlier_one_found(
    crm: RunningSandbox, tmp_path: Path
) -> None:
    assert kept_after_setup(crm, tmp_path, code=0) == frozenset()


def test_a_setup_whose_trial_task_is_refused_keeps_what_an_earlier_one_found(
    crm: RunningSandbox, tmp_path: Path
) -> None:
    refusal = {"status": "error", "category": "VALIDATION_ERROR", "message": "no tasks today"}
    crm.fault({"match": {"method": "POST", "path": "tasks/batch/create"}, "status": 400, "body": refusal})
    assert kept_after_setup(crm, tmp_path, code=1) == {"subject"}
