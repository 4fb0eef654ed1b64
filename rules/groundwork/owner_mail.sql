-- For each judged instant the people of ours of whom e-mail was ever seen, and when last: one that they wrote or got, or
-- one with any client they answer for. Nothing for 90 days means that their e-mail is not captured, so that no more than
-- the late ones are looked at.
with seen as (
    -- Mail may be older than its client: the CRM got to know of neither before.
    select a.owner_id as person_id, greatest(s.from_at, a.created_at) as from_at, s.last_mail_at as mail_at
    from touch_step s
    join account a on a.account_id = s.account_id
    where a.owner_id is not null and s.last_mail_at is not null
    union all
    select person_id, first_judged_at, happened_at
    from late_touch
    where kind = 'email' and person_id is not null
),
first_seen as (
    select person_id, from_at, max(mail_at) as mail_at
    from seen
    group by person_id, from_at
)
select s.person_id, j.judged_at, max(s.mail_at) as mail_at
from first_seen s
join judging j on s.from_at <= j.known_at
group by s.person_id, j.judged_at
