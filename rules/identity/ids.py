"""Compares ids of two CRMs as people and programs copy them: 15 or 18 characters, with an org before them, in a link."""

_BARE = "regexp_replace(trim({0}), '^.*[:/]', '')"


def key_sql(column: str) -> str:
    """What two spellings of one id have in common; null where there is none.

    Salesforce's last three of 18 characters only repeat the case of the first 15.
    """
    bare = f"nullif({_BARE.format(column)}, '')"
    is_long = f"length({bare}) = 18 and regexp_matches({bare}, '^[A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*$')"
    return f"case when {is_long} then left({bare}, 15) else {bare} end"
