-- One row per promise with a due date, ours or the client's.
--
-- A due date before the calendar's first day, or after its last, is counted as that day.
with promised as (
    select
        m.*,
        k.day_number, k.business_number, z.timezone as zone,
        case when m.due_on < k.first_day then k.first_day when m.due_on > k.last_day then k.last_day else m.due_on end as counted_due
    from commitment m
    join account_zone z on z.account_id = m.account_id
    join clock k on k.timezone = z.timezone
    where m.due_on is not null
)
select
    m.commitment_id as commitment_id,                -- text | the promise
    a.*,                                             -- every column of account
    case when starts_with(lower(m.subject), 'promise:') then trim(substring(m.subject, 9)) else m.subject
    end as commitment_subject,                       -- text | what was promised, without the word Promise before it
    m.made_by as made_by,                            -- text (us, client) | whose promise it is
    m.owner_id as commitment_owner_id,               -- text | who of ours made it
    p.name as commitment_owner_name,                 -- text | that person's name | person
    cast(m.made_at as date) as made_on,              -- date | when it was made
    m.due_on as due_on,                              -- date | the day it was promised for
    m.status = 'open' as is_open,                    -- boolean | neither kept nor waived
    m.day_number - d.day_number as days_overdue,     -- integer, days | calendar days past its day; negative: to come
    m.business_number - d.business_number as business_days_overdue  -- integer, business days | business days past its day; negative: to come
from promised m
join fact_account a on a.account_id = m.account_id
left join person p on p.person_id = m.owner_id
left join calendar_day d on d.timezone = m.zone and d.day = m.counted_due
