"""Reads which records are linked to which: HubSpot's associations, for up to a thousand records a call."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from connectors.errors import Temporary
from connectors.hubspot.call import HubSpotCalls
from connectors.hubspot.link_answers import LinkAnswer, read_answer

INPUTS_PER_CALL = 1000
"""HubSpot's limit since February 2025."""

_NO_LINKS = ("OBJECT_NOT_FOUND", "NO_ASSOCIATIONS_FOUND")
"""How HubSpot names, among a call's errors, a record that is simply linked to nothing."""

_COLUMNS = pa.schema([("from_id", pa.string()), ("to_id", pa.string()), ("type_id", pa.string())])


def links_of(calls: HubSpotCalls, from_object: str, to_object: str, /, ids: Sequence[str]) -> pa.Table:
    """Every link of these records to the other object, as `from_id`, `to_id`, `type_id`; one row a type."""
    parts = [_COLUMNS.empty_table()]
    waiting: list[Mapping[str, str]] = [{"id": id_} for id_ in ids]
    while waiting:
        batch, waiting = waiting[:INPUTS_PER_CALL], waiting[INPUTS_PER_CALL:]
        answer = _ask(calls, from_object, to_object, batch)
        _insist_on_all(answer, f"{calls.place}: links from {from_object} to {to_object}")
        parts.append(answer.links)
        waiting += answer.further
    return pa.concat_tables(parts)


def _ask(
    calls: HubSpotCalls, from_object: str, to_object: str, /, inputs: Sequence[Mapping[str, str]]
) -> LinkAnswer:
    answers: list[LinkAnswer] = []
    calls.post(
        "links",
        {"inputs": inputs},
        whole=lambda body: answers.append(read_answer(body)),
        object=from_object,
        to=to_object,
    )
    return answers[-1]


def _insist_on_all(answer: LinkAnswer, place: str) -> None:
    for error in answer.errors:
        words = f"{error.get('category')} {error.get('subCategory')}"
        if not any(word in words for word in _NO_LINKS):
            raise Temporary(place, f"a part of the links was not given ({words})", "Run again later")
