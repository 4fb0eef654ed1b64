-- Every touch by which a person of ours reached the client with more than a receipt: what we wrote or said, and every
-- call or meeting, whoever began it.
select t.account_id, coalesce(s.one_id, t.person_id) as one_person_id, t.kind, t.happened_at
from touch t
left join same_person s on s.person_id = t.person_id
where t.is_reach
