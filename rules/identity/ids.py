"""Compares ids of two CRMs as people and programs copy them: 15 or 18 characters, with an org before them, in a link."""


def key_sql(column: str) -> str:
    """What two spellings of one id have in common; null where there is none.

    Salesforce's last three of 18 characters only repeat the case of the first 15.
    """
    bare = f"regexp_replace(trim({column}), '^.*[:/]', '')"
    return f"nullif(regexp_replace({bare}, '^([A-Za-z0-9]{{15}})[A-Z0-5]{{3}}$', '\\1'), '')"
