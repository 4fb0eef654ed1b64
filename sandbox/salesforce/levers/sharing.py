"""Who of the org's users sees records that are not their own: org-wide defaults, object by object."""

from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.levers.asked import asked, misunderstood, object_named
from sandbox.salesforce.org import Org
from sandbox.salesforce.records import Records
from sandbox.salesforce.refusals import Refused
from sandbox.salesforce.shapes import ObjectShape

_EXAMPLE = '{"private": ["Account"]}'


def set_defaults(records: Records, call: Call) -> Answer:
    """Makes exactly the objects of `private` so: only owners, and the managers above them, see their records."""
    names = asked(call, _EXAMPLE, known=["private"], needed=["private"])["private"]
    if not isinstance(names, list):
        raise misunderstood(_EXAMPLE)
    records.org.private = {_owned(records.org, name).name for name in names}
    return Answer(body={"private": sorted(records.org.private)})


def _owned(org: Org, name: object) -> ObjectShape:
    shape = object_named(org, name)
    if "ownerid" not in shape.fields:
        raise Refused("UNKNOWN", f"private: {shape.name} has no owner, so it is not shared")
    return shape
