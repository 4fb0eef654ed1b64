"""Turns the client base that the package leadforge generates into data files for the sandbox CRM.

    python bench/leadforge_data.py OUT [--crm salesforce|hubspot|both]

leadforge simulates a B2B sales organisation from January to April 2024; nothing in it was made for Keptword.
Its tables become one Parquet file for each CRM object, under the vendor's own field names. Both CRMs hold the
same accounts and the same activities, said in their own ways; leadforge's account id is kept beside the CRM's
(`Legacy_Id__c`, `legacy_id`). What leadforge leaves open is settled so:

- An account belongs to the representative who has most of its leads, the lowest id at a tie; an account
  without leads to one more user, the house account (both CRMs), since Salesforce knows no account without owner.
- Dates are noon UTC; a record was last changed when it was made, a deal when it was closed.
- Revenue gives the tier: A from $200M, B from $50M, else C (Rating, ideal customer profile).
- Sales activities are linked to account and contact, touches to the contact alone, as mail tools and
  LinkedIn do it: their account is the contact's.
- Meetings and demos that nobody answered became no-shows, those that ended at a voicemail were cancelled.
- Webinars and downloads are not contact: a closed Task of type Other, a HubSpot note.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, get_args

import duckdb
import pyarrow.parquet as pq

Crm = Literal["salesforce", "hubspot"]
CRMS: tuple[Crm, ...] = get_args(Crm)
SOURCES = ("accounts", "contacts", "leads", "opportunities", "sales_activities", "touches")
HOUSE_ACCOUNT = "rep_house"
"""The user who owns accounts without leads; e-mail `house@seller.example`."""

# What both CRMs share: owners, tiers, and one list of all that happened.
VIEWS: Mapping[str, str] = {
    "people": f"""
        select distinct owner_rep_id as person_id, 'Representative' as first_name,
            replace(owner_rep_id, 'rep_', '') as last_name, replace(owner_rep_id, '_', '-') || '@seller.example' as email
        from leads
        union all select '{HOUSE_ACCOUNT}', 'House', 'Account', 'house@seller.example'
    """,
    "account_owners": """
        select account_id, owner_rep_id as owner_id
        from (select account_id, owner_rep_id, count(*) as lead_count from leads group by all)
        qualify row_number() over (partition by account_id order by lead_count desc, owner_rep_id) = 1
    """,
    "clients": f"""
        select account_id, company_name as name, coalesce(owner_id, '{HOUSE_ACCOUNT}') as owner_id,
            replace(account_id, '_', '-') || '.example' as domain,
            case estimated_revenue_band when '$200M+' then 'A' when '$50M-$200M' then 'B' else 'C' end as tier,
            case estimated_revenue_band when '$200M+' then 200000000 when '$50M-$200M' then 50000000
                when '$10M-$50M' then 10000000 else 1000000 end as revenue,
            regexp_extract(employee_band, '[0-9]+')::integer as employees,
            case region when 'UK' then 'United Kingdom' else 'United States' end as country,
            created_at::timestamp + interval 12 hours as created_at
        from accounts left join account_owners using (account_id)
    """,
    "persons_there": """
        select contact_id, account_id, owner_id, 'Contact' as first_name, replace(contact_id, 'cnt_', '') as last_name,
            job_title,
            case when email_domain_type = 'corporate' then replace(contact_id, '_', '-') || '@' || domain end as email,
            c.created_at::timestamp + interval 12 hours as created_at
        from contacts c join (select account_id, owner_id, domain from clients) using (account_id)
    """,
    "sales": """
        select opportunity_id, account_id, contact_id, owner_rep_id as owner_id, stage, estimated_acv as amount,
            'Procurement software ' || replace(opportunity_id, 'opp_', '') as name,
            coalesce(closed_at::date, created_at::date + 90) as closes_on,
            created_at::timestamp + interval 12 hours as created_at,
            coalesce(closed_at, created_at)::timestamp + interval 12 hours as changed_at
        from opportunities join leads using (lead_id)
    """,
    "happenings": """
        select activity_id as id, activity_type as kind, activity_outcome as outcome, 'outbound' as direction,
            rep_id as owner_id, account_id, contact_id, true as names_account,
            activity_timestamp::timestamp + interval 12 hours as happened_at
        from sales_activities join leads using (lead_id)
        union all by name
        select touch_id as id, touch_type as kind, case touch_type when 'call' then 'connected' end as outcome,
            touch_direction as direction, owner_rep_id as owner_id, account_id, contact_id, false as names_account,
            touch_timestamp::timestamp + interval 12 hours as happened_at
        from touches join leads using (lead_id)
    """,
}  # fmt: skip

SALESFORCE: Mapping[str, str] = {
    "User": """
        select person_id as Id, email as Username, email as Email, first_name as FirstName, last_name as LastName,
            true as IsActive, 'Standard' as UserType, 'GMT' as TimeZoneSidKey
        from people
    """,
    "Account": """
        select account_id as Id, account_id as Legacy_Id__c, name as Name, owner_id as OwnerId, domain as Website,
            case tier when 'A' then 'Hot' when 'B' then 'Warm' else 'Cold' end as Rating, revenue as AnnualRevenue,
            employees as NumberOfEmployees, country as BillingCountry,
            created_at as CreatedDate, created_at as LastModifiedDate, created_at as SystemModstamp
        from clients
    """,
    "Contact": """
        select contact_id as Id, account_id as AccountId, owner_id as OwnerId, first_name as FirstName,
            last_name as LastName,
            job_title as Title, email as Email,
            created_at as CreatedDate, created_at as LastModifiedDate, created_at as SystemModstamp
        from persons_there
    """,
    "Opportunity": """
        select opportunity_id as Id, account_id as AccountId, owner_id as OwnerId, name as Name, amount as Amount,
            case stage when 'sql' then 'Qualification' when 'demo_scheduled' then 'Needs Analysis'
                when 'demo_completed' then 'Value Proposition' when 'proposal_sent' then 'Proposal/Price Quote'
                when 'negotiation' then 'Negotiation/Review' when 'closed_won' then 'Closed Won'
                when 'closed_lost' then 'Closed Lost' end as StageName,
            closes_on as CloseDate, created_at as CreatedDate, changed_at as LastModifiedDate, changed_at as SystemModstamp
        from sales
    """,
    "Task": """
        select id as Id, owner_id as OwnerId, contact_id as WhoId, case when names_account then account_id end as WhatId,
            case kind when 'call' then 'Call: ' || replace(outcome, '_', ' ') when 'email' then 'Email'
                when 'linkedin_message' then 'LinkedIn message' when 'webinar' then 'Webinar'
                when 'content_download' then 'Content download' end as Subject,
            'Completed' as Status, 'Normal' as Priority,
            case kind when 'call' then 'Call' when 'email' then 'Email' else 'Other' end as Type,
            case kind when 'call' then 'Call' when 'email' then 'Email' when 'linkedin_message' then 'LinkedIn'
                else 'Task' end as TaskSubtype,
            case when kind <> 'call' then null when direction = 'inbound' then 'Inbound' else 'Outbound' end as CallType,
            case when kind <> 'call' then null when outcome = 'connected' then 'Connected'
                when outcome = 'meeting_set' then 'Meeting set' when outcome = 'demo_completed' then 'Demo completed'
                when outcome = 'left_voicemail' then 'Left voicemail' when outcome = 'no_answer' then 'No answer'
                end as CallDisposition,
            happened_at::date as ActivityDate, happened_at as CompletedDateTime,
            happened_at as CreatedDate, happened_at as LastModifiedDate, happened_at as SystemModstamp
        from happenings where kind not in ('meeting', 'demo')
    """,
    "Event": """
        select id as Id, owner_id as OwnerId, contact_id as WhoId, account_id as WhatId,
            case outcome when 'left_voicemail' then 'Canceled: ' when 'no_answer' then 'No show: ' else '' end
                || upper(kind[1]) || kind[2:] as Subject,
            happened_at as StartDateTime, happened_at + interval 30 minutes as EndDateTime, 30 as DurationInMinutes,
            happened_at as CreatedDate, happened_at as LastModifiedDate, happened_at as SystemModstamp
        from happenings where kind in ('meeting', 'demo')
    """,
}  # fmt: skip

HUBSPOT: Mapping[str, str] = {
    "owners": "select person_id as id, email, first_name as firstName, last_name as lastName from people",
    "companies": """
        select account_id as id, account_id as legacy_id, name, domain, owner_id as hubspot_owner_id,
            case tier when 'A' then 'tier_1' when 'B' then 'tier_2' else 'tier_3' end as hs_ideal_customer_profile,
            revenue as annualrevenue, employees as numberofemployees, country,
            created_at as createdate, created_at as hs_lastmodifieddate
        from clients
    """,
    "contacts": """
        select contact_id as id, first_name as firstname, last_name as lastname, job_title as jobtitle, email,
            owner_id as hubspot_owner_id, created_at as createdate, created_at as lastmodifieddate
        from persons_there
    """,
    "deals": """
        select opportunity_id as id, name as dealname, amount, 'default' as pipeline, owner_id as hubspot_owner_id,
            case stage when 'sql' then 'qualifiedtobuy' when 'demo_scheduled' then 'appointmentscheduled'
                when 'demo_completed' then 'presentationscheduled' when 'proposal_sent' then 'decisionmakerboughtin'
                when 'negotiation' then 'contractsent' when 'closed_won' then 'closedwon'
                when 'closed_lost' then 'closedlost' end as dealstage,
            closes_on + interval 12 hours as closedate, created_at as createdate, changed_at as hs_lastmodifieddate
        from sales
    """,
    "calls": """
        select id, owner_id as hubspot_owner_id, 'Call' as hs_call_title, upper(direction) as hs_call_direction,
            case outcome when 'no_answer' then 'NO_ANSWER' else 'COMPLETED' end as hs_call_status,
            case outcome when 'no_answer' then '73a0d17f-1163-4015-bdd5-ec830791da20'
                when 'left_voicemail' then 'b2cf5968-551e-4856-9783-52b3da59a7d0'
                else 'f240bbac-87c9-4f6e-bf70-924b57d47db7' end as hs_call_disposition,
            happened_at as hs_timestamp, happened_at as hs_createdate, happened_at as hs_lastmodifieddate
        from happenings where kind = 'call'
    """,
    "emails": """
        select id, owner_id as hubspot_owner_id, 'Email' as hs_email_subject, 'SENT' as hs_email_status,
            case direction when 'inbound' then 'INCOMING_EMAIL' else 'EMAIL' end as hs_email_direction,
            happened_at as hs_timestamp, happened_at as hs_createdate, happened_at as hs_lastmodifieddate
        from happenings where kind = 'email'
    """,
    "meetings": """
        select id, owner_id as hubspot_owner_id, upper(kind[1]) || kind[2:] as hs_meeting_title,
            case outcome when 'left_voicemail' then 'CANCELED' when 'no_answer' then 'NO_SHOW' else 'COMPLETED' end
                as hs_meeting_outcome,
            happened_at as hs_meeting_start_time, happened_at + interval 30 minutes as hs_meeting_end_time,
            happened_at as hs_timestamp, happened_at as hs_createdate, happened_at as hs_lastmodifieddate
        from happenings where kind in ('meeting', 'demo')
    """,
    "communications": """
        select id, owner_id as hubspot_owner_id, 'LINKEDIN_MESSAGE' as hs_communication_channel_type,
            'CRM' as hs_communication_logged_from,
            'LinkedIn message' as hs_communication_body,
            happened_at as hs_timestamp, happened_at as hs_createdate, happened_at as hs_lastmodifieddate
        from happenings where kind = 'linkedin_message'
    """,
    "notes": """
        select id, owner_id as hubspot_owner_id, happened_at as hs_timestamp,
            happened_at as hs_createdate, happened_at as hs_lastmodifieddate,
            case kind when 'webinar' then 'Attended a webinar' else 'Downloaded content' end as hs_note_body
        from happenings where kind in ('webinar', 'content_download')
    """,
    # Type ids are HubSpot's own.
    "associations": """
        with kinds(kind, from_type, to_company, to_contact) as (values
            ('call', 'calls', 182, 194), ('email', 'emails', 186, 198), ('meeting', 'meetings', 188, 200),
            ('demo', 'meetings', 188, 200), ('linkedin_message', 'communications', 87, 81),
            ('webinar', 'notes', 190, 202), ('content_download', 'notes', 190, 202))
        select 'contacts' as from_type, contact_id as from_id, 'companies' as to_type, account_id as to_id, 1 as type_id
        from persons_there
        union all select 'deals', opportunity_id, 'companies', account_id, 5 from sales
        union all select 'deals', opportunity_id, 'contacts', contact_id, 3 from sales
        union all select from_type, id, 'contacts', contact_id, to_contact from happenings join kinds using (kind)
        union all select from_type, id, 'companies', account_id, to_company
        from happenings join kinds using (kind) where names_account
    """,
}  # fmt: skip

FILES: Mapping[Crm, Mapping[str, str]] = {"salesforce": SALESFORCE, "hubspot": HUBSPOT}


def generate(out: Path) -> Path:
    """Runs leadforge's own program (about 4 seconds) and gives the folder of its Parquet tables.

    The same data every time: recipe and seed are fixed. Raises CalledProcessError with what the program said.
    """
    program = Path(sys.executable).with_name("leadforge")
    options = ("-r", "b2b_saas_procurement_v1", "--seed", "42", "--mode", "research_instructor")
    subprocess.run([program, "generate", *options, "--out", out], check=True, capture_output=True, text=True)
    return out / "tables"


def shape(tables: Path, out: Path, *, crm: Crm) -> dict[str, int]:
    """Writes one Parquet file for each object of `crm` into `out` and says how many rows each has.

    Both CRMs may share one folder: no two objects have the same name. Instants are naive UTC.
    """
    out.mkdir(parents=True, exist_ok=True)
    counts = {}
    with duckdb.connect() as engine:
        engine.execute("set timezone = 'UTC'")
        for source in SOURCES:
            engine.register(source, pq.read_table(tables / f"{source}.parquet"))
        for name, sql in VIEWS.items():
            engine.execute(f"create view {name} as {sql}")
        for name, sql in FILES[crm].items():
            rows = engine.sql(f"select * from ({sql}) order by all").to_arrow_table()
            pq.write_table(rows, out / f"{name}.parquet")
            counts[name] = rows.num_rows
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path, help="the folder to write, for the sandbox's --data")
    parser.add_argument("--crm", choices=(*CRMS, "both"), default="both")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        tables = generate(Path(scratch) / "leadforge")
        for crm in CRMS if options.crm == "both" else (options.crm,):
            for name, count in shape(tables, options.out, crm=crm).items():
                print(f"{crm:<10} {name:<15} {count:>8,}")


if __name__ == "__main__":
    main()
