-- Every touch: a call, e-mail, meeting or message in which a person on our side reached the client or the client
-- reached us. Automated e-mail, internal notes, attempts that missed and cancelled meetings are none.
-- `first_judged_at` is the first of the judged instants that knows of it.
select
    a.activity_id, a.account_id, a.contact_id, a.person_id, a.kind, a.direction, a.is_acknowledgement, a.happened_at,
    j.judged_at as first_judged_at
from activity a
join judging j on a.happened_at <= j.judged_at and a.happened_at > j.previous_at
where a.kind <> 'note' and a.outcome = 'reached' and a.direction <> 'internal' and not a.is_automated
