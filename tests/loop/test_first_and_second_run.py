"""What a run creates, and that the next one has nothing to do."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.loop.house import wanted_tasks
from tests.loop.world import CRMS, Desk, at_once, crm_with

Desks = dict[str, Desk]


@pytest.fixture(scope="module")
def desks(agency: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    """Desks at which setup and the first run have been done."""
    folder = tmp_path_factory.mktemp("desks")

    def first_run(desk: Desk) -> None:
        assert desk.configure().keptword("setup").code == 0
        desk.run("--accept-baseline")

    with ExitStack() as stack:
        sandboxes = {crm: stack.enter_context(crm_with(agency, crm=crm, fields=False)) for crm in CRMS}
        desks = {crm: Desk(crm=crm, folder=folder / crm, sandbox=sandboxes[crm]) for crm in CRMS}
        at_each(desks, first_run)
        yield desks


def at_each(desks: Desks, work: Callable[[Desk], object]) -> dict[str, object]:
    """CRM -> what the work at its desk gives."""
    return at_once(lambda crm: work(desks[crm]), desks)


def written_by_a_run(desk: Desk, *flags: str) -> list[str]:
    """The requests of one more run that could change data."""
    before = desk.seen()
    assert desk.run(*flags)["plan"]["changes"] == []
    return desk.writes(before)


def test_the_first_run_raises_what_a_reader_of_the_records_would(desks: Desks) -> None:
    assert {crm: desk.tasks() for crm, desk in desks.items()} == dict.fromkeys(CRMS, wanted_tasks())


def test_a_plan_before_the_next_pull_knows_what_the_run_wrote(desks: Desks) -> None:
    def planned(desk: Desk) -> tuple[list[object], bool]:
        words = desk.keptword("plan", as_json=False).out
        told = f"{len(wanted_tasks())} open tasks stay as they are" in words
        return desk.keptword("plan").document["changes"], told

    assert at_each(desks, planned) == dict.fromkeys(CRMS, ([], True))


def test_the_second_run_writes_nothing(desks: Desks) -> None:
    assert at_each(desks, written_by_a_run) == {crm: [] for crm in CRMS}


def test_the_second_run_writes_nothing_while_the_search_lags(desks: Desks) -> None:
    def lagging(desk: Desk) -> list[str]:
        desk.sandbox.switch(search_lag_s=3600)
        written = written_by_a_run(desk, "--accept-baseline")
        desk.sandbox.switch(search_lag_s=0)
        return written

    assert at_each(desks, lagging) == {crm: [] for crm in CRMS}


@pytest.mark.parametrize("flags", [(), ("--accept-baseline",)])
def test_a_machine_without_memory_writes_nothing(desks: Desks, flags: tuple[str, ...]) -> None:
    def forgetful(desk: Desk) -> list[str]:
        desk.forget("mirror", "ledger")
        return written_by_a_run(desk, *flags)

    assert at_each(desks, forgetful) == {crm: [] for crm in CRMS}
    assert {crm: desk.tasks() for crm, desk in desks.items()} == dict.fromkeys(CRMS, wanted_tasks())


def test_setup_again_finds_everything_there(desks: Desks) -> None:
    def states(desk: Desk) -> set[str]:
        ended = desk.keptword("setup")
        assert ended.code == 0
        # The last step is the trial task, which is made each time.
        return {step["state"] for steps in ended.document["connections"].values() for step in steps[:-1]}

    assert at_each(desks, states) == {crm: {"there"} for crm in CRMS}
