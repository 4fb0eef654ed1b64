-- One row per sale or project, with its hand-over from those who sold it to those who deliver it.
--
-- Who delivers it counts as introduced by any touch in which they reached the client on the day it was won or later, and
-- as known there by one in the half year before.
with delivered as (
    select d.*, coalesce(d.delivery_owner_id, c.owner_id) as deliverer_id
    from deal d
    join account c on c.account_id = d.account_id
    left join other_client x on x.record = 'deal' and x.record_id = d.deal_id and x.account_id = d.account_id
    where x.record_id is null
),
introduced as (
    -- A touch of which nobody noted who made it may have been theirs.
    select
        d.deal_id,
        min(t.happened_at) filter (where cast(t.happened_at as date) >= d.closes_on) as introduced_at,
        count(*) filter (where cast(t.happened_at as date) < d.closes_on and t.one_person_id is not null) as count_before
    from delivered d
    left join same_person s on s.person_id = d.deliverer_id
    join reach t
        on t.account_id = d.account_id and cast(t.happened_at as date) >= d.closes_on - interval 180 day
       and (t.one_person_id = coalesce(s.one_id, d.deliverer_id) or t.one_person_id is null)
    where d.is_closed and d.is_won  -- nobody asks it of others
    group by d.deal_id
),
sold as (
    select
        d.*,
        k.judged_at, k.known_on, k.today, k.since_30, k.day_number, k.business_number, k.timezone as zone,
        -- A contract that begins later is not in force yet.
        d.is_closed and d.is_won and coalesce(
            d.closes_on <= case when d.kind = 'contract' then k.today else k.known_on end, true
        ) as is_sold,
        case when d.closes_on < k.first_day then k.first_day when d.closes_on > k.last_day then k.last_day else d.closes_on
        end as counted_close,
        case when d.renews_on < k.first_day then k.first_day when d.renews_on > k.last_day then k.last_day else d.renews_on
        end as counted_renewal
    from delivered d
    join account_clock k on k.account_id = d.account_id and (d.created_at is null or d.created_at <= k.known_at)
)
select
    d.deal_id as deal_id,                            -- text | the sale or project
    a.*,                                             -- every column of account
    d.kind as deal_kind,                             -- text (sale, contract) | a contract is work agreed: nothing to win, and nothing to hand over
    d.name as deal_name,                             -- text | what people call it | | steady
    d.amount as deal_amount,                         -- decimal | in its own currency | | steady
    d.owner_id as deal_owner_id,                     -- text | who of ours leads it | | now
    o.name as deal_owner_name,                       -- text | that person's name | person | now
    d.kind = 'sale' and (not d.is_closed or coalesce(d.closes_on > d.known_on, false)) as is_deal_live,  -- boolean | neither won nor lost
    d.is_sold as is_deal_won,                        -- boolean | it was won, or is a contract in force or past
    d.closes_on as deal_closes_on,                   -- date | when it closed or is to close
    d.next_step as deal_next_step,                   -- text | what we do next, as people wrote it down | | now
    case when d.is_sold and d.kind = 'sale' then d.day_number - w.day_number end as days_since_won,  -- integer, days | calendar days since the sale was won
    case when d.is_sold and d.kind = 'sale' then d.business_number - w.business_number end as business_days_since_won,  -- integer, business days | business days since the sale was won
    d.deliverer_id as delivery_owner_id,             -- text | who of ours delivers it: as mapped, else the client's owner | | now
    e.name as delivery_owner_name,                   -- text | that person's name | person | now
    d.kind = 'sale' and d.deliverer_id is not null and d.deliverer_id <> d.owner_id as changes_hands,  -- boolean | somebody else delivers it than sold it; never a contract | | now
    d.is_sold and coalesce(i.introduced_at <= d.judged_at, false) as is_introduced,  -- boolean | who delivers it has reached the client since it was won | activity | at least if is_owner_blind
    d.is_sold and coalesce(i.count_before > 0, false) as is_deliverer_known,  -- boolean | who delivers it had reached the client in the 180 days before it was won | activity | at least if is_owner_blind
    case when d.is_sold and cast(i.introduced_at as date) >= d.since_30 and i.introduced_at <= d.judged_at then it.day
    end as introduced_on,                            -- date | when, of the first time, within 30 days | activity | unknown if is_owner_blind
    case when d.is_sold and cast(i.introduced_at as date) >= d.since_30 and i.introduced_at <= d.judged_at then it.kind
    end as introduced_kind,                          -- text (call, email, meeting, message) | how they were introduced | activity | unknown if is_owner_blind
    case when d.pitfalls_discussed_at <= d.judged_at then cast(d.pitfalls_discussed_at as date)
    end as pitfalls_discussed_on,                    -- date | when we talked with them about what could go wrong | deal.pitfalls_discussed_at
    coalesce(d.pitfalls_discussed_at <= d.judged_at, false) as is_pitfalls_discussed,  -- boolean | we have talked with them about what could go wrong | deal.pitfalls_discussed_at
    d.ends_on as deal_ends_on,                       -- date | when the work ends | deal.ends_on | steady
    d.renews_on as renews_on,                        -- date | when the contract is up for renewal | deal.renews_on | steady
    coalesce(d.renews_on < d.today, false) as is_renewal_past,  -- boolean | that day has passed | deal.renews_on | steady
    r.day_number - d.day_number as days_until_renewal,  -- integer, days | calendar days until then; negative: past | deal.renews_on | steady
    d.hours_sold as hours_sold,                      -- decimal | of a retainer | deal.hours_sold | now
    d.hours_spent as hours_spent,                    -- decimal | of a retainer | deal.hours_spent | now
    cast(d.hours_spent * 100 / nullif(d.hours_sold, 0) as decimal(38, 6)) as hours_spent_percent  -- decimal | how much of it is spent, of a hundred | deal.hours_sold, deal.hours_spent | now
from sold d
join fact_account a on a.account_id = d.account_id and a.judged_at = d.judged_at
left join introduced i on i.deal_id = d.deal_id
left join recent_touch it on it.account_id = d.account_id and it.happened_at = i.introduced_at
left join person o on o.person_id = d.owner_id
left join person e on e.person_id = d.deliverer_id
left join calendar_day w on w.timezone = d.zone and w.day = d.counted_close
left join calendar_day r on r.timezone = d.zone and r.day = d.counted_renewal
