"""Joins the accounts of several CRMs that are one client: as an admin has said, by ids that name each other, by web domain."""

from collections.abc import Sequence

import pyarrow as pa

from rules.engine import Engine
from rules.identity.domains import bare_sql, told_sql
from rules.identity.ids import key_sql
from rules.identity.settled import Pair, Settled

CONFIRMED, BY_ID, BY_DOMAIN = "confirmed", "id", "domain"
"""How two accounts were joined, the surest first."""

_PAIRS = pa.schema([("one", pa.string()), ("other", pa.string())])

_SETTLED = f"""
select coalesce(a.account_id, s.one) as one, coalesce(b.account_id, s.other) as other, s.one as said_one, s.other as said_other
from SAID s
left join identity_account a on a.org = split_part(s.one, ':', 1) and a.own_key = {key_sql("s.one")}
left join identity_account b on b.org = split_part(s.other, ':', 1) and b.own_key = {key_sql("s.other")}
"""
"""An admin may write an id in 15 characters or in 18."""

_ID_NAMED = """
select a.account_id as one, b.account_id as other
from identity_account a
join identity_account b on b.own_key = a.other_key and b.org <> a.org
where not exists (
    select 1 from settled_different d
    where (d.one, d.other) = (a.account_id, b.account_id) or (d.one, d.other) = (b.account_id, a.account_id)
)
"""
_ID_EDGES = (
    "select one, other from id_named where one in (select one from id_named group by one having count(*) = 1)"
)

_DOMAIN_EDGES = """
with known as (
    select a.account_id, a.org, a.domain, a.place, coalesce(p.part, a.account_id) as part, u.account_id is not null as is_doubted
    from identity_account a
    left join part p on p.account_id = a.account_id
    left join (select distinct account_id from untied) u on u.account_id = a.account_id
    where a.domain is not null
),
clear as (
    select domain, arg_min(account_id, (place, account_id)) as first_id
    from known
    group by domain
    having count(distinct org) > 1 and count(distinct part) > 1 and not bool_or(is_doubted)
       and count(distinct org || chr(0) || part) = count(distinct org)
)
select c.first_id as one, k.account_id as other
from clear c join known k on k.domain = c.domain
where k.account_id <> c.first_id
"""

_ALONE = """
create or replace temp table identity_account (
    account_id varchar, org varchar, place integer, domain varchar, own_key varchar, other_key varchar
);
create or replace temp table tie (one varchar, other varchar, how varchar);
create or replace temp table untied (account_id varchar, part varchar, how varchar);
create or replace temp table settled_same (one varchar, other varchar, said_one varchar, said_other varchar);
create or replace temp table settled_different (one varchar, other varchar, said_one varchar, said_other varchar);
create or replace temp table id_named (one varchar, other varchar);
create or replace temp table part (account_id varchar, part varchar);
create or replace temp table same_client (account_id varchar, client_id varchar);
"""
"""What there is where no two accounts can be one client: making it in the long way takes as long as many a fact."""

_TWO_OF_ONE_ORG = """
select a.part
from (
    select p.part, a.org, count(distinct coalesce(b.part, p.account_id)) as count
    from part p
    join identity_account a on a.account_id = p.account_id
    left join part_before b on b.account_id = p.account_id
    group by p.part, a.org
) a
where a.count > 1
union
"""

_REFUSED = """
select p.part
from settled_different d
join part p on p.account_id = d.one
join part q on q.account_id = d.other and q.part = p.part
"""


def join_clients(engine: Engine, orgs: Sequence[str], settled: Settled) -> None:
    """Makes `same_client` from raw_account: for each account that is no client of its own, the one that stands for it.

    The account of the org that comes first in `orgs` stands for the client. Each step joins only what the steps before
    it leave open, and nothing where the result would hold two accounts of one org that nobody confirmed, or two that an
    admin keeps apart: a doubt joins nothing. Besides, for the list of matches: `identity_account` (what they are
    compared by), `id_named` (one, other), `tie` (one, other, how), `untied` (account_id, part, how: what would contradict
    itself).
    """
    several = len(orgs) > 1 or bool(settled.same)
    if not several and not settled.different:
        engine.execute(_ALONE)
        return
    engine.execute(f"create or replace temp table identity_account as {_accounts(orgs, several=several)}")
    engine.execute("create or replace temp table tie (one varchar, other varchar, how varchar)")
    engine.execute("create or replace temp table untied (account_id varchar, part varchar, how varchar)")
    for name, pairs in (("same", settled.same), ("different", settled.different)):
        engine.keep(f"said_{name}", _pairs(pairs))
        engine.execute(
            f"create or replace temp table settled_{name} as {_SETTLED.replace('SAID', f'said_{name}')}"
        )
    engine.execute(f"create or replace temp table id_named as {_ID_NAMED}")
    _parts(engine, "select one, other from tie")
    if several:
        known = "one in (select account_id from identity_account) and other in (select account_id from identity_account)"
        _join(engine, CONFIRMED, f"select one, other from settled_same where {known}", broken=_REFUSED)
        _join(engine, BY_ID, _ID_EDGES, broken=_TWO_OF_ONE_ORG + _REFUSED)
        _join(engine, BY_DOMAIN, _DOMAIN_EDGES, broken=_TWO_OF_ONE_ORG + _REFUSED)
    engine.execute("""
        create or replace temp table same_client as
        select account_id, client_id
        from (
            select p.account_id, first_value(p.account_id) over (partition by p.part order by a.place, p.account_id) as client_id
            from part p
            join identity_account a on a.account_id = p.account_id
        )
        where account_id <> client_id""")


def place_sql(column: str, orgs: Sequence[str]) -> str:
    """Where the org of an id stands in the config; the first stands for the client."""
    whens = " ".join(f"when '{org.replace(chr(39), chr(39) * 2)}' then {n}" for n, org in enumerate(orgs))
    return f"case split_part({column}, ':', 1) {whens} else {len(orgs)} end" if whens else "0"


def _accounts(orgs: Sequence[str], *, several: bool) -> str:
    return (
        f"select account_id, org, place, {told_sql('bare')} as domain, own_key, other_key from ("
        f"select account_id, split_part(account_id, ':', 1) as org, {place_sql('account_id', orgs)} as place, "
        f"{bare_sql('domain')} as bare, {key_sql('account_id')} as own_key, {key_sql('other_crm_id')} as other_key "
        f"from raw_account where account_id is not null{'' if several else ' and false'})"
    )


def _pairs(pairs: Sequence[Pair]) -> pa.Table:
    ones, others = [one for one, _ in pairs], [other for _, other in pairs]
    return pa.table({"one": ones, "other": others}, schema=_PAIRS)


def _join(engine: Engine, how: str, edges: str, *, broken: str) -> None:
    """One step: ties what `edges` says, but for parts that are then `broken`."""
    engine.execute(f"create or replace temp table edge as {edges}")
    if not engine.query("select count(*) as n from edge")["n"][0].as_py():
        return
    engine.execute("create or replace temp table part_before as select * from part")
    _parts(engine, "select one, other from tie union all select one, other from edge")
    engine.execute(f"create or replace temp table broken as {broken}")
    engine.execute(
        f"insert into untied select p.account_id, p.part, '{how}' from part p where p.part in (select part from broken) "
        "and p.account_id in (select one from edge union all select other from edge)"
    )
    engine.execute(
        f"insert into tie select e.one, e.other, '{how}' from edge e join part p on p.account_id = e.one "
        "where p.part not in (select part from broken)"
    )
    if engine.query("select count(*) as n from broken")["n"][0].as_py():
        _parts(engine, "select one, other from tie")


def _parts(engine: Engine, edges: str) -> None:
    """`part` (account_id, part): what hangs together by the edges has one part, the smallest of its ids."""
    engine.execute(
        f"create or replace temp table link as select one, other from ({edges}) union select other, one from ({edges})"
    )
    engine.execute(
        "create or replace temp table part as select one as account_id, least(one, min(other)) as part from link group by one"
    )
    moved = 1
    while moved:
        # The neighbours' part, and the part of that: a chain is halved each time.
        engine.execute("""
            create or replace temp table next_part as
            select p.account_id, least(p.part, min(q.part), min(r.part)) as part
            from part p
            join link l on l.one = p.account_id
            join part q on q.account_id = l.other
            join part r on r.account_id = q.part
            group by p.account_id, p.part""")
        moved = engine.query(
            "select count(*) as n from next_part n join part p on p.account_id = n.account_id where n.part <> p.part"
        )["n"][0].as_py()
        engine.execute("create or replace temp table part as select * from next_part")
