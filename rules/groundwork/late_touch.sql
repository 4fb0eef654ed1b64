-- The touches of the last 180 days of some judged instant; of these somebody asks one by one, of older ones only for the
-- latest of a kind.
select
    case when t.direction = 'in' then t.activity_id end as activity_id,  -- long, and wanted of messages only
    t.account_id, t.contact_id, t.person_id, t.kind, t.direction, t.is_acknowledgement, t.happened_at, t.first_judged_at
from touch t
where t.happened_at >= (select min(active_since) from clock)
