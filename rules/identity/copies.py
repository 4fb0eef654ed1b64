"""Finds what stands in two CRMs and happened once: copies that a sync made of activities, deals and our own tasks."""

from collections.abc import Sequence

import pyarrow as pa

from rules.engine import Engine
from rules.identity.clients import place_sql
from rules.identity.ids import key_sql

RAISED = pa.schema(
    [("task_id", pa.string()), ("org_id", pa.string()), ("account_id", pa.string()), ("subject", pa.string())]
)
"""Our own tasks as the CRMs hold them, a row for each and client; ids with their org's prefix."""

_SYNC_PREFIX = (
    "^((logged|sent|incoming|outgoing|received|hubspot|salesforce) )*(e-?mail|call|meeting|task|message|sms|note)"
    "( (logged|sent|received|scheduled|completed))? ?[:|-] +"
)
"""What a sync writes before a subject: `Email: `, `Logged call - `."""

_SAME_WORDS_WITHIN = "20 minutes"
"""HubSpot looks for changes every fifteen; a Salesforce task is stamped when the sync completes it."""
_WITHIN = "2 minutes"
"""Where the subjects do not tell."""

_TOLD = """
create or replace temp table told as
with joined as (
    select account_id, client_id from same_client union select client_id, client_id from same_client
),
across as (
    select client_id from joined group by client_id having count(distinct split_part(account_id, ':', 1)) > 1
)
select
    r.activity_id, r.account_id, j.client_id, split_part(r.activity_id, ':', 1) as org, {place} as place,
    r.kind, r.direction, r.happened_at, {subject} as subject,
    coalesce(sp.one_id, r.person_id) as person_id, coalesce(sc.one_id, r.contact_id) as contact_id,
    {own_key} as own_key, {other_key} as other_key
from raw_activity r
join joined j on j.account_id = r.account_id
join across a on a.client_id = j.client_id
left join same_person sp on sp.person_id = r.person_id
left join same_contact sc on sc.contact_id = r.contact_id
where r.happened_at is not null and r.kind <> 'note'
"""

_COPIES = f"""
with near as (
    select
        a.activity_id as a_id, a.account_id as a_account, b.activity_id as b_id, b.account_id as b_account, a.client_id,
        coalesce(a.subject = b.subject, false) as is_same_subject,
        a.happened_at > b.happened_at as is_a_later,
        case when a.happened_at > b.happened_at then a.happened_at - b.happened_at else b.happened_at - a.happened_at end as gap,
        a.direction = b.direction as is_same_direction, a.direction as a_direction
    from told a
    join told b
        on b.client_id = a.client_id and b.kind = a.kind and b.place > a.place
       and b.happened_at between a.happened_at - interval '{_SAME_WORDS_WITHIN}' and a.happened_at + interval '{_SAME_WORDS_WITHIN}'
    where case
        when coalesce(a.subject = b.subject, false) and a.direction = b.direction then true
        when b.happened_at not between a.happened_at - interval '{_WITHIN}' and a.happened_at + interval '{_WITHIN}' then false
        -- Into Salesforce an e-mail of the client's comes as a task, which does not say who wrote it.
        when coalesce(a.subject = b.subject, false) then true
        else a.direction = b.direction and (a.subject is null or b.subject is null)
             and coalesce(a.person_id = b.person_id, true) and coalesce(a.contact_id = b.contact_id, true)
    end
),
ranked as (
    select *,
        row_number() over (partition by a_id, client_id order by is_same_subject desc, is_same_direction desc, gap, b_id) as of_a,
        row_number() over (partition by b_id, client_id order by is_same_subject desc, is_same_direction desc, gap, a_id) as of_b
    from near
),
-- One copy of one original: where two are as near, they took place twice.
paired as (
    select *, case when is_same_direction then is_a_later else a_direction <> 'in' end as is_a_copy
    from ranked where of_a = 1 and of_b = 1
)
select
    case when is_a_copy then a_id else b_id end as activity_id,
    case when is_a_copy then a_account else b_account end as account_id,
    case when is_a_copy then b_id else a_id end as one_id
from paired
union
select b.activity_id, b.account_id, a.activity_id
from told a join told b on b.client_id = a.client_id and b.other_key = a.own_key and b.org <> a.org
"""

_OWN_TASKS = """
with joined as (
    select account_id, client_id from same_client union select client_id, client_id from same_client
),
ours as (
    select distinct j.client_id, r.org_id, {subject} as subject
    from raised r join joined j on j.account_id = r.account_id
)
select r.{key} as record_id, r.account_id
from raw_{record} r
join joined j on j.account_id = r.account_id
join ours o on o.client_id = j.client_id and o.subject = {its_subject} and o.org_id <> split_part(r.{key}, ':', 1)
where r.{key} not in (select task_id from raised where task_id is not null)
"""


def subject_sql(column: str) -> str:
    """What two CRMs' subjects of one activity have in common."""
    squeezed = f"trim(regexp_replace(lower({column}), '\\s+', ' ', 'g'))"
    return f"nullif(regexp_replace({squeezed}, '{_SYNC_PREFIX}', ''), '')"


def find_copies(engine: Engine, orgs: Sequence[str], raised: pa.Table) -> None:
    """Makes `copied` (record, record_id, account_id, one_id): rows of activity, commitment and deal that must not count.

    account_id is that of the row, since a record that is linked with several clients may be a copy at one of them.
    one_id is the original; null for a task of ours. Of activities that which happened first is it. Stands on same_client, same_person and same_contact.
    """
    engine.keep("raised", raised)
    engine.execute(
        "create or replace temp table copied (record varchar, record_id varchar, account_id varchar, one_id varchar)"
    )
    if not engine.query("select count(*) as n from same_client")["n"][0].as_py():
        return
    engine.execute(
        _TOLD.format(
            place=place_sql("r.activity_id", orgs), subject=subject_sql("r.subject"),
            own_key=key_sql("r.activity_id"), other_key=key_sql("r.other_crm_id"),
        )
    )  # fmt: skip
    engine.execute(f"insert into copied select 'activity', activity_id, account_id, one_id from ({_COPIES})")
    engine.execute("drop table told")
    for record in ("activity", "commitment"):
        found = _OWN_TASKS.format(
            record=record, key=f"{record}_id", subject=subject_sql("r.subject"), its_subject=subject_sql("r.subject"),
        )  # fmt: skip
        engine.execute(f"insert into copied select '{record}', record_id, account_id, null from ({found})")
    engine.execute(f"insert into copied select 'deal', record_id, account_id, one_id from ({_deals()})")


def _deals() -> str:
    """A deal whose id field names one of the same client in another CRM is that one."""
    return f"""
        with known as (
            select r.deal_id, r.account_id, coalesce(s.client_id, r.account_id) as client_id,
                split_part(r.deal_id, ':', 1) as org, {key_sql("r.deal_id")} as own_key, {key_sql("r.other_crm_id")} as other_key
            from raw_deal r left join same_client s on s.account_id = r.account_id
        )
        select b.deal_id as record_id, b.account_id, a.deal_id as one_id
        from known a join known b on b.client_id = a.client_id and b.other_key = a.own_key and b.org <> a.org
        where not coalesce(a.other_key = b.own_key and a.deal_id > b.deal_id, false)"""
