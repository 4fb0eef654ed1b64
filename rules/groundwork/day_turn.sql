-- For each zone and UTC day the local day in which it begins and, from `turns_at` on, the one that follows; null where it
-- never ends in it. Two equal values find the one row of an instant, which is what an engine looks up fastest.
select
    b.timezone, b.utc_day, b.day, b.day_number, b.business_number,
    n.from_at as turns_at, n.day as next_day, n.day_number as next_day_number, n.business_number as next_business_number
from local_day b
left join local_day n on n.timezone = b.timezone and n.utc_day = b.utc_day and n.from_at > b.from_at
where b.from_at = cast(b.utc_day as timestamp)
