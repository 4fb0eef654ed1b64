"""The fields that an org's automation rewrites are those that its latest setup found."""

from datetime import datetime

from sync.ledger.ledger import Ledger

NOON = datetime(2026, 11, 22, 12)


def test_the_latest_setup_of_an_org_counts(ledger: Ledger) -> None:
    ledger.rewritten.keep("o1", ("subject", "priority"), at=NOON)
    ledger.rewritten.keep("o2", ("body",), at=NOON)
    ledger.rewritten.keep("o1", ("owner",), at=NOON)
    assert ledger.rewritten.of_org("o1") == frozenset(["owner"])
    assert ledger.rewritten.of_org("o2") == frozenset(["body"])


def test_an_org_where_setup_found_none_has_none(ledger: Ledger) -> None:
    ledger.rewritten.keep("o1", ("subject",), at=NOON)
    ledger.rewritten.keep("o1", (), at=NOON)
    assert ledger.rewritten.of_org("o1") == frozenset()
