-- One row per person on our side, with what is on their desk. The same address in two CRMs is one person; a queue is nobody.
with desk as (
    select p.person_id as own_id, coalesce(s.one_id, p.person_id) as person_id
    from person p
    left join same_person s on s.person_id = p.person_id
),
one as (
    select p.*
    from person p
    where coalesce(p.role, '') <> 'queue' and not exists (select 1 from same_person s where s.person_id = p.person_id)
),
clients as (
    select
        a.judged_at, d.person_id,
        count(*) filter (where a.account_is_active) as client_count,
        min(a.account_name) filter (where a.account_is_active) as first_client_name,
        count(*) filter (where a.is_owner_blind) as blind_count,
        count(*) filter (where a.owner_changed_on >= cast(c.since_30 as date)) as came_count,
        count(*) filter (
            where a.account_is_active and a.owner_changed_on >= cast(c.since_30 as date) and not a.is_owner_introduced
        ) as received_count,
        min(a.account_name) filter (
            where a.account_is_active and a.owner_changed_on >= cast(c.since_30 as date) and not a.is_owner_introduced
        ) as received_name,
        max(a.owner_changed_on) as received_on,
        min(a.previous_owner_name) filter (where a.owner_changed_on >= cast(c.since_30 as date)) as received_from
    from fact_account a
    join desk d on d.own_id = a.account_owner_id
    join clock c on c.judged_at = a.judged_at and c.timezone = a.account_timezone
    group by a.judged_at, d.person_id
),
owed as (
    select
        c.judged_at, d.person_id, c.commitment_subject, c.due_on, c.account_name,
        c.business_days_overdue > 0 as is_late,
        c.business_days_overdue between -5 and 0 as is_near,
        row_number() over (
            partition by c.judged_at, d.person_id, c.business_days_overdue between -5 and 0 order by c.due_on, c.commitment_id
        ) as place
    from fact_commitment c
    join desk d on d.own_id = c.commitment_owner_id
    where c.is_open and c.made_by = 'us'
),
promises as (
    select
        judged_at, person_id,
        count(*) as open_count,
        count(*) filter (where is_near) as week_count,
        count(*) filter (where is_late) as late_count,
        min(commitment_subject) filter (where is_near and place = 1) as next_subject,
        min(due_on) filter (where is_near and place = 1) as next_due_on,
        min(account_name) filter (where is_near and place = 1) as next_client_name
    from owed
    group by judged_at, person_id
),
tasks as (
    select d.person_id, count(*) as open_count
    from own_task t
    join desk d on d.own_id = t.owner_id
    where t.is_open
    group by d.person_id
)
select
    j.judged_at as judged_at,                        -- instant | the moment that is judged
    p.person_id as person_id,                        -- text | the person, by the id of their record in the first CRM that has it
    p.name as person_name,                           -- text | what people call them | | steady
    p.email as person_email,                         -- text | their address | | steady
    p.role as person_role,                           -- text | their role, as the CRM has it | | steady
    p.is_active as is_person_active,                 -- boolean | works with us and can be given work | | now
    p.manager_id as person_manager_id,               -- text | whom they report to | | now
    m.name as person_manager_name,                   -- text | that person's name | | now
    coalesce(c.client_count, 0) as client_count,     -- integer | live clients that they answer for | account | now
    c.first_client_name as first_client_name,        -- text | one of those clients | account | now
    coalesce(c.blind_count, 0) > 0 as is_person_blind,  -- boolean | they answer for clients, and no e-mail of theirs is on record for 90 days | account, activity
    coalesce(cast(wo.since_at as date) > cast(j.judged_at as date) - 30, true) as is_hand_over_history_short,  -- boolean | we have looked for less than 30 days, so that a change of hands before is not known
    coalesce(c.came_count, 0) as came_client_count,  -- integer | clients that came to them within 30 days | account | history; at least if is_hand_over_history_short
    coalesce(c.received_count, 0) as received_client_count,  -- integer | of those the live ones whom we have not reached since | account, activity | history; at most if is_person_blind
    c.received_name as first_received_client_name,   -- text | one of these | account, activity | history; unknown if is_person_blind
    c.received_on as received_on,                    -- date | the last day on which we saw one come to them | account | history
    c.received_from as received_from,                -- text | who answered for one of them before | account | history
    coalesce(t.open_count, 0) as open_task_count,    -- integer | Keptword's tasks that wait for them | | now
    coalesce(w.open_count, 0) as open_promise_count,  -- integer | promises of theirs that are open | account, commitment | now
    coalesce(w.week_count, 0) as promises_due_this_week,  -- integer | of those the ones due today or within five business days | account, commitment | now
    coalesce(w.late_count, 0) as late_promise_count,  -- integer | of those the ones that are past their day | account, commitment | now
    w.next_subject as next_promise_subject,          -- text | the promise of theirs that is due next, today at the earliest | account, commitment | now
    w.next_due_on as next_promise_due_on,            -- date | the day it was promised for | account, commitment | now
    w.next_client_name as next_promise_client_name   -- text | the client to whom | account, commitment | now
from one p
cross join judging j
left join watched wo on wo.record = 'account' and wo.column_name = 'owner_id' and wo.org_id = split_part(p.person_id, ':', 1)
left join person m on m.person_id = p.manager_id
left join clients c on c.judged_at = j.judged_at and c.person_id = p.person_id
left join promises w on w.judged_at = j.judged_at and w.person_id = p.person_id
left join tasks t on t.person_id = p.person_id
