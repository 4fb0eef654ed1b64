-- What is known of the touches of a client from one judged instant until another: the latest of each kind.
with counted as (
    select
        t.account_id, t.first_judged_at as from_at,
        max(t.happened_at) as touch_at,
        max(t.happened_at) filter (where t.direction = 'in') as in_at,
        max(t.happened_at) filter (where t.kind = 'call') as call_at,
        max(t.happened_at) filter (where t.kind = 'meeting') as meeting_at,
        max(t.happened_at) filter (where t.kind = 'email') as mail_at,
        max(t.happened_at) filter (where t.kind = 'message') as message_at,
        max(t.happened_at) filter (where t.contact_id is not null) as person_at,
        max(t.happened_at) filter (where t.is_reach) as reach_at,
        max(t.happened_at) filter (where t.is_reach and t.kind in ('call', 'meeting')) as reach_talk_at,
        max(t.happened_at) filter (where not t.is_by_support) as beside_support_at
    from touch t
    group by t.account_id, t.first_judged_at
)
select
    c.account_id, c.from_at,
    lead(c.from_at) over by_time as until_at,
    c.touch_at as last_touch_at,
    -- Of several at the same instant the first by the alphabet, so that the words never waver.
    case c.touch_at when c.call_at then 'call' when c.mail_at then 'email' when c.meeting_at then 'meeting'
        when c.message_at then 'message'
    end as last_touch_kind,
    max(c.in_at) over so_far as last_in_at,
    max(greatest(c.call_at, c.meeting_at)) over so_far as last_talk_at,
    max(c.meeting_at) over so_far as last_meeting_at,
    max(c.mail_at) over so_far as last_mail_at,
    max(c.person_at) over so_far as last_person_at,
    max(c.reach_at) over so_far as last_reach_at,
    max(c.reach_talk_at) over so_far as last_reach_talk_at,
    max(c.beside_support_at) over so_far as last_beside_support_at
from counted c
window
    by_time as (partition by c.account_id order by c.from_at),
    so_far as (partition by c.account_id order by c.from_at rows between unbounded preceding and current row)
