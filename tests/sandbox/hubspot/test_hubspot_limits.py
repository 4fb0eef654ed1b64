"""HubSpot's limits as clients meet them: a burst of each app, searches and days of all of them."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

LIST = "/crm/v3/objects/companies"
OTHER = {"Authorization": "Bearer pat-sandbox-token-2"}


class Watch:
    """The machine's time, as far as limits look at it."""

    now = 1000.0


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    watch = Watch()
    with monkeypatch.context() as patch:
        patch.setattr(time, "monotonic", lambda: watch.now)
        yield watch


@pytest.fixture
def limited(portal: Any, watch: Watch) -> Any:
    portal.world.switches.rate_limits = True
    return portal


def test_answers_say_what_is_left_and_searches_do_not(portal: Any) -> None:
    listed, searched = portal.ask("GET", LIST), portal.search("companies")
    assert listed.headers["X-HubSpot-RateLimit-Max"] == "190"
    assert listed.headers["X-HubSpot-RateLimit-Remaining"] == "189"
    assert int(listed.headers["X-HubSpot-RateLimit-Daily-Remaining"]) == 649_999
    assert "X-HubSpot-RateLimit-Max" not in searched.headers


def test_the_window_refuses_the_call_after_the_last(limited: Any) -> None:
    statuses = [limited.ask("GET", "/account-info/v3/details").status for _ in range(190)]
    late = limited.ask("GET", "/account-info/v3/details")
    assert set(statuses) == {200}
    assert (late.status, late.body["policyName"]) == (429, "TEN_SECONDLY_ROLLING")
    assert late.headers["X-HubSpot-RateLimit-Remaining"] == "0"


def test_the_window_rolls(limited: Any, watch: Watch) -> None:
    limited.world.switches.hubspot_burst = 2
    assert limited.ask("GET", LIST).status == 200
    watch.now += 6
    assert [limited.ask("GET", LIST).status for _ in range(2)] == [200, 429]
    watch.now += 5
    assert [limited.ask("GET", LIST).status for _ in range(2)] == [200, 429]


def test_the_sixth_search_of_a_second_is_refused_in_few_words(limited: Any, watch: Watch) -> None:
    replies = [limited.search("companies") for _ in range(6)]
    assert [reply.status for reply in replies] == [200] * 5 + [429]
    assert set(replies[5].body) == {"status", "message", "correlationId", "category"}
    assert replies[5].body["message"] == "You have reached your secondly limit."
    watch.now += 1
    assert limited.search("companies").status == 200


def test_apps_have_a_burst_each_and_share_the_searches(limited: Any) -> None:
    limited.world.switches.hubspot_burst = 1
    assert [limited.ask("GET", LIST).status for _ in range(2)] == [200, 429]
    assert limited.ask("GET", LIST, **OTHER).status == 200
    search = f"{LIST}/search"
    mixed = [limited.ask("POST", search, {}, **headers).status for headers in ({}, OTHER) * 3]
    assert mixed == [200] * 5 + [429]


def test_apps_share_the_day_which_ends_at_midnight_in_london(limited: Any) -> None:
    limited.world.switches.hubspot_daily_calls = 2
    limited.world.clock.set(datetime(2026, 7, 1, 12, tzinfo=UTC))
    assert [limited.ask("GET", LIST).status, limited.ask("GET", LIST, **OTHER).status] == [200, 200]
    spent = limited.ask("GET", LIST)
    assert (spent.status, spent.body["policyName"]) == (429, "DAILY")
    assert spent.headers["X-HubSpot-RateLimit-Daily-Remaining"] == "0"
    assert limited.search("companies").body["policyName"] == "DAILY"
    limited.world.clock.set(datetime(2026, 7, 1, 23, 30, tzinfo=UTC))
    assert limited.ask("GET", LIST).status == 200


def test_the_account_tells_what_the_day_has_used(portal: Any) -> None:
    portal.world.clock.set(datetime(2026, 7, 1, 12, tzinfo=UTC))
    portal.search("companies")
    row = portal.ask("GET", "/account-info/v3/api-usage/daily/private-apps").body["results"][0]
    assert (row["currentUsage"], row["usageLimit"]) == (2, 650_000)
    assert row["resetsAt"] == "2026-07-02T00:00:00+01:00"


def test_each_token_is_an_app_of_its_own(portal: Any) -> None:
    info = "/oauth/v2/private-apps/get/access-token-info"
    apps = {
        portal.ask("POST", info, {"tokenKey": token}).body["appId"]
        for token in ("pat-sandbox-token", "pat-sandbox-token-2")
    }
    assert len(apps) == 2
    assert portal.ask("GET", LIST, Authorization="Bearer pat-sandbox-token-x").status == 401
