-- A row for each judged instant and each client that the CRM knew then: what the clock shows where the client is.
select z.account_id, k.*
from account_zone z
join clock k on k.timezone = z.timezone and (z.created_at is null or z.created_at <= k.known_at)
