"""What a login does not see any more is neither gone nor silence: its rules wait, and its tasks stay."""

from pathlib import Path
from typing import Any

import pytest

from tests.loop.world import Desk, crm_with, is_open

ACCOUNT = {"sf": "Account", "hs": "companies"}
NOT_MANY = ("[pull]", "vanished_at_least = 2")


def read_of(desk: Desk, name: str, *, times: int = 3) -> dict[str, Any]:
    """What the last of so many daily pulls says of an object."""
    objects: dict[str, dict[str, Any]] = {}
    for _ in range(times):
        desk.sandbox.post("/_sandbox/clock", {"advance_s": 86_400})
        objects = {each["object"]: each for each in desk.keptword("pull").document["objects"]}
    return objects[name]


def open_tasks(desk: Desk) -> int:
    return sum(is_open(row) for row in desk.rows())


def lose_half(desk: Desk) -> None:
    if desk.is_salesforce:
        desk.sandbox.post("/_sandbox/salesforce/hide", {"share": {"Account": 0.5}})
    else:
        ids = [int(row["id"]) for row in desk.sandbox.rows("companies")][:6]
        desk.sandbox.post("/_sandbox/hubspot/conceal", {"object": "companies", "ids": ids})


def regain(desk: Desk) -> None:
    if desk.is_salesforce:
        desk.sandbox.post("/_sandbox/salesforce/show", {})
    else:
        desk.sandbox.post("/_sandbox/hubspot/reveal", {"object": "companies"})


@pytest.mark.parametrize("crm", ["sf", "hs"])
def test_half_the_clients_out_of_sight_stop_their_rules_and_close_no_task(
    agency: Path, tmp_path: Path, crm: str
) -> None:
    with crm_with(agency, crm=crm) as sandbox:
        desk = Desk(crm=crm, folder=tmp_path, sandbox=sandbox).configure(*NOT_MANY)
        desk.run("--accept-baseline")
        open_before = open_tasks(desk)
        lose_half(desk)
        lost = read_of(desk, ACCOUNT[crm])
        desk.keptword("run")
        assert (lost["complete"], lost["in_mirror"] >= 12, open_tasks(desk)) == (False, True, open_before)
        assert "--accept-vanished" in lost["reason"]
        regain(desk)
        assert read_of(desk, ACCOUNT[crm])["complete"]


@pytest.mark.parametrize("crm", ["sf", "hs"])
def test_a_field_out_of_sight_stops_only_what_needs_it(agency: Path, tmp_path: Path, crm: str) -> None:
    with crm_with(agency, crm=crm) as sandbox:
        desk = Desk(crm=crm, folder=tmp_path, sandbox=sandbox).configure()
        desk.keptword("pull")
        if crm == "sf":
            sandbox.post("/_sandbox/salesforce/hide", {"fields": ["Case.Priority"]})
        else:
            lever = {"object": "tickets", "name": "hs_ticket_priority", "concealed": True}
            sandbox.post("/_sandbox/hubspot/property", lever)
        lost = read_of(desk, "Case" if crm == "sf" else "tickets", times=1)
        found = desk.keptword("findings").document
        assert "does not show" in lost["reason"]
        assert {each["rule"] for each in found["findings"]} == {"stale-contact", "missed-commitment"}
        assert any(each["rule"] == "invoice-after-incident" for each in found["unknown"])
