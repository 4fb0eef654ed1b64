"""A run that is killed anywhere, and run again, leaves what an undisturbed one leaves."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.loop.house import CLIENTS, Client, wanted_tasks
from tests.loop.world import CRMS, Desk, at_once, crm_with, data_folder, faults, wait_until_struck

MANY = [
    *CLIENTS,
    *(
        Client(name=f"Silent {chr(65 + n // 26)}{chr(65 + n % 26)}", touches=(("call", 50),))
        for n in range(95)
    ),
]
"""Enough for two batches on HubSpot."""

WRITES = r"/composite/sobjects$|/tasks(/2026-09)?/batch/create$"
LIMITS = "\n".join(
    (
        "[limits]",
        "new_per_run = 1000",
        "new_share = 1.0",
        "new_per_owner = { day = 1000, week = 1000, open = 1000 }",
    )
)
POINTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Where a run is killed: when the CRM has answered the nth request (of those to `path`) and nobody heard it."""

    nth: int
    path: str = ""

    def fault(self) -> Mapping[str, Any]:
        return {
            "match": {"path": self.path or "^/(services|crm|oauth|account|integrators)", "nth": self.nth},
            "delay_s": 1.5,
        }


def points(total: int, batches: int) -> tuple[list[Point], list[Point]]:
    """Points while it reads, and those at the writes: every batch, and the requests that come before."""
    writes = [Point(nth=n + 1, path=WRITES) for n in range(batches)]
    writes += [Point(nth=total - batches - n) for n in range(2)]
    spread = POINTS - len(writes)
    return [Point(nth=1 + n * (total - 8) // spread) for n in range(spread)], writes


def _desk(crm: str, folder: Path, sandbox: Any) -> Desk:
    desk = Desk(crm=crm, folder=folder, sandbox=sandbox).configure()
    config = folder / "keptword.toml"
    text = config.read_text("utf-8").replace(
        "[limits]\nnew_per_owner = { day = 50, week = 50, open = 50 }", LIMITS
    )
    config.write_text(text, "utf-8")
    return desk


def _kill_at(desk: Desk, point: Point) -> None:
    faults(desk.sandbox, [point.fault()])
    command = desk.start("run", "--accept-baseline")
    wait_until_struck(command, desk.sandbox)
    command.kill()
    assert command.wait().code == -9


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return data_folder(tmp_path_factory.mktemp("many") / "data", MANY)


@pytest.mark.parametrize("crm", CRMS)
def test_a_run_killed_at_twenty_points_and_run_again_leaves_the_same_tasks(
    crm: str, many: Path, tmp_path: Path
) -> None:
    with crm_with(many, crm=crm) as sandbox:
        calm = _desk(crm, tmp_path / "calm", sandbox)
        calm.run("--accept-baseline")
        wanted, total = calm.content(), calm.seen()
        batches = sum(re.search(WRITES, request) is not None for request in calm.writes())
    reading, writing = points(total, batches)

    def again(killed_at: tuple[Point, ...]) -> bool:
        """One kill after another, then a run that nothing disturbs."""
        with crm_with(many, crm=crm) as sandbox:
            desk = _desk(crm, tmp_path / repr(hash(killed_at)), sandbox)
            for point in killed_at:
                desk.forget("mirror")
                _kill_at(desk, point)
                assert point in writing or desk.content() == []
            faults(sandbox, [])
            desk.run("--accept-baseline")
            return desk.content() == wanted

    results = at_once(again, [*((point,) for point in writing), tuple(reading[::2]), tuple(reading[1::2])])
    assert (len(wanted), len(reading) + len(writing)) == (102, POINTS)
    assert [points for points, same in results.items() if not same] == []


@pytest.mark.parametrize("crm", ["hs", "hs-search"])
def test_tasks_of_a_killed_run_are_found_again_although_the_search_does_not_show_them(
    crm: str, agency: Path, tmp_path: Path
) -> None:
    with crm_with(agency, crm=crm) as sandbox:
        desk = Desk(crm=crm, folder=tmp_path, sandbox=sandbox).configure()
        assert desk.keptword("pull").code == 0
        sandbox.switch(search_lag_s=3600)
        _kill_at(desk, Point(nth=1, path=WRITES))
        faults(sandbox, [])
        desk.run("--accept-baseline")
        desk.run("--accept-baseline")
        assert (desk.tasks(), len(desk.rows())) == (wanted_tasks(), len(wanted_tasks()))
