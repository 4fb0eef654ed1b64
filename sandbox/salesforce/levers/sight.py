"""What the login sees: sharing, fields or whole objects are taken from it, and given back."""

from typing import Any

from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.levers.asked import asked, field_named, ids_in, misunderstood, object_named
from sandbox.salesforce.org import Org
from sandbox.salesforce.records import Records
from sandbox.salesforce.refusals import Refused

_EXAMPLE = (
    '{"objects": ["Invoice"], "fields": ["Account.Rating"], "share": {"Account": 0.4}, "ids": ["001..."]}'
)


def hide(records: Records, call: Call) -> Answer:
    """Takes from the login's sight objects, fields, a share of an object's rows, and single rows, all at once."""
    body = asked(call, _EXAMPLE, known=["objects", "fields", "share", "ids"])
    org, sight, shares = records.org, records.org.catalogue.sight, body.get("share", {})
    if not body or not isinstance(shares, dict):
        raise misunderstood(_EXAMPLE)
    sight.objects |= {object_named(org, name).name.lower() for name in _names(body, "objects")}
    sight.fields |= {_field(org, name) for name in _names(body, "fields")}
    lost = {}
    for name, share in shares.items():
        if not isinstance(share, (int, float)) or not 0 <= share <= 1:
            raise Refused("UNKNOWN", f"share: {share!r} of {name} is not a part such as 0.4")
        shape = object_named(org, name)
        lost[shape.name] = sight.lose_share(shape, float(share))
    ids = ids_in(body, "ids")
    for prefix in sorted({each[:3] for each in ids}):
        shape_of = org.catalogue.by_prefix(prefix)
        if shape_of is None:
            raise Refused("UNKNOWN", f"ids: no object has ids that begin with {prefix}")
        lost[shape_of.name] = sight.lose_rows(shape_of, [each for each in ids if each.startswith(prefix)])
    org.catalogue.touched()
    return Answer(
        body={"rows": lost, "objects": sorted(sight.objects), "fields": sorted(map(".".join, sight.fields))}
    )


def show(records: Records, _call: Call) -> Answer:
    """Everything is seen again."""
    records.org.catalogue.sight.regain()
    records.org.catalogue.touched()
    return Answer(body={"rows": {}, "objects": [], "fields": []})


def _names(body: dict[str, Any], member: str) -> list[str]:
    given = body.get(member, [])
    if not isinstance(given, list):
        raise misunderstood(_EXAMPLE)
    return [str(each) for each in given]


def _field(org: Org, name: str) -> tuple[str, str]:
    object_name, dot, field = name.partition(".")
    if not dot:
        raise Refused("UNKNOWN", f"fields: {name!r} names no field; write Account.Rating")
    shape = object_named(org, object_name)
    return shape.name.lower(), field_named(shape, field).name.lower()
