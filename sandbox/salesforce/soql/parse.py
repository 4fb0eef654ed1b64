"""Reads SOQL text by the grammar; what cannot be read is refused in the vendor's words, with its place."""

import re
from functools import cache
from importlib.resources import files
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedEOF, UnexpectedToken
from lark.exceptions import VisitError

from sandbox.salesforce.refusals import Refused
from sandbox.salesforce.soql import tree

LONGEST_QUERY = 100_000
_LONGEST_NUMBER = 9
_KINDS = {
    "STRING": "string", "INSTANT": "instant", "DAY": "day", "NUMBER": "number", "RELATIVE": "relative",
    "TRUE": "boolean", "FALSE": "boolean", "NULL": "null",
}  # fmt: skip
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}

WILDCARDS = {"%": "\ue000", "_": "\ue001"}
"""How an escaped wildcard travels to LIKE: as a character of private use."""


@cache
def _grammar() -> Lark:
    text = (files("sandbox.salesforce.soql") / "grammar.lark").read_text("utf-8")
    return Lark(text, parser="lalr", propagate_positions=False, maybe_placeholders=False)


def read_query(text: str) -> tree.Query:
    """The query that `text` says; raises Refused (MALFORMED_QUERY) with the place of what is wrong."""
    if not text.strip():
        raise Refused("MALFORMED_QUERY", "SOQL statements cannot be empty or null")
    if len(text) > LONGEST_QUERY:
        raise Refused("QUERY_TOO_COMPLICATED", f"Query is too long: at most {LONGEST_QUERY} characters")
    try:
        parsed = _grammar().parse(text)
    except UnexpectedEOF:
        raise malformed(text, len(text), "unexpected token: '<EOF>'") from None
    except UnexpectedToken as wrong:
        end = wrong.token.type == "$END"
        at = len(text) if end else wrong.token.start_pos or 0
        raise malformed(text, at, f"unexpected token: '{'<EOF>' if end else wrong.token}'") from None
    except UnexpectedCharacters as wrong:
        at = wrong.pos_in_stream or 0
        column = _place(text, at)[1]
        raise malformed(
            text, at, f"line 1:{column} no viable alternative at character '{text[at]}'"
        ) from None
    try:
        query: tree.Query = _Reader(text).transform(parsed)
    except (VisitError, RecursionError) as wrong:
        refused = getattr(wrong, "orig_exc", wrong)
        if isinstance(refused, RecursionError):
            raise Refused("QUERY_TOO_COMPLICATED", "Query is nested too deeply") from None
        raise refused from None
    return query


def malformed(text: str, at: int, problem: str) -> Refused:
    """MALFORMED_QUERY at a place of the query."""
    return Refused("MALFORMED_QUERY", pointing(text, at, problem))


def pointing(text: str, at: int, problem: str) -> str:
    """The vendor's message: the query around the place, a caret under it, row, column, and the problem."""
    row, column = _place(text, at)
    before, after = text[max(0, at - 40) : at], text[at : at + 40]
    around = re.sub(r"\s", " ", before + after)
    return f"\n{around}\n{' ' * len(before)}^\nERROR at Row:{row}:Column:{column}\n{problem}"


def _place(text: str, at: int) -> tuple[int, int]:
    row = text.count("\n", 0, at) + 1
    return row, at - (text.rfind("\n", 0, at) + 1) + 1


def without_escapes(quoted: str) -> str | None:
    r"""The text of a string literal; None for an escape that SOQL has not. `\%` and `\_` become WILDCARDS."""
    parts: list[str] = []
    for piece in re.findall(r"\\u[0-9A-Fa-f]{4}|\\.|[^\\]+", quoted[1:-1], re.DOTALL):
        if not piece.startswith("\\"):
            parts.append(piece)
        elif piece[1] == "u" and len(piece) > len("\\u"):
            parts.append(bytes.fromhex(piece[2:]).decode("utf-16-be", "replace"))
        elif piece[1] in WILDCARDS:
            parts.append(WILDCARDS[piece[1]])
        elif piece[1].lower() in _ESCAPES:
            parts.append(_ESCAPES[piece[1].lower()])
        else:
            return None
    return "".join(parts)


class _Reader(Transformer[Token, Any]):
    """Turns the grammar's tree into ours."""

    def __init__(self, text: str) -> None:
        super().__init__(visit_tokens=True)
        self._text = text

    def PATH(self, token: Token) -> tree.Path:  # noqa: N802 - the grammar's name
        return tree.Path(parts=tuple(token.split(".")), at=token.start_pos or 0)

    def _value(self, token: Token) -> tree.Value:
        at = token.start_pos or 0
        kind: Any = _KINDS[token.type]
        text: str | None = str(token)
        if kind == "string":
            text = without_escapes(token)
            if text is None:
                raise malformed(
                    self._text, at, "Illegal string literal: invalid string literal escape sequence"
                )
        return tree.Value(kind=kind, text=text or "", at=at)

    STRING = INSTANT = DAY = NUMBER = RELATIVE = TRUE = FALSE = NULL = _value

    def count_rows(self, _parts: list[Any]) -> tuple[()]:
        return ()

    def items(self, parts: list[Any]) -> tuple[Any, ...]:
        return tuple(parts)

    def field(self, parts: list[Any]) -> Any:
        return parts[0]

    def where(self, parts: list[Any]) -> tuple[str, Any]:
        return "where", parts[0]

    def group(self, parts: list[Any]) -> tuple[str, tuple[Any, ...]]:
        return "group", tuple(parts)

    def order(self, parts: list[Any]) -> tuple[str, tuple[Any, ...]]:
        return "order", tuple(parts)

    def aggregate(self, parts: list[Any]) -> tree.Aggregate:
        alias = str(parts[2]) if len(parts) > 2 else None
        return tree.Aggregate(function=parts[0].upper(), path=parts[1], alias=alias)

    def all_fields(self, parts: list[Any]) -> tree.AllFields:
        return tree.AllFields(scope=parts[0].upper())

    def all_of(self, parts: list[Any]) -> tree.Joined:
        return tree.Joined(by="AND", parts=tuple(parts[::2]))

    def any_of(self, parts: list[Any]) -> tree.Joined:
        return tree.Joined(by="OR", parts=tuple(parts[::2]))

    def negation(self, parts: list[Any]) -> tree.Negation:
        return tree.Negation(part=parts[-1])

    def comparison(self, parts: list[Any]) -> tree.Comparison:
        return tree.Comparison(path=parts[0], operator=str(parts[1]).replace("<>", "!="), value=parts[2])

    def like(self, parts: list[Any]) -> tree.Comparison:
        return tree.Comparison(path=parts[0], operator="LIKE", value=parts[2])

    def one_of(self, parts: list[Any]) -> tree.OneOf:
        words = [part for part in parts[1:] if isinstance(part, Token)]
        values = tuple(part for part in parts[1:] if isinstance(part, tree.Value))
        return tree.OneOf(path=parts[0], operator=" ".join(words).upper(), values=values)

    multipicklist = one_of

    def in_subquery(self, parts: list[Any]) -> tree.InSubquery:
        selected, object_name, where = parts[-1]
        return tree.InSubquery(
            path=parts[0], negated=len(parts) == 4, selected=selected, object_name=object_name, where=where
        )

    def subquery(self, parts: list[Any]) -> tuple[tree.Path, str, Any]:
        return parts[0], str(parts[1]), parts[2][1] if len(parts) > 2 else None

    def ordering(self, parts: list[Any]) -> tree.Ordering:
        words = {part.type for part in parts[1:]}
        return tree.Ordering(path=parts[0], descending="DESC" in words, nulls_last="NULLS_LAST" in words)

    def limit(self, parts: list[Any]) -> tuple[str, int]:
        return "limit", self._whole(parts[0])

    def offset(self, parts: list[Any]) -> tuple[str, int]:
        return "offset", self._whole(parts[0])

    def _whole(self, value: tree.Value) -> int:
        if not value.text.isdigit() or len(value.text) > _LONGEST_NUMBER:
            raise malformed(self._text, value.at, f"unexpected token: '{value.text}'")
        return int(value.text)

    def start(self, parts: list[Any]) -> tree.Query:
        items, name, *rest = parts
        return tree.Query(
            text=self._text, items=items, object_name=str(name), object_at=name.start_pos or 0, **dict(rest)
        )
