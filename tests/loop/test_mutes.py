"""Muted: nothing new about the client, what is open is followed, and afterwards only what still holds is raised."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pytest

from sync.ledger.ledger import Ledger
from tests.loop.house import Client
from tests.loop.people import people_at
from tests.loop.world import Desk, crm_with, data_folder

CLIENTS = [Client(name=name, touches=(("call", 30),)) for name in ("Quiet", "Called", "Open")]
ENDS = datetime(2026, 5, 19, 23)
"""Until the end of 19 May, in London."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The plans of four runs: all muted; one of them not any more; after calls with two of them; after the mutes' end."""

    muted: Any
    one_ended: Any
    called: Any
    after: Any
    open_after: list[str]


@pytest.fixture(scope="module", params=["sf", "hs"])
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = tmp_path_factory.mktemp("mutes")
    with crm_with(data_folder(folder / "data", CLIENTS), crm=request.param) as sandbox:
        desk = Desk(crm=request.param, folder=folder / "desk", sandbox=sandbox).configure()
        assert desk.keptword("pull").code == 0
        for client in CLIENTS:
            _mute(desk, client.name)
        muted = desk.run("--accept-baseline")["plan"]
        assert desk.keptword("unmute", "Open").code == 0
        one_ended = desk.run()["plan"]
        _mute(desk, "Open")
        _shorten(desk)
        for name in ("Called", "Open"):
            people_at(desk).log_call(name)
        called = desk.run()["plan"]
        sandbox.post("/_sandbox/clock", {"advance_s": 6 * 86_400})
        after, standing = desk.run()["plan"], [each.client for each in desk.tasks()]
    return Told(muted=muted, one_ended=one_ended, called=called, after=after, open_after=standing)


def _mute(desk: Desk, name: str) -> None:
    ended = desk.keptword(
        "mute", name, "--until", "2030-01-01", "--why", "their wish", "--by", "ann", "--rule", "stale-contact"
    )
    assert ended.code == 0, ended.err


def _shorten(desk: Desk) -> None:
    """To a day of the CRM's clock, which is long past for `keptword mute`."""
    with Ledger.open(f"sqlite:///{desk.folder / 'keptword-ledger.db'}") as ledger:
        held = ledger.mutes.active(ENDS)
        for mute in held:
            ledger.mutes.add(replace(mute, until=ENDS, mute_id=None))
        assert ledger.mutes.remove(held) == len(CLIENTS)


def _actions(plan: Any) -> list[str]:
    return [change["action"] for change in plan["changes"]]


def _reasons(plan: Any) -> list[str]:
    return [held["reason"] for held in plan["held"]]


def test_while_a_client_is_muted_nothing_new_is_raised_and_the_plan_says_why(told: Told) -> None:
    assert _actions(told.muted) == []
    assert _reasons(told.muted) == ["muted until 1 Jan 2030 by ann: their wish"] * len(CLIENTS)


def test_what_still_holds_is_raised_when_a_mute_is_ended_early(told: Told) -> None:
    assert _actions(told.one_ended) == ["create"]
    assert len(_reasons(told.one_ended)) == len(CLIENTS) - 1


def test_the_open_task_of_a_muted_client_closes_as_ever(told: Told) -> None:
    assert _actions(told.called) == ["close"]
    assert _reasons(told.called) == ["muted until 19 May 2026 by ann: their wish"]


def test_after_its_last_day_only_what_still_holds_comes_back(told: Told) -> None:
    assert (_actions(told.after), told.open_after) == (["create"], ["Quiet"])
