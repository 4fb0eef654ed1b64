"""Loads a folder of CSV or Parquet files, named by object, into the CRM."""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sandbox.faults import Fault, read_faults
from sandbox.refused import Refused, unknown
from sandbox.world import DataRefused, Dialect

csv.field_size_limit(64 * 1024 * 1024)

_FIRST = (
    "Organization",
    "Profile",
    "UserRole",
    "User",
    "owners",
    "Account",
    "companies",
    "Contact",
    "contacts",
    "Opportunity",
    "Case",
    "Task",
)
"""What others refer to is loaded before them; links between records come last."""
_LAST = "associations"
_LINKS_OF = "hubspot"
_OWN_OBJECTS = {"salesforce": re.compile(r".+__c"), "hubspot": re.compile(r"p_.+")}
"""How either CRM spells the objects that its customers make."""
_BATCH_ROWS = 5_000

Rows = Iterator[Mapping[str, Any]]


def load_folder(folder: Path, dialects: Sequence[Dialect]) -> dict[str, int]:
    """Loads every file and says how many rows each object got.

    Raises Refused with file, line (of a Parquet file: row) and reason for what no such CRM could hold.
    """
    owners = {name: dialect for dialect in dialects for name in dialect.object_names()}
    owners.update((_LAST, dialect) for dialect in dialects if dialect.name == _LINKS_OF)
    _own_objects(folder, owners, dialects)
    files = _files(folder, owners)
    return {name: _load_file(files[name], owners[name]) for name in sorted(files, key=turn)}


def _own_objects(folder: Path, owners: dict[str, Dialect], dialects: Sequence[Dialect]) -> None:
    """A file named `Bill__c` or `p_bill` is an object of the customer's own: only one CRM spells them so."""
    for path in folder.iterdir() if folder.is_dir() else ():
        owners.update(
            (path.stem, dialect) for dialect in dialects if _OWN_OBJECTS[dialect.name].fullmatch(path.stem)
        )


def turn(name: str) -> tuple[int, str]:
    """A sort key: what others refer to is loaded before them."""
    if name == _LAST:
        return (len(_FIRST) + 1, name)
    return (_FIRST.index(name) if name in _FIRST else len(_FIRST), name)


def _files(folder: Path, owners: Mapping[str, Dialect]) -> dict[str, Path]:
    if not folder.is_dir():
        raise Refused(
            f"--data: {folder} is not a folder; give one with files named by object, such as Account.csv"
        )
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.suffix not in _READERS:
            raise Refused(
                f"{path}: neither CSV nor Parquet; name files by object, such as Account.csv or Task.parquet"
            )
        if path.stem not in owners:
            raise Refused(f"{path}: {unknown('object', path.stem, owners)}")
        if path.stem in found:
            raise Refused(f"{path}: {path.stem} is also in {found[path.stem].name}; keep one of them")
        found[path.stem] = path
    return found


def _load_file(path: Path, dialect: Dialect) -> int:
    reader = _READERS[path.suffix](path)
    try:
        return dialect.load(path.stem, reader.rows())
    except DataRefused as error:
        raise Refused(f"{path}: {reader.place(error.row)}: {error.reason}") from error


class _Csv:
    """Rows of text from a CSV file; remembers the line on which each one ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines = [1]

    def place(self, row: int) -> str:
        """Where the row stands that counts `row` from 1 after the header; 0 is the header."""
        return f"line {self._lines[min(row, len(self._lines) - 1)]}"

    def rows(self) -> Rows:
        """Raises Refused for what is not a table in UTF-8 with a header row."""
        with self._path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            try:
                yield from self._table(reader)
            except csv.Error as error:
                raise Refused(f"{self._path}: line {reader.line_num}: {error}") from error
            except UnicodeDecodeError as error:
                raise Refused(
                    f"{self._path}: after line {reader.line_num}: not UTF-8 ({error.reason}); save the file as UTF-8"
                ) from error

    def _table(self, reader: Any) -> Rows:
        header = next(reader, None)
        if not header:
            raise Refused(f"{self._path}: line 1: no header; the first row names the fields")
        twice = sorted({name for name in header if header.count(name) > 1})
        if twice or "" in header:
            problem = f"field {twice[0]!r} stands twice" if twice and twice[0] else "a field without a name"
            raise Refused(f"{self._path}: line 1: {problem} in the header")
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(header):
                raise Refused(
                    f"{self._path}: line {reader.line_num}: {len(cells)} cells where the header has {len(header)}"
                )
            self._lines.append(reader.line_num)
            yield dict(zip(header, cells, strict=True))


class _Parquet:
    """Rows of Python values from a Parquet file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def place(self, row: int) -> str:
        """Rows count from 1."""
        return f"row {row}" if row else "schema"

    def rows(self) -> Rows:
        """Raises Refused for what is not a Parquet file."""
        try:
            with pq.ParquetFile(self._path) as file:
                for batch in file.iter_batches(batch_size=_BATCH_ROWS):
                    yield from batch.to_pylist()
        except (pa.ArrowInvalid, OSError) as error:
            raise Refused(
                f"{self._path}: not a readable Parquet file ({str(error).splitlines()[0]})"
            ) from error


_READERS: Mapping[str, type[_Csv] | type[_Parquet]] = {".csv": _Csv, ".parquet": _Parquet}


def read_fault_file(path: Path) -> list[Fault]:
    """The faults of a JSON file; raises Refused."""
    try:
        return read_faults(json.loads(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise Refused(f"--faults: {path}: {reason}; give a JSON list of faults") from error
    except Refused as error:
        raise Refused(f"--faults: {path}: {error}") from error
