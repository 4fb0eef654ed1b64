-- What each person at a client is called; one at two clients has two rows as a contact.
select contact_id, min(name) as name from contact group by contact_id
