"""Logins and Bulk jobs that go wrong: tokens run out, a key is registered, jobs fail."""

from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.levers.asked import misunderstood
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


def fail_jobs(records: Records, call: Call) -> Answer:
    """The next Bulk jobs fail: `{"message": "OPERATION_TOO_LARGE", "times": 2}`; once unless `times` says more."""
    match call.json():
        case {"message": str(message), "times": int(times), **rest} if not rest and times >= 0:
            pass
        case {"message": str(message), **rest} if not rest:
            times = 1
        case _:
            raise misunderstood('{"message": "OPERATION_TOO_LARGE", "times": 1}')
    records.org.failures.extend([message] * times)
    return Answer(body={"waiting": len(records.org.failures)})
