"""The result of a job as it was when the job ran: CSV rows in a file of their own, read by row number."""

import gzip
import os
import tempfile
import weakref
from array import array
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from sandbox.world import Store

_FEW_BYTES = 1 << 20


class TooMany(Exception):
    """The query finds more rows than a job may."""


class Snapshot:
    """Rows in memory while they are few, else on disk: a result of millions costs eight bytes of memory a row."""

    def __init__(self, header: bytes) -> None:
        self.header = header
        self._ends = array("Q", [0])
        self._few = bytearray()
        self._file = -1
        self._packed: dict[tuple[int, int], bytes] = {}

    def __len__(self) -> int:
        return len(self._ends) - 1

    @property
    def size(self) -> int:
        """Bytes of all rows."""
        return self._ends[-1]

    def append(self, rows: Sequence[bytes]) -> None:
        """Adds rows, each with its line ending."""
        self._few += b"".join(rows)
        if self._file >= 0 or len(self._few) > _FEW_BYTES:
            self._to_disk()
        ends = accumulate(map(len, rows), initial=self._ends.pop())
        self._ends.extend(ends)

    def page(self, start: int, end: int) -> bytes:
        """The header and the rows from `start` up to `end`, which may lie past the last one."""
        first, last = self._ends[start], self._ends[min(end, len(self))]
        if self._file < 0:
            return self.header + bytes(self._few[first:last])
        return self.header + os.pread(self._file, last - first, first)

    def packed_page(self, start: int, end: int) -> bytes:
        """The page as gzip, which is done once and kept."""
        if (start, end) not in self._packed:
            self._packed[start, end] = gzip.compress(self.page(start, end), compresslevel=1, mtime=0)
        return self._packed[start, end]

    def _to_disk(self) -> None:
        if self._file < 0:
            self._file, path = tempfile.mkstemp(prefix="sandbox-bulk-")
            os.unlink(path)  # noqa: PTH108 - the open file is all that is wanted
            weakref.finalize(self, os.close, self._file)
        waiting = memoryview(bytes(self._few))
        while waiting:
            waiting = waiting[os.write(self._file, waiting) :]
        self._few.clear()


def take_snapshot(store: Store, sql: str, parameters: Sequence[Any], *, header: bytes, most: int) -> Snapshot:
    """Runs the query, each of whose rows is one or more pieces of a line of CSV; raises TooMany past `most` rows (0: any)."""
    snapshot = Snapshot(header)
    for part in store.stream(sql, parameters):
        snapshot.append([row[0] if len(row) == 1 else b"".join(row) for row in part])
        if most and len(snapshot) > most:
            raise TooMany
    return snapshot
