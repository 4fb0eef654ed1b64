"""Rows of a data file in batches that can be gone through twice, however many they are."""

import pickle
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import IO, Any

BATCH_ROWS = 20_000

Batch = list[Mapping[str, Any]]


class RowBatches:
    """Reads the source once; what is more than one batch waits on disk for the second time."""

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._rows = iter(rows)
        self._first: Batch = []
        self._later: IO[bytes] | None = None

    def __enter__(self) -> "RowBatches":
        return self

    def __exit__(self, *_: object) -> None:
        if self._later is not None:
            self._later.close()

    def read(self) -> Iterator[Batch]:
        """Every batch, as it is read."""
        self._first = list(islice(self._rows, BATCH_ROWS))
        yield self._first
        while batch := list(islice(self._rows, BATCH_ROWS)):
            if self._later is None:
                self._later = tempfile.TemporaryFile(prefix="sandbox-rows-")  # noqa: SIM115 - closed at the end of the block
            pickle.dump(batch, self._later, pickle.HIGHEST_PROTOCOL)
            yield batch

    def again(self) -> Iterator[Batch]:
        """The same batches; `read` must have come to its end."""
        yield self._first
        if self._later is None:
            return
        end = self._later.tell()
        self._later.seek(0)
        while self._later.tell() < end:
            yield pickle.load(self._later)  # noqa: S301 - written by ourselves a moment ago
