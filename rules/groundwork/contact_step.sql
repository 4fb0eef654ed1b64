-- What is known of the touches of one person at a client from one judged instant until another.
with counted as (
    select
        contact_id, first_judged_at as from_at,
        max(happened_at) as touch_at,
        max(happened_at) filter (where direction = 'in') as in_at
    from touch
    where contact_id is not null
    group by contact_id, first_judged_at
)
select
    contact_id, from_at,
    lead(from_at) over (partition by contact_id order by from_at) as until_at,
    touch_at as last_touch_at,
    max(in_at) over (
        partition by contact_id order by from_at rows between unbounded preceding and current row
    ) as last_in_at
from counted
