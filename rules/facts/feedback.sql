-- One row per score or complaint that a client gave in the last year. What our own people say of a client is told
-- only in sum, in the facts of account.
with given_back as (
    select
        f.*,
        k.judged_at, k.business_number, k.business_minute, k.since_30, k.timezone as zone,
        extract(hour from f.given_at) * 60 + extract(minute from f.given_at) as minute_of_day,
        row_number() over (partition by k.judged_at, f.account_id order by f.given_at desc, f.feedback_id) as place
    from feedback f
    join account_clock k
        on k.account_id = f.account_id and f.given_at <= k.judged_at and cast(f.given_at as date) >= k.since_365
    left join other_client x on x.record = 'feedback' and x.record_id = f.feedback_id and x.account_id = f.account_id
    where f.given_by = 'client' and x.record_id is null
)
select
    f.feedback_id as feedback_id,                    -- text | the score or complaint
    a.*,                                             -- every column of account
    f.mood as feedback_mood,                         -- text (happy, neutral, unhappy) | how it sounds | feedback.mood
    f.score as feedback_score,                       -- decimal | as given, on its own scale
    f.given_at as feedback_at,                       -- instant | when it was given
    l.day as feedback_on,                            -- date | its day where the client is
    f.place = 1 as is_latest_feedback,               -- boolean | this client has given none since
    c.name as feedback_contact_name,                 -- text | who at the client gave it | contact? | steady
    coalesce(f.answered_at <= f.judged_at, false) or coalesce(t.last_reach_at > f.given_at, false) as is_feedback_answered,  -- boolean | we have reached the client since | activity | at least if is_owner_blind
    case when t.last_reach_at > f.given_at and cast(t.last_reach_at as date) >= f.since_30 then r.day
         when f.answered_at <= f.judged_at then cast(f.answered_at as date)
    end as feedback_answered_on,                     -- date | when we last reached them since, within 30 days | activity | unknown if is_owner_blind
    case when t.last_reach_at > f.given_at and cast(t.last_reach_at as date) >= f.since_30 then r.kind
    end as feedback_answered_kind,                   -- text (call, email, meeting, message) | how we reached them | activity | unknown if is_owner_blind
    case when t.last_reach_at > f.given_at and cast(t.last_reach_at as date) >= f.since_30 then r.person_name
    end as feedback_answered_person_name,            -- text | who of ours did | activity, person | steady; unknown if is_owner_blind
    f.business_number - l.business_number as business_days_since_feedback,  -- integer, business days | business days since it was given
    cast(floor((f.business_minute - l.minutes_before
        - greatest(0, least(f.minute_of_day, l.closes_minute) - l.opens_minute)) / 60.0) as bigint)
        as business_hours_since_feedback             -- integer, business hours | full business hours since it was given
from given_back f
join fact_account a on a.account_id = f.account_id and a.judged_at = f.judged_at
left join touch_step t
    on t.account_id = f.account_id and t.from_at <= f.judged_at and (t.until_at is null or t.until_at > f.judged_at)
left join recent_touch r on r.account_id = f.account_id and r.happened_at = t.last_reach_at
left join contact_name c on c.contact_id = f.contact_id
left join local_day l
    on l.timezone = f.zone and l.utc_day = cast(f.given_at as date) and l.from_at <= f.given_at and f.given_at < l.to_at
