-- One row per score or complaint that a client gave in the last year. What our own people say of a client is told
-- only in sum, in the facts of account.
with given_back as (
    select
        f.*,
        k.judged_at, k.business_number, k.business_minute, k.timezone as zone,
        row_number() over (partition by k.judged_at, f.account_id order by f.given_at desc, f.feedback_id) as place
    from feedback f
    join account_clock k
        on k.account_id = f.account_id and f.given_at <= k.judged_at and cast(f.given_at as date) >= k.since_365
    where f.given_by = 'client'
),
answered as (
    select g.judged_at, g.feedback_id, g.account_id, min(t.happened_at) as answered_at
    from given_back g
    join touch t
        on t.account_id = g.account_id and t.happened_at > g.given_at and t.happened_at <= g.judged_at
       and (t.direction = 'out' or t.kind in ('call', 'meeting')) and not t.is_acknowledgement
    group by g.judged_at, g.feedback_id, g.account_id
)
select
    f.feedback_id as feedback_id,                    -- text | the score or complaint
    a.*,                                             -- every column of account
    f.mood as feedback_mood,                         -- text (happy, neutral, unhappy) | how it sounds
    f.score as feedback_score,                       -- decimal | as given, on its own scale
    f.given_at as feedback_at,                       -- instant | when it was given
    l.day as feedback_on,                            -- date | its day where the client is
    f.place = 1 as is_latest_feedback,               -- boolean | this client has given none since
    c.name as feedback_contact_name,                 -- text | who at the client gave it | contact? | steady
    coalesce(f.answered_at <= f.judged_at, w.answered_at is not null) as is_feedback_answered,  -- boolean | we have reached the client since | activity | at least if is_owner_blind
    f.business_number - l.business_number as business_days_since_feedback,  -- integer, business days | business days since it was given
    cast(floor((f.business_minute - l.minutes_before
        - case when extract(hour from f.given_at) * 60 + extract(minute from f.given_at) < l.opens_minute then 0
               when extract(hour from f.given_at) * 60 + extract(minute from f.given_at) > l.closes_minute
                   then l.closes_minute - l.opens_minute
               else extract(hour from f.given_at) * 60 + extract(minute from f.given_at) - l.opens_minute
          end) / 60.0) as bigint) as business_hours_since_feedback  -- integer, business hours | full business hours since it was given
from given_back f
join fact_account a on a.account_id = f.account_id and a.judged_at = f.judged_at
left join answered w on w.judged_at = f.judged_at and w.feedback_id = f.feedback_id and w.account_id = f.account_id
left join contact c on c.contact_id = f.contact_id
left join local_day l
    on l.timezone = f.zone and l.utc_day = cast(f.given_at as date) and l.from_at <= f.given_at and f.given_at < l.to_at
