"""An instant's local day is found by zone and UTC day alone."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from rules.calendar.clock import day_of
from rules.calendar.working import WorkingTime, find_zone
from rules.clock import clock_tables
from rules.facts import read_groundwork
from sync.engine.duckdb_engine import DuckDbEngine
from tests.rules.calendar.test_calendar_tables import ZONES

GB = WorkingTime(country="GB", subdivision="ENG")


def _turns(zone: str, year: int) -> list[dict[str, Any]]:
    with DuckDbEngine() as engine:
        engine.keep("local_day", clock_tables([datetime(year, 6, 1)], {zone: GB}).local_day)
        turns: list[dict[str, Any]] = engine.query(read_groundwork()["day_turn"]).to_pylist()
    return turns


LAST = timedelta(days=1) - timedelta(microseconds=1)


@settings(deadline=None, max_examples=8)
@given(
    zone=st.sampled_from(ZONES),
    year=st.integers(2006, 2035),
    since_midnight=st.timedeltas(min_value=timedelta(0), max_value=LAST),
)
@example(zone="Pacific/Apia", year=2012, since_midnight=timedelta(0))
@example(zone="Australia/Lord_Howe", year=2024, since_midnight=timedelta(hours=23, minutes=58))
@example(zone="UTC", year=2006, since_midnight=LAST)
def test_one_row_tells_the_day_of_every_instant_in_it(
    zone: str, year: int, since_midnight: timedelta
) -> None:
    turns = _turns(zone, year)
    assert len({row["utc_day"] for row in turns}) == len(turns)
    for row in turns:
        midnight = datetime.combine(row["utc_day"], time(0), UTC).replace(tzinfo=None)
        before = row["turns_at"] - timedelta(microseconds=1) if row["turns_at"] else midnight
        for at in (midnight, before, row["turns_at"], midnight + since_midnight):
            told = at and row["turns_at"] and at >= row["turns_at"]
            assert (
                at is None or day_of(at, find_zone(zone, place="test")) == row["next_day" if told else "day"]
            )
