-- The touches of the last 30 days of some judged instant, as a closing line tells of them: the day where the client is,
-- how, and who of ours. Of several at the same instant the first by the alphabet, so that the words never waver.
with lately as (
    select t.account_id, t.happened_at, min(t.kind) as kind, min(p.name) as person_name
    from late_touch t
    left join person p on p.person_id = t.person_id
    where t.happened_at >= (select min(since_30) from clock)
    group by t.account_id, t.happened_at
)
select
    y.account_id, y.happened_at, y.kind, y.person_name,
    case when y.happened_at >= l.turns_at then l.next_day else l.day end as day
from lately y
join account_zone z on z.account_id = y.account_id
left join day_turn l on l.timezone = z.timezone and l.utc_day = cast(y.happened_at as date)
