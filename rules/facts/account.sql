-- One row per client.
--
-- A touch is a call, e-mail, meeting or message in which a person on our side reached the client or the client
-- reached us: automated e-mail, internal notes, attempts that missed and cancelled meetings are not touches.
-- A client who was never touched is silent since the CRM got to know it.
with reached as (
    select account_id, kind, direction, happened_at
    from activity
    where kind <> 'note'
      and outcome = 'reached'
      and direction <> 'internal'
      and not is_automated
      and happened_at <= (select judged_at from judging)
),
touch as (
    select
        account_id,
        max(happened_at) as last_touch_at,
        max(happened_at) filter (where direction = 'in') as last_reply_at
    from reached
    group by account_id
),
last_touch as (
    -- Of several at the same instant the first by the alphabet, so that the words never waver.
    select t.account_id, min(r.kind) as kind
    from touch t
    join reached r on r.account_id = t.account_id and r.happened_at = t.last_touch_at
    group by t.account_id
),
live_deal as (
    select account_id, count(*) as deal_count from deal where not is_closed group by account_id
),
invoiced as (
    select
        i.account_id,
        max(coalesce(i.issued_on, i.due_on)) as last_invoice_on,
        count(*) filter (where i.status = 'open' and i.balance > 0 and i.due_on < k.today) as overdue_count
    from invoice i
    join account_zone z on z.account_id = i.account_id
    join clock k on k.timezone = z.timezone
    where i.status in ('open', 'paid')
    group by i.account_id
),
trouble as (
    select account_id, count(*) as open_count
    from incident
    where is_open and (opened_at is null or opened_at <= (select judged_at from judging))
    group by account_id
),
promise as (
    select
        account_id, due_on,
        case when starts_with(lower(subject), 'promise:') then trim(substring(subject, 9)) else subject end as subject,
        count(*) over (partition by account_id) as open_count,
        row_number() over (partition by account_id order by due_on, commitment_id) as place
    from commitment
    where made_by = 'us' and status = 'open' and due_on is not null
),
businesslike as (
    -- Clients in a CRM that keeps deals or invoices: only of them can it say who is a live client.
    select distinct o.account_id from client_org o join keeps_business b on b.org_id = o.org_id
),
client as (
    select
        a.*,
        c.timezone as zone, c.today, c.day_number, c.first_at, c.active_since,
        t.last_touch_at, t.last_reply_at,
        -- What lies before the calendar's first day is counted from there.
        case when coalesce(t.last_touch_at, a.created_at) < c.first_at then c.first_at
             else coalesce(t.last_touch_at, a.created_at)
        end as silent_since,
        case when t.last_reply_at < c.first_at then c.first_at else t.last_reply_at end as replied_since
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
         when b.account_id is null then true
         else coalesce(d.deal_count, 0) > 0 or coalesce(i.last_invoice_on >= c.active_since, false)
    end as account_is_active,                        -- boolean | a live client: as mapped, else a live deal or an invoice within 180 days; true where the CRM keeps neither | deal?, invoice?
    coalesce(c.muted_until >= c.today, false) as account_is_muted,  -- boolean | somebody asked for quiet until a day to come
    c.last_touch_at as last_touch_at,                -- instant | the last touch; null: never | activity
    case when c.last_touch_at < c.first_at then cast(c.last_touch_at as date)
         when c.last_touch_at is not null then l.day
    end as last_touch_on,                            -- date | its day where the client is | activity
    k2.kind as last_touch_kind,                      -- text (call, email, meeting, message) | how the last touch was made | activity
    c.day_number - n.day_number as days_since_touch,  -- integer, days | calendar days since the last touch, or since the CRM got to know the client | activity
    c.day_number - rn.day_number as days_since_reply,  -- integer, days | calendar days since the client last reached us; null: never | activity
    coalesce(d.deal_count, 0) as live_deal_count,    -- integer | deals that are neither won nor lost | deal
    coalesce(i.overdue_count, 0) as overdue_invoice_count,  -- integer | open invoices past their day | invoice
    coalesce(w.open_count, 0) as open_incident_count,  -- integer | incidents that are not over | incident
    coalesce(m.open_count, 0) as open_commitment_count,  -- integer | promises of ours that are open | commitment
    case when m.due_on < c.today then m.subject end as missed_commitment_subject,  -- text | our oldest promise that is past its day, without the word Promise before it | commitment
    case when m.due_on < c.today then m.due_on end as missed_commitment_due_on  -- date | the day it was promised for | commitment
from client c
left join person p on p.person_id = c.owner_id
left join businesslike b on b.account_id = c.account_id
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
    on rl.timezone = c.zone and rl.utc_day = cast(c.replied_since as date)
   and rl.from_at <= c.replied_since and c.replied_since < rl.to_at
left join calendar_day rn on rn.timezone = c.zone and rn.day = rl.day
