"""Explaining a client names the activities that its facts count from."""

from sync.explaining.touches import last_touches
from tests.rules.small_org import NOW, SmallOrg, at, prepared

LONG_AGO = at("2026-01-05 09:00")


def test_a_mail_of_ours_is_named_as_one_of_theirs_is() -> None:
    org = SmallOrg()
    org.account("a1", created=LONG_AGO)
    for id_, incoming in (("m1", True), ("m2", False)):
        org.add("EmailMessage", id_, RelatedToId="a1", MessageDate=NOW, Incoming=incoming)
    with prepared(org) as (engine, _, _):
        named = last_touches(engine, "00D1:a1")
    assert {name: id_.split(":")[-1] for name, id_ in named.items()} == {
        "last touch": "m1", "last reply": "m1", "last touch of ours": "m2",
    }  # fmt: skip
