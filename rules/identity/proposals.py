"""Proposes accounts of two CRMs that may be one client, by near names; an admin decides, nothing is joined by it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from rapidfuzz import fuzz

from rules.engine import Engine
from rules.identity.names import country_sql, name_sql, phone_sql, stem_sql
from rules.identity.shown import Shown, shown

PROPOSED_FROM = 85
"""Of 100."""

BEST_OF_EACH = 3
"""So many proposals for one account, the likeliest."""

_COMMON = 2500
"""What more pairs than this have in common tells nothing."""

_LOOKED_AT = f"""
create or replace temp table candidate as
with parts as (
    select i.account_id, i.org, coalesce(p.part, i.account_id) as part, i.domain
    from identity_account i left join part p on p.account_id = i.account_id
),
whole as (
    select part from parts group by part having count(distinct org) = (select count(distinct org) from identity_account)
)
select
    p.account_id, p.org, p.part, p.domain, {stem_sql("p.domain")} as stem, {name_sql("r.name")} as name,
    list_aggregate(list_sort(string_split({name_sql("r.name")}, ' ')), 'string_agg', ' ') as words, {country_sql("r.country")} as country, {phone_sql("r.phone")} as phone
from parts p
join raw_account r on r.account_id = p.account_id
where p.part not in (select part from whole)
"""
"""Accounts that some CRM has no match for."""

_BLOCKS = """
create or replace temp table block as
select distinct account_id, org, 'word ' || word as sign
from (select account_id, org, unnest(string_split(name, ' ')) as word from candidate)
where length(word) > 2 and word <> 'and'
union select account_id, org, 'start ' || left(replace(name, ' ', ''), 5) from candidate where name is not null
union select account_id, org, 'start ' || left(replace(name, ' ', ''), 8) from candidate where name is not null
union select account_id, org, 'end ' || right(replace(name, ' ', ''), 8) from candidate where name is not null
-- Most slips are in vowels and doubled letters.
union select account_id, org, 'bones ' || left(regexp_replace(name, '[aeiouy ]', '', 'g'), 8) from candidate where name is not null
union select account_id, org, 'phone ' || phone from candidate where phone is not null
union select account_id, org, 'stem ' || stem from candidate where length(stem) > 2
"""
"""What two accounts must have in common to be looked at together: comparing each with each would take hours."""

_EVIDENCE = (
    ("a.country = b.country", 3, "same country ({one_country})"),
    ("a.phone = b.phone", 25, "same phone number"),
    ("a.domain = b.domain", 10, "same web domain ({one_domain})"),
    ("a.stem = b.stem and a.domain <> b.domain", 8, "web domains differ in their ending ({one_domain}, {other_domain})"),
    ("a.stem <> b.stem", -4, "other web domains ({one_domain}, {other_domain})"),
    ("a.country <> b.country", -12, "other countries ({one_country}, {other_country})"),
    ("list_sort(regexp_extract_all(a.name, '\\d+')) <> list_sort(regexp_extract_all(b.name, '\\d+'))", -30,
     "other numbers in the names"),
)  # fmt: skip
"""What speaks for and (below zero) against, beside the names: what is so of candidates `a` and `b`, points, words."""

_POINTS = " + ".join(f"case when {test} then {points} else 0 end" for test, points, _ in _EVIDENCE)
_TESTS = ", ".join(f"coalesce({test}, false)" for test, _, _ in _EVIDENCE)

_PAIRS = f"""
create or replace temp table near as
with rare as (
    select sign from block group by sign
    having count(distinct org) > 1 and count(*) * count(*) / 4 <= {_COMMON}
),
signed as (
    select distinct a.account_id as one, b.account_id as other
    from block a
    join rare r on r.sign = a.sign
    join block b on b.sign = a.sign and b.org > a.org
)
select n.one, n.other, a.name as one_name, b.name as other_name, {_POINTS} as points
from signed n
join candidate a on a.account_id = n.one
join candidate b on b.account_id = n.other
where (greatest(jaro_winkler_similarity(a.name, b.name), jaro_winkler_similarity(a.words, b.words)) > 0.75 or a.phone = b.phone or a.stem = b.stem)
  and not exists (select 1 from candidate x where x.part = a.part and x.org = b.org)
  and not exists (select 1 from candidate x where x.part = b.part and x.org = a.org)
  and not exists (
      select 1 from settled_different d where (d.one, d.other) = (n.one, n.other) or (d.one, d.other) = (n.other, n.one)
  )
"""

_TOLD = f"""
select
    q.one, q.other, q.likeness, [{_TESTS}] as holds, a.domain as one_domain, b.domain as other_domain,
    a.country as one_country, b.country as other_country
from likely q
join candidate a on a.account_id = q.one
join candidate b on b.account_id = q.other
order by q.score desc, q.one, q.other
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Two accounts that may be one client."""

    accounts: tuple[Shown, Shown]
    score: int
    """0 to 100."""
    speaks_for: tuple[str, ...]
    against: tuple[str, ...]


def propose(engine: Engine) -> list[Proposal]:
    """The likeliest pairs first; join_clients() must have run on this engine's raw_account."""
    for statement in (_LOOKED_AT, _BLOCKS, _PAIRS):
        engine.execute(statement)
    kept = _best(engine)
    engine.keep("likely", pa.Table.from_pylist(kept, schema=_LIKELY))
    known = shown(engine, {each for row in kept for each in (row["one"], row["other"])})
    scores = {(row["one"], row["other"]): row["score"] for row in kept}
    return [
        Proposal(
            accounts=(known[row["one"]], known[row["other"]]),
            score=min(100, round(scores[row["one"], row["other"]])),
            speaks_for=(_names_say(row["likeness"]), *_said(row, 1)),
            against=tuple(_said(row, -1)),
        )
        for row in engine.query(_TOLD).to_pylist()
    ]


_LIKELY = pa.schema(
    [("one", pa.string()), ("other", pa.string()), ("likeness", pa.float64()), ("score", pa.float64())]
)


def _best(engine: Engine) -> list[dict[str, Any]]:
    """The pairs that score enough, and no more than a few of each account."""
    near = engine.query("select * from near").to_pydict()
    columns = (near[name] for name in ("one", "other", "one_name", "other_name", "points"))
    # A loop over what the database left: rapidfuzz compares two names faster than numbers of them could be handed over.
    likely = [
        {"one": one, "other": other, "likeness": likeness, "score": likeness + points}
        for one, other, one_name, other_name, points in zip(*columns, strict=True)
        if (likeness := _likeness(one_name, other_name)) + points >= PROPOSED_FROM
    ]
    taken: Counter[str] = Counter()
    kept = []
    for row in sorted(likely, key=lambda row: (-row["score"], row["one"], row["other"])):
        if max(taken[row["one"]], taken[row["other"]]) < BEST_OF_EACH:
            taken.update((row["one"], row["other"]))
            kept.append(row)
    return kept


def _likeness(one: str, other: str) -> float:
    """0 to 100, whatever the order and the blanks of the words."""
    least = 60  # below it nothing else makes up for the names
    return max(
        fuzz.ratio(one.replace(" ", ""), other.replace(" ", ""), score_cutoff=least),
        fuzz.token_sort_ratio(one, other, score_cutoff=least),
    )


def _names_say(likeness: float) -> str:
    same = "the same words but for legal form and spelling"
    return same if likeness == 100 else f"near names ({likeness:.0f} of 100)"


def _said(row: dict[str, Any], sign: int) -> Iterator[str]:
    for holds, (_, points, words) in zip(row["holds"], _EVIDENCE, strict=True):
        if holds and points * sign > 0:
            yield words.format(**row)
