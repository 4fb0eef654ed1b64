"""Finds what contradicts itself: ids against domains, ids that name two, domains of two accounts, matches of what is gone."""

from dataclasses import dataclass
from typing import Literal

from rules.engine import Engine
from rules.identity.shown import Shown, shown

Kind = Literal[
    "ids disagree",
    "id names several",
    "id leads nowhere",
    "id against domain",
    "domain of several",
    "confirmed is gone",
]

REMEDIES: dict[Kind, str] = {
    "ids disagree": "Mend the id fields in the CRM, or confirm the right pair in the identities file",
    "id names several": "Confirm the right pair in the identities file",
    "id leads nowhere": "Mend the id field in the CRM: the account is deleted, merged, or not shown to the login",
    "id against domain": "Mend the id or the web address in the CRM, or say in the identities file which it is",
    "domain of several": "Say in the identities file which are the same, and which are different",
    "confirmed is gone": "Take the entry out of the identities file, or mend the id in it",
}  # fmt: skip

_LISTED = 10
"""So many accounts of one conflict are named."""

_QUERIES: dict[Kind, str] = {
    "ids disagree": "select list(account_id order by account_id) as ids, count(*) as n from untied where how = 'id' group by part",
    "id names several": """
        select list_concat([one], list(other order by other)) as ids, count(*) + 1 as n
        from id_named where one not in (select one from tie where how = 'confirmed' union all select other from tie where how = 'confirmed')
        group by one having count(*) > 1""",
    "id leads nowhere": """
        select [a.account_id] as ids, 1 as n
        from identity_account a
        where a.other_key is not null
          and not exists (select 1 from identity_account b where b.own_key = a.other_key and b.org <> a.org)
          and a.account_id not in (select one from tie union all select other from tie)""",
    "id against domain": """
        with tied as (
            select one, other from tie where how = 'id' union select other, one from tie where how = 'id'
        ),
        single as (
            select domain, org, min(account_id) as account_id from identity_account
            where domain is not null group by domain, org having count(*) = 1
        )
        select [t.one, t.other, s.account_id] as ids, 3 as n
        from tied t
        join identity_account a on a.account_id = t.one
        join identity_account b on b.account_id = t.other
        join single s on s.domain = a.domain and s.org = b.org and s.account_id <> t.other
        join part pa on pa.account_id = t.one
        left join part ps on ps.account_id = s.account_id
        where b.domain is distinct from a.domain and ps.part is distinct from pa.part
          and not exists (
              select 1 from settled_different d
              where (d.one, d.other) = (t.one, s.account_id) or (d.one, d.other) = (s.account_id, t.one)
          )""",
    "domain of several": """
        with known as (
            select a.domain, a.org, a.account_id, coalesce(p.part, a.account_id) as part
            from identity_account a left join part p on p.account_id = a.account_id
            where a.domain is not null
        ),
        several as (
            select domain from known group by domain
            having count(distinct org) > 1 and count(distinct org || chr(0) || part) > count(distinct org)
        ),
        reach as (
            select distinct coalesce(p.part, a.account_id) as part, a.org
            from identity_account a left join part p on p.account_id = a.account_id
        ),
        still_open as (
            select distinct a.domain
            from known a
            join several s on s.domain = a.domain
            join known b on b.domain = a.domain and b.org > a.org and b.part <> a.part
            where not exists (select 1 from reach r where r.part = a.part and r.org = b.org)
              and not exists (select 1 from reach r where r.part = b.part and r.org = a.org)
              and not exists (
                  select 1 from settled_different d
                  where (d.one, d.other) = (a.account_id, b.account_id) or (d.one, d.other) = (b.account_id, a.account_id)
              )
        )
        select list(k.account_id order by k.account_id) as ids, count(*) as n
        from known k join still_open o on o.domain = k.domain group by k.domain""",
    "confirmed is gone": """
        select [one, other] as ids, 2 as n from settled_same
        where one not in (select account_id from identity_account) or other not in (select account_id from identity_account)""",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Accounts that cannot be joined, or not surely, as things stand."""

    kind: Kind
    problem: str
    remedy: str
    accounts: tuple[Shown, ...]
    """The first ten of them."""


def conflicts(engine: Engine) -> list[Conflict]:
    """In the order of their kinds; join_clients() must have run."""
    found = [
        (kind, row["ids"][:_LISTED], row["n"])
        for kind, sql in _QUERIES.items()
        for row in engine.query(f"select * from ({sql}) order by ids").to_pylist()
    ]
    known = shown(engine, (each for _, ids, _ in found for each in ids))
    gone = set(
        engine.query("select id from asked where id not in (select account_id from identity_account)")[
            "id"
        ].to_pylist()
    )
    return [
        Conflict(
            kind=kind,
            problem=_problem(kind, [known[each] for each in ids], count=count, gone=gone),
            remedy=REMEDIES[kind],
            accounts=tuple(known[each] for each in ids),
        )
        for kind, ids, count in found
    ]


def _problem(kind: Kind, accounts: list[Shown], *, count: int, gone: set[str]) -> str:
    first = accounts[0]
    if kind == "ids disagree":
        return f"{count} accounts name each other by id so that two of one CRM would be one client"
    if kind == "id names several":
        return f"its id field says {first.other_crm_id}, which {count - 1} accounts have"
    if kind == "id leads nowhere":
        return f"its id field says {first.other_crm_id}, which no other CRM shows"
    if kind == "id against domain":
        return f"an id field says {accounts[1].account_id}, the web domain {accounts[0].domain} says {accounts[2].account_id}"
    if kind == "domain of several":
        return f"{count} accounts have the web domain {first.domain}"
    lost = ", ".join(each.account_id for each in accounts if each.account_id in gone)
    return f"confirmed as one client, but {lost} is in no CRM any more"
