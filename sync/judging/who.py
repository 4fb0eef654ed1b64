"""Who is who in the records that were judged: each subject's other ids, each client's records, and where people work."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pyarrow as pa

from rules.engine import Engine
from rules.findings import Judgement
from rules.records import org_of
from sync.connections import Connection
from sync.mirror.mirror import Mirror

_OF_LATE = timedelta(days=90)

_OTHERS = """
with known as (
    select client_id as one, account_id as other from same_client
    union select one_id, person_id from same_person
    union select one_id, contact_id from same_contact
    union select one_id, record_id from copied where one_id is not null
)
select k.one, k.other from known k join asked a on a.id = k.one order by k.one, k.other
"""

_RECORDS = """
select s.client_id, s.account_id from same_client s join asked a on a.id = s.client_id order by s.client_id, s.account_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoIsWho:
    """What a plan needs to know of clients and people in several CRMs; empty where there is one."""

    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Subject id -> the ids that the same is known by in other CRMs."""
    records: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    """Client -> org -> its record there; of two in one org that which stands for the client, else the first by id."""
    works: Mapping[str, int] = field(default_factory=dict)
    """Person's id in one CRM -> the activities of the last 90 days that are on record there."""


def who_is_who(engine: Engine, judgement: Judgement, also: Iterable[str] = ()) -> WhoIsWho:
    """Of the subjects and clients that findings and open questions speak of, and `also` of these subjects."""
    (counts,) = engine.query(
        "select (select count(*) from same_client) + (select count(*) from same_person) as n"
    ).to_pylist()
    if not counts["n"]:
        return WhoIsWho()
    asked = {each.subject_id for each in judgement.unknown if each.subject_id}
    for finding in judgement.findings:
        asked.update((finding.subject_id, finding.account_id or finding.subject_id))
    engine.keep("asked", pa.table({"id": sorted(asked.union(also))}, schema=pa.schema([("id", pa.string())])))
    since = f"timestamp '{judgement.as_of - _OF_LATE}'"
    works = engine.query(
        f"select person_id, count(*) as n from activity where person_id is not null and happened_at >= {since} group by 1"
    )
    return WhoIsWho(
        others=_others(engine),
        records=_records(engine),
        works=dict(zip(works["person_id"].to_pylist(), works["n"].to_pylist(), strict=True)),
    )


def merged_into(mirror: Mirror, connections: Iterable[Connection]) -> dict[str, tuple[str, ...]]:
    """Record -> the records that the CRM has merged into it: keys and marks of older tasks still name these."""
    losers: dict[str, list[str]] = {}
    for connection in connections:
        org_id = mirror.org_id(connection.name)
        for (_, loser), winner in sorted(mirror.merges.winners(connection.name).items()):
            losers.setdefault(f"{org_id}:{winner}", []).append(f"{org_id}:{loser}")
    return {winner: tuple(each) for winner, each in losers.items()}


def with_merged(who: WhoIsWho, losers: Mapping[str, tuple[str, ...]]) -> WhoIsWho:
    """The same, where what was merged into a record is one of its names."""
    if not losers:
        return who
    others = dict(who.others)
    for winner, merged in losers.items():
        others[winner] = (*others.get(winner, ()), *merged)
    for one, names in who.others.items():
        # A record of another CRM that stands behind the client's own has a past of its own.
        further = tuple(loser for name in names for loser in losers.get(name, ()))
        others[one] = (*others[one], *further)
    return replace(who, others=others)


def _others(engine: Engine) -> dict[str, tuple[str, ...]]:
    others: dict[str, list[str]] = {}
    for row in engine.query(_OTHERS).to_pylist():
        others.setdefault(row["one"], []).append(row["other"])
    return {one: tuple(each) for one, each in others.items()}


def _records(engine: Engine) -> dict[str, dict[str, str | None]]:
    records: dict[str, dict[str, str | None]] = {}
    for row in engine.query(_RECORDS).to_pylist():
        client = records.setdefault(row["client_id"], {org_of(row["client_id"]): row["client_id"]})
        client.setdefault(org_of(row["account_id"]), row["account_id"])
    return records
