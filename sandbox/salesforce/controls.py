"""Levers of this side for tests and demos: tokens run out, a key is registered, a record comes back."""

from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.records import Records


def expire_tokens(records: Records, _call: Call) -> Answer:
    """Every token given so far stops working."""
    gone = len(records.org.sessions)
    records.org.sessions.clear()
    return Answer(body={"expired": gone})


def register_key(records: Records, call: Call) -> Answer:
    """The body is the PEM public key that signs JWTs from now on; an empty body checks no signature."""
    records.org.jwt_public_key = call.body.decode().strip() or None
    return Answer(body={"registered": records.org.jwt_public_key is not None})


def undelete(records: Records, call: Call) -> Answer:
    """Takes records (`{"ids": [...]}`) out of the recycle bin; a twin of a unique value stays there."""
    return Answer(body=[records.attempt(records.undelete, str(each)) for each in call.json().get("ids", [])])
