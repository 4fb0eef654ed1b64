"""Deleted records: back from the bin, or gone for good."""

from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.levers.asked import asked, ids_in
from sandbox.salesforce.records import Records
from sandbox.salesforce.recycle_bin import empty_bin

_EXAMPLE = '{"ids": ["001..."]}'


def undelete(records: Records, call: Call) -> Answer:
    """Takes records (`{"ids": [...]}`) out of the recycle bin; a twin of a unique value stays there."""
    ids = ids_in(asked(call, _EXAMPLE, known=["ids"], needed=["ids"]), "ids")
    return Answer(body=[records.attempt(records.undelete, each) for each in ids])


def empty(records: Records, call: Call) -> Answer:
    """Deletes for good these records (`{"ids": [...]}`) if they are in the bin, or with `{}` all that is in it."""
    body = asked(call, _EXAMPLE, known=["ids"])
    return Answer(body={"deleted": empty_bin(records.org, ids_in(body, "ids") if "ids" in body else None)})
