"""Turns a page of CSV into typed columns, block by block; only blocks that resist are read column by column.

The vendor quotes every value and writes nothing for null.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.csv

from connectors.connector import FieldType
from connectors.salesforce.bulk.blocks import Block, Damaged, blocks_of
from connectors.salesforce.bulk.results import ResultPage
from connectors.salesforce.columns import PARSED_TYPES, SHORTER_TYPES, Misfit, column, of_parsed
from connectors.salesforce.rows import Parsed

_RESISTS = (pa.ArrowException, UnicodeError, OverflowError)
_BOOLEANS: Mapping[str, bool] = {"true": True, "false": False}


def parts_of(page: ResultPage, asked: Mapping[str, FieldType]) -> Iterator[Parsed]:
    """The page's records in parts; the last comes only when the page has proved whole, else Damaged is raised."""
    done = 0
    waiting: Parsed | None = None
    parser = _Parser(asked)
    for block in blocks_of(page.file, list(asked), is_packed=page.is_packed):
        if waiting is not None:
            yield waiting
        waiting = parser.parse(block)
        done += waiting.row_count
    if done != page.record_count:
        raise Damaged(f"{done} of {page.record_count} records")
    if waiting is not None:
        yield waiting


class _Parser:
    """Tries the quickest way first, and does not try again on a page what has failed there."""

    def __init__(self, asked: Mapping[str, FieldType]) -> None:
        self._asked = asked
        self._ways = [SHORTER_TYPES, PARSED_TYPES]

    def parse(self, block: Block) -> Parsed:
        """Raises Damaged for what is no CSV of these columns."""
        for way in (*self._ways,):
            try:
                return self._strictly(block, way)
            except _RESISTS:
                if way is SHORTER_TYPES:
                    self._ways.remove(way)
        try:
            table = _read(block, dict.fromkeys(self._asked, pa.binary()))
        except pa.ArrowInvalid as error:
            raise Damaged(str(error)) from error
        found = {name: _column(table[name].combine_chunks(), kind) for name, kind in self._asked.items()}
        return Parsed(
            columns={name: array for name, (array, _) in found.items()},
            misfits={name: misfits for name, (_, misfits) in found.items() if misfits},
        )

    def _strictly(self, block: Block, types: Mapping[FieldType, pa.DataType]) -> Parsed:
        table = _read(block, {name: types[kind] for name, kind in self._asked.items()})
        (rows,) = table.combine_chunks().to_batches()
        columns = {
            name: of_parsed(array, kind)
            for (name, kind), array in zip(self._asked.items(), rows.columns, strict=True)
        }
        return Parsed(columns=columns, misfits={})


def _read(block: Block, types: Mapping[str, pa.DataType]) -> pa.Table:
    return pyarrow.csv.read_csv(
        pa.BufferReader(block),
        read_options=pyarrow.csv.ReadOptions(
            column_names=list(types), block_size=len(block) + 1, use_threads=False
        ),
        parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=types, null_values=[""], strings_can_be_null=True, true_values=["true"],
            false_values=["false"],
        ),
    )  # fmt: skip


def _column(texts: pa.Array, kind: FieldType) -> tuple[pa.Array, list[Misfit]]:
    try:
        strings = texts.cast(pa.string())
    except _RESISTS:
        # Bytes that are no text become half characters, which column() replaces and names.
        values = [
            None if raw is None else raw.decode("utf-8", "surrogateescape") for raw in texts.to_pylist()
        ]
        return column([_value(text, kind) for text in values], kind)
    if kind in ("id", "text"):
        return strings, []
    return column([_value(text, kind) for text in strings.to_pylist()], kind)


def _value(text: str | None, kind: FieldType) -> Any:
    """A text as the value that JSON would have."""
    if text is None:
        return None
    if kind == "boolean":
        return _BOOLEANS.get(text, text)
    if kind in ("integer", "decimal"):
        try:
            return orjson.loads(text)
        except ValueError:
            return text
    return text
