"""Whatever happens to a CRM, its tasks are what they should be: random stories against a model in plain Python."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.loop.model.agency import MODES, files_of_the_agency
from tests.loop.model.machine import Agency
from tests.loop.world import SECRETS

EXAMPLES, STEPS = int(os.environ.get("MODEL_EXAMPLES", "0")), 12
ALWAYS_THE_SAME = settings(
    max_examples=EXAMPLES or 15,
    stateful_step_count=STEPS,
    deadline=None,
    database=None,
    derandomize=not EXAMPLES,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
"""The same stories every time; MODEL_EXAMPLES asks for so many new ones instead."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return files_of_the_agency(tmp_path_factory.mktemp("model") / "data")


@pytest.mark.timeout(0)
@pytest.mark.parametrize("mode", MODES)
def test_people_keep_what_they_did_and_tasks_stand_for_what_holds(
    mode: str, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    machine = type("Agency", (Agency,), {"mode": mode, "data": data})
    run_state_machine_as_test(machine, settings=ALWAYS_THE_SAME)
