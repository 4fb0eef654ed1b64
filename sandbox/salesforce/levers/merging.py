"""Two records become one."""

from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.levers.asked import asked, ids_in, misunderstood
from sandbox.salesforce.merging import merge
from sandbox.salesforce.records import Records

_EXAMPLE = '{"winner": "001...", "losers": ["001..."]}'


def merge_records(records: Records, call: Call) -> Answer:
    """`{"winner": ..., "losers": [...]}`: accounts, contacts, leads or cases, as a person merges them."""
    body = asked(call, _EXAMPLE, known=["winner", "losers"], needed=["winner", "losers"])
    if not isinstance(body["winner"], str):
        raise misunderstood(_EXAMPLE)
    (winner,), losers = ids_in({"winner": [body["winner"]]}, "winner"), ids_in(body, "losers")
    return Answer(body={"winner": winner, "losers": losers, "moved": merge(records, winner, losers)})
