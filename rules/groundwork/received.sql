-- Every message that a client sent us in the last 180 days of some judged instant, with what came back; a message that
-- is linked to several clients is here with the client of its sender, else with the first by id.
with incoming as (
    select
        t.activity_id, t.account_id, t.contact_id, t.person_id, t.kind, t.happened_at,
        extract(hour from t.happened_at) * 60 + extract(minute from t.happened_at) as minute_of_day
    from late_touch t
    join account a on a.account_id = t.account_id
    where t.direction = 'in' and t.kind in ('email', 'message')
),
repeated as (
    select activity_id
    from incoming
    group by activity_id
    having count(*) > 1
),
ranked as (
    select
        t.activity_id, t.account_id, t.contact_id, t.person_id, t.kind, t.happened_at, t.minute_of_day,
        row_number() over (
            partition by t.activity_id order by case when c.contact_id is null then 1 else 0 end, t.account_id
        ) as place
    from incoming t
    join repeated r on r.activity_id = t.activity_id
    left join contact c on c.contact_id = t.contact_id and c.account_id = t.account_id
),
addressed as (
    select t.activity_id, t.account_id, t.contact_id, t.person_id, t.kind, t.happened_at, t.minute_of_day
    from incoming t
    left join repeated r on r.activity_id = t.activity_id
    where r.activity_id is null
    union all
    select activity_id, account_id, contact_id, person_id, kind, happened_at, minute_of_day
    from ranked
    where place = 1
),
sent as (
    select account_id, happened_at, is_acknowledgement, true as is_reply
    from late_touch
    where direction = 'out' or kind in ('call', 'meeting')
    union all
    -- An automatic reply is no touch, and acknowledges all the same.
    select account_id, happened_at, true, false
    from activity
    where direction = 'out' and is_automated and kind in ('email', 'message') and outcome = 'reached'
      and happened_at >= (select min(active_since) from clock)
),
came_back as (
    select
        m.activity_id,
        min(s.happened_at) filter (where s.is_reply) as reply_at,
        min(s.happened_at) filter (where s.is_acknowledgement) as acknowledged_at,
        min(s.happened_at) filter (where not s.is_acknowledgement) as answered_at
    from addressed m
    join sent s on s.account_id = m.account_id and s.happened_at > m.happened_at
    group by m.activity_id
)
select
    m.activity_id, m.account_id, m.contact_id, m.person_id, m.kind, m.happened_at, m.minute_of_day,
    b.reply_at, b.acknowledged_at, b.answered_at,
    l.day, l.business_number, l.minutes_before, l.opens_minute, l.closes_minute,
    l.business_number - lag(l.business_number) over (
        partition by m.account_id, b.answered_at order by m.happened_at, m.activity_id
    ) as business_days_after
from addressed m
join account_zone z on z.account_id = m.account_id
left join came_back b on b.activity_id = m.activity_id
left join local_day l
    on l.timezone = z.timezone and l.utc_day = cast(m.happened_at as date)
   and l.from_at <= m.happened_at and m.happened_at < l.to_at
