"""Turns a page of CSV into typed columns, part by part; only parts that resist are read column by column.

The vendor quotes every value and writes nothing for null; texts hold line ends, NUL bytes and broken UTF-8.
"""

import io
import re
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.csv

from connectors.connector import FieldType
from connectors.salesforce.bulk.results import ResultPage
from connectors.salesforce.columns import PARSED_TYPES, Misfit, column, of_parsed
from connectors.salesforce.rows import Parsed

_BLOCK_BYTES, _BIG_BLOCK_BYTES = 8 << 20, 64 << 20
"""A record must fit into a block: its longest text has 131,072 characters, all of them together 1.6 million."""
_READ_BYTES = 1 << 16
_GZIP = 31
_RESISTS = (pa.ArrowException, UnicodeError, OverflowError)
_BOOLEANS: Mapping[str, bool] = {"true": True, "false": False}


class Damaged(ValueError):
    """The page did not come as it was sent."""


def parts_of(page: ResultPage, asked: Mapping[str, FieldType]) -> Iterator[Parsed]:
    """The page's records in parts; the last comes only when the page has proved whole, else Damaged is raised."""
    done = 0
    waiting: Parsed | None = None
    try:
        for parsed in _strict_then_lenient(page, asked):
            if waiting is not None:
                yield waiting
            waiting, done = parsed, done + parsed.row_count
    except (pa.ArrowInvalid, zlib.error) as error:
        raise Damaged(str(error)) from error
    if done != page.record_count:
        raise Damaged(f"{done} of {page.record_count} records")
    if waiting is not None:
        yield waiting


def _strict_then_lenient(page: ResultPage, asked: Mapping[str, FieldType]) -> Iterator[Parsed]:
    done = 0
    types = {name: PARSED_TYPES[kind] for name, kind in asked.items()}
    try:
        for batch in _batches(page, types, _BLOCK_BYTES):
            columns = {name: of_parsed(batch.column(name), kind) for name, kind in asked.items()}
            yield Parsed(columns=columns, misfits={})
            done += len(batch)
    except _RESISTS:
        pass
    else:
        return
    before = 0
    for batch in _batches(page, dict.fromkeys(asked, pa.binary()), _BIG_BLOCK_BYTES):
        rest = batch.slice(max(0, done - before))
        before += len(batch)
        if len(rest):
            yield _leniently(rest, asked)


def _batches(
    page: ResultPage, types: Mapping[str, pa.DataType], block_bytes: int
) -> Iterator[pa.RecordBatch]:
    page.file.seek(0)
    source = _Unpacked(page, list(types))
    if source.is_empty():
        return
    with pyarrow.csv.open_csv(
        pa.PythonFile(source, mode="r"),
        read_options=pyarrow.csv.ReadOptions(
            column_names=list(types), block_size=block_bytes, use_threads=False
        ),
        parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=types, null_values=[""], strings_can_be_null=True, true_values=["true"],
            false_values=["false"],
        ),
    ) as reader:  # fmt: skip
        yield from reader
    source.insist_on_end()


class _Unpacked(io.RawIOBase):
    """The page's body without its first line and without NUL bytes, as Arrow reads it."""

    def __init__(self, page: ResultPage, names: list[str]) -> None:
        self._file = page.file
        self._packing = zlib.decompressobj(_GZIP) if page.is_packed else None
        self._last = b""
        self._quotes = 0
        self._waiting = self._without_header(names)

    def readable(self) -> bool:
        """For Arrow."""
        return True

    def is_empty(self) -> bool:
        """Whether there is no record."""
        return not self._waiting

    def read(self, size: int = -1, /) -> bytes:
        """As many bytes as asked for, which Arrow takes for a block; fewer at the end only."""
        pieces, held = [self._waiting], len(self._waiting)
        while held < size and (piece := self._piece()):
            pieces.append(piece)
            held += len(piece)
        block = b"".join(pieces)
        self._waiting = block[size:]
        return block[:size] if self._waiting else block

    def insist_on_end(self) -> None:
        """Raises Damaged where the body broke off: what is not packed would look whole in the middle of a text."""
        if self._packing is not None and not self._packing.eof:
            raise Damaged("the body breaks off")
        if self._packing is None and (self._last[-1:] not in (b"\n", b"") or self._quotes % 2):
            raise Damaged("the last record breaks off")

    def _piece(self) -> bytes:
        """Some more bytes; none at the end."""
        while raw := self._file.read(_READ_BYTES):
            piece = self._unpacked(raw)
            if b"\0" in piece:
                piece = piece.replace(b"\0", b"")
            if piece:
                self._last = piece
                return piece
        return b""

    def _unpacked(self, raw: bytes) -> bytes:
        if self._packing is None:
            self._quotes += raw.count(b'"')
            return raw
        piece = self._packing.decompress(raw)
        while self._packing.eof and (further := self._packing.unused_data):
            self._packing = zlib.decompressobj(_GZIP)
            piece += self._packing.decompress(further)
        return piece

    def _without_header(self, names: list[str]) -> bytes:
        piece = self._piece()
        while b"\n" not in piece and (further := self._piece()):
            piece += further
        header, _, rest = piece.partition(b"\n")
        found = re.sub(rb'[\s"]|\xef\xbb\xbf', b"", header).lower()
        if found != ",".join(names).lower().encode():
            raise Damaged("the page does not begin with the fields that were asked for")
        return rest or self._piece()


def _leniently(batch: pa.RecordBatch, asked: Mapping[str, FieldType]) -> Parsed:
    found = {name: _column(batch.column(name), kind) for name, kind in asked.items()}
    return Parsed(
        columns={name: array for name, (array, _) in found.items()},
        misfits={name: misfits for name, (_, misfits) in found.items() if misfits},
    )


def _column(texts: pa.Array, kind: FieldType) -> tuple[pa.Array, list[Misfit]]:
    try:
        # Cast by way of Arrow's parser for text, which reads what its CSV parser reads.
        strings = texts.cast(pa.string())
        if kind in ("id", "text"):
            return strings, []
    except _RESISTS:
        return _mended(texts, kind)
    return column([_value(text, kind) for text in strings.to_pylist()], kind)


def _mended(texts: pa.Array, kind: FieldType) -> tuple[pa.Array, list[Misfit]]:
    # Bytes that are no text become half characters, which column() replaces and names.
    values = [None if raw is None else raw.decode("utf-8", "surrogateescape") for raw in texts.to_pylist()]
    return column([_value(text, kind) for text in values], kind)


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
