-- One row per incident: a problem, or a wish to change what was agreed.
--
-- A client counts as told by any touch in which we reached them after it was reported, a mere receipt excepted, or by
-- what the mapping says of when they were told. Business hours are the office's, in the time zone of the client.
with happened as (
    select
        i.*,
        k.judged_at, k.known_at, k.day_number, k.business_number, k.business_minute, k.first_at, k.since_30,
        k.timezone as zone,
        case when i.opened_at < k.first_at then 0
             else extract(hour from i.opened_at) * 60 + extract(minute from i.opened_at)
        end as opened_minute,
        i.is_open or coalesce(i.closed_at > k.known_at, false) as is_open_then,
        case when i.opened_at < k.first_at then k.first_at else i.opened_at end as counted_opened_at,
        case when i.is_open or i.closed_at > k.known_at then null
             when i.closed_at < k.first_at then k.first_at
             else i.closed_at
        end as counted_closed_at
    from incident i
    join account_clock k on k.account_id = i.account_id and (i.opened_at is null or i.opened_at <= k.judged_at)
    left join other_client x on x.record = 'incident' and x.record_id = i.incident_id and x.account_id = i.account_id
    where x.record_id is null
)
select
    i.incident_id as incident_id,                    -- text | the incident
    a.*,                                             -- every column of account
    i.kind as incident_kind,                         -- text (problem, change) | something broken, or a wish to change what was agreed
    i.subject as incident_subject,                   -- text | what happened, in a line | | steady
    i.severity as incident_severity,                 -- text (high, normal, low) | how bad it is | incident.severity | steady
    i.owner_id as incident_owner_id,                 -- text | who of ours works on it | | now
    p.name as incident_owner_name,                   -- text | that person's name | person | now
    c.name as incident_contact_name,                 -- text | who at the client reported it | contact? | steady
    case when i.opened_at < i.first_at then cast(i.opened_at as date) else ol.day end as incident_opened_on,  -- date | when it was reported, where the client is
    i.opened_at as incident_opened_at,               -- instant | the moment at which it was reported
    case when i.counted_closed_at >= cl.turns_at then cl.next_day else cl.day end as incident_closed_on,  -- date | when it was over; null: not over, or nobody said
    i.is_open_then as is_incident_open,              -- boolean | not over yet
    i.business_number - ol.business_number as business_days_since_opened,  -- integer, business days | business days since it was reported
    cast(floor((i.business_minute - ol.minutes_before
        - greatest(0, least(i.opened_minute, ol.closes_minute) - ol.opens_minute)) / 60.0) as bigint)
        as business_hours_since_opened,              -- integer, business hours | full business hours since it was reported
    i.day_number - case when i.counted_closed_at >= cl.turns_at then cl.next_day_number else cl.day_number end as days_since_closed,  -- integer, days | calendar days since it was over; null: not over
    i.business_number - case when i.counted_closed_at >= cl.turns_at then cl.next_business_number else cl.business_number end as business_days_since_closed,  -- integer, business days | business days since it was over; null: not over
    coalesce(i.told_at <= i.judged_at, false) or coalesce(t.last_reach_at > i.opened_at, false) as is_client_told,  -- boolean | we have reached the client since it was reported | activity | at least if is_owner_blind
    coalesce(t.last_reach_talk_at > i.opened_at, false) as is_client_called,  -- boolean | there was a call or meeting since it was reported | activity
    not i.is_open_then and coalesce(t.last_reach_at > i.closed_at and t.last_reach_at > i.opened_at, false) as is_followed_up,  -- boolean | we have reached the client since it was over | activity | at least if is_owner_blind
    case when t.last_reach_at > i.opened_at and cast(t.last_reach_at as date) >= i.since_30 then r.day
         when i.told_at <= i.judged_at then cast(i.told_at as date)
    end as client_reached_on,                        -- date | when we last reached them since it was reported, within 30 days | activity | unknown if is_owner_blind
    case when t.last_reach_at > i.opened_at and cast(t.last_reach_at as date) >= i.since_30 then r.kind
    end as client_reached_kind,                      -- text (call, email, meeting, message) | how we reached them | activity | unknown if is_owner_blind
    case when t.last_reach_at > i.opened_at and cast(t.last_reach_at as date) >= i.since_30 then r.person_name
    end as client_reached_person_name,               -- text | who of ours did | activity, person | steady; unknown if is_owner_blind
    case when i.impact_shared_at <= i.judged_at then cast(i.impact_shared_at as date)
    end as impact_shared_on,                         -- date | when they heard what the change costs and moves | incident.impact_shared_at
    coalesce(i.impact_shared_at <= i.judged_at, false) as is_impact_shared  -- boolean | they have heard what the change costs and moves | incident.impact_shared_at
from happened i
join fact_account a on a.account_id = i.account_id and a.judged_at = i.judged_at
left join touch_step t
    on t.account_id = i.account_id and t.from_at <= i.judged_at and (t.until_at is null or t.until_at > i.judged_at)
left join recent_touch r on r.account_id = i.account_id and r.happened_at = t.last_reach_at
left join person p on p.person_id = i.owner_id
left join contact_name c on c.contact_id = i.contact_id
left join local_day ol
    on ol.timezone = i.zone and ol.utc_day = cast(i.counted_opened_at as date)
   and ol.from_at <= i.counted_opened_at and i.counted_opened_at < ol.to_at
left join day_turn cl on cl.timezone = i.zone and cl.utc_day = cast(i.counted_closed_at as date)
