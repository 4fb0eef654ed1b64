"""Lists what was joined, and how."""

from collections import Counter
from dataclasses import dataclass

from rules.engine import Engine
from rules.identity.clients import BY_DOMAIN, BY_ID, CONFIRMED
from rules.identity.shown import Shown, ask_for, shown

_MATCHES = """
with records as (
    select client_id, account_id, false as stands from same_client
    union select client_id, client_id, true from same_client
),
hows as (
    select coalesce(s.client_id, t.one) as client_id, list(distinct t.how) as hows
    from tie t left join same_client s on s.account_id = t.one
    group by 1
)
select r.client_id, list(r.account_id order by not r.stands, r.account_id) as account_ids, any_value(h.hows) as hows
from records r join hows h on h.client_id = r.client_id
group by r.client_id
order by r.client_id
"""

_TIES = """
select distinct t.one, t.other, t.how
from tie t left join same_client s on s.account_id = t.one
where coalesce(s.client_id, t.one) in (select id from asked)
"""

_ORDER = (CONFIRMED, BY_ID, BY_DOMAIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The accounts of one client; the first stands for it."""

    accounts: tuple[Shown, ...]
    how: tuple[str, ...]
    """confirmed, id, domain: what joined them, the surest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """What makes two accounts one client; of three accounts there are two such."""

    one: str
    other: str
    how: str
    """confirmed, id or domain."""


def ties_of(engine: Engine, client_id: str) -> list[Tie]:
    """What joined the accounts of one client, the surest first; none where it has one; join_clients() must have run."""
    ask_for(engine, [client_id])
    found = [Tie(**row) for row in engine.query(_TIES).to_pylist()]
    return sorted(found, key=lambda tie: (_ORDER.index(tie.how), tie.one, tie.other))


def matches(engine: Engine) -> list[Match]:
    """Every client of several accounts, by name; join_clients() must have run."""
    rows = engine.query(_MATCHES).to_pylist()
    known = shown(engine, (each for row in rows for each in row["account_ids"]))
    found = [
        Match(
            accounts=tuple(known[each] for each in row["account_ids"]),
            how=tuple(sorted(row["hows"], key=_ORDER.index)),
        )
        for row in rows
    ]
    return sorted(
        found, key=lambda match: ((match.accounts[0].name or "").casefold(), match.accounts[0].account_id)
    )


def by_how(found: list[Match]) -> dict[str, int]:
    """How many clients each way joined, by their surest."""
    counts = Counter(match.how[0] for match in found)
    return {how: counts[how] for how in _ORDER}
