"""Whatever happens in the CRM and to the pulls, the mirror ends up equal to what people see in the CRM."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.tasks import Crm
from tests.sync.pull.house import Desk, desk_at

IDS = st.sampled_from([f"r{n}" for n in range(12)])
STEPS = st.one_of(
    st.tuples(st.just("put"), IDS, st.text("abc", min_size=1, max_size=3)),
    st.tuples(st.just("bin"), IDS),
    st.tuples(st.just("remove"), IDS),
    st.tuples(st.just("restore"), IDS),
    st.tuples(st.just("late"), IDS),
    st.tuples(st.just("pass"), st.sampled_from([1, 15, 600, 3000])),
    st.tuples(st.just("break"), st.integers(0, 3)),
    st.tuples(st.just("forget")),
    st.tuples(st.just("pull")),
)


def do(desk: Desk, step: tuple[object, ...]) -> None:
    match step:
        case "put", str(id_), str(name):
            desk.crm.put(id_, name)
        case ("bin" | "remove" | "restore") as what, str(id_) if id_ in desk.crm.records:
            desk.crm.records[id_].state = {"bin": "bin", "remove": "gone", "restore": "live"}[what]  # type: ignore[assignment]  # the values are states
            if what == "bin":
                desk.crm.records[id_].changed_at = desk.crm.now
        case "late", str(id_) if id_ not in desk.crm.records:
            desk.crm.put(id_, "late")
            desk.crm.records[id_].changed_at = desk.crm.now.replace(year=2025)
        case "pass", int(minutes):
            desk.crm.pass_time(minutes)
        case "break", int(chunks):
            desk.crm.dies_after = chunks
        case ("forget",):
            desk.crm.forgets = True
        case ("pull",):
            desk.pull()


@pytest.mark.parametrize("crm", ["salesforce", "hubspot"])
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(STEPS, max_size=25))
def test_in_the_end_the_mirror_holds_what_people_see(crm: Crm, steps: list[tuple[object, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder, desk_at(Path(folder), crm) as desk:
        desk.habits = desk.habits.model_copy(update={"vanished_at_least": 100})
        for step in steps:
            do(desk, step)
        desk.crm.dies_after, desk.crm.forgets = None, False
        for _ in range(4):
            desk.pull()
            desk.crm.pass_time(60 * 24)
        assert desk.held() == desk.crm.live()
        assert desk.pull().complete
