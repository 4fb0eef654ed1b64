"""Knows one human in two CRMs: people of ours by their address, people at a client by ids that name each other or by address."""

from collections.abc import Sequence

from rules.engine import Engine
from rules.identity.clients import place_sql
from rules.identity.ids import key_sql


def join_people(engine: Engine, orgs: Sequence[str]) -> None:
    """Makes `same_person` (person_id, one_id) from raw_person: people of ours with the same address in each CRM.

    A queue is nobody, whatever its address.
    """
    if len(orgs) < 2:
        engine.execute("create or replace temp table same_person (person_id varchar, one_id varchar)")
        return
    engine.execute(f"""
        create or replace temp table same_person as
        with addressed as (
            select person_id, lower(trim(email)) as email, {place_sql("person_id", orgs)} as place
            from raw_person
            where email is not null and trim(email) <> '' and coalesce(role, '') <> 'queue'
        ),
        clear as (
            -- Two logins of one CRM with the same address stay two: the one may be gone, the other not.
            select email from addressed
            group by email having count(*) = count(distinct split_part(person_id, ':', 1)) and count(*) > 1
        ),
        ranked as (
            select a.person_id, a.email, row_number() over (partition by a.email order by a.place, a.person_id) as place
            from addressed a join clear c on c.email = a.email
        )
        select r.person_id, f.person_id as one_id
        from ranked r join ranked f on f.email = r.email and f.place = 1
        where r.place > 1""")


def join_contacts(engine: Engine, orgs: Sequence[str]) -> None:
    """Makes `same_contact` (contact_id, one_id) from raw_contact and same_client: one person at one client in two CRMs.

    An id field counts before the address; what names two in one CRM joins nothing.
    """
    if len(orgs) < 2:
        engine.execute("create or replace temp table same_contact (contact_id varchar, one_id varchar)")
        return
    engine.execute(f"""
        create or replace temp table same_contact as
        with joined as (
            select client_id, account_id from same_client union select client_id, client_id from same_client
        ),
        known as (
            select distinct c.contact_id, j.client_id, split_part(c.contact_id, ':', 1) as org,
                {place_sql("c.contact_id", orgs)} as place, nullif(lower(trim(c.email)), '') as email,
                {key_sql("c.contact_id")} as own_key, {key_sql("c.other_crm_id")} as other_key
            from raw_contact c join joined j on j.account_id = c.account_id
        ),
        named as (
            select distinct a.contact_id as one, b.contact_id as other
            from known a join known b on b.client_id = a.client_id and b.own_key = a.other_key and b.org <> a.org
        ),
        either_way as (select one, other from named union select other, one from named),
        by_id as (
            -- One on each side: who is named twice, or names another than names them, is a doubt.
            select e.one, e.other from either_way e
            where e.one in (select one from either_way group by one having count(*) = 1)
              and e.other in (select one from either_way group by one having count(*) = 1)
        ),
        addressed as (
            select contact_id, client_id, org, place, email
            from known where email is not null and contact_id not in (select one from either_way)
        ),
        clear as (
            select client_id, email from addressed
            group by client_id, email having count(*) = count(distinct org) and count(*) > 1
        ),
        ranked as (
            select a.contact_id, a.client_id, a.email,
                first_value(a.contact_id) over (partition by a.client_id, a.email order by a.place, a.contact_id) as one_id
            from addressed a join clear c on c.client_id = a.client_id and c.email = a.email
        ),
        found as (
            select b.one as contact_id, b.other as one_id, k.place, o.place as other_place
            from by_id b
            join (select distinct contact_id, place from known) k on k.contact_id = b.one
            join (select distinct contact_id, place from known) o on o.contact_id = b.other
        )
        select contact_id, one_id from found where other_place < place
        union
        select contact_id, min(one_id) as one_id from ranked where contact_id <> one_id group by contact_id""")
