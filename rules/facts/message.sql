-- One row per message that a client sent us in the last 90 days, with what came back.
--
-- A reply is anything by which a person of ours reached the client afterwards; an acknowledgement only says that the
-- message has arrived; an answer is a reply that is no acknowledgement. Of several messages in a row that wait for the
-- same answer the first is the one that is judged. One that is linked to several clients is told with the client of
-- its sender, else with the first by id. Business hours are the office's, in the time zone of the client.
with known as (
    select
        m.*,
        k.judged_at, k.timezone as zone, k.business_number as today_number, k.business_minute, k.since_30,
        coalesce(m.reply_at <= k.judged_at, false) as is_replied,
        coalesce(m.acknowledged_at <= k.judged_at, false) as is_acknowledged,
        coalesce(m.answered_at <= k.judged_at, false) as is_answered
    from received m
    join account_clock k
        on k.account_id = m.account_id and m.happened_at <= k.judged_at and cast(m.happened_at as date) >= k.since_90
)
select
    m.activity_id as message_id,                     -- text | the message
    a.*,                                             -- every column of account
    m.kind as message_kind,                          -- text (email, message) | how it came
    m.happened_at as message_at,                     -- instant | when it came
    m.day as message_on,                             -- date | its day where the client is
    m.contact_id as message_contact_id,              -- text | who at the client sent it
    c.name as message_contact_name,                  -- text | that person's name | contact? | steady
    m.person_id as message_person_id,                -- text | who of ours got it
    p.name as message_person_name,                   -- text | that person's name | person | steady
    coalesce(m.business_days_after > 5, true) as is_first_waiting,  -- boolean | no earlier message waits, or waited, for the same answer, or the one before came more than five business days earlier | | unknown if is_owner_blind
    m.is_replied as is_replied,                      -- boolean | a person of ours has reached the client since | | at least if is_owner_blind
    m.is_acknowledged as is_acknowledged,            -- boolean | they were told that it has arrived | | at least if is_owner_blind
    m.is_answered as is_answered,                    -- boolean | a reply that is no acknowledgement has gone out since | | at least if is_owner_blind
    case when m.is_answered and cast(m.answered_at as date) >= m.since_30 then r.day
    end as answered_on,                              -- date | when, of the first answer, within 30 days | | unknown if is_owner_blind
    case when m.is_answered and cast(m.answered_at as date) >= m.since_30 then r.kind
    end as answered_kind,                            -- text (call, email, meeting, message) | how it was answered | | unknown if is_owner_blind
    case when m.is_answered and cast(m.answered_at as date) >= m.since_30 then r.person_name
    end as answered_person_name,                     -- text | who of ours answered | person | steady; unknown if is_owner_blind
    not m.is_answered and a.is_owner_blind as is_answer_in_doubt,  -- boolean | no answer is on record, nor any e-mail of the owner's for 90 days, so that one may have gone out
    case when m.is_acknowledged then case when m.acknowledged_at >= al.turns_at then al.next_day else al.day end end as acknowledged_on,  -- date | the day on which they were told that it has arrived | | unknown if is_owner_blind
    m.today_number - m.business_number as business_days_since_message,  -- integer, business days | business days since it came
    case when not m.is_answered
         then cast(floor((m.business_minute - m.minutes_before
             - greatest(0, least(m.minute_of_day, m.closes_minute) - m.opens_minute)) / 60.0) as bigint)
    end as business_hours_unanswered                 -- integer, business hours | full business hours that it has waited for an answer; null: answered | | unknown if is_answer_in_doubt
from known m
join fact_account a on a.account_id = m.account_id and a.judged_at = m.judged_at
left join recent_touch r on r.account_id = m.account_id and r.happened_at = m.answered_at
left join contact_name c on c.contact_id = m.contact_id
left join person p on p.person_id = m.person_id
left join day_turn al on al.timezone = m.zone and al.utc_day = cast(m.acknowledged_at as date)
