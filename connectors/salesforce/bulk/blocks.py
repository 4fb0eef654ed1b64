"""Cuts a page of CSV into blocks of whole records, unpacked, without its first line and without NUL bytes."""

import zlib
from collections.abc import Iterator, Sequence
from typing import IO

Block = bytes | memoryview

_BLOCK_BYTES = 1 << 20
"""Where a record is longer, its block is."""
_READ_BYTES = 1 << 16
_GZIP = 31


class Damaged(ValueError):
    """The page did not come as it was sent."""


def blocks_of(file: IO[bytes], names: Sequence[str], *, is_packed: bool) -> Iterator[Block]:
    """The records as they stand in the file, from its beginning, in blocks; raises Damaged where it breaks off.

    `names` must stand in its first line.
    """
    file.seek(0)
    pieces = _unpacked(file) if is_packed else iter(lambda: file.read(_READ_BYTES), b"")
    held = _without_first_line(pieces, names)
    waiting, size = [held], len(held)
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size < _BLOCK_BYTES:
            continue
        held = b"".join(waiting).replace(b"\0", b"")
        end = _end_of_records(held)
        if end:
            yield memoryview(held)[:end]
        waiting, size = [held[end:]], len(held) - end
    held = b"".join(waiting).replace(b"\0", b"")
    if held:
        if _end_of_records(held) != len(held):
            # In the middle of a text that ends a line it would look whole.
            raise Damaged("the last record breaks off")
        yield held


def _end_of_records(held: bytes) -> int:
    """Behind the last line end that is not in the middle of a text; 0 where there is none."""
    end = len(held)
    quotes = held.count(b'"')
    while True:
        place = held.rfind(b"\n", 0, end)
        if place < 0:
            return 0
        quotes -= held.count(b'"', place, end)
        if quotes % 2 == 0:
            return place + 1
        end = place


def _without_first_line(pieces: Iterator[bytes], names: Sequence[str]) -> bytes:
    held = b""
    while b"\n" not in held and (piece := next(pieces, b"")):
        held += piece
    header, _, rest = held.partition(b"\n")
    found = header.replace(b'"', b"").replace(b"\xef\xbb\xbf", b"").strip().lower()
    if found != ",".join(names).lower().encode():
        raise Damaged("the page does not begin with the fields that were asked for")
    return rest


def _unpacked(file: IO[bytes]) -> Iterator[bytes]:
    packing = zlib.decompressobj(_GZIP)
    try:
        while raw := file.read(_READ_BYTES):
            if packing.eof:
                packing = zlib.decompressobj(_GZIP)
            yield packing.decompress(raw)
            while packing.eof and (further := packing.unused_data):
                packing = zlib.decompressobj(_GZIP)
                yield packing.decompress(further)
    except zlib.error as error:
        raise Damaged(f"it cannot be unpacked ({error})") from error
    if not packing.eof:
        raise Damaged("the body breaks off")
