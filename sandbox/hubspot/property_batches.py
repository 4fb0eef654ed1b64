"""Reads, makes and archives up to a hundred properties in one call."""

from sandbox.hubspot.batch import MOST_INPUTS, finish
from sandbox.hubspot.errors import ApiError
from sandbox.hubspot.portal import Answer, Call, Portal, object_of
from sandbox.hubspot.properties import add_property, declared, on_the_wire, put_away


def read_properties(portal: Portal, call: Call) -> Answer:
    """Properties by name; unknown ones are left out."""
    kind, names = object_of(portal, call), [str(one.get("name")) for one in call.inputs(MOST_INPUTS)]
    found = [kind.properties[name] for name in names if name in kind.properties]
    return finish(portal, call, [on_the_wire(one) for one in found[::-1] if one.listed], [])


def create_properties(portal: Portal, call: Call) -> Answer:
    """New custom properties: none when any is invalid in itself; names that are taken are told apart."""
    kind, inputs = object_of(portal, call), call.inputs(MOST_INPUTS)
    for one in inputs:
        declared(portal, kind, one)
    results, refusals = [], []
    for one in inputs:
        try:
            results.append(on_the_wire(add_property(portal, kind, one)))
        except ApiError as refusal:
            refusals.append(refusal)
    if refusals and not results:
        raise refusals[0]
    return finish(portal, call, results, refusals, status=201)


def archive_properties(portal: Portal, call: Call) -> Answer:
    """Archives custom properties; names that are not there are no error."""
    kind, names = object_of(portal, call), [str(one.get("name")) for one in call.inputs(MOST_INPUTS)]
    for held in [kind.properties[name] for name in names if name in kind.properties]:
        put_away(kind, held)
    return Answer(status=204)
