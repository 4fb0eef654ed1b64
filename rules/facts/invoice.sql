-- One row per invoice, with the problem that matters most beside it: of the open ones the worst, and of these the latest
-- reported; where none is open, the latest reported.
--
-- A client's open promise to pay is for the invoices of theirs that it names by number; where it names none, for those
-- that they had when it was made.
--
-- A day before the calendar's first day, or after its last, is counted as that day.
with hurt as (
    select
        j.judged_at, i.account_id, i.incident_id, i.subject, i.severity, i.opened_at,
        case when i.closed_at <= j.known_at then i.closed_at end as closed_at,
        i.is_open or coalesce(i.closed_at > j.known_at, false) as is_open,
        row_number() over (
            partition by j.judged_at, i.account_id
            order by
                case when i.is_open or i.closed_at > j.known_at
                     then case i.severity when 'high' then 0 when 'low' then 2 else 1 end
                     else 3
                end,
                i.opened_at desc nulls last, i.incident_id
        ) as place
    from incident i
    join judging j on i.opened_at is null or i.opened_at <= j.judged_at
    where i.kind = 'problem'
),
pledge as (
    select j.judged_at, c.account_id, c.commitment_id, c.due_on, cast(c.made_at as date) as made_on, lower(c.subject) as words
    from commitment c
    join judging j on c.made_at is null or c.made_at <= j.known_at
    where c.made_by = 'client' and c.kind = 'payment' and c.due_on is not null and (c.status = 'open' or c.kept_at > j.known_at)
),
named as (
    select g.judged_at, g.commitment_id, g.due_on, v.invoice_id
    from pledge g
    join invoice v on v.account_id = g.account_id and length(v.number) > 2 and contains(g.words, lower(v.number))
),
pledged as (
    select judged_at, invoice_id, due_on from named
    union all
    select g.judged_at, v.invoice_id, g.due_on
    from pledge g
    join invoice v on v.account_id = g.account_id and coalesce(v.issued_on <= g.made_on, true)
    where not exists (select 1 from named n where n.judged_at = g.judged_at and n.commitment_id = g.commitment_id)
),
last_pledge as (
    select judged_at, invoice_id, max(due_on) as due_on
    from pledged
    group by judged_at, invoice_id
),
billed as (
    select
        v.*,
        k.judged_at, k.known_on, k.today, k.day_number, k.business_number, k.first_at, k.timezone as zone,
        case when v.due_on < k.first_day then k.first_day when v.due_on > k.last_day then k.last_day else v.due_on end as counted_due,
        case when v.issued_on < k.first_day then k.first_day when v.issued_on > k.last_day then k.last_day else v.issued_on
        end as counted_issue,
        case when v.disputed_on < k.first_day then k.first_day when v.disputed_on > k.last_day then k.last_day else v.disputed_on
        end as counted_dispute,
        h.incident_id, h.subject as incident_subject, h.severity as incident_severity, h.opened_at, h.closed_at,
        h.is_open as incident_is_open,
        greatest(v.promised_on, g.due_on) as pay_on,
        case when h.opened_at < k.first_at then k.first_at else h.opened_at end as counted_opened_at,
        case when h.closed_at < k.first_at then k.first_at else h.closed_at end as counted_closed_at
    from invoice v
    join account_clock k on k.account_id = v.account_id
    left join last_pledge g on g.judged_at = k.judged_at and g.invoice_id = v.invoice_id
    left join hurt h on h.judged_at = k.judged_at and h.account_id = v.account_id and h.place = 1
    left join other_client x on x.record = 'invoice' and x.record_id = v.invoice_id and x.account_id = v.account_id
    where x.record_id is null
)
select
    v.invoice_id as invoice_id,                      -- text | the invoice
    a.*,                                             -- every column of account
    v.number as invoice_number,                      -- text | as printed on it
    v.status as invoice_status,                      -- text (draft, open, paid, void) | where it stands | | now
    v.amount as invoice_amount,                      -- decimal | in its own currency | | steady
    case when v.paid_on > v.known_on then v.amount else v.balance
    end as invoice_balance,                          -- decimal | what is unpaid, in its own currency; before it was paid all of it | | exact with invoice.paid_on
    v.currency as invoice_currency,                  -- text | ISO code
    v.issued_on as issued_on,                        -- date | its date
    v.due_on as due_on,                              -- date | when it is to be paid | invoice.due_on
    v.status = 'draft' as is_draft,                  -- boolean | not sent yet | | now
    v.business_number - s.business_number as business_days_since_issue,  -- integer, business days | business days since its date; negative: to come
    (v.status = 'open' and v.balance > 0 or coalesce(v.paid_on > v.known_on, false)) and coalesce(v.issued_on <= v.known_on, true)
        as is_unpaid,                                -- boolean | sent, and not paid in full | | exact with invoice.paid_on
    case when v.paid_on <= v.known_on then v.paid_on end as paid_on,  -- date | when it was paid in full | invoice.paid_on
    v.status = 'paid' and coalesce(v.paid_on <= v.known_on, true) and coalesce(v.issued_on <= v.known_on, true)
        as is_paid,                                  -- boolean | paid in full | | exact with invoice.paid_on
    v.status = 'void' as is_void,                    -- boolean | cancelled: nobody owes it | | now
    v.pay_on as pay_promised_on,                     -- date | the last day for which they promised to pay it: as mapped, or by an open promise of theirs | commitment? | steady
    coalesce(v.pay_on >= v.today, false) as is_payment_promised,  -- boolean | that day is today or to come | commitment? | steady
    v.is_disputed as is_disputed,                    -- boolean | the client contests it | | steady
    v.disputed_on as disputed_on,                    -- date | since when | invoice.disputed_on
    v.business_number - q.business_number as business_days_since_dispute,  -- integer, business days | business days since then | invoice.disputed_on
    coalesce(a.last_touch_on > v.disputed_on, false) as is_dispute_taken_up,  -- boolean | there was a touch on a later day than the dispute | activity, invoice.disputed_on | at least if is_owner_blind
    v.day_number - d.day_number as days_overdue,     -- integer, days | calendar days past its day; negative: to come | invoice.due_on
    v.incident_id as incident_id,                    -- text | the problem that matters most, null: none | incident
    v.incident_subject as incident_subject,          -- text | what happened, in a line | incident
    v.incident_severity as incident_severity,        -- text (high, normal, low) | how bad it was | incident
    case when v.opened_at < v.first_at then cast(v.opened_at as date) when v.counted_opened_at >= ol.turns_at then ol.next_day else ol.day end as incident_opened_on,  -- date | when it was reported, where the client is | incident
    case when v.incident_is_open then null when v.closed_at < v.first_at then cast(v.closed_at as date) when v.counted_closed_at >= cl.turns_at then cl.next_day else cl.day end as incident_closed_on,  -- date | when it was over; null: still open, or nobody said | incident
    v.incident_is_open as is_incident_open,          -- boolean | not over yet; null: there was none | incident
    case when v.incident_is_open then 0
         when coalesce(case when v.counted_closed_at >= cl.turns_at then cl.next_day_number else cl.day_number end, case when v.counted_opened_at >= ol.turns_at then ol.next_day_number else ol.day_number end) > v.day_number then 0
         else v.day_number - coalesce(case when v.counted_closed_at >= cl.turns_at then cl.next_day_number else cl.day_number end, case when v.counted_opened_at >= ol.turns_at then ol.next_day_number else ol.day_number end)
    end as days_since_incident                       -- integer, days | calendar days since it was over; 0 while it is open | incident
from billed v
join fact_account a on a.account_id = v.account_id and a.judged_at = v.judged_at
left join calendar_day d on d.timezone = v.zone and d.day = v.counted_due
left join calendar_day s on s.timezone = v.zone and s.day = v.counted_issue
left join calendar_day q on q.timezone = v.zone and q.day = v.counted_dispute
left join day_turn ol on ol.timezone = v.zone and ol.utc_day = cast(v.counted_opened_at as date)
left join day_turn cl on cl.timezone = v.zone and cl.utc_day = cast(v.counted_closed_at as date)
