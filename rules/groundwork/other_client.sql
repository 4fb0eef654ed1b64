-- A record that is linked to several clients is told once: with the client that comes first by id. Here are its other
-- links; an activity has none, since it is a touch of each of them.
with linked as (
    select 'contact' as record, contact_id as record_id, account_id from contact
    union all select 'commitment', commitment_id, account_id from commitment
    union all select 'incident', incident_id, account_id from incident
    union all select 'invoice', invoice_id, account_id from invoice
    union all select 'feedback', feedback_id, account_id from feedback
    union all select 'deal', deal_id, account_id from deal
),
known as (
    select l.record, l.record_id, l.account_id
    from linked l
    join account a on a.account_id = l.account_id
),
told_with as (
    select record, record_id, min(account_id) as account_id
    from known
    group by record, record_id
    having count(*) > 1
)
select k.record, k.record_id, k.account_id
from known k
join told_with f on f.record = k.record and f.record_id = k.record_id and f.account_id <> k.account_id
