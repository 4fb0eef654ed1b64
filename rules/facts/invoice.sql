-- One row per invoice, with the incident that matters most beside it: an open one first, else the latest opened.
--
-- A day before the calendar's first day, or after its last, is counted as that day.
with hurt as (
    select
        account_id, incident_id, subject, severity, opened_at, closed_at, is_open,
        row_number() over (
            partition by account_id
            order by case when is_open then 0 else 1 end, opened_at desc nulls last, incident_id
        ) as place
    from incident
    where opened_at is null or opened_at <= (select judged_at from judging)
),
billed as (
    select
        v.*,
        k.day_number, k.first_at, z.timezone as zone,
        case when v.due_on < k.first_day then k.first_day when v.due_on > k.last_day then k.last_day else v.due_on end as counted_due,
        h.incident_id, h.subject as incident_subject, h.severity as incident_severity, h.opened_at, h.closed_at,
        h.is_open as incident_is_open,
        case when h.opened_at < k.first_at then k.first_at else h.opened_at end as counted_opened_at,
        case when h.closed_at < k.first_at then k.first_at else h.closed_at end as counted_closed_at
    from invoice v
    join account_zone z on z.account_id = v.account_id
    join clock k on k.timezone = z.timezone
    left join hurt h on h.account_id = v.account_id and h.place = 1
)
select
    v.invoice_id as invoice_id,                      -- text | the invoice
    a.*,                                             -- every column of account
    v.number as invoice_number,                      -- text | as printed on it
    v.status as invoice_status,                      -- text (draft, open, paid, void) | where it stands
    v.amount as invoice_amount,                      -- decimal | in its own currency
    v.balance as invoice_balance,                    -- decimal | what is unpaid, in its own currency
    v.currency as invoice_currency,                  -- text | ISO code
    v.issued_on as issued_on,                        -- date | its date
    v.due_on as due_on,                              -- date | when it is to be paid
    v.status = 'open' and v.balance > 0 as is_unpaid,  -- boolean | sent, and not paid in full
    v.is_disputed as is_disputed,                    -- boolean | the client contests it
    v.day_number - d.day_number as days_overdue,     -- integer, days | calendar days past its day; negative: to come
    v.incident_id as incident_id,                    -- text | the incident that matters most, null: none | incident
    v.incident_subject as incident_subject,          -- text | what happened, in a line | incident
    v.incident_severity as incident_severity,        -- text (high, normal, low) | how bad it was | incident
    case when v.opened_at < v.first_at then cast(v.opened_at as date) else ol.day end as incident_opened_on,  -- date | when it was reported, where the client is | incident
    case when v.incident_is_open then null when v.closed_at < v.first_at then cast(v.closed_at as date) else cl.day end as incident_closed_on,  -- date | when it was over; null: still open, or nobody said | incident
    v.incident_is_open as is_incident_open,          -- boolean | not over yet; null: there was none | incident
    case when v.incident_is_open then 0
         when coalesce(cd.day_number, od.day_number) > v.day_number then 0
         else v.day_number - coalesce(cd.day_number, od.day_number)
    end as days_since_incident                       -- integer, days | calendar days since it was over; 0 while it is open | incident
from billed v
join fact_account a on a.account_id = v.account_id
left join calendar_day d on d.timezone = v.zone and d.day = v.counted_due
left join local_day ol
    on ol.timezone = v.zone and ol.utc_day = cast(v.counted_opened_at as date)
   and ol.from_at <= v.counted_opened_at and v.counted_opened_at < ol.to_at
left join calendar_day od on od.timezone = v.zone and od.day = ol.day
left join local_day cl
    on cl.timezone = v.zone and cl.utc_day = cast(v.counted_closed_at as date)
   and cl.from_at <= v.counted_closed_at and v.counted_closed_at < cl.to_at
left join calendar_day cd on cd.timezone = v.zone and cd.day = cl.day
