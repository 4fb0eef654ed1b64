"""Makes a client list of any size for the sandbox: the same clients in both CRMs, fifteen fields each, all of 2024."""

from collections.abc import Mapping
from pathlib import Path

from connectors.tasks import Crm

_CLIENTS = """
create table clients as select
    n, 'Client ' || n || ' of the agency' as name, 'client-' || n || '.example' as domain,
    'owner_' || (n % 20) as owner_id, n % 3 as tier, 1000 * (n % 5000) + 250.5 as revenue,
    '+44 20 7946 ' || lpad((n % 10000)::varchar, 4, '0') as phone, n || ' High Street' as street,
    'Town ' || (n % 700) as town, 'Region ' || (n % 40) as region, 'P' || (n % 9000) as postcode,
    timestamp '2022-01-01' + to_minutes(n % 500000) as created_at, timestamp '2024-01-01' + to_seconds(n) as changed_at
from range(1, ? + 1) t(n)
"""

_FILES: Mapping[str, str] = {
    "User": """
        select distinct owner_id as Id, owner_id || '@seller.example' as Username, owner_id || '@seller.example' as Email,
            'Owner' as FirstName, owner_id as LastName, true as IsActive, 'Standard' as UserType, 'GMT' as TimeZoneSidKey
        from clients
    """,
    "Account": """
        select 'client_' || n as Id, name as Name, owner_id as OwnerId, domain as Website,
            ['Hot', 'Warm', 'Cold'][tier + 1] as Rating, revenue as AnnualRevenue, phone as Phone,
            street as BillingStreet, town as BillingCity, region as BillingState, postcode as BillingPostalCode,
            'United Kingdom' as BillingCountry, 'A-' || n as AccountNumber, 'Main' as Site, 'Consulting' as Industry,
            created_at as CreatedDate, changed_at as LastModifiedDate, changed_at as SystemModstamp
        from clients
    """,
    "owners": """
        select distinct owner_id as id, owner_id || '@seller.example' as email, 'Owner' as firstName, owner_id as lastName
        from clients
    """,
    "companies": """
        select 'client_' || n as id, name, owner_id as hubspot_owner_id, domain,
            ['tier_1', 'tier_2', 'tier_3'][tier + 1] as hs_ideal_customer_profile, revenue as annualrevenue, phone,
            street as address, town as city, region as state, postcode as zip, 'United Kingdom' as country,
            'Europe/London' as timezone, domain as website, 'A client since a while' as description,
            'Sells things' as about_us, created_at as createdate, changed_at as hs_lastmodifieddate
        from clients
    """,
}  # fmt: skip

FIELDS: Mapping[Crm, tuple[str, ...]] = {
    "salesforce": (
        "Name", "OwnerId", "Website", "Rating", "AnnualRevenue", "Phone", "BillingStreet", "BillingCity",
        "BillingState", "BillingPostalCode", "BillingCountry", "AccountNumber", "Site", "Industry", "CreatedDate",
    ),
    "hubspot": (
        "name", "hubspot_owner_id", "domain", "hs_ideal_customer_profile", "annualrevenue", "phone", "address",
        "city", "state", "zip", "country", "timezone", "website", "description", "createdate",
    ),
}  # fmt: skip
"""The fifteen that are read."""

_TEXTS: Mapping[Crm, slice] = {"salesforce": slice(5, 14), "hubspot": slice(5, 14)}
"""Those of them that no column of the default mapping asks for."""

OBJECTS: Mapping[Crm, str] = {"salesforce": "Account", "hubspot": "companies"}


def write_clients(folder: Path, count: int) -> Path:
    """Parquet files of `count` clients and their 20 owners, for both CRMs; gives the folder for `--data`."""
    import duckdb  # here, since the measured processes do without

    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as engine:
        engine.execute("set timezone = 'UTC'")
        engine.execute(_CLIENTS, [count])
        for name, sql in _FILES.items():
            engine.execute(f"copy ({sql} order by 1) to '{folder / name}.parquet'")
    return folder


def account_mapping(crm: Crm) -> str:
    """TOML for the connection: every client is active, and all fifteen fields are read."""
    words = ", ".join(f'"{name}"' for name in FIELDS[crm][_TEXTS[crm]])
    return f'[connections.crm.records.account]\ncolumns = {{ is_active = "true", name = {{ words = [{words}] }} }}\n'
