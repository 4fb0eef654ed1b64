"""Whatever the network and the CRM do to a run, its tasks are right or it says what is missing; the next run completes it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.loop.house import wanted_tasks
from tests.loop.people import people_at
from tests.loop.world import CRMS, Desk, at_once, crm_with, faults, is_open

CREATE = {"sf": r"/composite/sobjects$", "hs": r"/tasks(/2026-09)?/batch/create$"}
LIST = {"sf": r"/query(All)?/?$", "hs": r"/objects/2026-09/\w+$"}
READ = {"sf": r"/describe$", "hs": r"/batch/read$"}
UPDATE = {"sf": r"/composite/sobjects$", "hs": r"/tasks(/2026-09)?/batch/update$"}
_LISTED = {"path": r"/objects/2026-09/tasks$", "query": "keptword_key.*keptword_state.*hs_task_subject"}
OWN = {
    "sf": {"query": "Keptword_Key__c != null"}, "sf-body": {"query": r"WHERE \(CreatedById = '\w+'\).ORDER"},
    "hs": _LISTED, "hs-search": _LISTED,
}  # fmt: skip
"""How a read of our own tasks is told from others."""

_SECONDLY = {"status": "error", "message": "You have reached your secondly limit.", "category": "RATE_LIMITS"}

FAULTS: Mapping[str, Mapping[str, Any]] = {
    "commit and drop": {"commit_and_drop": True},
    "reset": {"reset": True},
    "truncate": {"truncate": True},
    "500": {"status": 500, "body": "<html>oops</html>"},
    "429 secondly": {"status": 429, "body": _SECONDLY},
    "html 200": {"status": 200, "body": "<html>signed out</html>"},
}
READS = {"sf": 3, "hs": 1}
"""How many reads by id a run makes for which another may follow."""
BARE_429 = {"status": 429, "headers": {"Retry-After": "1"}}


def _path(crm: str, what: str) -> str:
    return {"create": CREATE, "update": UPDATE, "list": LIST, "read": READ}[what][crm[:2]]


def _disturbed(desk: Desk, *plan: Mapping[str, Any]) -> str:
    """What is wrong with a disturbed run and, where that was not complete, the one after it; empty: nothing."""
    faults(desk.sandbox, plan)
    ended = desk.keptword("run", "--accept-baseline")
    unstruck = [each for each in desk.sandbox.get("/_sandbox/faults")["faults"] if not each["struck"]]
    faults(desk.sandbox, [])
    if unstruck or ended.code not in (0, 1, 3):
        return f"exit {ended.code}, never struck {unstruck}: {ended.err}"
    if ended.code == 0:
        return "" if desk.tasks() == wanted_tasks() else "exit 0, but the tasks are not right"
    if not _says_why(ended.document):
        return f"exit {ended.code} without a reason: {ended.out[:500]}"
    desk.run("--accept-baseline")
    once = len(desk.rows()) == len(wanted_tasks())
    return "" if once and desk.tasks() == wanted_tasks() else "the next run left it wrong"


def _says_why(document: Any) -> bool:
    if "error" in document:
        return all(document["error"].values())
    unread = [each for each in document["pull"]["objects"] if not each["complete"]]
    unwritten = [each for each in document["written"] if each["result"] in ("failed", "unclear")]
    return bool(unread or unwritten) and all(each["reason"] for each in [*unread, *unwritten])


def _strike(crm: str, agency: Path, folder: Path, *plan: Mapping[str, Any]) -> str:
    with crm_with(agency, crm=crm) as sandbox:
        return _disturbed(Desk(crm=crm, folder=folder, sandbox=sandbox).configure(), *plan)


@pytest.mark.parametrize("crm", CRMS)
def test_a_blow_to_the_first_create_costs_nothing_or_is_named(crm: str, agency: Path, tmp_path: Path) -> None:
    def strike(fault: str) -> str:
        match = {"path": _path(crm, "create"), "nth": 1}
        return _strike(crm, agency, tmp_path / fault.replace(" ", ""), {"match": match, **FAULTS[fault]})

    assert {fault: wrong for fault, wrong in at_once(strike, FAULTS, threads=6).items() if wrong} == {}


def test_blows_of_every_kind_to_reads_cost_nothing(agency: Path, tmp_path: Path) -> None:
    def strike(crm: str) -> str:
        blows = [
            {"match": {"path": _path(crm, what), "nth": 1 + 2 * n}, **fault}
            for what in ("list", "read") for n, fault in enumerate(FAULTS.values()) if what == "list" or n < READS[crm]
        ]  # fmt: skip
        return _strike(
            crm,
            agency,
            tmp_path / crm,
            *blows,
            {"match": {"path": "/account-info|access-token|userinfo", "nth": 1}, **BARE_429},
        )

    assert at_once(strike, ["sf", "hs"]) == {"sf": "", "hs": ""}


def test_searches_that_fail_are_asked_again(agency: Path, tmp_path: Path) -> None:
    with crm_with(agency, crm="hs") as sandbox:
        desk = Desk(crm="hs", folder=tmp_path, sandbox=sandbox).configure()
        desk.run("--accept-baseline")
        blows = [FAULTS[name] for name in ("reset", "truncate", "500", "429 secondly")]
        plan = [{"match": {"path": "/search$", "nth": 1 + n}, **blow} for n, blow in enumerate(blows)]
        assert _disturbed(desk, *plan) == ""


def test_a_closing_whose_answer_is_lost_is_written_once(agency: Path, tmp_path: Path) -> None:
    def close(crm: str) -> tuple[bool, int]:
        with crm_with(agency, crm=crm) as sandbox:
            desk = Desk(crm=crm, folder=tmp_path / crm, sandbox=sandbox).configure()
            desk.run("--accept-baseline")
            people = people_at(desk)
            people.log_call("Alder Works")
            sandbox.post("/_sandbox/clock", {"advance_s": 60})
            faults(
                sandbox, [{"match": {"path": _path(crm, "update"), "nth": [1, 2]}, "commit_and_drop": True}]
            )
            desk.run()
            row = people.task("Alder Works", "stale-contact")
            return is_open(row), str(row[people.words["body"]]).count("Closed by Keptword")

    assert at_once(close, ["sf", "hs"]) == {"sf": (False, 1), "hs": (False, 1)}


@pytest.mark.parametrize("crm", CRMS)
def test_a_crm_that_fails_every_write_is_named_and_done_later(crm: str, agency: Path, tmp_path: Path) -> None:
    with crm_with(agency, crm=crm) as sandbox:
        desk = Desk(crm=crm, folder=tmp_path, sandbox=sandbox).configure()
        assert _disturbed(desk, {"match": {"path": _path(crm, "create")}, "commit_and_drop": True}) == ""


def test_an_answer_that_comes_too_late_is_looked_for_and_not_sent_again(agency: Path, tmp_path: Path) -> None:
    with crm_with(agency) as sandbox:
        desk = Desk(crm="sf", folder=tmp_path, sandbox=sandbox).configure()
        config = tmp_path / "keptword.toml"
        config.write_text(config.read_text("utf-8") + "read_timeout_s = 0.5\n", "utf-8")
        assert _disturbed(desk, {"match": {"path": _path("sf", "create"), "nth": 1}, "delay_s": 2}) == ""


@pytest.mark.parametrize("crm", ["sf", "hs"])
def test_a_token_that_is_refused_for_good_ends_the_run_soon_and_says_what_to_do(
    crm: str, agency: Path, tmp_path: Path
) -> None:
    with crm_with(agency, crm=crm) as sandbox:
        desk = Desk(crm=crm, folder=tmp_path, sandbox=sandbox).configure()
        faults(sandbox, [{"match": {"path": "/services/data|/crm/"}, "status": 401, "body": [{"errorCode": "INVALID_SESSION_ID", "message": "x"}]}])  # fmt: skip
        ended = desk.keptword("run")
        assert ended.code == 1
        assert ended.document["error"]["remedy"]
        assert desk.seen() < 8


@pytest.mark.parametrize("crm", CRMS)
def test_nothing_is_created_while_our_own_tasks_cannot_be_read(
    crm: str, agency: Path, tmp_path: Path
) -> None:
    with crm_with(agency, crm=crm) as sandbox:
        desk = Desk(crm=crm, folder=tmp_path, sandbox=sandbox).configure()
        faults(
            sandbox,
            [
                {
                    "match": OWN[crm],
                    "status": 403,
                    "body": [{"errorCode": "INSUFFICIENT_ACCESS", "message": "no"}],
                }
            ],
        )
        ended = desk.keptword("run", "--accept-baseline")
        held = {held["reason"] for held in ended.document["plan"]["held"]}
        assert (ended.code, ended.document["plan"]["changes"], desk.rows()) == (3, [], [])
        assert all("our own tasks" in reason for reason in held)
        assert len(ended.document["plan"]["held"]) == len(wanted_tasks())
