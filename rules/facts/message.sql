-- One row per message that a client sent us in the last 90 days, with what came back.
--
-- A reply is anything by which a person of ours reached the client afterwards; an acknowledgement only says that the
-- message has arrived; an answer is a reply that is no acknowledgement. Of several messages that wait for the same
-- answer the first is the one that is judged. Business hours are the office's, in the time zone of the client.
with received as (
    select
        t.activity_id, t.account_id, t.contact_id, t.person_id, t.kind, t.happened_at,
        k.judged_at, k.day_number, k.business_number, k.business_minute, k.timezone as zone
    from touch t
    join account_clock k
        on k.account_id = t.account_id and t.happened_at <= k.judged_at and cast(t.happened_at as date) >= k.since_90
    where t.direction = 'in' and t.kind in ('email', 'message')
),
sent as (
    -- An automatic reply is no touch, and acknowledges all the same.
    select account_id, happened_at, is_acknowledgement, true as is_reply
    from touch
    where direction = 'out' or kind in ('call', 'meeting')
    union all
    select account_id, happened_at, true, false
    from activity
    where direction = 'out' and is_automated and kind in ('email', 'message') and outcome = 'reached'
),
came_back as (
    select
        r.judged_at, r.activity_id, r.account_id,
        min(s.happened_at) filter (where s.is_reply) as reply_at,
        min(s.happened_at) filter (where s.is_acknowledgement) as acknowledged_at,
        min(s.happened_at) filter (where s.is_reply and not s.is_acknowledgement) as answered_at
    from received r
    join sent s on s.account_id = r.account_id and s.happened_at > r.happened_at and s.happened_at <= r.judged_at
    group by r.judged_at, r.activity_id, r.account_id
),
waiting as (
    select
        r.*,
        b.reply_at, b.acknowledged_at, b.answered_at,
        row_number() over (
            partition by r.judged_at, r.account_id, b.answered_at order by r.happened_at, r.activity_id
        ) as place
    from received r
    left join came_back b
        on b.judged_at = r.judged_at and b.activity_id = r.activity_id and b.account_id = r.account_id
)
select
    m.activity_id as message_id,                     -- text | the message
    a.*,                                             -- every column of account
    m.kind as message_kind,                          -- text (email, message) | how it came
    m.happened_at as message_at,                     -- instant | when it came
    l.day as message_on,                             -- date | its day where the client is
    m.contact_id as message_contact_id,              -- text | who at the client sent it
    c.name as message_contact_name,                  -- text | that person's name | contact? | steady
    m.person_id as message_person_id,                -- text | who of ours got it
    p.name as message_person_name,                   -- text | that person's name | person | steady
    m.place = 1 as is_first_waiting,                 -- boolean | no earlier message waits, or waited, for the same answer
    m.reply_at is not null as is_replied,            -- boolean | a person of ours has reached the client since | | at least if is_owner_blind
    m.acknowledged_at is not null as is_acknowledged,  -- boolean | they were told that it has arrived | | at least if is_owner_blind
    m.answered_at is not null as is_answered,        -- boolean | a reply that is no acknowledgement has gone out since | | at least if is_owner_blind
    al.day as acknowledged_on,                       -- date | the day on which they were told that it has arrived
    m.business_number - l.business_number as business_days_since_message,  -- integer, business days | business days since it came
    case when m.answered_at is null then cast(floor((m.business_minute - l.minutes_before
        - case when extract(hour from m.happened_at) * 60 + extract(minute from m.happened_at) < l.opens_minute then 0
               when extract(hour from m.happened_at) * 60 + extract(minute from m.happened_at) > l.closes_minute
                   then l.closes_minute - l.opens_minute
               else extract(hour from m.happened_at) * 60 + extract(minute from m.happened_at) - l.opens_minute
          end) / 60.0) as bigint)
    end as business_hours_unanswered                 -- integer, business hours | full business hours that it has waited for an answer; null: answered | | unknown if is_owner_blind
from waiting m
join fact_account a on a.account_id = m.account_id and a.judged_at = m.judged_at
left join contact c on c.contact_id = m.contact_id
left join person p on p.person_id = m.person_id
left join local_day l
    on l.timezone = m.zone and l.utc_day = cast(m.happened_at as date) and l.from_at <= m.happened_at and m.happened_at < l.to_at
left join local_day al
    on al.timezone = m.zone and al.utc_day = cast(m.acknowledged_at as date)
   and al.from_at <= m.acknowledged_at and m.acknowledged_at < al.to_at
