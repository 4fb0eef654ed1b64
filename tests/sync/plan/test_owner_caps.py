"""The caps count what a person has got by the company's own day, and what the CRM does not show yet."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from sync.plan.caps import OwnedTask
from sync.plan.plan import make_plan
from tests.sync.plan.situations import NOON, WIDE, finding, situation, tiny, write


def held_for_b(**also: Any) -> list[str]:
    return [held.kind for held in make_plan(situation([finding("sf:b")], tiny(), **also)).held]


@pytest.mark.parametrize("cap", ["day", "week", "open"])
def test_a_task_that_was_sent_and_does_not_show_yet_counts(cap: str) -> None:
    unseen = OwnedTask(owner_id="sf:ann", created_on=NOON.date(), is_open=True)
    limits = {"new_per_owner": {**WIDE, cap: 1}}
    assert held_for_b(limits=limits) == []
    assert held_for_b(limits=limits, unseen=[unseen]) == ["cap"]


def test_an_unseen_task_of_the_same_person_in_the_other_crm_counts() -> None:
    crms = [tiny(), tiny(crm="hubspot", org="hs")]
    unseen = OwnedTask(owner_id="hs:ann", created_on=NOON.date(), is_open=True)
    made = situation([finding()], crms, limits={"new_per_owner": {**WIDE, "open": 1}}, unseen=[unseen])
    assert [held.kind for held in make_plan(made).held] == ["cap"]


@pytest.mark.parametrize(("hours_ahead", "created"), [(0, ["sf:b"]), (13, [])])
def test_a_new_task_counts_on_the_companys_day_and_not_on_greenwichs(
    hours_ahead: int, created: list[str]
) -> None:
    # 20:00 UTC is the next morning in Auckland; at 06:00 UTC it is evening there, still on that day.
    def day_of(at: datetime) -> date:
        return (at + timedelta(hours=hours_ahead)).date()

    crm = tiny(datetime(2026, 1, 11, 20))
    write(situation([finding("sf:a")], crm), crm)
    crm.now = datetime(2026, 1, 12, 6)
    found = [finding("sf:a"), finding("sf:b")]
    plan = make_plan(situation(found, crm, limits={"new_per_owner": {**WIDE, "day": 1}}, day_of=day_of))
    assert [change.account_id for change in plan.changes] == created


def test_a_day_off_goes_on_with_the_allowance_of_the_working_day_before() -> None:
    friday = datetime(2026, 5, 15, 9)
    crm = tiny(friday)
    write(situation([finding("sf:a")], crm), crm)
    crm.now = friday + timedelta(days=2)
    limits, found = {"new_per_owner": {**WIDE, "day": 1}}, [finding("sf:a"), finding("sf:b")]
    (held,) = make_plan(situation(found, crm, limits=limits, working_day=friday.date())).held
    assert held.reason == "Ann has 1 new tasks since Fri 15 May 2026 (limits.new_per_owner allows 1)"
    crm.now = friday + timedelta(days=3)
    assert make_plan(situation(found, crm, limits=limits)).count("create") == 1
