"""What became of tasks is told as a person would count it by hand."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from tests.loop.house import Client
from tests.loop.people import people_at
from tests.loop.world import Desk, crm_with, data_folder

HOUR, DAY = 3_600, 86_400
CALLED = (("call", 1),)
DELETED = ("Deleted one", "Deleted two", "Deleted three", "Deleted four", "Deleted five")
SILENT = (*DELETED, "Pointless", "Handled", "Snoozed", "Rung one", "Rung two", "Answered")
CLIENTS = [
    *(Client(name=name, touches=(("call", 30),)) for name in SILENT),
    Client(name="Forgotten", touches=(("call", 30),), promise_due=4),
    Client(name="Late", touches=(("call", 10),)),
    *(Client(name=name, touches=CALLED, promise_due=4) for name in ("Kept", "Ticked")),
]  # fmt: skip
TODO = ("[rules.missed-commitment]", 'task.kind = "todo"')
"""So that to tick the task off is no call."""

STALE = {"raised": 13, "acted_on": 2, "closed_unacted": 0, "dismissed": 6, "already_handled": 1, "snoozed": 1,
         "ignored": 1, "resolved": 1, "open": 1}  # fmt: skip
"""Forgotten is one of them, and Late came up later."""
MISSED = {"raised": 3, "acted_on": 1, "closed_unacted": 1, "dismissed": 0, "already_handled": 0, "snoozed": 0,
          "ignored": 1, "resolved": 0, "open": 0}  # fmt: skip
RITA = {"raised": 15, "acted_on": 3, "closed_unacted": 1, "dismissed": 6, "already_handled": 1, "snoozed": 1,
        "ignored": 1, "resolved": 1, "open": 1}  # fmt: skip
"""Forgotten is one task, whatever it speaks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The scoreboard after two weeks, and what `check` says of the config with what it proposes."""

    document: Any
    text: str
    checked: int


@pytest.fixture(scope="module", params=["sf", "hs"])
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = tmp_path_factory.mktemp("scores")
    with crm_with(data_folder(folder / "data", CLIENTS), crm=request.param) as sandbox:
        desk = Desk(crm=request.param, folder=folder / "desk", sandbox=sandbox).configure(*TODO)
        desk.run("--accept-baseline")
        sandbox.post("/_sandbox/clock", {"advance_s": 2 * HOUR})
        _work(desk)
        desk.run()
        sandbox.post("/_sandbox/clock", {"advance_s": 6 * DAY})
        desk.run()
        sandbox.post("/_sandbox/clock", {"advance_s": 10 * DAY})
        assert desk.keptword("pull").code == 0
    document = desk.keptword("scoreboard").document
    assert desk.keptword("scoreboard", "--now", "2026-05-01").document["as_of"].startswith("2026-05-01")
    text = desk.keptword("scoreboard", as_json=False).out
    desk.configure(*TODO, *(each["config"] for each in document["noise"]))
    return Told(document=document, text=text, checked=desk.keptword("check", "--without-secrets").code)


def _work(desk: Desk) -> None:
    people = people_at(desk)
    for name in DELETED:
        people.delete(name, "stale-contact")
    people.complete("Pointless", "stale-contact", outcome="not_relevant")
    people.complete("Handled", "stale-contact", outcome="already_handled")
    people.complete("Snoozed", "stale-contact", outcome="snooze")
    for name in ("Rung one", "Rung two"):
        people.complete(name, "stale-contact")
    people.log_call("Answered")
    people.keep_promise("Kept")
    for name in ("Kept", "Ticked"):
        people.complete(name, "missed-commitment")


def _counts(row: Any) -> dict[str, int]:
    return {name: row[name] for name in STALE}


def test_each_rule_is_counted_as_by_hand(told: Told) -> None:
    assert {row["rule"]: _counts(row) for row in told.document["rules"]} == {
        "stale-contact": STALE,
        "missed-commitment": MISSED,
    }


def test_each_person_is_counted_by_their_tasks(told: Told) -> None:
    [rita] = told.document["owners"]
    assert (rita["name"], _counts(rita)) == ("Rita Ray", RITA)


def test_the_time_to_act_is_in_business_hours(told: Told) -> None:
    assert [row["median_hours_to_act"] for row in told.document["rules"]] == pytest.approx([2, 2], abs=0.2)


def test_a_rule_that_is_mostly_noise_is_named_with_the_line_that_quietens_it(told: Told) -> None:
    [noise] = told.document["noise"]
    assert (noise["rule"], round(noise["share"], 3)) == ("stale-contact", round(7 / 12, 3))
    assert noise["config"].startswith("[rules.stale-contact]\nparams.max_silence_days = { by = ")
    assert told.checked == 0


def test_a_person_reads_the_same(told: Told) -> None:
    assert "15 tasks raised in the 90 days until Sat 30 May 2026." in told.text
    assert "stale-contact: 58% were dismissed or ignored. This would quieten it:" in told.text
    [line] = [line.split() for line in told.text.splitlines() if line.startswith("missed-commitment")]
    assert line[1:10] == ["3", "1", "1", "0", "0", "0", "1", "0", "0"]
    assert json.dumps(told.document)
