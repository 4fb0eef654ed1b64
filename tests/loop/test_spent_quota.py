"""A CRM whose requests of the day are used up is unknown until there are new ones; the other one is read on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.loop.world import Desk, crm_with

SPENT = {
    "status": "error", "errorType": "RATE_LIMIT", "policyName": "DAILY", "message": "You have reached your daily limit."
}  # fmt: skip


@pytest.fixture
def desk(agency: Path, tmp_path: Path) -> Iterator[Desk]:
    with crm_with(agency, crm="both") as sandbox:
        desk = Desk(crm="both", folder=tmp_path, sandbox=sandbox).configure()
        assert desk.keptword("pull").code == 0
        yield desk


def complete(document: Any) -> dict[str, set[bool]]:
    """By connection: whether its objects are complete."""
    found: dict[str, set[bool]] = {}
    for each in document["objects"]:
        found.setdefault(each["connection"], set()).add(each["complete"])
    return found


@pytest.mark.parametrize(("path", "later_s"), [("token-info$", 60), ("/companies", 60), ("/crm/", 900)])
def test_the_other_crm_is_read_where_one_may_not_be_asked_any_more(
    desk: Desk, path: str, later_s: int
) -> None:
    desk.sandbox.fault({"match": {"path": path}, "status": 429, "body": SPENT})
    desk.sandbox.post("/_sandbox/clock", {"advance_s": later_s})
    ended = desk.keptword("pull")
    assert (ended.code, complete(ended.document)["sf"]) == (3, {True})
    unread = [each for each in ended.document["objects"] if not each["complete"]]
    assert {each["connection"] for each in unread} == {"hs"}
    assert all("daily limit" in each["reason"] for each in unread)
    desk.sandbox.delete("/_sandbox/faults")
    assert complete(desk.keptword("pull").document) == {"sf": {True}, "hs": {True}}


def test_a_crm_that_was_never_read_stops_the_pull(agency: Path, tmp_path: Path) -> None:
    with crm_with(agency, crm="both") as sandbox:
        sandbox.fault({"match": {"path": "token-info$"}, "status": 429, "body": SPENT})
        ended = Desk(crm="both", folder=tmp_path, sandbox=sandbox).configure().keptword("pull")
        assert (ended.code, "daily limit" in ended.err) == (1, True)
