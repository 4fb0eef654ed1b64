-- What is known of the touches of a client from one judged instant until another: the latest of each kind.
with known_by as (
    select p.person_id, coalesce(s.one_id, p.person_id) as one_id, contains(lower(p.role), 'support') as is_support
    from person p
    left join same_person s on s.person_id = p.person_id
),
supporter as (
    -- One CRM may know the role of somebody whom the other knows by name only.
    select distinct k.person_id
    from known_by k
    join known_by o on o.one_id = k.one_id and o.is_support
),
counted as (
    select
        t.account_id, t.first_judged_at as from_at,
        max(t.happened_at) as touch_at,
        max(t.happened_at) filter (where t.direction = 'in') as in_at,
        max(t.happened_at) filter (where t.direction = 'out') as out_at,
        max(t.happened_at) filter (where t.kind in ('call', 'meeting')) as talk_at,
        max(t.happened_at) filter (where t.kind = 'meeting') as meeting_at,
        max(t.happened_at) filter (where t.kind = 'email') as mail_at,
        max(t.happened_at) filter (where s.person_id is null) as beside_support_at
    from touch t
    left join supporter s on s.person_id = t.person_id
    group by t.account_id, t.first_judged_at
),
named as (
    -- Of several at the same instant the first by the alphabet, so that the words never waver.
    select c.account_id, c.from_at, min(t.kind) as kind
    from counted c
    join touch t on t.account_id = c.account_id and t.happened_at = c.touch_at
    group by c.account_id, c.from_at
)
select
    c.account_id, c.from_at,
    lead(c.from_at) over by_time as until_at,
    c.touch_at as last_touch_at,
    n.kind as last_touch_kind,
    max(c.in_at) over so_far as last_in_at,
    max(c.out_at) over so_far as last_out_at,
    max(c.talk_at) over so_far as last_talk_at,
    max(c.meeting_at) over so_far as last_meeting_at,
    max(c.mail_at) over so_far as last_mail_at,
    max(c.beside_support_at) over so_far as last_beside_support_at
from counted c
join named n on n.account_id = c.account_id and n.from_at = c.from_at
window
    by_time as (partition by c.account_id order by c.from_at),
    so_far as (partition by c.account_id order by c.from_at rows between unbounded preceding and current row)
