"""Cuts the SQL of what is known from one judged instant until another down to what it says of a single instant."""

from functools import cache

import sqlglot
from sqlglot import exp


@cache
def of_one_instant(sql: str) -> str:
    """The same rows where one instant is judged, without the windows over earlier and later ones: nothing was known
    before (a maximum so far is the value itself), and nothing follows (`lead` is null). Sorting all clients for that
    takes as long as adding up their touches."""
    query = sqlglot.parse_one(sql, read="duckdb")
    for window in list(query.find_all(exp.Window)):
        of = window.this
        window.replace(of.this if isinstance(of, exp.Max) else exp.cast(exp.null(), "timestamp"))
    for select in query.find_all(exp.Select):
        select.set("windows", None)
    return query.sql(dialect="duckdb", comments=False, copy=False)
