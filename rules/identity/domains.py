"""Reads what people write as a client's web address, and knows the addresses that say nothing about a company."""

SHARED_DOMAINS = (
    "gmail.com", "googlemail.com", "outlook.com", "outlook.de", "hotmail.com", "hotmail.co.uk", "live.com", "live.co.uk",
    "msn.com", "yahoo.com", "yahoo.co.uk", "yahoo.de", "yahoo.fr", "yahoo.co.jp", "icloud.com", "me.com", "aol.com",
    "gmx.de", "gmx.net", "gmx.com", "web.de", "t-online.de", "proton.me", "protonmail.com", "orange.fr", "free.fr",
    "btinternet.com", "libero.it", "qq.com", "163.com", "126.com", "naver.com", "mail.ru", "yandex.ru", "zoho.com",
    "facebook.com", "instagram.com", "linkedin.com", "x.com", "twitter.com", "youtube.com", "google.com",
    "sites.google.com", "linktr.ee", "example.com",
)  # fmt: skip
"""Domains of mail providers and platforms: sharing one says nothing about two companies."""

_BARE = r"rtrim(regexp_replace(lower(trim({0})), '^([a-z]+://)?(www\.)?([^/:?#\s]*).*$', '\3'), '.')"
_IS_DOMAIN = r"regexp_matches({0}, '^[^\s.@,;]+(\.[^\s.@,;]+)+$')"
"""What people write where there is none (n/a, none, -) joins nothing."""


def bare_sql(column: str) -> str:
    """`https://www.Acme.example/about` -> `acme.example`; of what is no address whatever is left."""
    return _BARE.format(column)


def told_sql(bare: str) -> str:
    """A bare domain, whose name is given; null where it is none, or is shared by many."""
    shared = ", ".join(f"'{domain}'" for domain in SHARED_DOMAINS)
    return f"case when {_IS_DOMAIN.format(bare)} and {bare} not in ({shared}) then {bare} end"
