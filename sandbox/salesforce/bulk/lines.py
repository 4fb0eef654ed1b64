"""A query as lines of CSV, written by SQLite as the vendor's Bulk API writes them."""

from collections.abc import Sequence

from sandbox.salesforce.shapes import FieldShape
from sandbox.salesforce.soql.columns import Column

DELIMITERS = {"BACKQUOTE": "`", "CARET": "^", "COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "TAB": "\t"}
ENDINGS = {"LF": "\n", "CRLF": "\r\n"}
_PIECE = 60
"""Columns of one SQL expression; SQLite's expressions may not be deeper than 1,000."""
_WITHOUT_QUOTES = ("id", "reference", "date", "double", "currency", "percent")


def header(names: Sequence[str], delimiter: str, ending: str) -> bytes:
    """The first line of every page."""
    return (delimiter.join(f'"{name}"' for name in names) + ending).encode()


def line_sql(columns: Sequence[Column], delimiter: str, ending: str) -> str:
    """SQL columns that give one line in pieces: every value quoted, nothing as an empty pair of quotes."""
    pieces = [columns[start : start + _PIECE] for start in range(0, len(columns), _PIECE)]
    last = len(pieces) - 1
    return ", ".join(
        _piece(piece, delimiter, ending if number == last else delimiter)
        for number, piece in enumerate(pieces)
    )


def _piece(columns: Sequence[Column], delimiter: str, tail: str) -> str:
    between = f" || {_literal(chr(34) + delimiter + chr(34))} || "
    values = between.join(_value(column.field, column.sql) for column in columns)
    return f"CAST('\"' || {values} || {_literal(chr(34) + tail)} AS BLOB)"


def _value(field: FieldShape, sql: str) -> str:
    # Whole numbers come with a decimal, instants with Z where REST says +0000.
    if field.type == "boolean":
        return f"CASE {sql} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE '' END"
    if field.type == "datetime":
        return f"COALESCE(substr({sql}, 1, 23) || 'Z', '')"
    if field.type == "int":
        return f"COALESCE({sql} || '.0', '')"
    if field.type in _WITHOUT_QUOTES:
        return f"COALESCE({sql}, '')"
    return f"COALESCE(replace({sql}, '\"', '\"\"'), '')"


def _literal(text: str) -> str:
    return " || ".join(
        [f"char({', '.join(str(ord(letter)) for letter in text)})"]
        if not text.isprintable()
        else [f"'{text}'"]
    )
