-- A row for each judged instant and client: what the clock shows where the client is.
select z.account_id, k.*
from account_zone z
join clock k on k.timezone = z.timezone
