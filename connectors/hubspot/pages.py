"""Takes HubSpot's pages of records apart: where the next page begins, and the records as Arrow columns of text.

Bytes go straight into Arrow, several pages at a time; only pages that resist are read value by value.
"""

import io
import json
import re
from collections.abc import Sequence
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json

from connectors.errors import NotUnderstood, Temporary

_HEAD = re.compile(rb'\s*\{\s*("total"\s*:\s*\d+\s*,\s*)?"results"\s*:\s*\[')
_TAIL = re.compile(rb'\]\s*(?:,\s*"paging"\s*:\s*(\{.*\})\s*)?\}\s*', re.DOTALL)
_TEXTS = ("id", "updatedAt")


def cursor_of(body: bytes) -> str | None:
    """Where the next page begins, None for the last one; raises ValueError for a body that is not a whole page.

    The cursor stands behind the records, so that a page need not be parsed to ask for the next one.
    """
    tail = _TAIL.fullmatch(body, max(body.rfind(b"]"), 0))
    if tail and _HEAD.match(body):
        paging = orjson.loads(tail[1]) if tail[1] else {}
    else:
        page = orjson.loads(body)
        if not isinstance(page, dict) or not isinstance(page.get("results"), list):
            raise ValueError("no results")
        paging = page.get("paging")
    return _after(paging)


def _after(paging: Any) -> str | None:
    following = paging.get("next") if isinstance(paging, dict) else None
    after = following.get("after") if isinstance(following, dict) else None
    return None if after is None else str(after)


def left_out_of(pages: Sequence[bytes], properties: Sequence[str]) -> list[str]:
    """The properties that no record of these pages speaks of: HubSpot sends null for what is empty, and nothing for what
    it does not know.
    """
    held = [page for page in pages if b'"properties"' in page]
    return [name for name in properties if held and not any(b'"%s"' % name.encode() in page for page in held)]


def records_of(
    pages: Sequence[bytes], properties: Sequence[str], place: str, *, associations: pa.DataType | None = None
) -> pa.StructArray:
    """The pages' records as one array of structs: id, updatedAt, properties, and `associations` of the given shape.

    All are texts, without NULs, which no database takes. Raises Temporary for pages that are no JSON, NotUnderstood for pages whose
    end says something else than cursor_of() saw.
    """
    schema = _schema_for(properties, associations)
    try:
        table = _as_they_came([page.replace(b"\n", b" ") for page in pages], schema)
    except pa.ArrowInvalid:
        table = _parse([_mended(page, properties, place) for page in pages], schema)
    seen = [_after(paging) for paging in table["paging"].to_pylist()]
    if seen != [cursor_of(page) for page in pages]:
        raise NotUnderstood(
            place, "a page names its successor in an unknown way", "Report this answer's shape"
        )
    records = table["results"].combine_chunks().flatten()
    return records.filter(pc.is_valid(records)) if records.null_count else records


def _schema_for(properties: Sequence[str], associations: pa.DataType | None) -> pa.Schema:
    text = pa.string()
    # A struct without members cannot be parsed, and every record has this one.
    names = dict.fromkeys(properties) or {"hs_object_id": None}
    record = pa.struct(
        [
            *((name, text) for name in _TEXTS),
            ("properties", pa.struct([(name, text) for name in names])),
            *([("associations", associations)] if associations else []),
        ]
    )
    paging = pa.struct([("next", pa.struct([("after", text)]))])
    return pa.schema([("results", pa.list_(record)), ("paging", paging)])


def _as_they_came(pages: Sequence[bytes], schema: pa.Schema) -> pa.Table:
    # One byte is looked for fast, and most pages have none. It may be a person's own backslash: mending tells.
    if any(b"\\" in page and b"\\u0000" in page for page in pages):
        raise pa.ArrowInvalid("perhaps a NUL")
    return _parse(pages, schema)


def _parse(pages: Sequence[bytes], schema: pa.Schema) -> pa.Table:
    lines = b"\n".join(pages)
    table = pyarrow.json.read_json(
        io.BytesIO(lines),
        read_options=pyarrow.json.ReadOptions(block_size=len(lines) + 1, use_threads=False),
        parse_options=pyarrow.json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore"),
    )
    table.validate(full=True)  # Arrow's parser lets broken UTF-8 through
    return table


def _mended(page: bytes, properties: Sequence[str], place: str) -> bytes:
    """The page with every value as text and every sign as UTF-8, whatever HubSpot sent."""
    try:
        body = json.loads(page.decode(errors="replace"))
    except ValueError as error:
        raise Temporary(place, f"a page of {len(page)} bytes is no whole JSON", "Run again later") from error
    records = [_mended_record(record, properties) for record in body["results"] if isinstance(record, dict)]
    return orjson.dumps({"results": records, "paging": {"next": {"after": _after(body.get("paging"))}}})


def _mended_record(record: dict[str, Any], properties: Sequence[str]) -> dict[str, Any]:
    held = record.get("properties")
    held = held if isinstance(held, dict) else {}
    return {
        **{name: _text(record.get(name)) for name in _TEXTS},
        "properties": {name: _text(held.get(name)) for name in properties},
        "associations": _mended_links(record.get("associations")),
    }


def _mended_links(held: Any) -> dict[str, Any]:
    links = (
        {name: entry for name, entry in held.items() if isinstance(entry, dict)}
        if isinstance(held, dict)
        else {}
    )
    return {
        name: {
            "results": [
                {"id": _text(link.get("id")), "type": _text(link.get("type"))}
                for link in entry.get("results") or ()
            ],
            "paging": {"next": {"after": _after(entry.get("paging"))}},
        }
        for name, entry in links.items()
    }


def _text(value: Any) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else json.dumps(value)
    return text.replace("\0", "").encode(errors="replace").decode()
