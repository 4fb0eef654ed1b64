"""Whatever happens to a CRM, its tasks are what they should be: random stories against a model in plain Python."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.loop.model.agency import MODES, files_of_the_agency
from tests.loop.model.machine import Agency
from tests.loop.world import SECRETS

STORIES = int(os.environ.get("MODEL_STORIES") or 0)
ALWAYS_THE_SAME = settings(
    max_examples=3,
    stateful_step_count=14,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
NEW_EVERY_TIME = settings(
    ALWAYS_THE_SAME, max_examples=STORIES or 1, stateful_step_count=30, derandomize=False, print_blob=True
)
"""`make model` asks for so many longer stories. None is shortened when it fails: its steps are read as they are."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return files_of_the_agency(tmp_path_factory.mktemp("model") / "data")


@pytest.mark.timeout(0 if STORIES else 600)
@pytest.mark.parametrize("mode", MODES)
def test_people_keep_what_they_did_and_tasks_stand_for_what_holds(
    mode: str, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    machine = type("Agency", (Agency,), {"mode": mode, "data": data})
    run_state_machine_as_test(machine, settings=NEW_EVERY_TIME if STORIES else ALWAYS_THE_SAME)
