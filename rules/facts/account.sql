-- One row per client.
--
-- A touch is a call, e-mail, meeting or message in which a person on our side reached the client or the client
-- reached us: automated e-mail, internal notes, attempts that missed and cancelled meetings are not touches.
-- A client who was never touched is silent since the CRM got to know it. We reached them by what we wrote, a mere receipt
-- excepted, and by every call or meeting, whoever began it.
with live_deal as (
    select
        k.judged_at, d.account_id,
        count(*) filter (where d.kind = 'sale' and (not d.is_closed or d.closes_on > k.known_on)) as deal_count,
        count(*) filter (
            where d.kind = 'sale' and d.is_closed and d.is_won and coalesce(d.closes_on <= k.known_on, true)
        ) as won_count,
        count(*) filter (where (not d.is_closed or d.closes_on > k.known_on) and d.next_step is not null) as planned_count
    from deal d
    join account_clock k on k.account_id = d.account_id and (d.created_at is null or d.created_at <= k.known_at)
    group by k.judged_at, d.account_id
),
project as (
    select k.judged_at, d.account_id, count(*) as project_count
    from deal d
    join account_clock k on k.account_id = d.account_id and (d.created_at is null or d.created_at <= k.known_at)
    where d.is_closed and d.is_won and d.closes_on <= k.today
      and (d.ends_on >= k.today or d.ends_on is null and (d.kind = 'contract' or d.closes_on >= k.active_since))
    group by k.judged_at, d.account_id
),
passed_on as (
    -- A sale that was handed over, or was won and is delivered by somebody else than who sold it.
    select k.judged_at, d.account_id, max(coalesce(cast(d.handed_over_at as date), d.closes_on)) as handed_on
    from deal d
    join account_clock k on k.account_id = d.account_id and (d.created_at is null or d.created_at <= k.known_at)
    where d.kind = 'sale' and coalesce(d.handed_over_at <= k.judged_at, d.closes_on <= k.today)
      and (d.handed_over_at is not null or d.is_closed and d.is_won and d.delivery_owner_id <> d.owner_id)
    group by k.judged_at, d.account_id
),
contracted as (
    -- One that is agreed and begins later counts too.
    select k.judged_at, d.account_id
    from deal d
    join account_clock k on k.account_id = d.account_id and (d.created_at is null or d.created_at <= k.known_at)
    where d.kind = 'contract' and coalesce(d.ends_on >= k.today, true)
    group by k.judged_at, d.account_id
),
invoiced as (
    select
        k.judged_at, i.account_id,
        max(coalesce(i.issued_on, i.due_on)) as last_invoice_on,
        count(*) filter (
            where i.due_on < k.today and (i.status = 'open' and i.balance > 0 or i.paid_on > k.known_on)
        ) as overdue_count,
        count(*) filter (where i.status = 'paid' and coalesce(i.paid_on <= k.known_on, true)) as paid_count,
        count(*) filter (
            where i.is_disputed and (i.status = 'open' and i.balance > 0 or i.paid_on > k.known_on)
        ) as disputed_count
    from invoice i
    join account_clock k on k.account_id = i.account_id
    where i.status in ('open', 'paid') and coalesce(i.issued_on <= k.known_on, true)
    group by k.judged_at, i.account_id
),
trouble as (
    select
        k.judged_at, i.account_id,
        count(*) filter (where i.is_open or i.closed_at > k.known_at) as open_count,
        count(*) filter (where (i.is_open or i.closed_at > k.known_at) and i.severity = 'high') as open_high,
        count(*) filter (where (i.is_open or i.closed_at > k.known_at) and i.severity = 'normal') as open_normal,
        count(*) filter (where cast(i.opened_at as date) >= k.since_90) as count_90,
        max(i.opened_at) as opened_at,
        count(*) filter (where i.severity = 'high' and cast(i.opened_at as date) >= k.since_90) as severe_90,
        max(i.opened_at) filter (where i.severity = 'high') as severe_at
    from incident i
    join account_clock k on k.account_id = i.account_id
    where i.kind = 'problem' and (i.opened_at is null or i.opened_at <= k.judged_at)
    group by k.judged_at, i.account_id
),
last_trouble as (
    select t.judged_at, t.account_id, min(i.subject) as subject
    from trouble t
    join incident i on i.account_id = t.account_id and i.opened_at = t.opened_at and i.kind = 'problem'
    group by t.judged_at, t.account_id
),
last_severe as (
    select t.judged_at, t.account_id, min(i.subject) as subject
    from trouble t
    join incident i
        on i.account_id = t.account_id and i.opened_at = t.severe_at and i.kind = 'problem' and i.severity = 'high'
    group by t.judged_at, t.account_id
),
promise as (
    select
        j.judged_at, c.account_id, c.due_on,
        case when starts_with(lower(c.subject), 'promise:') then trim(substring(c.subject, 9)) else c.subject end as subject,
        count(*) over (partition by j.judged_at, c.account_id) as open_count,
        row_number() over (partition by j.judged_at, c.account_id order by c.due_on, c.commitment_id) as place
    from commitment c
    join judging j on c.made_at is null or c.made_at <= j.known_at
    where c.made_by = 'us' and (c.status = 'open' or c.kept_at > j.known_at) and c.due_on is not null
),
planned as (
    select j.judged_at, a.account_id, min(a.happened_at) as next_at
    from activity a
    join judging j on a.happened_at > j.judged_at
    where a.kind in ('call', 'meeting') and a.outcome = 'reached'
    group by j.judged_at, a.account_id
),
people_there as (
    select k.judged_at, p.account_id, count(*) as contact_count
    from contact p
    join account_clock k on k.account_id = p.account_id
    where p.left_on is null or p.left_on > k.today
    group by k.judged_at, p.account_id
),
person_touched as materialized (  -- else a plan may compare every step with every client's clock first
    select p.account_id, p.name, p.left_on, s.from_at, s.until_at, s.last_touch_at
    from contact_step s
    join contact p on p.contact_id = s.contact_id
    where s.last_touch_at >= (select min(active_since) from clock)
),
people_touched as (
    select k.judged_at, p.account_id, count(*) as touched_count, min(p.name) as first_touched_name
    from person_touched p
    join account_clock k
        on k.account_id = p.account_id and p.from_at <= k.judged_at and (p.until_at is null or p.until_at > k.judged_at)
    where p.last_touch_at >= k.active_since and (p.left_on is null or p.left_on > k.today)
    group by k.judged_at, p.account_id
),
last_person as (
    -- Of several at the same instant the first by the alphabet, so that the words never waver.
    select k.judged_at, k.account_id, min(p.name) as name
    from account_clock k
    join touch_step s
        on s.account_id = k.account_id and s.from_at <= k.judged_at and (s.until_at is null or s.until_at > k.judged_at)
    join late_touch t on t.account_id = k.account_id and t.happened_at = s.last_person_at
    join contact p on p.contact_id = t.contact_id and p.account_id = t.account_id
    where (p.left_on is null or p.left_on > k.today) and cast(t.happened_at as date) >= k.active_since
    group by k.judged_at, k.account_id
),
said as (
    select
        j.judged_at, f.account_id,
        count(*) filter (where f.given_by = 'client') as client_count,
        max(f.given_at) filter (where f.given_by = 'client') as client_at,
        -- Fewer than three answers would tell who gave them.
        count(f.score) filter (where f.given_by = 'team' and cast(f.given_at as date) >= j.since_365) as team_count,
        case when count(f.score) filter (where f.given_by = 'team' and cast(f.given_at as date) >= j.since_365) >= 3
             then avg(f.score) filter (where f.given_by = 'team' and cast(f.given_at as date) >= j.since_365)
        end as team_score
    from feedback f
    join account_clock j on j.account_id = f.account_id and (f.given_at is null or f.given_at <= j.judged_at)
    group by j.judged_at, f.account_id
),
last_said as (
    -- Of several at the same instant the worst.
    select s.judged_at, s.account_id, max(f.mood) as mood
    from said s
    join feedback f on f.account_id = s.account_id and f.given_at = s.client_at and f.given_by = 'client'
    group by s.judged_at, s.account_id
),
handed as (
    select
        j.judged_at, h.record_id as account_id, h.old_id, h.new_id, h.seen_at,
        row_number() over (partition by j.judged_at, h.record_id order by h.seen_at desc, h.new_id) as place
    from change_seen h
    join judging j on h.seen_at <= j.judged_at
    where h.record = 'account' and h.column_name = 'owner_id' and h.old_id is not null and h.new_id is not null
),
together as (
    -- How many clients went to the same new owner within the same month, whatever zones these are in.
    select judged_at, new_id, count(*) as client_count
    from handed
    where place = 1 and seen_at >= judged_at - interval 30 day
    group by judged_at, new_id
),
written as (
    select k.judged_at, k.account_id, count(distinct cast(o.happened_at as date)) as day_count
    from account_clock k
    join late_touch o
        on o.account_id = k.account_id and o.happened_at <= k.judged_at and cast(o.happened_at as date) >= k.since_90
    left join touch_step t
        on t.account_id = k.account_id and t.from_at <= k.judged_at and (t.until_at is null or t.until_at > k.judged_at)
    where o.direction = 'out' and o.kind in ('email', 'message') and not o.is_acknowledgement
      and coalesce(o.happened_at > t.last_in_at, true) and coalesce(o.happened_at > t.last_talk_at, true)
    group by k.judged_at, k.account_id
),
businesslike as (
    -- Clients in a CRM that keeps deals or invoices: only of them can it say who is a live client.
    select distinct o.account_id from client_org o join keeps_business b on b.org_id = o.org_id
),
client as (
    select
        a.*,
        k.judged_at, k.timezone as zone, k.today, k.day_number, k.business_number, k.first_at, k.active_since, k.since_30, k.since_90,
        t.last_touch_at, t.last_touch_kind, t.last_in_at, t.last_reach_at, t.last_talk_at, t.last_meeting_at,
        t.last_beside_support_at,
        h.seen_at as owner_changed_at, h.old_id as previous_owner_id, h.new_id as handed_to,
        greatest(cast(h.seen_at as date), o.handed_on) as handed_on,
        -- What lies before the calendar's first day is counted from there.
        case when coalesce(t.last_touch_at, a.created_at) < k.first_at then k.first_at
             else coalesce(t.last_touch_at, a.created_at)
        end as silent_since,
        case when t.last_in_at < k.first_at then k.first_at else t.last_in_at end as replied_since,
        case when t.last_reach_at < k.first_at then k.first_at else t.last_reach_at end as wrote_since,
        case when t.last_talk_at < k.first_at then k.first_at else t.last_talk_at end as talked_since,
        case when t.last_meeting_at < k.first_at then k.first_at else t.last_meeting_at end as met_since,
        case when t.last_beside_support_at < k.first_at then k.first_at else t.last_beside_support_at end as beside_since,
        case when a.created_at < k.first_at then k.first_at else a.created_at end as known_since
    from account_clock k
    join account a on a.account_id = k.account_id
    left join touch_step t
        on t.account_id = k.account_id and t.from_at <= k.judged_at and (t.until_at is null or t.until_at > k.judged_at)
    left join handed h on h.judged_at = k.judged_at and h.account_id = k.account_id and h.place = 1
    left join passed_on o on o.judged_at = k.judged_at and o.account_id = k.account_id
)
select
    c.judged_at as judged_at,                        -- instant | the moment that is judged
    c.account_id as account_id,                      -- text | the client, by the id of its record in the first CRM that has it
    coalesce(c.name, c.domain, 'a client without a name') as account_name,  -- text | what people call it, else its web domain | | steady
    c.tier as account_tier,                          -- text | A, B or C | | steady
    c.domain as account_domain,                      -- text | web domain | | steady
    c.revenue as account_revenue,                    -- decimal | a year, in the CRM's currency | | steady
    c.services as account_services,                  -- text | what they buy from us | | now
    c.owner_id as account_owner_id,                  -- text | the person of ours who answers for it | | now
    p.name as account_owner_name,                    -- text | that person's name | person | now
    coalesce(p.is_active, true) as is_account_owner_active,  -- boolean | that person still works with us | person | now
    c.owner_id is null as has_no_account_owner,      -- boolean | nobody of ours answers for it | | now
    c.zone as account_timezone,                      -- text | the client's time zone, else the company's | | steady
    c.timezone as account_own_timezone,              -- text | the client's own time zone, whosever clock counts | | steady
    cast(c.created_at as date) as account_created_on,  -- date | when the CRM got to know it
    c.day_number - case when c.known_since >= kn.turns_at then kn.next_day_number else kn.day_number end as days_since_created,  -- integer, days | calendar days since the CRM got to know it
    case when c.is_active is not null then c.is_active
         when b.account_id is null then true
         else coalesce(d.deal_count, 0) > 0 or v.account_id is not null or ct.account_id is not null
           or coalesce(i.last_invoice_on >= c.active_since, false)
    end as account_is_active,                        -- boolean | a live client: as mapped, else a live deal, won work that goes on, a contract in force or an invoice within 180 days; true where the CRM keeps neither | deal?, invoice?
    coalesce(c.muted_until >= c.today, false) as account_is_muted,  -- boolean | somebody asked for quiet until a day to come | | now
    c.muted_until as account_muted_until,            -- date | the last day of that quiet | | now
    coalesce(q.mail_at is null or cast(q.mail_at as date) < c.since_90, true) and c.owner_id is not null and g.email_is_logged
        as is_owner_blind,                           -- boolean | no e-mail of the owner's is on record for 90 days, so that silence may only be mail that the CRM does not see | activity
    c.last_touch_at as last_touch_at,                -- instant | the last touch; null: never | activity | at least if is_owner_blind
    case when c.last_touch_at < c.first_at then cast(c.last_touch_at as date)
         when c.last_touch_at >= l.turns_at then l.next_day
         when c.last_touch_at is not null then l.day
    end as last_touch_on,                            -- date | its day where the client is | activity | at least if is_owner_blind
    c.last_touch_kind as last_touch_kind,            -- text (call, email, meeting, message) | how the last touch was made | activity | unknown if is_owner_blind
    case when cast(c.last_touch_at as date) >= c.since_30 then lt.person_name end as last_touch_person_name,  -- text | who of ours it was with, of a touch within 30 days | activity, person | steady; unknown if is_owner_blind
    c.day_number - case when c.silent_since >= l.turns_at then l.next_day_number else l.day_number end as days_since_touch,  -- integer, days | calendar days since the last touch, or since the CRM got to know the client | activity | at most if is_owner_blind
    c.business_number - case when c.silent_since >= l.turns_at then l.next_business_number else l.business_number end as business_days_since_touch,  -- integer, business days | the same in business days | activity | at most if is_owner_blind
    c.last_in_at as last_reply_at,                   -- instant | when the client last reached us; null: never | activity | at least if is_owner_blind
    case when c.replied_since >= rl.turns_at then rl.next_day else rl.day end as last_reply_on,  -- date | the day on which the client last reached us | activity | at least if is_owner_blind
    c.day_number - case when c.replied_since >= rl.turns_at then rl.next_day_number else rl.day_number end as days_since_reply,  -- integer, days | calendar days since the client last reached us; null: never | activity | at most if is_owner_blind
    coalesce(wr.day_count, 0) as messages_without_reply,  -- integer | e-mails and messages of ours since the client last reached us or spoke with us, those of one day counted once; of the last 90 days | activity | unknown if is_owner_blind
    c.last_reach_at as last_outbound_at,               -- instant | when we last reached the client; null: never | activity | at least if is_owner_blind
    case when c.wrote_since >= ol.turns_at then ol.next_day else ol.day end as last_outbound_on,  -- date | the day on which we last reached the client | activity | at least if is_owner_blind
    case when cast(c.last_reach_at as date) >= c.since_30 then lo.kind end as last_outbound_kind,  -- text (call, email, meeting, message) | how we last reached them, within 30 days | activity | unknown if is_owner_blind
    case when cast(c.last_reach_at as date) >= c.since_30 then lo.person_name end as last_outbound_person_name,  -- text | who of ours did, within 30 days | activity, person | steady; unknown if is_owner_blind
    c.day_number - case when c.wrote_since >= ol.turns_at then ol.next_day_number else ol.day_number end as days_since_outbound,  -- integer, days | calendar days since we last reached the client; null: never | activity | at most if is_owner_blind
    case when c.talked_since >= tl.turns_at then tl.next_day else tl.day end as last_talk_on,  -- date | the day of the last call or meeting | activity
    case when cast(c.last_talk_at as date) >= c.since_30 then lk.kind end as last_talk_kind,  -- text (call, email, meeting, message) | which of the two it was, within 30 days | activity
    case when cast(c.last_talk_at as date) >= c.since_30 then lk.person_name end as last_talk_person_name,  -- text | who of ours it was with, within 30 days | activity, person | steady
    c.day_number - case when c.talked_since >= tl.turns_at then tl.next_day_number else tl.day_number end as days_since_talk,  -- integer, days | calendar days since the last call or meeting; null: never | activity
    c.last_meeting_at as last_meeting_at,            -- instant | when the last meeting began; null: never | activity
    case when c.met_since >= ml.turns_at then ml.next_day else ml.day end as last_meeting_on,  -- date | the day of the last meeting | activity
    c.business_number - case when c.met_since >= ml.turns_at then ml.next_business_number else ml.business_number end as business_days_since_meeting,  -- integer, business days | business days since the last meeting; null: never | activity
    coalesce(c.last_reach_at > c.last_meeting_at, false) as is_meeting_followed_up,  -- boolean | we have reached them since the last meeting | activity | at least if is_owner_blind
    case when c.beside_since >= bl.turns_at then bl.next_day else bl.day end as last_touch_beside_support_on,  -- date | the day of the last touch by anybody but support | activity, person | at least if is_owner_blind
    c.day_number - case when c.beside_since >= bl.turns_at then bl.next_day_number else bl.day_number end as days_since_touch_beside_support,  -- integer, days | calendar days since the last touch by anybody but support; null: never | activity, person | at most if is_owner_blind
    coalesce(d.deal_count, 0) as live_deal_count,    -- integer | deals that are neither won nor lost | deal
    coalesce(d.won_count, 0) as won_deal_count,      -- integer | deals that were won | deal
    coalesce(v.project_count, 0) as live_project_count,  -- integer | won deals and contracts whose work goes on: not past its end; where no end is known, a contract, or won within 180 days | deal
    coalesce(i.overdue_count, 0) as overdue_invoice_count,  -- integer | open invoices past their day | invoice | now
    coalesce(i.disputed_count, 0) > 0 as has_open_dispute,  -- boolean | they contest an invoice that is unpaid | invoice? | steady
    coalesce(i.paid_count, 0) as paid_invoice_count,  -- integer | invoices that were paid | invoice | now
    coalesce(w.open_count, 0) as open_incident_count,  -- integer | problems that are not over | incident
    case when w.open_high > 0 then 'high' when w.open_normal > 0 then 'normal' when w.open_count > 0 then 'low'
    end as open_incident_severity,                   -- text (high, normal, low) | how bad the worst of these is; null: nothing is open | incident?
    coalesce(w.count_90, 0) as incident_count_90,    -- integer | problems that were reported in the last 90 days | incident
    coalesce(case when w.opened_at >= wl.turns_at then wl.next_day else wl.day end, cast(w.opened_at as date)) as last_incident_on,   -- date | the day on which the last problem was reported, where the client is | incident
    lw.subject as last_incident_subject,             -- text | what that was, in a line | incident
    coalesce(w.severe_90, 0) as severe_incident_count_90,  -- integer | problems of high severity that were reported in the last 90 days | incident, incident.severity
    coalesce(case when w.severe_at >= vl.turns_at then vl.next_day else vl.day end, cast(w.severe_at as date)) as last_severe_incident_on,  -- date | the day on which the last of high severity was reported, where the client is | incident, incident.severity
    lv.subject as last_severe_incident_subject,      -- text | what that was, in a line | incident, incident.severity
    coalesce(m.open_count, 0) as open_commitment_count,  -- integer | promises of ours that are open | commitment
    case when m.due_on < c.today then m.subject end as missed_commitment_subject,  -- text | our oldest promise that is past its day, without the word Promise before it | commitment | now
    case when m.due_on < c.today then m.due_on end as missed_commitment_due_on,  -- date | the day it was promised for | commitment | now
    coalesce(case when x.next_at >= xl.turns_at then xl.next_day else xl.day end, cast(x.next_at as date)) as next_meeting_on,  -- date | the day of the next call or meeting that is planned, where the client is | activity | now
    c.next_step as account_next_step,  -- text | what we do next with them, as people wrote it down | account.next_step | now
    x.next_at is not null or c.next_step is not null or coalesce(d.planned_count, 0) > 0 or coalesce(m.open_count, 0) > 0
        as has_next_step,  -- boolean | something is planned: a call or meeting, a next step of the client's or of a live deal, an open promise | activity, commitment?, deal? | now
    c.update_every_days as update_every_days,        -- integer, days | how often we agreed to report to them; null: not agreed | | steady
    coalesce(n.contact_count, 0) as contact_count,   -- integer | people at the client whom the CRM knows and who have not left | contact | now
    coalesce(pt.touched_count, 0) as touched_contact_count,  -- integer | people at the client with a touch within 180 days who have not left | contact, activity | at least if is_owner_blind
    case when pt.touched_count = 1 then pt.first_touched_name end as only_contact_name,  -- text | the one of them, where there is only one | contact, activity | unknown if is_owner_blind
    lp.name as last_contact_name,                    -- text | who at the client was in touch with us last, within 180 days; null where they have left | contact, activity | unknown if is_owner_blind
    c.owner_changed_at is null and coalesce(cast(wo.since_at as date) > c.since_30, true)
        as is_owner_history_short,                   -- boolean | we have looked for less than 30 days, so that a change of hands before is not known
    cast(c.owner_changed_at as date) as owner_changed_on,  -- date | when we saw that another person of ours answers for it now; null: not since we look | | history; unknown if is_owner_history_short
    case when c.handed_to = c.owner_id then pp.name end as previous_owner_name,  -- text | who did before | person | history
    coalesce(c.owner_changed_at < c.last_reach_at, false) as is_owner_introduced,  -- boolean | we have reached them since that change | activity | at least if is_owner_blind
    c.business_number - case when c.owner_changed_at >= hl.turns_at then hl.next_business_number else hl.business_number end as business_days_since_owner_change,  -- integer, business days | business days since that change; null: none was seen | | history; unknown if is_owner_history_short
    case when c.handed_on >= c.since_90 then c.handed_on end as handed_over_on,  -- date | when we saw it, or a sale of theirs, handed on to another of ours, within 90 days | deal?
    case when c.handed_on >= c.since_90 then c.business_number - hd.business_number
    end as business_days_since_hand_over,            -- integer, business days | business days since then; null: none was seen | deal?
    coalesce(g2.client_count, 0) as clients_handed_over_count,  -- integer | clients that came to the same new owner within a month | | history
    nullif(concat_ws(', ', case when c.goals is null then 'their goals' end, case when c.decision_maker is null then 'who decides' end,
        case when c.success_measure is null then 'how they measure success' end, case when c.known_risks is null then 'the risks' end), '')
        as missing_discovery,                        -- text | what we do not know yet, in words | account.goals, account.decision_maker, account.success_measure, account.known_risks | now
    coalesce(s.client_count, 0) as feedback_count,   -- integer | times that the client said how we do | feedback
    coalesce(case when s.client_at >= sl.turns_at then sl.next_day else sl.day end, cast(s.client_at as date)) as last_feedback_on,   -- date | the day of the last time, where the client is | feedback
    ls.mood as last_feedback_mood,                   -- text (happy, neutral, unhappy) | how that sounded | feedback, feedback.mood
    coalesce(s.team_count, 0) as team_feedback_count,  -- integer | scores that our own people gave to working with this client within a year | feedback | restricted
    cast(s.team_score as decimal(38, 6)) as team_feedback_score  -- decimal | their mean, from three scores on; null: fewer | feedback | restricted
from client c
cross join given g
left join person p on p.person_id = c.owner_id
left join person pp on pp.person_id = c.previous_owner_id
left join businesslike b on b.account_id = c.account_id
left join watched wo on wo.record = 'account' and wo.column_name = 'owner_id' and wo.org_id = split_part(c.account_id, ':', 1)
left join owner_mail q on q.judged_at = c.judged_at and q.person_id = c.owner_id
left join live_deal d on d.judged_at = c.judged_at and d.account_id = c.account_id
left join written wr on wr.judged_at = c.judged_at and wr.account_id = c.account_id
left join contracted ct on ct.judged_at = c.judged_at and ct.account_id = c.account_id
left join project v on v.judged_at = c.judged_at and v.account_id = c.account_id
left join invoiced i on i.judged_at = c.judged_at and i.account_id = c.account_id
left join trouble w on w.judged_at = c.judged_at and w.account_id = c.account_id
left join last_trouble lw on lw.judged_at = c.judged_at and lw.account_id = c.account_id
left join last_severe lv on lv.judged_at = c.judged_at and lv.account_id = c.account_id
left join promise m on m.judged_at = c.judged_at and m.account_id = c.account_id and m.place = 1
left join planned x on x.judged_at = c.judged_at and x.account_id = c.account_id
left join people_there n on n.judged_at = c.judged_at and n.account_id = c.account_id
left join people_touched pt on pt.judged_at = c.judged_at and pt.account_id = c.account_id
left join last_person lp on lp.judged_at = c.judged_at and lp.account_id = c.account_id
left join said s on s.judged_at = c.judged_at and s.account_id = c.account_id
left join last_said ls on ls.judged_at = c.judged_at and ls.account_id = c.account_id
left join together g2 on g2.judged_at = c.judged_at and g2.new_id = c.owner_id
left join day_turn l on l.timezone = c.zone and l.utc_day = cast(c.silent_since as date)
left join day_turn rl on rl.timezone = c.zone and rl.utc_day = cast(c.replied_since as date)
left join day_turn ol on ol.timezone = c.zone and ol.utc_day = cast(c.wrote_since as date)
left join day_turn tl on tl.timezone = c.zone and tl.utc_day = cast(c.talked_since as date)
left join day_turn ml on ml.timezone = c.zone and ml.utc_day = cast(c.met_since as date)
left join day_turn bl on bl.timezone = c.zone and bl.utc_day = cast(c.beside_since as date)
left join day_turn kn on kn.timezone = c.zone and kn.utc_day = cast(c.known_since as date)
left join recent_touch lt on lt.account_id = c.account_id and lt.happened_at = c.last_touch_at
left join recent_touch lo on lo.account_id = c.account_id and lo.happened_at = c.last_reach_at
left join recent_touch lk on lk.account_id = c.account_id and lk.happened_at = c.last_talk_at
left join calendar_day hd on hd.timezone = c.zone and hd.day = c.handed_on
left join day_turn hl on hl.timezone = c.zone and hl.utc_day = cast(c.owner_changed_at as date)
left join day_turn wl on wl.timezone = c.zone and wl.utc_day = cast(w.opened_at as date)
left join day_turn vl on vl.timezone = c.zone and vl.utc_day = cast(w.severe_at as date)
left join day_turn sl on sl.timezone = c.zone and sl.utc_day = cast(s.client_at as date)
left join day_turn xl on xl.timezone = c.zone and xl.utc_day = cast(x.next_at as date)
