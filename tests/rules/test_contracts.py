"""A contract in force makes a live client whose renewal is known; it is nothing to win, and nothing to hand over."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.rules.small_org import NOW, SmallOrg, at, judge_orgs

TODAY = NOW.date()
LONG_AGO = at("2024-01-05 09:00")


def client_with(**contract: Any) -> SmallOrg:
    org = SmallOrg()
    org.account(created=LONG_AGO, OwnerId="u1")
    for id_ in ("u1", "u2"):
        org.add("User", id_, UserType="Standard", IsActive=True)
    values: dict[str, Any] = {
        "StatusCode": "Activated",
        "ContractNumber": "0042",
        "StartDate": date(2025, 8, 1),
    } | contract
    org.add("Contract", "k1", AccountId="a1", OwnerId="u2", CreatedDate=LONG_AGO, **values)
    return org


@pytest.mark.parametrize(
    ("contract", "live"),
    [
        ({"EndDate": TODAY}, True),
        ({"EndDate": None}, True),
        ({"EndDate": TODAY - timedelta(days=1)}, False),
        ({"StartDate": TODAY + timedelta(days=9), "EndDate": None}, True),
        ({"StatusCode": "Draft", "EndDate": None}, False),
    ],
)
def test_a_contract_in_force_makes_a_live_client(contract: dict[str, Any], live: bool) -> None:
    assert judge_orgs(client_with(**contract)).account["account_is_active"] is live


def test_a_contract_is_work_that_goes_on_and_no_deal_to_win() -> None:
    facts = judge_orgs(client_with(EndDate=None)).account
    assert (facts["live_project_count"], facts["live_deal_count"], facts["won_deal_count"]) == (1, 0, 0)


def test_a_contract_says_when_it_is_up_for_renewal() -> None:
    (deal,) = judge_orgs(client_with(EndDate=TODAY + timedelta(days=40))).facts["deal"]
    assert (deal["deal_name"], deal["deal_kind"], deal["days_until_renewal"]) == (
        "Contract 0042",
        "contract",
        40,
    )


def test_a_contract_is_never_handed_over() -> None:
    (deal,) = judge_orgs(client_with(StartDate=TODAY - timedelta(days=3))).facts["deal"]
    assert (deal["changes_hands"], deal["business_days_since_won"], deal["is_deal_live"]) == (
        False,
        None,
        False,
    )
