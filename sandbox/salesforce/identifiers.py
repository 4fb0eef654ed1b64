"""Record ids as the vendor makes them: 15 characters that mind case, or 18 that need not."""

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_CAPITALS = str.maketrans(_BASE62, "".join("1" if letter.isupper() else "0" for letter in _BASE62))
_SUFFIX = {f"{bits:05b}"[::-1]: letter for bits, letter in enumerate(_CHECK)}
_COUNTED, _HASHED = "5g0", "5h0"
_FIRST = 238_328

ORG_ID = "00D5g000004KwptEAC"
"""Every sandbox is the same org, so that a config that pins it fits each of them."""


def with_suffix(short: str) -> str:
    """The 18-character form of a 15-character id: three characters that say which letters are capitals."""
    capitals = short.translate(_CAPITALS)
    return short + _SUFFIX[capitals[:5]] + _SUFFIX[capitals[5:10]] + _SUFFIX[capitals[10:]]


def full_id(text: str) -> str | None:
    """The 18-character form of a well-formed id; None for anything else.

    The suffix of 18 characters mends the case of the first 15, as it does for the vendor.
    """
    if len(text) not in (15, 18) or not (text.isascii() and text.isalnum()):
        return None
    if len(text) == 15:
        return with_suffix(text)
    mended = _mended_case(text[:15], text[15:].upper())
    return None if mended is None else with_suffix(mended)


def _mended_case(short: str, suffix: str) -> str | None:
    letters = []
    for part, check in enumerate(suffix):
        bits = _CHECK.find(check)
        if bits < 0:
            return None
        for place, letter in enumerate(short[part * 5 : part * 5 + 5]):
            capital = bool(bits >> place & 1)
            if capital and not letter.isalpha():
                return None
            letters.append(letter.upper() if capital else letter.lower())
    return "".join(letters)


@lru_cache(maxsize=100_000)
def foreign_id(prefix: str, object_name: str, original: str) -> str:
    """An id that stands for another system's id of this object: the same one whenever it is asked for."""
    digest = hashlib.sha256(f"{object_name}\0{original}".encode()).digest()[:9]
    return with_suffix(prefix + _HASHED + base64.b64encode(digest, altchars=b"09")[:9].decode())


def _from_base62(digits: str) -> int:
    number = 0
    for digit in digits:
        number = number * 62 + _BASE62.index(digit)
    return number


def _in_base62(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = _BASE62[digit] + digits
    return digits or "0"


@dataclass(slots=True, kw_only=True)
class Numbering:
    """Counts ids and record numbers; the same requests in the same order get the same ones."""

    _counts: Counter[str] = field(default_factory=Counter)

    def next_id(self, prefix: str) -> str:
        """A new record id."""
        self._counts[prefix] += 1
        return with_suffix(prefix + _COUNTED + _in_base62(_FIRST + self._counts[prefix]).rjust(9, "0"))

    def go_past(self, prefix: str, ids: Iterable[str]) -> None:
        """New ids come after these, which a file has brought."""
        # The digits stand in the order of their signs, so that the last text is the greatest number.
        counted = max((each for each in ids if each.startswith(prefix + _COUNTED)), default="")
        if counted:
            number = _from_base62(counted[len(prefix + _COUNTED) : 15]) - _FIRST
            self._counts[prefix] = max(self._counts[prefix], number)

    def next_number(self, object_name: str) -> int:
        """The next value of the object's automatic number, from 1001."""
        self._counts[object_name] += 1
        return 1000 + self._counts[object_name]
