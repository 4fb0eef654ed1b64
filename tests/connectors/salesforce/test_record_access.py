"""Who can read which account is asked in few requests, and nothing is made up where the org does not tell."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.connectors.salesforce.conftest import NOW, Connect
from tests.sandbox_process import RunningSandbox, start_sandbox

PEOPLE = [f"005000000000{n:03d}AAA" for n in range(40)]
ACCOUNTS = [f"001000000000{n:03d}AAA" for n in range(300)]
BATCH = "/composite/batch"


@pytest.fixture(scope="module")
def shared_org(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """An org where accounts are private: each person owns some, and the first manages the second."""
    folder: Path = tmp_path_factory.mktemp("shared")
    users = [[id_, f"P{n}", PEOPLE[0] if n == 1 else ""] for n, id_ in enumerate(PEOPLE)]
    accounts = [[id_, f"Client {n}", PEOPLE[n % 40]] for n, id_ in enumerate(ACCOUNTS)]
    _write(folder / "User.csv", [["Id", "LastName", "ManagerId"], *users])
    _write(folder / "Account.csv", [["Id", "Name", "OwnerId"], *accounts])
    with start_sandbox("--data", str(folder), "--now", NOW) as running:
        running.post("/_sandbox/salesforce/sharing", {"private": ["Account"]})
        yield running


@pytest.fixture
def org(shared_org: RunningSandbox) -> RunningSandbox:
    shared_org.forget()
    return shared_org


def _write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def test_an_owner_and_their_manager_see_an_account_and_others_do_not(
    org: RunningSandbox, connect: Connect
) -> None:
    pairs = [(person, ACCOUNTS[1]) for person in PEOPLE[:3]]
    assert connect(org).sees(pairs) == dict(zip(pairs, (True, True, False), strict=True))


def test_a_thousand_pairs_of_forty_people_take_two_requests(org: RunningSandbox, connect: Connect) -> None:
    pairs = [(person, account) for person in PEOPLE for account in ACCOUNTS[:25]]
    connector = connect(org)
    told = connector.sees(pairs)
    assert told.keys() == set(pairs)
    assert sum(told.values()) == 26
    assert connector.calls_made() == {"login": 1, "read": 2}


def test_more_accounts_of_one_person_than_a_query_takes(org: RunningSandbox, connect: Connect) -> None:
    connector = connect(org)
    told = connector.sees([(PEOPLE[5], account) for account in ACCOUNTS])
    assert [account for (_, account), sees in told.items() if sees] == ACCOUNTS[5::40]
    assert connector.calls_made()["read"] == 1


def test_what_the_org_does_not_tell_is_left_out(org: RunningSandbox, connect: Connect) -> None:
    org.post("/_sandbox/salesforce/hide", {"ids": [ACCOUNTS[9]]})
    queue, stranger = ("00G000000000001AAA", ACCOUNTS[0]), ("me", ACCOUNTS[0])
    pairs = [
        (PEOPLE[0], ACCOUNTS[9]),
        (PEOPLE[0], "001000000000999AAA"),
        queue,
        stranger,
        (PEOPLE[0], ACCOUNTS[0]),
    ]
    assert connect(org).sees(pairs) == {(PEOPLE[0], ACCOUNTS[0]): True}
    org.post("/_sandbox/salesforce/show", {})


def test_short_ids_are_answered_as_they_were_given(org: RunningSandbox, connect: Connect) -> None:
    short, long = (PEOPLE[0][:15], ACCOUNTS[0][:15]), (PEOPLE[0], ACCOUNTS[0])
    assert connect(org).sees([short, long]) == {short: True, long: True}


def test_nobody_is_asked_about_where_there_is_nothing_to_ask(org: RunningSandbox, connect: Connect) -> None:
    assert connect(org).sees([]) == {}
    assert org.journal() == []


@pytest.mark.parametrize("status", [400, 403])
def test_an_org_that_refuses_such_questions_tells_nothing(
    org: RunningSandbox, connect: Connect, status: int
) -> None:
    error = [{"errorCode": "FUNCTIONALITY_NOT_ENABLED", "message": "no"}]
    org.fault({"match": {"path": BATCH}, "status": status, "body": error})
    assert connect(org).sees([(PEOPLE[0], ACCOUNTS[0])]) == {}


def test_a_question_that_is_refused_costs_one_person_alone(org: RunningSandbox, connect: Connect) -> None:
    refused: dict[str, Any] = {"statusCode": 400, "result": [{"errorCode": "INVALID_TYPE", "message": "no"}]}
    row = {"RecordId": ACCOUNTS[1], "HasReadAccess": True}
    told = {"statusCode": 200, "result": {"totalSize": 1, "done": True, "records": [row]}}
    body = {"hasErrors": True, "results": [refused, told]}
    org.fault({"match": {"path": BATCH}, "status": 200, "body": body})
    pairs = [(PEOPLE[0], ACCOUNTS[0]), (PEOPLE[1], ACCOUNTS[1])]
    assert connect(org).sees(pairs) == {pairs[1]: True}
