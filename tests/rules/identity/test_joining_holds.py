"""Whatever the CRMs and an admin say, joining is an equivalence that no order of the connections changes."""

from collections.abc import Iterable, Sequence
from functools import cache

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.identity.clients import join_clients
from rules.identity.settled import Pair, Settled
from sync.engine.duckdb_engine import DuckDbEngine

ORGS = ("A", "B", "C")
IDS = [f"{org}:{org.lower()}{n}" for org in ORGS for n in range(3)]
DOMAINS = st.sampled_from([None, "one.test", "two.test", "www.one.test", "gmail.com"])
NAMED = st.sampled_from([None, *(each.split(":")[1] for each in IDS), "nobody"])
ACCOUNTS = st.dictionaries(st.sampled_from(IDS), st.tuples(DOMAINS, NAMED), min_size=1)
PAIRS = st.lists(
    st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)).filter(lambda p: p[0] != p[1]), max_size=3
)

Accounts = dict[str, tuple[str | None, str | None]]


def closure(pairs: Iterable[Pair]) -> dict[str, frozenset[str]]:
    """Each id with all that hang together with it."""
    group = {each: frozenset((each,)) for each in IDS}
    for one, other in pairs:
        whole = group[one] | group[other]
        group |= dict.fromkeys(whole, whole)
    return group


@cache
def shared_engine() -> DuckDbEngine:
    """Each joining makes its tables anew."""
    return DuckDbEngine()


def clients(accounts: Accounts, settled: Settled, orgs: Sequence[str] = ORGS) -> dict[str, str]:
    """Account -> the one that stands for it."""
    rows = [{"account_id": id_, "domain": said[0], "other_crm_id": said[1]} for id_, said in accounts.items()]
    schema = pa.schema([(name, pa.string()) for name in ("account_id", "domain", "other_crm_id")])
    engine = shared_engine()
    engine.keep("raw_account", pa.Table.from_pylist(rows, schema=schema))
    join_clients(engine, orgs, settled)
    found = engine.query("select account_id, client_id from same_client").to_pylist()
    assert len({row["account_id"] for row in found}) == len(found)
    return {id_: id_ for id_ in accounts} | {row["account_id"]: row["client_id"] for row in found}


def groups(standing: dict[str, str]) -> set[frozenset[str]]:
    return {frozenset(id_ for id_, one in standing.items() if one == each) for each in standing.values()}


@settings(max_examples=80, deadline=None)
@given(accounts=ACCOUNTS, same=PAIRS, different=PAIRS)
def test_joining_is_an_equivalence_that_keeps_to_what_was_said(
    accounts: Accounts, same: list[Pair], different: list[Pair]
) -> None:
    known = [pair for pair in same if set(pair) <= set(accounts)]
    confirmed = closure(known)
    apart = [(one, other) for one, other in different if other not in confirmed[one]]
    standing = clients(accounts, Settled(same=tuple(same), different=tuple(apart)))
    assert all(standing[standing[each]] == standing[each] for each in accounts)
    assert all(standing[one] == standing[other] for one, other in known)
    assert not any({one, other} <= set(accounts) and standing[one] == standing[other] for one, other in apart)
    for one in accounts:
        for other in accounts:
            if one[0] == other[0] and standing[one] == standing[other]:
                assert other in confirmed[one]


@settings(max_examples=40, deadline=None)
@given(accounts=ACCOUNTS, same=PAIRS, orgs=st.permutations(ORGS))
def test_the_order_of_the_connections_changes_only_who_stands_for_the_client(
    accounts: Accounts, same: list[Pair], orgs: list[str]
) -> None:
    settled = Settled(same=tuple(same))
    before, after = clients(accounts, settled), clients(accounts, settled, orgs)
    assert groups(before) == groups(after)
    for whole in groups(after):
        first = min(whole, key=lambda each: (orgs.index(each[0]), each))
        assert after[first] == first
