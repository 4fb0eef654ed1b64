"""A pull that dies goes on where it stopped, and what is safe is not read again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.connector import Field
from tests.sync.pull.house import Desk, desk_at


@pytest.fixture(params=["salesforce", "hubspot"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    with desk_at(tmp_path, request.param) as desk:
        for n in range(7):
            desk.crm.put(f"r{n}", f"name {n}")
        desk.crm.pass_time(60)
        yield desk


def test_a_whole_read_that_broke_is_gone_on_with_and_then_brought_up_to_date(desk: Desk) -> None:
    desk.crm.dies_after = 2
    broken = desk.pull()
    desk.crm.pass_time(60)
    desk.crm.put("r0", "changed meanwhile")
    read = desk.pull()
    assert (broken.complete, broken.in_mirror, read.complete, read.resumed) == (False, 0, True, True)
    assert desk.held() == desk.crm.live()
    asked = [request for request in desk.crm.requests if request not in ("describe", "sweep")]
    assert asked[:5] == ["count", "whole", "count", "whole", "delta"]
    assert read.rows == 7 + 1


def test_a_cursor_that_the_crm_forgot_begins_the_read_anew(desk: Desk) -> None:
    desk.crm.dies_after = 2
    desk.pull()
    desk.crm.forgets = True
    read = desk.pull()
    assert (read.complete, desk.held()) == (True, desk.crm.live())


def test_a_read_that_was_begun_days_ago_is_begun_anew(desk: Desk) -> None:
    desk.crm.dies_after = 2
    desk.pull()
    desk.crm.pass_time(60 * 24 * 4)
    read = desk.pull()
    assert (read.complete, read.resumed, read.rows) == (True, False, 7)


def test_a_change_that_could_not_be_read_is_read_next_time_and_not_all_the_rest(desk: Desk) -> None:
    desk.pull()
    desk.crm.pass_time(60)
    desk.crm.put("r3", "new name")
    desk.crm.dies_after = 0
    assert not desk.pull().complete
    desk.crm.pass_time(15)
    read = desk.pull()
    assert (read.complete, read.full, read.rows, desk.held()) == (True, False, 1, desk.crm.live())


def test_objects_are_described_once_in_ten_minutes_and_again_after_trouble(desk: Desk) -> None:
    desk.pull()
    desk.pull()
    assert desk.crm.requests.count("describe") == 1
    desk.crm.put("r3", "new name")
    desk.crm.dies_after = 0
    desk.pull()
    desk.pull()
    assert desk.crm.requests.count("describe") == 2


def test_a_field_that_is_mapped_later_is_filled_back(desk: Desk) -> None:
    desk.pull()
    desk.columns["revenue"] = "score"
    read = desk.pull()
    table = desk.mirror.table("crm", desk.object)
    scores = desk.mirror.engine.query(f"select score from {table}")["score"].to_pylist()
    assert (read.full, scores) == (True, [6] * 7)


def test_a_field_that_goes_away_stops_only_itself_and_is_filled_back_when_it_returns(desk: Desk) -> None:
    desk.columns["revenue"] = "score"
    desk.pull()
    score = desk.crm.fields.pop("score")
    desk.crm.pass_time(15)
    desk.crm.put("r1", "still read")
    lost = desk.pull()
    mark = desk.mirror.mark("crm", desk.object)
    assert (lost.complete, mark.complete, sorted(mark.lost)) == (False, True, ["score"])
    assert desk.held() == desk.crm.live()
    assert "does not show score" in lost.reason
    desk.crm.fields["score"] = score
    assert desk.pull().full
    assert not desk.mirror.mark("crm", desk.object).lost


def test_a_field_that_changes_its_type_is_read_anew(desk: Desk) -> None:
    desk.columns["revenue"] = "score"
    desk.pull()
    desk.crm.fields["score"] = Field(name="score", type="decimal")
    desk.crm.pass_time(15)
    assert desk.pull().full


def test_a_field_that_changes_its_type_while_a_read_is_cut_off_begins_it_anew(desk: Desk) -> None:
    desk.columns["revenue"] = "score"
    desk.crm.fields["score"] = Field(name="score", type="decimal")
    desk.crm.dies_after = 2
    desk.pull()
    desk.crm.fields["score"] = Field(name="score", type="integer")
    read = desk.pull()
    held = desk.mirror.engine.columns(desk.mirror.table("crm", desk.object))
    assert (read.complete, read.resumed, held["score"]) == (True, False, "BIGINT")


def test_a_calculated_field_is_read_of_every_record_once_a_day_where_it_moves_no_stamp(desk: Desk) -> None:
    desk.columns["revenue"] = "score"
    desk.pull()
    desk.crm.records["r2"].score = 99
    desk.crm.pass_time(60 * 25)
    read = desk.pull()
    table = desk.mirror.table("crm", desk.object)
    scores = desk.mirror.engine.query(f"select max(score) as most from {table}").to_pylist()
    moved = desk.crm.crm == "salesforce"
    assert (read.full, scores[0]["most"]) == (False, 99 if moved else 6)
