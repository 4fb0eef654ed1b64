"""What a run creates, and that the next one has nothing to do."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.loop.house import wanted_tasks
from tests.loop.world import CRMS, Desk, crm_with


@pytest.fixture(scope="module", params=CRMS)
def desk(
    request: pytest.FixtureRequest, agency: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    """A desk at which setup and the first run have been done."""
    with crm_with(agency, crm=request.param, fields=False) as sandbox:
        desk = Desk(crm=request.param, folder=tmp_path_factory.mktemp("desk"), sandbox=sandbox).configure()
        assert desk.keptword("setup").code == 0
        desk.run("--accept-baseline")
        yield desk


def test_the_first_run_raises_what_a_reader_of_the_records_would(desk: Desk) -> None:
    assert desk.tasks() == wanted_tasks()


def test_the_second_run_writes_nothing(desk: Desk) -> None:
    before = desk.seen()
    document = desk.run()
    assert (document["plan"]["changes"], desk.writes(before)) == ([], [])


def test_the_second_run_writes_nothing_while_the_search_lags(desk: Desk) -> None:
    desk.sandbox.switch(search_lag_s=3600)
    before = desk.seen()
    desk.run("--accept-baseline")
    desk.sandbox.switch(search_lag_s=0)
    assert desk.writes(before) == []


@pytest.mark.parametrize("flags", [(), ("--accept-baseline",)])
def test_a_machine_without_memory_writes_nothing(desk: Desk, flags: tuple[str, ...]) -> None:
    desk.forget("mirror", "ledger")
    before = desk.seen()
    desk.run(*flags)
    assert (desk.writes(before), desk.tasks()) == ([], wanted_tasks())


def test_setup_again_finds_everything_there(desk: Desk) -> None:
    ended = desk.keptword("setup")
    states = [step["state"] for steps in ended.document["connections"].values() for step in steps]
    assert (ended.code, states[:2]) == (0, ["there", "there"])
    assert desk.tasks() == wanted_tasks()
