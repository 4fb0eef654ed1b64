"""What the CRM counts, what it still has by id, who was merged: how a reader finds what no stamp tells."""

from datetime import datetime

import pytest

from connectors.connector import ObjectSchema, Swept
from connectors.salesforce.connector import SalesforceConnector
from tests.connectors.salesforce.conftest import ACCOUNTS, CASES, OLD, Connect
from tests.connectors.salesforce.reading import ask, jobs_left
from tests.sandbox_process import RunningSandbox


def described(connector: SalesforceConnector, name: str) -> ObjectSchema:
    schema = connector.describe(name)
    assert schema is not None
    return schema


def round_of(connector: SalesforceConnector, name: str, most_calls: int) -> list[Swept]:
    """A whole round in as many sweeps as it takes."""
    parts: list[Swept] = []
    while not (parts and parts[-1].ended):
        token = parts[-1].token if parts else None
        some = list(connector.sweep(described(connector, name), token=token, most_calls=most_calls))
        assert some
        parts += some
    return parts


def live_ids(parts: list[Swept]) -> list[str]:
    return [record_id for part in parts for record_id in part.live.to_pylist()]


@pytest.mark.parametrize(("name", "count"), [("Account", 299), ("Case", CASES), ("Task", 1), ("User", 1)])
def test_what_lives_is_counted_archived_too_and_the_recycle_bin_not(
    big_org: RunningSandbox, connect: Connect, name: str, count: int
) -> None:
    connector = connect(big_org)
    assert connector.count(described(connector, name)) == count


def test_a_count_that_takes_too_long_is_none(big_org: RunningSandbox, connect: Connect) -> None:
    connector = connect(big_org)
    schema = described(connector, "Case")
    slow = [{"errorCode": "QUERY_TIMEOUT", "message": "Your query request was running for too long."}]
    big_org.fault({"match": {"query": "COUNT"}, "status": 400, "body": slow})
    assert connector.count(schema) is None


@pytest.mark.parametrize("most_calls", [1, 5, 2000])
@pytest.mark.parametrize(("name", "count"), [("Account", 299), ("Case", CASES)])
def test_a_round_brings_each_live_id_once_within_its_calls(
    big_org: RunningSandbox, connect: Connect, name: str, count: int, most_calls: int
) -> None:
    connector = connect(big_org)
    schema = described(connector, name)
    before = connector.calls.transport.calls
    list(connector.sweep(schema, token=None, most_calls=most_calls))
    assert connector.calls.transport.calls - before <= most_calls
    ids = live_ids(round_of(connector, name, most_calls))
    assert (len(ids), len(set(ids))) == (count, count)


def test_a_round_over_many_is_one_job(big_org: RunningSandbox, connect: Connect) -> None:
    connector = connect(big_org)
    schema = described(connector, "Case")
    before = jobs_left(connector)
    big_org.forget()
    list(connector.sweep(schema, token=None, most_calls=2000))
    assert len(big_org.journal(method="POST", path="/jobs/query")) == 1
    assert len(big_org.journal(path=r"\.0/query")) == 1
    assert jobs_left(connector) == before


def test_a_round_by_a_job_goes_on_with_it_and_begins_anew_where_it_is_gone(
    big_org: RunningSandbox, connect: Connect
) -> None:
    connector = connect(big_org)
    schema = described(connector, "Case")
    sweep = connector.sweep(schema, token=None, most_calls=2000)
    first = next(sweep)
    sweep.close()  # type: ignore[attr-defined]
    on = list(connector.sweep(schema, token=first.token, most_calls=2000))
    assert len(live_ids([first, *on])) == CASES
    anew = list(connector.sweep(schema, token=first.token, most_calls=2000))
    assert len(live_ids(anew)) == CASES


@pytest.mark.parametrize("token", ["soon", "{}"])
def test_a_token_that_nobody_knows_begins_a_round(
    big_org: RunningSandbox, connect: Connect, token: str
) -> None:
    connector = connect(big_org)
    parts = list(connector.sweep(described(connector, "Account"), token=token, most_calls=9))
    assert (len(live_ids(parts)), parts[-1].ended) == (299, True)


def test_records_come_by_id_deleted_ones_as_deleted_and_unknown_ones_not(
    big_org: RunningSandbox, connect: Connect
) -> None:
    connector = connect(big_org)
    ids = (ACCOUNTS[5], ACCOUNTS[7], ACCOUNTS[8][:15], "001000000000999AAA")
    (chunk,) = connector.read(ask(connector, "Account", "Name", ids=ids))
    found = zip(chunk.rows["_id"].to_pylist(), chunk.rows["_deleted"].to_pylist(), strict=True)
    assert sorted(found) == [(ACCOUNTS[5], False), (ACCOUNTS[7], True), (ACCOUNTS[8], False)]


def test_many_ids_take_a_request_for_each_400(big_org: RunningSandbox, connect: Connect) -> None:
    connector = connect(big_org)
    request = ask(connector, "Case", "Subject", ids=tuple(f"500000000{n:06d}AAA" for n in range(1000)))
    big_org.forget()
    assert sum(len(chunk.rows) for chunk in connector.read(request)) == 1000
    assert len(big_org.journal(path="/queryAll")) == 3 == connector.calls_for(request, 1000)


@pytest.mark.parametrize("since", [None, datetime.fromisoformat(OLD[:19])])
@pytest.mark.parametrize("expected", [1, 10**6])
def test_who_was_merged_is_told_with_the_winner(
    org: RunningSandbox, connect: Connect, since: datetime | None, expected: int
) -> None:
    connector = connect(org)
    if org.rows("Account")[20]["MasterRecordId"] is None:
        org.post("/_sandbox/salesforce/merge", {"winner": ACCOUNTS[21], "losers": [ACCOUNTS[20]]})
    read = list(connector.read(ask(connector, "Account", "Name", since=since, expected=expected)))
    merges = [pair for chunk in read if chunk.merges for pair in chunk.merges.to_pylist()]
    assert merges == [{"loser_id": ACCOUNTS[20], "winner_id": ACCOUNTS[21]}]


@pytest.mark.parametrize(
    ("rows", "given", "most"),
    [(0, {}, 1), (2001, {}, 2), (1_000_000, {}, 60), (15_000, {"since": datetime(2024, 1, 1)}, 8)],
)
def test_the_requests_of_a_read_are_foretold_without_one(
    big_org: RunningSandbox, connect: Connect, rows: int, given: dict[str, datetime], most: int
) -> None:
    connector = connect(big_org)
    request = ask(connector, "Case", "Subject", **given)
    big_org.forget()
    assert 0 < connector.calls_for(request, rows) <= most
    assert not big_org.journal()
