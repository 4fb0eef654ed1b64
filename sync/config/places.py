"""Finds the line of a TOML file on which a key stands, so that an error can point at it."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rules.errors import RulesError
from sync.errors import Mistake

_FILE_AND_LINE = re.compile(r"(?P<file>.+?)(?::(?P<line>[0-9]+))?: (?P<key>.+)")

KeyPath = tuple[str | int, ...]
"""Keys and list positions from the top of the file: `("rule", 0, "when")`."""

_TOKEN = re.compile(
    r'''(?P<skip>[ \t\r]+|\#[^\n]*)
    |(?P<newline>\n)
    |(?P<string>"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*')
    |(?P<mark>[\[\]{},=.])
    |(?P<word>[^\s\[\]{},=."'#]+)''',
    re.VERBOSE | re.DOTALL,
)


def written(path: KeyPath) -> str:
    """The path as a person reads it: `rule[1].when`; list positions count from 1."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


@dataclass(frozen=True, slots=True)
class Places:
    """The file's name and the line of each key in it, counted from 1."""

    file: str
    lines: Mapping[KeyPath, int] = field(default_factory=dict)

    def line(self, path: KeyPath) -> int | None:
        """The line of the key, else of the nearest table around it; None for the whole file."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return None

    def at(self, *path: str | int) -> str:
        """`keptword.toml:12: limits.new_per_run`, for messages."""
        line = self.line(path)
        return f"{self.file}:{line}: {written(path)}" if line else f"{self.file}: {written(path)}"


def find_places(file: str, text: str) -> Places:
    """Reads `text`, which must be valid TOML, once; `tomllib` itself keeps no positions."""
    return Places(file, _Scanner(text).scan())


def mistake_of(error: RulesError, place: str) -> Mistake:
    """One of the rules' errors as a mistake in a file; `place` has file and line where they are known."""
    found = _FILE_AND_LINE.fullmatch(place)
    return Mistake(
        file=found["file"] if found else place,
        line=int(found["line"]) if found and found["line"] else None,
        key=found["key"] if found else "",
        problem=error.problem,
        remedy=error.remedy,
    )


def place_in_file(file: Path, key: str) -> str:
    """`connections.sf.ca_file` -> `keptword.toml:12: connections.sf.ca_file`, if `key` is one of the file's or below one.

    After a key and a colon there may be more, which stays. Anything else, such as `plan` or a place that names its
    file already, comes back as it is.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
        tomllib.loads(text)
    except (OSError, ValueError):
        return key
    head, colon, more = key.partition(": ")
    path = tuple(head.split("."))
    places = find_places(str(file), text)
    return f"{places.at(*path)}{colon}{more}" if path[:1] in places.lines or path[:2] in places.lines else key


class _Scanner:
    """Walks over the tokens of a valid TOML text and notes where each key and list item begins."""

    def __init__(self, text: str) -> None:
        self._tokens = [*_tokens(text), ("end", "", 0)]
        self._next = 0
        self._lines: dict[KeyPath, int] = {}
        self._lengths: dict[KeyPath, int] = {}

    def scan(self) -> dict[KeyPath, int]:
        table: KeyPath = ()
        while self._peek()[0] != "end":
            kind, text, _ = self._peek()
            if kind == "newline":
                self._next += 1
            elif text == "[" and kind == "mark":
                table = self._header()
            else:
                self._pair(table)
        return self._lines

    def _peek(self, ahead: int = 0) -> tuple[str, str, int]:
        return self._tokens[min(self._next + ahead, len(self._tokens) - 1)]

    def _at(self, mark: str) -> bool:
        return self._peek()[:2] == ("mark", mark)

    def _header(self) -> KeyPath:
        line = self._peek()[2]
        is_list = self._peek(1)[:2] == ("mark", "[")
        self._next += 2 if is_list else 1
        keys = self._keys()
        self._next += 2 if is_list else 1
        path = self._resolve(keys)
        self._lines.setdefault(path, line)
        if is_list:
            position = self._lengths.get(path, 0)
            self._lengths[path] = position + 1
            path = (*path, position)
            self._lines[path] = line
        return path

    def _resolve(self, keys: list[str]) -> KeyPath:
        """A header's keys mean the latest item of every list of tables on the way."""
        path: KeyPath = ()
        for key in keys:
            if path in self._lengths:
                path = (*path, self._lengths[path] - 1)
            path = (*path, key)
        return path

    def _keys(self) -> list[str]:
        keys = []
        while True:
            kind, text, _ = self._peek()
            keys.append(next(iter(tomllib.loads(f"{text} = 0"))) if kind == "string" else text)
            self._next += 1
            if not self._at("."):
                return keys
            self._next += 1

    def _pair(self, table: KeyPath) -> None:
        line = self._peek()[2]
        path = table
        for key in self._keys():
            path = (*path, key)
            self._lines.setdefault(path, line)
        self._next += 1  # the "="
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        if self._at("["):
            self._items(path)
        elif self._at("{"):
            self._inline_table(path)
        else:
            while self._peek()[0] not in ("newline", "end") and self._peek()[1] not in (",", "]", "}"):
                self._next += 1

    def _items(self, path: KeyPath) -> None:
        self._next += 1
        position = 0
        while not self._at("]"):
            if self._peek()[0] == "newline" or self._at(","):
                self._next += 1
                continue
            self._lines[(*path, position)] = self._peek()[2]
            self._value((*path, position))
            position += 1
        self._next += 1

    def _inline_table(self, path: KeyPath) -> None:
        self._next += 1
        while not self._at("}"):
            if self._peek()[0] == "newline" or self._at(","):
                self._next += 1
                continue
            self._pair(path)
        self._next += 1


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    line = 1
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or ""
        if kind != "skip":
            yield kind, found.group(), line
        line += found.group().count("\n")
