-- One row per person at a client.
select
    p.contact_id as contact_id,                      -- text | the person at the client
    a.*,                                             -- every column of account
    p.name as contact_name,                          -- text | what people call them | | steady
    p.role as contact_role,                          -- text | their job title | | steady
    p.is_key as is_key_contact,                      -- boolean | somebody whom we must not lose sight of | | steady
    p.left_on as left_on,                            -- date | the day on which they left the client | contact.left_on
    k.day_number - g.day_number as days_since_left,  -- integer, days | calendar days since then; negative: to come | contact.left_on
    s.last_touch_at as contact_touch_at,             -- instant | the last touch with them; null: never | activity | at least if is_owner_blind
    case when s.last_touch_at >= l.turns_at then l.next_day else l.day end as contact_touch_on,  -- date | its day where the client is | activity | at least if is_owner_blind
    k.day_number - case when s.last_touch_at >= l.turns_at then l.next_day_number else l.day_number end as days_since_contact_touch,  -- integer, days | calendar days since the last touch with them; null: never | activity | at most if is_owner_blind
    s.last_in_at is not null as has_contact_written  -- boolean | they have reached us at least once | activity | at least if is_owner_blind
from contact p
join account_clock k on k.account_id = p.account_id
join fact_account a on a.account_id = p.account_id and a.judged_at = k.judged_at
left join other_client x on x.record = 'contact' and x.record_id = p.contact_id and x.account_id = p.account_id
left join contact_step s
    on s.contact_id = p.contact_id and s.from_at <= k.judged_at and (s.until_at is null or s.until_at > k.judged_at)
left join calendar_day g on g.timezone = k.timezone and g.day = p.left_on
left join day_turn l on l.timezone = k.timezone and l.utc_day = cast(s.last_touch_at as date)
where x.record_id is null
