"""Takes links out of the records of a list, which has room for the first hundred of each: a call less than asking for them.

The list names a link's type where every other answer numbers it. A record with more links, or one of a type whose
name is not known (an admin's label, an object of one's own), is asked about like the records of a search.
"""

from collections.abc import Mapping
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from connectors.connector import ToldLinks
from connectors.hubspot.call import HubSpotCalls
from connectors.hubspot.links import links_of

TARGETS = frozenset({"companies", "contacts", "deals", "tickets"})
"""Objects that a list names as they are asked for; others it spells in its own way (`line items`)."""

_PRIMARY = "PRIMARY_"


def struct_of(targets: tuple[str, ...]) -> pa.DataType:
    """The shape of a listed record's `associations`."""
    text = pa.string()
    paging = pa.struct([("next", pa.struct([("after", text)]))])
    links = pa.struct([("results", pa.list_(pa.struct([("id", text), ("type", text)]))), ("paging", paging)])
    return pa.struct([(target, links) for target in targets])


def links_in(calls: HubSpotCalls, from_object: str, to_object: str, /, records: pa.StructArray) -> pa.Table:
    """Every link of these records to the other object, as links_of() gives them."""
    ids = pc.struct_field(records, "id")
    links = pc.struct_field(records, ["associations", to_object, "results"])
    from_ids, found = ids.take(pc.list_parent_indices(links)), links.flatten()
    type_ids = _type_ids(found)
    table = pa.table({"from_id": from_ids, "to_id": pc.struct_field(found, "id"), "type_id": type_ids})
    more = pc.struct_field(records, ["associations", to_object, "paging", "next", "after"])
    short = pa.concat_arrays([ids.filter(pc.is_valid(more)), from_ids.filter(pc.is_null(type_ids))])
    if not len(short):
        return table
    asked = links_of(calls, from_object, to_object, ids=short.unique().to_pylist())
    return pa.concat_tables([table.filter(pc.invert(pc.is_in(table["from_id"], value_set=short))), asked])


def told_in(to_object: str, records: pa.StructArray) -> ToldLinks:
    """Of these records those whose links to the other object the list had room for, and these links."""
    more = pc.struct_field(records, ["associations", to_object, "paging", "next", "after"])
    records = records.filter(pc.is_null(more))
    ids, links = (
        pc.struct_field(records, "id"),
        pc.struct_field(records, ["associations", to_object, "results"]),
    )
    to_ids = pc.struct_field(links.flatten(), "id")
    table = pa.table({"from_id": ids.take(pc.list_parent_indices(links)), "to_id": to_ids})
    return ToldLinks(ids=ids, links=table)


def _type_ids(links: pa.StructArray) -> pa.Array:
    known = _known_types()
    place = pc.index_in(pc.struct_field(links, "type"), value_set=pa.array(known, pa.string()))
    return pa.array(known.values(), pa.string()).take(place)


@cache
def _known_types() -> Mapping[str, str]:
    """`contact_to_company` -> `1`, by the vendor's own table: where a pair has a primary type, that one bears the
    plain name and the other one is `_unlabeled`.
    """
    from hubspot.crm.association_type import AssociationType

    numbers = {name: str(number) for name, number in vars(AssociationType).items() if name.isupper()}
    return {
        _listed_name(name, has_primary=_PRIMARY + name in numbers): number for name, number in numbers.items()
    }


def _listed_name(name: str, *, has_primary: bool) -> str:
    return name.removeprefix(_PRIMARY).lower() + ("_unlabeled" if has_primary else "")
