-- Every touch: a call, e-mail, meeting or message in which a person on our side reached the client or the client
-- reached us. Automated e-mail, internal notes, attempts that missed and cancelled meetings are none.
-- `first_judged_at` is the first of the judged instants that knows of it; `is_reach` says that a person of ours reached
-- the client with more than a receipt: what we wrote or said, and every call or meeting, whoever began it.
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
)
select
    a.activity_id, a.account_id, a.contact_id, a.person_id, a.kind, a.direction, a.is_acknowledgement, a.happened_at,
    (a.direction = 'out' or a.kind in ('call', 'meeting')) and not a.is_acknowledgement as is_reach,
    coalesce(a.person_id in (select person_id from supporter), false) as is_by_support,
    j.judged_at as first_judged_at
from activity a
join judging j on a.happened_at <= j.judged_at and a.happened_at > j.previous_at
where a.kind <> 'note' and a.outcome = 'reached' and a.direction <> 'internal' and not a.is_automated
