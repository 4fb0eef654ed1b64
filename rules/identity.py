"""One client, two CRMs: accounts of several connections that share a web domain are judged as one."""

from collections.abc import Iterator, Sequence

from rules.records import RECORDS
from rules.views import SourceView

_SHARED_DOMAINS = (
    "gmail.com", "googlemail.com", "outlook.com", "outlook.de", "hotmail.com", "hotmail.co.uk", "live.com", "live.co.uk",
    "msn.com", "yahoo.com", "yahoo.co.uk", "yahoo.de", "yahoo.fr", "yahoo.co.jp", "icloud.com", "me.com", "aol.com",
    "gmx.de", "gmx.net", "gmx.com", "web.de", "t-online.de", "proton.me", "protonmail.com", "orange.fr", "free.fr",
    "btinternet.com", "libero.it", "qq.com", "163.com", "126.com", "naver.com", "mail.ru", "yandex.ru", "zoho.com",
    "facebook.com", "instagram.com", "linkedin.com", "x.com", "twitter.com", "youtube.com", "google.com",
    "sites.google.com", "linktr.ee", "example.com",
)  # fmt: skip
"""Domains of mail providers and platforms: sharing one says nothing about two companies."""

_DOMAIN = r"rtrim(regexp_replace(lower(trim(domain)), '^([a-z]+://)?(www\.)?([^/:?#\s]*).*$', '\3'), '.')"
_IS_DOMAIN = r"regexp_matches(domain, '^[^\s.@,;]+(\.[^\s.@,;]+)+$')"
"""What people write where there is none (n/a, none, -) joins nothing."""


_NOT_TWICE = " where not exists (select 1 from second_log l where l.activity_id = r.activity_id)"


def identity_sql(account_sources: Sequence[SourceView], *, logged_twice: bool) -> Iterator[str]:
    """Statements that make the final record tables from the raw ones.

    A domain joins accounts only when it names exactly one account in each org, so that a doubt joins nothing.
    The account of the connection that the config names first stands for the client. Where some source says of
    an activity under which id it is logged a second time (`logged_twice`), that second one is left out.
    """
    orders = " ".join(f"when '{_escaped(org)}' then {n}" for n, org in enumerate(_orgs(account_sources)))
    rank = f"case split_part(account_id, ':', 1) {orders} else 99 end" if orders else "0"
    several = "" if len(_orgs(account_sources)) > 1 else " and false"  # one CRM alone has nothing to join
    shared = ", ".join(f"'{domain}'" for domain in _SHARED_DOMAINS)
    yield f"""
        create or replace temp table same_client as
        with named as (
            select account_id, split_part(account_id, ':', 1) as org, {rank} as place, nullif({_DOMAIN}, '') as domain
            from raw_account where domain is not null{several}
        ),
        single as (
            select domain, org, min(account_id) as account_id, min(place) as place
            from named where {_IS_DOMAIN} and domain not in ({shared}) group by domain, org having count(*) = 1
        ),
        clear as (
            select domain from named group by domain having count(*) = count(distinct org) and count(*) > 1
        ),
        ranked as (
            select s.domain, s.account_id, row_number() over (partition by s.domain order by s.place, s.account_id) as place
            from single s join clear c on c.domain = s.domain
        )
        select r.account_id, f.account_id as client_id
        from ranked r join ranked f on f.domain = r.domain and f.place = 1
        where r.place > 1"""
    yield """
        create or replace temp view account as
        select * from raw_account a where not exists (select 1 from same_client s where s.account_id = a.account_id)"""
    yield f"""
        create or replace temp table same_person as
        with addressed as (
            select person_id, lower(trim(email)) as email, {rank.replace("account_id", "person_id")} as place
            from raw_person where email is not null and trim(email) <> ''{several}
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
        where r.place > 1"""
    if logged_twice:
        yield """
            create or replace temp table second_log as
            select distinct also_id as activity_id from raw_activity where also_id is not null and account_id is not null"""
    for name, record in RECORDS.items():
        if name == "account":
            continue
        if record.column("account_id") is None:
            yield f"create or replace temp view {name} as select * from raw_{name}"
        else:
            columns = ", ".join(
                "coalesce(s.client_id, r.account_id) as account_id"
                if each.name == "account_id"
                else f"r.{each.name}"
                for each in record.columns
            )
            yield (
                f"create or replace temp view {name} as select {columns} "
                f"from raw_{name} r left join same_client s on s.account_id = r.account_id"
                f"{_NOT_TWICE if name == 'activity' and logged_twice else ''}"
            )


def _orgs(sources: Sequence[SourceView]) -> list[str]:
    return list(dict.fromkeys(source.org_id for source in sources))


def _escaped(text: str) -> str:
    return text.replace("'", "''")
