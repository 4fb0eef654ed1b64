-- A record that is linked to several clients is told once: with the client that comes first by id. Here are its other
-- links; an activity has none, since it is a touch of each of them.
with repeated as (
    select record, record_id
    from linked
    group by record, record_id
    having count(*) > 1
),
known as (
    select l.record, l.record_id, l.account_id
    from repeated r
    join linked l on l.record = r.record and l.record_id = r.record_id
    join account a on a.account_id = l.account_id
),
told_with as (
    select record, record_id, min(account_id) as account_id
    from known
    group by record, record_id
)
select k.record, k.record_id, k.account_id
from known k
join told_with f on f.record = k.record and f.record_id = k.record_id and f.account_id <> k.account_id
