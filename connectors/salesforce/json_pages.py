"""Turns pages of a REST query straight from bytes into typed columns; only pages that resist are read value by value."""

import io
from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json

from connectors.connector import FieldType
from connectors.salesforce.call import Caller
from connectors.salesforce.columns import PARSED_TYPES, of_parsed
from connectors.salesforce.pages import Page, Tally, records_of
from connectors.salesforce.rows import Parsed, of_records

_NUL = b"\\u0000"
_RESISTS = (pa.ArrowException, UnicodeError, OverflowError)


def parsed_pages(
    caller: Caller, pages: Sequence[Page], asked: Mapping[str, FieldType], tally: Tally
) -> list[Parsed]:
    """The records of the pages, in order, in as few parts as possible; each page is counted."""
    try:
        return [_at_once(pages, asked, tally)]
    except _RESISTS:
        pass
    return [each for page in pages for each in _one_page(caller, page, asked, tally)]


def _one_page(caller: Caller, page: Page, asked: Mapping[str, FieldType], tally: Tally) -> list[Parsed]:
    try:
        return [_at_once([page], asked, tally)]
    except _RESISTS:
        records = records_of(caller, page)
        tally.add(page, len(records))
        return [of_records(records, asked)]


def _at_once(pages: Sequence[Page], asked: Mapping[str, FieldType], tally: Tally) -> Parsed:
    lines = b"\n".join(page.body.replace(b"\n", b" ") if b"\n" in page.body else page.body for page in pages)
    table = pyarrow.json.read_json(
        io.BytesIO(lines),
        read_options=pyarrow.json.ReadOptions(block_size=len(lines) + 1, use_threads=False),
        parse_options=pyarrow.json.ParseOptions(
            explicit_schema=_schema_for(asked), unexpected_field_behavior="ignore"
        ),
    )
    table.validate(full=True)  # Arrow's parser lets broken UTF-8 through
    lists = table["records"].combine_chunks()
    records = lists.flatten()
    if records.null_count or lists.null_count or len(lists) != len(pages):
        raise pa.ArrowInvalid("a page holds something else than records")
    with_nul = _NUL in lines
    columns = {path: _column(records, path, kind, with_nul=with_nul) for path, kind in asked.items()}
    # Counted only when nothing can resist any more: a page must not be counted twice.
    for page, count in zip(pages, pc.list_value_length(lists).to_pylist(), strict=True):
        tally.add(page, count)
    return Parsed(columns=columns, misfits={})


def _column(records: pa.StructArray, path: str, kind: FieldType, *, with_nul: bool) -> pa.Array:
    # Parts of a record that is not there are not there either: no need to ask each parent about it.
    array = reduce(lambda part, step: part.field(step), path.split("."), records)
    if with_nul and pa.types.is_string(array.type):
        array = pc.replace_substring(array, pattern="\0", replacement="")
    return of_parsed(array, kind)


def _schema_for(asked: Mapping[str, FieldType]) -> pa.Schema:
    tree: dict[str, Any] = {}
    for path, kind in asked.items():
        *steps, last = path.split(".")
        reduce(lambda branch, step: branch.setdefault(step, {}), steps, tree)[last] = PARSED_TYPES[kind]
    return pa.schema([("records", pa.list_(_struct(tree)))])


def _struct(tree: Mapping[str, Any]) -> pa.DataType:
    return pa.struct(
        [(name, _struct(each) if isinstance(each, dict) else each) for name, each in tree.items()]
    )
