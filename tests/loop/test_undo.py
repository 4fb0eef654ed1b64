"""A run is taken back where nobody has touched its tasks since, and the undoing is a run that is taken back the same way."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from sync.ledger.ledger import Ledger
from tests.loop.forked import Ended
from tests.loop.house import Client
from tests.loop.people import People, people_at
from tests.loop.world import CRMS, Desk, at_once, crm_with, data_folder, is_open

CLIENTS = [
    Client(name=name, touches=(("call", 30),)) for name in ("Untouched", "Renamed", "Thrown", "Called")
]
RULE = "stale-contact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What two runs, their undoing and the undoing of that came to."""

    people: People
    raised: Mapping[str, dict[str, Any]]
    """Client -> its task after the first run."""
    closed: dict[str, Any]
    """Called's task after the second run."""
    reopened: tuple[Ended, dict[str, Any]]
    after_reopening: Any
    looked: tuple[Ended, list[str]]
    undone: Ended
    after_undo: Any
    again: Ended
    after_again: Any
    answered: frozenset[str]
    """Keys of the tasks that the ledger takes for ended by people."""

    def key(self, client: str) -> str:
        """The key of the client's task after the first run."""
        return str(self.raised[client].get("Keptword_Key__c") or self.raised[client]["keptword_key"])

    def live(self, client: str) -> list[dict[str, Any]]:
        """Its tasks that are open at the end."""
        stem = self.key(client).rpartition("-")[0]
        named = ("Keptword_Key__c", "keptword_key")
        return [row for row in self.people.desk.rows() if is_open(row) and any(str(row.get(name)).startswith(stem) for name in named)]  # fmt: skip


def _pass(desk: Desk) -> None:
    desk.sandbox.post("/_sandbox/clock", {"advance_s": 900})


def _tell(desk: Desk) -> Told:
    first = desk.configure().run("--accept-baseline")
    people = people_at(desk)
    raised = {client.name: people.task(client.name, RULE) for client in CLIENTS}
    people.log_call("Called")
    _pass(desk)
    second = desk.run()
    closed = people.task("Called", RULE)
    reopened = desk.keptword("undo", second["run_id"]), people.task("Called", RULE)
    _pass(desk)
    after_reopening = desk.run()
    people.edit("Renamed", RULE, subject="Ring them, they are back")
    people.delete("Thrown", RULE)
    seen = desk.seen()
    looked = desk.keptword("undo", first["run_id"], "--dry-run"), desk.writes(seen)
    undone = desk.keptword("undo", first["run_id"])
    _pass(desk)
    after_undo = desk.run()
    with Ledger.open(f"sqlite:///{desk.folder / 'keptword-ledger.db'}") as ledger:
        answered = frozenset(answer.key for answer in ledger.answers.all())
    again = desk.keptword("undo", undone.document["run_id"])
    _pass(desk)
    return Told(
        people=people, raised=raised, closed=closed, reopened=reopened, after_reopening=after_reopening, looked=looked,
        undone=undone, after_undo=after_undo, again=again, after_again=desk.run(), answered=answered,
    )  # fmt: skip


@pytest.fixture(scope="module")
def told_by_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Told]]:
    folder = tmp_path_factory.mktemp("undo")
    data = data_folder(folder / "data", CLIENTS)
    with ExitStack() as stack:
        desks = {
            crm: Desk(crm=crm, folder=folder / crm, sandbox=stack.enter_context(crm_with(data, crm=crm)))
            for crm in CRMS
        }
        yield at_once(lambda crm: _tell(desks[crm]), CRMS)


@pytest.fixture(params=CRMS)
def told(request: pytest.FixtureRequest, told_by_all: dict[str, Told]) -> Told:
    return told_by_all[request.param]


def test_a_closed_task_is_open_again_as_it_was_before(told: Told) -> None:
    ended, row = told.reopened
    assert (ended.code, [each["action"] for each in ended.document["taken_back"]]) == (0, ["reopen"])
    body = told.people.words["body"]
    assert "Closed by Keptword" in told.closed[body]
    assert (is_open(row), row[body]) == (True, told.raised["Called"][body])


def test_what_was_opened_again_is_not_closed_again(told: Told) -> None:
    assert told.after_reopening["plan"]["changes"] == []
    assert [each["reason"] for each in told.after_reopening["plan"]["left"]] == [
        "an undo took back what Keptword had written"
    ]


def test_a_dry_run_says_the_same_and_writes_nothing(told: Told) -> None:
    looked, writes = told.looked
    assert (looked.code, writes, looked.document["run_id"]) == (0, [], None)
    for part in ("taken_back", "left"):
        assert [each["key"] for each in looked.document[part]] == [
            each["key"] for each in told.undone.document[part]
        ]


def test_new_tasks_go_and_what_people_touched_is_named_and_stays(told: Told) -> None:
    assert told.undone.code == 3
    (gone,) = told.undone.document["taken_back"]
    assert (gone["key"], gone["action"], gone["result"]) == (told.key("Untouched"), "delete", "deleted")
    left = {each["key"]: each["reason"] for each in told.undone.document["left"]}
    assert left[told.key("Renamed")] == "a person has changed its subject since"
    assert left[told.key("Thrown")] == "it is gone from the CRM: a person has deleted it since"
    assert "has changed it since: take that back first" in left[told.key("Called")]


def test_what_was_taken_back_does_not_come_back_and_is_nobodys_answer(told: Told) -> None:
    assert told.after_undo["plan"]["changes"] == []
    assert any("--accept-baseline raises it" in held["reason"] for held in told.after_undo["plan"]["held"])
    assert told.key("Untouched") not in told.answered
    assert told.key("Thrown") in told.answered


def test_undoing_the_undo_makes_the_task_anew_and_the_next_run_finds_it_right(told: Told) -> None:
    assert (told.again.code, [each["result"] for each in told.again.document["taken_back"]]) == (
        0,
        ["created"],
    )
    (anew,) = told.live("Untouched")
    words, before = told.people.words, told.raised["Untouched"]
    assert [anew[words[name]] for name in words] == [before[words[name]] for name in words]
    assert told.after_again["plan"]["changes"] == []


def test_an_undo_is_in_the_history_with_what_it_undid(told: Told) -> None:
    desk, run_id = told.people.desk, told.undone.document["run_id"]
    document = desk.keptword("history", run_id).document
    assert (document["run"]["command"], document["run"]["undoes"]) == (
        "undo",
        told.undone.document["undoes"],
    )
    assert sorted(line["decision"] for line in document["decisions"]) == ["delete", "left", "left", "left"]
    said = desk.keptword("history", run_id, as_json=False).out
    assert "1 deleted" in said
    assert "take back" in said
