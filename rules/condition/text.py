"""Cuts a condition into words, and meets the usual slips of the pen with the right spelling."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from rules.condition.slips import FOREIGN_SIGNS
from rules.errors import ConditionError

MOST_CHARACTERS, MOST_TOKENS = 2_000, 400

KEYWORDS = frozenset(
    {
        "and",
        "or",
        "not",
        "in",
        "between",
        "is",
        "null",
        "case",
        "when",
        "then",
        "else",
        "end",
        "true",
        "false",
    }
)

TokenKind = Literal["name", "quoted", "number", "text", "word", "sign", "end"]

_PATTERN = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>[0-9]+(?:\.[0-9]+)?)
      | (?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)
      | "(?P<quoted>(?:[^"]|"")+)"
      | '(?P<text>(?:[^']|'')*)'
      | (?P<slip>"""
    + "|".join(re.escape(slip) for slip in sorted(FOREIGN_SIGNS, key=len, reverse=True) if slip != "!")
    + r""")
      | (?P<sign><=|>=|<>|!=|[=<>+\-*/(),])
      | (?P<bang>!)""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One word of a condition; `value` is what it means (unquoted text, lower-case keyword)."""

    kind: TokenKind
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The text of a condition and where it stands in the person's files."""

    text: str
    place: str

    def refuse(self, at: int, problem: str, *, remedy: str) -> ConditionError:
        """The error to raise about the spot `at` (an index into the text)."""
        return ConditionError(self.place, problem, remedy, text=self.text, at=at)


def read_tokens(source: Source) -> list[Token]:
    """All words, with an end mark last; raises ConditionError."""
    text = source.text
    if len(text) > MOST_CHARACTERS:
        raise source.refuse(
            MOST_CHARACTERS,
            f"the condition has {len(text):,} characters",
            remedy=f"at most {MOST_CHARACTERS:,} are allowed; split the rule in two or add a fact",
        )
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        match = _PATTERN.match(text, at)
        if match is None:
            raise _unreadable(source, at)
        if match.lastgroup != "space":
            tokens.append(_token(source, match))
        at = match.end()
        if len(tokens) > MOST_TOKENS:
            raise source.refuse(
                tokens[-1].start,
                f"the condition has more than {MOST_TOKENS} words and signs",
                remedy="split the rule in two or add a fact",
            )
    return [*tokens, Token(kind="end", value="", start=len(text.rstrip()), end=len(text))]


def _token(source: Source, match: re.Match[str]) -> Token:
    kind, value, start = str(match.lastgroup), match[str(match.lastgroup)], match.start()
    if kind in ("slip", "bang"):
        remedy = FOREIGN_SIGNS["!" if kind == "bang" else value]
        raise source.refuse(start, f"'{value}' is not a sign of this language", remedy=remedy)
    if kind == "number":
        _check_number(source, value, start)
    if kind == "text":
        value = value.replace("''", "'")
        _check_characters(source, match)
    if kind == "quoted":
        value = value.replace('""', '"')
    if kind == "name" and value.lower() in KEYWORDS:
        return Token(kind="word", value=value.lower(), start=start, end=match.end())
    return Token(kind=kind, value=value, start=start, end=match.end())  # type: ignore[arg-type]  # the groups are TokenKinds


def _check_number(source: Source, value: str, start: int) -> None:
    whole, _, fraction = value.partition(".")
    after = source.text[start + len(value) : start + len(value) + 1]
    if after == "." or after == "_" or after.isalpha():
        raise source.refuse(
            start,
            f"'{value}{after}' does not read as a number",
            remedy="write digits with at most one decimal point, and a space before a unit: 1000, 0.5, 14 days",
        )
    if len(whole) > 15 or len(fraction) > 6:
        raise source.refuse(
            start,
            "this number is too long",
            remedy="at most 15 digits before the point and 6 behind it are kept",
        )


def _check_characters(source: Source, match: re.Match[str]) -> None:
    for offset, char in enumerate(match[0]):
        if unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\r\t":
            raise source.refuse(
                match.start() + offset,
                f"the text holds the control character U+{ord(char):04X}",
                remedy="remove it; no CRM shows such a character",
            )


def _unreadable(source: Source, at: int) -> ConditionError:
    char = source.text[at]
    if char == "'":
        return source.refuse(
            at, "this quote is never closed", remedy="end the text with ', and write '' for a ' inside"
        )
    if char == '"':
        return source.refuse(at, "this quote is never closed", remedy="text goes in single quotes: 'open'")
    if char == ".":
        return source.refuse(
            at, "'.' stands alone", remedy="write 0.5 for a half, and dotted names without spaces"
        )
    name = char if char.isprintable() else f"U+{ord(char):04X}"
    return source.refuse(
        at, f"'{name}' is not a sign of this language", remedy="remove it, or put text in single quotes"
    )
