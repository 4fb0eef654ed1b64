-- Every touch by which a person of ours reached the client with more than a receipt: what we wrote or said, and every
-- call or meeting, whoever began it.
select account_id, person_id, kind, happened_at
from touch
where (direction = 'out' or kind in ('call', 'meeting')) and not is_acknowledgement
