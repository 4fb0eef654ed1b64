"""What may stand in a property, and in which form HubSpot keeps it."""

import math
import re
from collections.abc import Callable, Container, Mapping
from html.parser import HTMLParser

from sandbox.hubspot import stamps
from sandbox.hubspot.schema import Property

LONGEST_TEXT = 65_536
_SUSPECT = re.compile(r"<\s*(script|style)|\bon\w+\s*=", re.IGNORECASE)


class BadValue(ValueError):
    """A value that its property cannot hold; `code` is the vendor's word."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def check(of: Property, value: object, allowed: Container[str] | None = None) -> str | None:
    """The stored form of a value from the wire, None for a cleared one; raises BadValue.

    `allowed` are the ids that an enumeration with outside options may take (owners, pipelines, stages).
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        value = "true" if value else "false"
    if not isinstance(value, str | int | float):
        raise BadValue("INVALID_JSON", f"{value!r} is not a value of a property")
    text = str(value)
    if of.type != "string" and text != text.strip():
        # Refused since April 2025: changelog "enhanced validations for non-string properties".
        raise BadValue("INVALID_WHITESPACE", f'"{text}" has leading or trailing whitespace')
    if of.external and allowed is not None:
        return _one_of(text, allowed, of)
    return _CHECKS[of.type](of, text)


def is_plain_text(of: Property) -> bool:
    """Whether any text that is not too long may stand in it, as it is but for blanks at its ends."""
    return of.type == "string" and of.field_type != "html" and of.name != "email"


def _text(of: Property, text: str) -> str | None:
    kept = clean_html(text) if of.field_type == "html" else text.strip()
    if len(kept) > LONGEST_TEXT:
        raise BadValue(
            "INVALID_LENGTH", f"{of.name} is {len(kept)} characters long; at most {LONGEST_TEXT} are allowed"
        )
    if of.name == "email":
        if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", kept):
            raise BadValue("INVALID_EMAIL", f"Email address {kept} is invalid")
        kept = kept.lower()
    return kept or None


def _number(of: Property, text: str) -> str:
    try:
        finite = math.isfinite(float(text)) and "_" not in text
    except ValueError:
        finite = False
    if not finite:
        raise BadValue("INVALID_NUMBER", f"{text} was not a valid number.")
    return text


def _stamp(of: Property, text: str) -> str:
    try:
        return stamps.read_day(text) if of.type == "date" else stamps.read_instant(text)
    except ValueError as error:
        message = str(error) if "midnight" in str(error) else f"{text} was not a valid long."
        raise BadValue("INVALID_DATE" if "midnight" in str(error) else "INVALID_LONG", message) from error


def _yes_or_no(of: Property, text: str) -> str:
    if text.lower() not in ("true", "false"):
        raise BadValue("INVALID_OPTION", f"{text} was not one of the allowed options: [true, false]")
    return text.lower()


def _choice(of: Property, text: str) -> str:
    if not of.options:
        return text
    allowed = {str(option["value"]): option for option in of.options}
    for part in text.strip(";").split(";") if of.field_type == "checkbox" else [text]:
        if part not in allowed:
            raise BadValue(
                "INVALID_OPTION", f"{part} was not one of the allowed options: [{', '.join(allowed)}]"
            )
    return text


def _one_of(text: str, allowed: Container[str], of: Property) -> str:
    if text in allowed:
        return text
    if of.external == "owners":
        raise BadValue("INVALID_OWNER_ID", f"Owner with ID {text} does not exist or is not active")
    choices = ", ".join(str(one) for one in allowed) if isinstance(allowed, dict | tuple | list) else ""
    raise BadValue("INVALID_OPTION", f"{text} was not one of the allowed options: [{choices}]")


_CHECKS: Mapping[str, Callable[[Property, str], str | None]] = {
    "string": _text, "number": _number, "date": _stamp, "datetime": _stamp, "bool": _yes_or_no, "enumeration": _choice,
}  # fmt: skip


def clean_html(text: str) -> str:
    """What HubSpot keeps of a rich text: no scripts, styles or handlers, no trailing blanks, the rest as sent."""
    if _SUSPECT.search(text):
        cleaner = _Cleaner()
        cleaner.feed(text)
        cleaner.close()
        text = "".join(cleaner.kept)
    return text.rstrip()


class _Cleaner(HTMLParser):
    """Repeats its input without what a timeline must not run."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.kept: list[str] = []
        self._inside = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._inside += 1
        elif not self._inside:
            text = self.get_starttag_text() or ""
            self.kept.append(
                re.sub(r"""\s+on\w+\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)""", "", text, flags=re.IGNORECASE)
            )

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("script", "style") and not self._inside:
            self.kept.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._inside = max(0, self._inside - 1)
        elif not self._inside:
            self.kept.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.kept.append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")
