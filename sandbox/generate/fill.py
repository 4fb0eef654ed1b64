"""Puts a made-up agency into both CRMs."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sandbox.generate.agency import make_agency
from sandbox.generate.as_hubspot import hubspot_rows
from sandbox.generate.as_salesforce import Rows, salesforce_rows
from sandbox.generate.story import Agency
from sandbox.load import turn
from sandbox.world import Dialect

_WORDS: Mapping[str, Callable[[Agency], Rows]] = {"salesforce": salesforce_rows, "hubspot": hubspot_rows}


def fill_with_agency(dialects: Sequence[Dialect], *, accounts: int, seed: int, now: datetime) -> None:
    """An agency with that many clients as of `now` (naive UTC); the same arguments give the same records."""
    agency = make_agency(accounts, seed, now)
    for dialect in dialects:
        rows = _WORDS[dialect.name](agency)
        for name in sorted(rows, key=turn):
            dialect.load(name, rows[name])
