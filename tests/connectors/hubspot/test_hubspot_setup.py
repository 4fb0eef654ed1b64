"""Setup makes what is missing, trusts only what it reads back, and leaves no task behind."""

import pytest

from tests.sandbox_process import RunningSandbox

from .conftest import Connect

MODES = {"allowed": "unique", "refused": "search"}


@pytest.mark.parametrize("allowed", MODES)
def test_setup_may_be_repeated_and_leaves_no_task(
    bare_portal: RunningSandbox, connect: Connect, allowed: str
) -> None:
    bare_portal.switch(unique_on_tasks=allowed)
    connector = connect(bare_portal)
    assert [step.state for step in connector.setup(write=False)] == ["missing"] * 4
    assert [step.state for step in connector.setup(write=True)] == ["made"] * 4
    assert [step.state for step in connector.setup(write=True)] == ["there", "there", "there", "made"]
    assert [step.state for step in connector.setup(write=False)] == ["there"] * 3
    assert connector.readiness().mode == MODES[allowed]
    assert [bool(row["archived"]) for row in bare_portal.rows("tasks")] == [True, True]


def test_a_portal_that_forbids_new_properties_gets_instructions(
    bare_portal: RunningSandbox, connect: Connect
) -> None:
    bare_portal.switch(unique_on_tasks="forbidden")
    key, state, outcome, canary = connect(bare_portal).setup(write=True)
    assert [step.state for step in (key, state, outcome)] == ["by hand"] * 3
    assert canary.state == "missing"
    assert "keptword_key" in key.note
    assert "unique" in key.note
