"""Two records of one client that somebody merges: the task of the one that goes lives on for the one that stays."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from tests.loop.house import Client, slug, write_files
from tests.loop.hubspot_files import hubspot_files
from tests.loop.people import People, people_at
from tests.loop.salesforce_files import salesforce_files
from tests.loop.world import CRMS, Desk, at_once, crm_with, is_open

CLIENTS = [
    Client(name="Twin One", touches=(("call", 40),)),
    Client(name="Twin Two", touches=(("call", 50),)),
    Client(name="Stays", touches=(("call", 1),)),
    Client(name="Goes", touches=(("call", 1),), promise_due=4),
    Client(name="Answered Goes", touches=(("call", 1),), promise_due=4),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What stood before the merges, and what the runs after them did."""

    people: People
    before: dict[str, dict[str, Any]]
    first: Any
    second: Any

    def state(self, client: str) -> dict[str, Any]:
        """The task that the client had before, as it is now."""
        key = _key(self.before[client])
        return next(row for row in self.people.desk.rows() if _key(row) == key)

    def actions(self, client: str) -> list[str]:
        key = _key(self.before[client])
        return [change["action"] for change in self.first["plan"]["changes"] if change["key"] == key]


def _key(row: dict[str, Any]) -> str:
    return str(row.get("Keptword_Key__c") or row.get("keptword_key"))


def _merge(people: People, loser: str, winner: str) -> None:
    name = "Account" if people.desk.is_salesforce else "companies"
    kept, gone = (people.record(name, slug(each)) for each in (winner, loser))
    if people.desk.is_salesforce:
        people.desk.sandbox.post("/_sandbox/salesforce/merge", {"winner": kept, "losers": [gone]})
    else:
        people.ask(
            "POST", f"/crm/v3/objects/{name}/merge", {"primaryObjectId": kept, "objectIdToMerge": gone}
        )


def _tell(desk: Desk) -> Told:
    desk.configure()
    desk.run("--accept-baseline")
    people = people_at(desk)
    before = {
        client: people.task(client, rule)
        for client, rule in (
            ("Twin One", "stale"),
            ("Twin Two", "stale"),
            ("Goes", "missed"),
            ("Answered Goes", "missed"),
        )
    }
    people.complete("Answered Goes", "missed")
    _merge(people, "Twin Two", "Twin One")
    _merge(people, "Goes", "Stays")
    _merge(people, "Answered Goes", "Stays")
    desk.sandbox.post("/_sandbox/clock", {"advance_s": 600})
    return Told(people=people, before=before, first=desk.run(), second=desk.run())


@pytest.fixture(scope="module")
def told_by_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Told]]:
    folder = tmp_path_factory.mktemp("merged")
    data = write_files(folder / "data", salesforce_files(CLIENTS) | hubspot_files(CLIENTS))
    with ExitStack() as stack:
        desks = [
            Desk(crm=crm, folder=folder / crm, sandbox=stack.enter_context(crm_with(data, crm=crm)))
            for crm in CRMS
        ]
        told = at_once(lambda n: _tell(desks[n]), range(len(CRMS)))
        yield {crm: told[n] for n, crm in enumerate(CRMS)}


@pytest.fixture(params=CRMS)
def told(request: pytest.FixtureRequest, told_by_all: dict[str, Told]) -> Told:
    return told_by_all[request.param]


def test_of_two_open_tasks_for_what_is_one_client_now_the_older_stays(told: Told) -> None:
    """Twin Two was silent for longer, so that its task was written first."""
    assert [is_open(told.state(client)) for client in ("Twin One", "Twin Two")] == [False, True]
    body = str(told.state("Twin One")[told.people.words["body"]])
    assert body.endswith("Another open task says the same.")


def test_the_task_of_the_record_that_went_goes_on_for_the_one_that_stays(told: Told) -> None:
    assert is_open(told.state("Goes"))
    assert set(told.actions("Goes")) <= {"update"}
    assert {change["action"] for change in told.first["plan"]["changes"]} <= {"close", "update"}


def test_what_a_person_answered_of_a_record_that_went_stays_answered(told: Told) -> None:
    assert not is_open(told.state("Answered Goes"))
    (why,) = (
        held["reason"]
        for held in told.first["plan"]["held"]
        if held["finding"]["rule"] == "missed-commitment"
    )
    assert "completed" in why


def test_then_there_is_nothing_left_to_do(told: Told) -> None:
    assert told.second["plan"]["changes"] == []
