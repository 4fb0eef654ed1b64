"""A task that changes hands says from whom to whom, and why."""

from datetime import date
from typing import Any

import pytest

from sync.plan.people import Absence, Rota
from sync.plan.plan import make_plan
from tests.sync.plan.situations import LATE, finding, person, situation, tiny, write
from tests.sync.plan.tiny_crm import TinyCrm

AWAY = {"ann@us.example": Absence(last=date(2026, 5, 20), cover="bob@us.example")}


def crew(*gone: str) -> list[Any]:
    return [person(name, is_active=name not in gone) for name in ("ann", "bob", "cat")]


def written_for_cat() -> TinyCrm:
    crm = tiny()
    write(situation([finding(rule=LATE, account_owner_id="sf:cat")], crm, people=crew()), crm)
    return crm


@pytest.mark.parametrize(
    ("owner", "gone", "rota", "said"),
    [
        ("ann", ["cat"], Rota(), "from Cat, who is inactive, to Ann"),
        ("ann", [], Rota(), "from Cat to Ann, who answers for the client now"),
        ("cat", ["cat"], Rota(fallback="bob@us.example"), "from Cat, who is inactive, to Bob"),
        ("ann", ["cat"], Rota(away=AWAY), "from Cat, who is inactive, to Bob while Ann is away"),
        (None, [], Rota(fallback="bob@us.example"), "from Cat to Bob, who is the fallback now"),
    ],
)
def test_a_hand_over_says_from_whom_to_whom_and_why(
    owner: str | None, gone: list[str], rota: Rota, said: str
) -> None:
    found = [finding(rule=LATE, account_owner_id=owner and f"sf:{owner}")]
    (change,) = make_plan(situation(found, written_for_cat(), people=crew(*gone), rota=rota)).changes
    assert (change.action, said in change.why) == ("reassign", True), change.why
    assert "owner changes" not in change.why


def test_a_holder_whom_nobody_knows_is_said_to_be_nobody_in_the_list() -> None:
    people = crew()[:2]
    found = [finding(rule=LATE, account_owner_id="sf:ann")]
    (change,) = make_plan(situation(found, written_for_cat(), people=people)).changes
    assert (
        "from someone who is not in the list of people (cat) to Ann, who answers for the client now"
        in change.why
    )


def test_what_comes_back_from_the_cover_names_whose_it_is() -> None:
    crm = tiny()
    write(situation([finding(rule=LATE)], crm, people=crew(), rota=Rota(away=AWAY)), crm)
    (change,) = make_plan(situation([finding(rule=LATE)], crm, people=crew())).changes
    assert "from Bob to Ann, who answers for the client now" in change.why
