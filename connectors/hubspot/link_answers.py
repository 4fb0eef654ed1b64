"""Takes HubSpot's answers about links apart: the links as Arrow columns, what is left to ask, what went wrong.

Bytes go straight into Arrow; only an answer that resists is read value by value.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json

_TEXT, _NUMBER = pa.string(), pa.int64()
_TARGET = pa.struct(
    [("toObjectId", _NUMBER), ("associationTypes", pa.list_(pa.struct([("typeId", _NUMBER)])))]
)
_SOURCE = pa.struct(
    [
        ("from", pa.struct([("id", _TEXT)])),
        ("to", pa.list_(_TARGET)),
        ("paging", pa.struct([("next", pa.struct([("after", _TEXT)]))])),
    ]
)
_ERROR = pa.struct([("category", _TEXT), ("subCategory", _TEXT)])
_ANSWER = pa.schema([("results", pa.list_(_SOURCE)), ("errors", pa.list_(_ERROR))])


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkAnswer:
    """One answer of batch/read of associations."""

    links: pa.Table
    """`from_id`, `to_id`, `type_id`, all texts; one row a type."""
    further: Sequence[Mapping[str, str]]
    """Inputs for the next call: records whose links did not fit into this one."""
    errors: Sequence[Mapping[str, str | None]]
    """`category` and `subCategory` of each."""


def read_answer(body: bytes) -> LinkAnswer:
    """The answer, whatever the spelling of its ids; raises ValueError for a body that is no whole answer."""
    try:
        answer = _parse(body.replace(b"\n", b" "))
    except pa.ArrowInvalid:
        answer = _parse(_mended(body))
    sources = answer["results"].combine_chunks().flatten()
    further = pa.table(
        {"id": _member(sources, "from", "id"), "after": _member(sources, "paging", "next", "after")}
    )
    return LinkAnswer(
        links=_links_of(sources),
        further=further.filter(pc.is_valid(further["after"])).to_pylist(),
        errors=answer["errors"].combine_chunks().flatten().to_pylist(),
    )


def _parse(body: bytes) -> pa.Table:
    return pyarrow.json.read_json(
        io.BytesIO(body),
        read_options=pyarrow.json.ReadOptions(block_size=len(body) + 1, use_threads=False),
        parse_options=pyarrow.json.ParseOptions(explicit_schema=_ANSWER, unexpected_field_behavior="ignore"),
    )


def _links_of(sources: pa.StructArray) -> pa.Table:
    targets = _member(sources, "to")
    from_ids = _member(sources, "from", "id").take(pc.list_parent_indices(targets))
    targets = targets.flatten()
    kinds = _member(targets, "associationTypes")
    places = pc.list_parent_indices(kinds)
    return pa.table(
        {
            "from_id": from_ids.take(places),
            "to_id": _member(targets, "toObjectId").take(places).cast(_TEXT),
            "type_id": _member(kinds.flatten(), "typeId").cast(_TEXT),
        }
    )


def _member(structs: pa.StructArray, *path: str) -> pa.Array:
    return pc.struct_field(structs, list(path))


def _mended(body: bytes) -> bytes:
    """The answer with its record ids as texts and its targets' as numbers."""
    answer = orjson.loads(body)
    try:
        sources = [_mended_source(source) for source in answer.get("results") or ()]
        return orjson.dumps({"results": sources, "errors": answer.get("errors") or []})
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError("not an answer about links") from error


def _mended_source(source: Mapping[str, Any]) -> dict[str, Any]:
    targets = [
        {
            "toObjectId": int(target["toObjectId"]),
            "associationTypes": [{"typeId": int(kind["typeId"])} for kind in target["associationTypes"]],
        }
        for target in source.get("to") or ()
    ]
    after = ((source.get("paging") or {}).get("next") or {}).get("after")
    return {
        "from": {"id": str(source["from"]["id"])},
        "to": targets,
        "paging": {"next": {"after": None if after is None else str(after)}},
    }
