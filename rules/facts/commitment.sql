-- One row per promise with a due date, ours or the client's.
--
-- A due date before the calendar's first day, or after its last, is counted as that day. The CRM forgets a date that
-- was moved: how often that happened is known from the first read on.
with dated as (
    select
        j.judged_at, h.record_id as commitment_id, h.old_on, h.new_on, h.seen_at,
        row_number() over (partition by j.judged_at, h.record_id order by h.seen_at, h.old_on) as place
    from change_seen h
    join judging j on h.seen_at <= j.judged_at
    where h.record = 'commitment' and h.column_name = 'due_on' and h.old_on is not null
),
moved as (
    -- One that is brought forward slips by nothing.
    select
        judged_at, commitment_id,
        count(*) filter (where new_on > old_on) as moved_count,
        count(*) filter (where new_on > old_on and old_on < cast(seen_at as date)) as moved_late_count,
        max(case when place = 1 then old_on end) as first_due_on
    from dated
    group by judged_at, commitment_id
),
promised as (
    select
        m.*,
        k.judged_at, k.known_at, k.day_number, k.business_number, k.timezone as zone,
        case when m.made_at < k.first_at then k.first_day else cast(m.made_at as date) end as counted_made,
        case when m.due_on < k.first_day then k.first_day when m.due_on > k.last_day then k.last_day else m.due_on end as counted_due
    from commitment m
    join account_clock k on k.account_id = m.account_id and (m.made_at is null or m.made_at <= k.known_at)
    left join other_client x on x.record = 'commitment' and x.record_id = m.commitment_id and x.account_id = m.account_id
    where m.due_on is not null and x.record_id is null
)
select
    m.commitment_id as commitment_id,                -- text | the promise
    a.*,                                             -- every column of account
    case when starts_with(lower(m.subject), 'promise:') then trim(substring(m.subject, 9))
         when starts_with(lower(m.subject), 'they promised:') then trim(substring(m.subject, 15))
         when starts_with(lower(m.subject), 'client promise:') then trim(substring(m.subject, 16))
         else m.subject
    end as commitment_subject,                       -- text | what was promised, without the words that mark it as a promise
    m.kind as commitment_kind,                       -- text (work, payment) | what is promised; while a client's payment is, nobody reminds them
    m.made_by as made_by,                            -- text (us, client) | whose promise it is
    m.owner_id as commitment_owner_id,               -- text | who of ours made it, or waits for it | | now
    p.name as commitment_owner_name,                 -- text | that person's name | person | now
    cast(m.made_at as date) as made_on,              -- date | when it was made
    m.business_number - y.business_number as business_days_since_made,  -- integer, business days | business days since it was made
    m.due_on as due_on,                              -- date | the day it was promised for | | steady
    m.status = 'open' or coalesce(m.kept_at > m.known_at, false) as is_open,  -- boolean | neither kept nor waived
    case when m.status = 'kept' and m.kept_at <= m.known_at then cast(m.kept_at as date) end as kept_on,  -- date | when it was kept
    m.status = 'waived' and coalesce(m.kept_at <= m.known_at, true) as is_waived,  -- boolean | it was given up: nobody waits for it any more
    m.day_number - d.day_number as days_overdue,     -- integer, days | calendar days past its day; negative: to come | | steady
    m.business_number - d.business_number as business_days_overdue,  -- integer, business days | business days past its day; negative: to come | | steady
    coalesce(a.last_touch_at > m.made_at, false) as is_touched_since_made,  -- boolean | there was a touch since it was made | activity | at least if is_owner_blind
    coalesce(m.made_at < w.since_at, true) as is_history_short,  -- boolean | it was made before we began to look, so that earlier moves are not known
    coalesce(v.moved_count, 0) as moved_count,       -- integer | how often its date was put off | | history; at least if is_history_short
    coalesce(v.moved_late_count, 0) as moved_late_count,  -- integer | how often it was put off when it was late already | | history; at least if is_history_short
    v.first_due_on as first_due_on                   -- date | the first date that we saw, where it was moved | | history; unknown if is_history_short
from promised m
join fact_account a on a.account_id = m.account_id and a.judged_at = m.judged_at
left join moved v on v.judged_at = m.judged_at and v.commitment_id = m.commitment_id
left join watched w on w.record = 'commitment' and w.column_name = 'due_on' and w.org_id = split_part(m.commitment_id, ':', 1)
left join person p on p.person_id = m.owner_id
left join calendar_day d on d.timezone = m.zone and d.day = m.counted_due
left join calendar_day y on y.timezone = m.zone and y.day = m.counted_made
