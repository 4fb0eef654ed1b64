"""HubSpot: links that people make or take after the record was read move no stamp of it, and reach the mirror all the same."""

import csv
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.loop.people import People, people_at
from tests.loop.world import Desk, crm_with

CALLS = 160
"""More than the hundred that are read whole each time."""
_HOUR = 3_600


@pytest.fixture
def people(tmp_path: Path) -> Iterator[People]:
    """At two clients, with a call a day: all with the first one but the last, which nobody has linked yet."""
    tables = {
        "owners": [["id", "email"], ["u1", "sam@acme.example"]],
        "companies": [["id", "name"], ["1", "Acme"], ["2", "Bolt"]],
        "calls": [
            ["id", "hs_timestamp", "updatedAt"],
            *([str(1000 + n), "2026-03-01T09:00:00Z", "2026-03-01T09:00:00Z"] for n in range(CALLS)),
        ],
        "associations": [
            ["from_type", "from_id", "to_type", "to_id"],
            *(["calls", str(1000 + n), "companies", "1"] for n in range(CALLS - 1)),
        ],
    }
    data = tmp_path / "data"
    data.mkdir()
    for name, rows in tables.items():
        with (data / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
    with crm_with(data, crm="hs") as sandbox:
        desk = Desk(crm="hs", folder=tmp_path / "desk", sandbox=sandbox).configure()
        assert desk.keptword("pull").code == 0
        yield people_at(desk)


def clients_of(people: People, call: int) -> set[str]:
    """As the mirror has them."""
    with duckdb.connect(str(people.desk.folder / "keptword.duckdb"), read_only=True) as mirror:
        links = mirror.sql('from crm_hs."calls>companies"').filter(f"from_id = '{call}'")
        return {row[1] for row in links.fetchall()}


def pull_later(people: People, seconds: int) -> None:
    people.desk.sandbox.post("/_sandbox/clock", {"advance_s": seconds})
    ended = people.desk.keptword("pull")
    assert ended.code == 0, ended.err


def link(people: People, method: str, call: int, company: int) -> None:
    default = "default/" if method == "PUT" else ""
    people.ask(method, f"/crm/v4/objects/calls/{call}/associations/{default}companies/{company}")


def test_a_call_that_is_linked_after_it_was_read_is_a_touch_an_hour_later(people: People) -> None:
    people.desk.configure("[pull]", "sweep_calls_a_day = 1")  # the round comes to it much later
    people.change("calls", str(1000 + CALLS - 1), hs_call_title="Talked about the shop")
    for seconds in (60, 1_200):  # beyond what a delta reads twice
        pull_later(people, seconds)
    link(people, "PUT", 1000 + CALLS - 1, 2)
    pull_later(people, 600)
    assert clients_of(people, 1000 + CALLS - 1) == set()
    pull_later(people, _HOUR)
    assert clients_of(people, 1000 + CALLS - 1) == {"2"}


def test_an_old_call_that_changes_hands_is_met_by_the_round(people: People) -> None:
    link(people, "PUT", 1003, 2)
    link(people, "DELETE", 1003, 1)
    link(people, "DELETE", 1004, 1)
    for _ in range(2):
        pull_later(people, 12 * _HOUR)
    assert (clients_of(people, 1003), clients_of(people, 1004), clients_of(people, 1005)) == (
        {"2"},
        set(),
        {"1"},
    )


def test_a_round_that_meets_nothing_new_reads_no_record_again(people: People) -> None:
    pull_later(people, 24 * _HOUR)
    paths = [each["path"] for each in people.desk.sandbox.journal()]
    assert any(path.endswith("/objects/2026-09/calls") for path in paths)
    assert not [path for path in paths if path.endswith("/calls/batch/read")]
