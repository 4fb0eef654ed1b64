-- One row per client.
--
-- A touch is a call, e-mail, meeting or message in which a person on our side reached the client or the client
-- reached us: automated e-mail, internal notes, attempts that missed and cancelled meetings are not touches.
-- A client who was never touched is silent since the CRM got to know it.
with touch as (
    select
        account_id,
        max(happened_at) as last_touch_at,
        max(happened_at) filter (where direction = 'in') as last_reply_at
    from activity
    where kind in ('call', 'email', 'meeting', 'message')
      and outcome = 'reached'
      and direction <> 'internal'
      and not coalesce(is_automated, false)
      and happened_at <= (select judged_at from judging)
    group by account_id
),
last_touch as (
    select t.account_id, min(a.kind) as kind
    from touch t
    join activity a on a.account_id = t.account_id and a.happened_at = t.last_touch_at
    where a.kind in ('call', 'email', 'meeting', 'message') and a.outcome = 'reached' and a.direction <> 'internal'
    group by t.account_id
),
live_deal as (
    select account_id, count(*) as deal_count from deal where not coalesce(is_closed, false) group by account_id
),
invoiced as (
    select
        account_id,
        max(issued_on) as last_invoice_on,
        count(*) filter (where status = 'open' and balance > 0 and due_on < (select max(today) from clock)) as overdue_count
    from invoice
    where status in ('open', 'paid')
    group by account_id
),
trouble as (
    select account_id, count(*) as open_count
    from incident
    where is_open and opened_at <= (select judged_at from judging)
    group by account_id
),
promise as (
    select
        account_id, subject, due_on,
        count(*) over (partition by account_id) as open_count,
        row_number() over (partition by account_id order by due_on, commitment_id) as place
    from commitment
    where made_by = 'us' and status = 'open' and due_on is not null
),
client as (
    select
        a.*,
        c.timezone as zone, c.today, c.day_number, c.first_day, c.last_day,
        t.last_touch_at, t.last_reply_at,
        case when t.last_touch_at is not null and t.last_touch_at < c.first_at then c.first_at
             else coalesce(t.last_touch_at, case when a.created_at < c.first_at then c.first_at else a.created_at end)
        end as silent_since
    from account a
    join account_zone z on z.account_id = a.account_id
    join clock c on c.timezone = z.timezone
    left join touch t on t.account_id = a.account_id
)
select
    c.account_id as account_id,                      -- text | the client, by the id of its record in the first CRM that has it
    c.name as account_name,                          -- text | what people call it
    c.tier as account_tier,                          -- text | A, B or C
    c.domain as account_domain,                      -- text | web domain
    c.revenue as account_revenue,                    -- decimal | a year, in the CRM's currency
    c.owner_id as account_owner_id,                  -- text | the person of ours who answers for it
    p.name as account_owner_name,                    -- text | that person's name | person
    c.zone as account_timezone,                      -- text | the client's time zone, else the company's
    cast(c.created_at as date) as account_created_on,  -- date | when the CRM got to know it
    case when c.is_active is not null then c.is_active
         when not exists (select 1 from present where record in ('deal', 'invoice')) then true
         else coalesce(d.deal_count, 0) > 0 or coalesce(i.last_invoice_on >= k.active_since, false)
    end as account_is_active,                        -- boolean | a live client: as mapped, else a live deal or an invoice within 180 days
    coalesce(c.muted_until >= c.today, false) as account_is_muted,  -- boolean | somebody asked for quiet until a day to come
    c.last_touch_at as last_touch_at,                -- instant | the last touch; null: never | activity
    case when c.last_touch_at is not null then l.day end as last_touch_on,  -- date | its day where the client is | activity
    k2.kind as last_touch_kind,                      -- text | call, email, meeting or message | activity
    c.day_number - n.day_number as days_since_touch,  -- integer, days | calendar days since the last touch, or since the CRM got to know the client | activity
    case when c.last_reply_at is not null then c.day_number - rn.day_number end as days_since_reply,  -- integer, days | calendar days since the client last reached us; null: never | activity
    coalesce(d.deal_count, 0) as live_deal_count,    -- integer | deals that are neither won nor lost | deal
    coalesce(i.overdue_count, 0) as overdue_invoice_count,  -- integer | open invoices past their day | invoice
    coalesce(w.open_count, 0) as open_incident_count,  -- integer | incidents that are not over | incident
    coalesce(m.open_count, 0) as open_commitment_count,  -- integer | promises of ours that are open | commitment
    case when m.due_on < c.today then m.subject end as missed_commitment_subject,  -- text | our oldest promise that is past its day | commitment
    case when m.due_on < c.today then m.due_on end as missed_commitment_due_on  -- date | the day it was promised for | commitment
from client c
cross join judging k
left join person p on p.person_id = c.owner_id
left join live_deal d on d.account_id = c.account_id
left join invoiced i on i.account_id = c.account_id
left join trouble w on w.account_id = c.account_id
left join promise m on m.account_id = c.account_id and m.place = 1
left join last_touch k2 on k2.account_id = c.account_id
left join local_day l
    on l.timezone = c.zone and l.utc_day = cast(c.silent_since as date)
   and l.from_at <= c.silent_since and c.silent_since < l.to_at
left join calendar_day n on n.timezone = c.zone and n.day = l.day
left join local_day rl
    on rl.timezone = c.zone and rl.utc_day = cast(c.last_reply_at as date)
   and rl.from_at <= c.last_reply_at and c.last_reply_at < rl.to_at
left join calendar_day rn on rn.timezone = c.zone and rn.day = rl.day
