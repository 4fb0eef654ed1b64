"""What goes away without a trace is found; what left this login's sight is not taken for gone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync.pull.house import Desk, desk_at


@pytest.fixture(params=["salesforce", "hubspot"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path, request.param) as desk:
        for n in range(9):
            desk.crm.put(f"r{n}", f"name {n}")
        desk.pull()
        desk.crm.pass_time(15)
        yield desk


def pulls(desk: Desk, times: int = 3) -> None:
    for _ in range(times):
        desk.pull()
        desk.crm.pass_time(60 * 24)


def test_what_a_person_deleted_is_gone_at_the_next_pull(desk: Desk) -> None:
    desk.crm.put("r3", "name 3", state="bin")
    assert (desk.pull().complete, desk.held()) == (True, desk.crm.live())


def test_what_comes_back_from_the_bin_comes_back(desk: Desk) -> None:
    desk.crm.put("r3", "name 3", state="bin")
    pulls(desk, 1)
    desk.crm.records["r3"].state = "live"
    pulls(desk)
    assert desk.held() == desk.crm.live()


def test_a_record_that_was_removed_for_good_is_found_by_the_count_or_by_a_round(desk: Desk) -> None:
    desk.crm.records["r5"].state = "gone"
    pulls(desk)
    assert (desk.held(), "r5" in desk.held()) == (desk.crm.live(), False)


def test_a_record_that_committed_late_with_an_old_stamp_is_found(desk: Desk) -> None:
    desk.crm.pass_time(60)
    desk.pull()
    desk.crm.put("late", "late")
    desk.crm.records["late"].changed_at = desk.crm.now.replace(hour=1)
    pulls(desk)
    assert desk.held() == desk.crm.live()


def test_many_that_vanish_at_once_are_kept_and_make_the_object_incomplete_until_they_come_back(
    desk: Desk,
) -> None:
    for n in range(5):
        desk.crm.records[f"r{n}"].state = "gone"
    pulls(desk)
    read = desk.pull()
    assert (read.complete, len(desk.held())) == (False, 9)
    assert "5 records of" in read.reason
    assert "--accept-vanished" in read.reason
    for n in range(5):
        desk.crm.records[f"r{n}"].state = "live"
    pulls(desk)
    assert (desk.pull().complete, len(desk.held())) == (True, 9)


def test_what_is_known_to_be_out_of_sight_is_not_looked_for_at_every_pull(tmp_path: Path) -> None:
    with desk_at(tmp_path, "salesforce") as desk:
        for n in range(9):
            desk.crm.put(f"r{n}", f"name {n}")
        pulls(desk, 1)
        for n in range(5):
            desk.crm.records[f"r{n}"].state = "gone"
        pulls(desk)
        desk.pull()
        desk.crm.requests.clear()
        for _ in range(5):
            desk.crm.pass_time(15)
            assert not desk.pull().complete
        assert "sweep" not in desk.crm.requests


def test_a_person_may_say_that_they_are_gone_indeed(desk: Desk) -> None:
    for n in range(5):
        desk.crm.records[f"r{n}"].state = "gone"
    pulls(desk)
    read = desk.pull(accept_vanished=True)
    assert (read.complete, read.gone, desk.held()) == (True, 5, desk.crm.live())
    desk.crm.pass_time(15)
    assert desk.pull().complete


def test_a_whole_read_of_half_the_records_does_not_take_the_place_of_all(desk: Desk) -> None:
    for n in range(5):
        desk.crm.records[f"r{n}"].state = "gone"
    desk.columns["revenue"] = "score"
    read = desk.pull()
    assert (read.complete, len(desk.held())) == (False, 9)


def test_a_whole_read_believes_the_recycle_bin(desk: Desk) -> None:
    for n in range(5):
        desk.crm.records[f"r{n}"].state = "bin"
    desk.columns["revenue"] = "score"
    read = desk.pull()
    assert (read.complete, desk.held()) == (True, desk.crm.live())


def test_nothing_changed_costs_two_requests_at_most(desk: Desk) -> None:
    desk.pull()
    desk.crm.requests.clear()
    desk.pull()
    assert len(desk.crm.requests) <= 2


def test_too_many_missing_to_ask_for_are_believed_of_nobody_and_nothing_is_asked(desk: Desk) -> None:
    desk.crm.page = 30_000
    for n in range(20_050):
        desk.crm.put(f"many{n}", "many")
    desk.pull()
    for n in range(20_050):
        desk.crm.records[f"many{n}"].state = "gone"
    desk.columns["revenue"] = "score"
    desk.crm.requests.clear()
    read = desk.pull()
    assert (read.complete, len(desk.held()), "ids" in desk.crm.requests) == (False, 20_059, False)
