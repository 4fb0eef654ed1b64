import pytest

from connectors.daily import DailyCalls
from connectors.errors import QuotaSpent


def gate(share: float) -> DailyCalls:
    return DailyCalls(share=share, place="connections.sf", refilled="tomorrow")


def test_nothing_is_held_back_before_the_day_is_known() -> None:
    day = gate(0.5)
    assert (day.enter(), day.left) == (0.0, None)


def test_calls_pass_until_the_share_is_used_whoever_used_it() -> None:
    day = gate(0.8)
    day.heard(total=100, left=22)
    assert [day.enter(), day.enter()] == [0.0, 0.0]
    with pytest.raises(QuotaSpent, match=r"20 of the day's 100 calls are left, 20 of them .*tomorrow"):
        day.enter()


def test_a_share_of_everything_holds_back_only_what_is_not_there() -> None:
    day = gate(1.0)
    day.heard(total=100, left=1)
    assert day.enter() == 0.0
    with pytest.raises(QuotaSpent):
        day.enter()
