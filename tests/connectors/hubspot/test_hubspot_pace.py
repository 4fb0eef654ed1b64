"""Against HubSpot's real limits nothing is refused, and what is allowed is used."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from connectors.errors import QuotaSpent
from connectors.hubspot.connector import HubSpotConnector
from tests.sandbox_process import RunningSandbox, start_sandbox

from .conftest import NOW, Connect

BURST = 60
STRICT = {"rate_limits": "true", "hubspot_burst": BURST, "hubspot_daily_calls": 10_000, "latency_ms": 20}


@pytest.fixture
def portal() -> Iterator[RunningSandbox]:
    switches = [word for name, value in STRICT.items() for word in ("--set", f"{name}={value}")]
    with start_sandbox("--now", NOW, *switches) as running:
        yield running


@pytest.fixture
def api() -> str:
    return "2026-09"


def ask_without_a_pause(*connectors: HubSpotConnector, threads: int, lasts_s: float) -> list[int]:
    """How many answers each connector got."""
    ends_at, answers = time.monotonic() + lasts_s, Counter[int]()

    def ask(number: int) -> None:
        while time.monotonic() < ends_at:
            connectors[number].calls.get("objects", "limit=1", object="companies")
            answers[number] += 1

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(ask, [number % len(connectors) for number in range(threads)]))
    return [answers[number] for number in range(len(connectors))]


def refused(portal: RunningSandbox) -> int:
    return sum(request["status"] == 429 for request in portal.journal())


def test_one_connector_uses_what_is_allowed_and_is_never_refused(
    connect: Connect, portal: RunningSandbox
) -> None:
    (answers,) = ask_without_a_pause(connect(portal, pace=None), threads=6, lasts_s=20)
    assert refused(portal) == 0
    assert answers >= 0.9 * BURST * 2


def test_two_connectors_on_one_portal_share_it_without_knowing_each_other(
    connect: Connect, portal: RunningSandbox
) -> None:
    both = connect(portal, pace=None), connect(portal, pace=None)
    answers = ask_without_a_pause(*both, threads=6, lasts_s=20)
    assert refused(portal) <= 2
    assert min(answers) >= 0.2 * sum(answers)
    assert sum(answers) >= 0.75 * BURST * 2


def test_searches_keep_to_five_a_second(connect: Connect, portal: RunningSandbox) -> None:
    connector, began = connect(portal, pace=None), time.monotonic()
    schema = connector.describe("companies")
    assert schema
    for _ in range(16):
        connector.count(schema)
    assert refused(portal) == 0
    assert 3.0 <= time.monotonic() - began < 6.0


def test_a_search_that_others_crowd_out_is_asked_again_more_slowly(
    connect: Connect, portal: RunningSandbox
) -> None:
    connector = connect(portal, pace=None)
    schema = connector.describe("companies")
    assert schema
    portal.switch(hubspot_searches=2)
    assert [connector.count(schema) for _ in range(8)] == [0] * 8
    assert refused(portal) <= 3


def test_a_run_leaves_others_their_share_of_the_day(connect: Connect, portal: RunningSandbox) -> None:
    portal.switch(hubspot_daily_calls=20)
    connector = connect(portal, pace=None, quota_share=0.5)
    with pytest.raises(QuotaSpent, match="10 of the day's 20 calls are left"):
        ask_without_a_pause(connector, threads=1, lasts_s=20)
    assert connector.calls_made() == {"read": 10}


def test_searches_count_for_the_day_though_their_answers_do_not_say_so(
    connect: Connect, portal: RunningSandbox
) -> None:
    portal.switch(hubspot_daily_calls=20)
    connector = connect(portal, pace=None, quota_share=0.5)
    schema = connector.describe("contacts")
    assert schema
    with pytest.raises(QuotaSpent, match="quota_share"):
        list(map(connector.count, [schema] * 20))
    assert connector.calls_made() == {"read": 2, "search": 8}
