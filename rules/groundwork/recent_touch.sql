-- The touches of the last 30 days of some judged instant, as a closing line tells of them: the day where the client is,
-- how, and who of ours. Of several at the same instant the first by the alphabet, so that the words never waver.
with lately as (
    select t.account_id, t.happened_at, min(t.kind) as kind, min(p.name) as person_name
    from touch t
    left join person p on p.person_id = t.person_id
    where cast(t.happened_at as date) >= (select min(since_30) from clock)
    group by t.account_id, t.happened_at
)
select y.account_id, y.happened_at, y.kind, y.person_name, l.day
from lately y
join account_zone z on z.account_id = y.account_id
left join local_day l
    on l.timezone = z.timezone and l.utc_day = cast(y.happened_at as date)
   and l.from_at <= y.happened_at and y.happened_at < l.to_at
