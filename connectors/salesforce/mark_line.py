"""The line of a task's text that says it is ours: `[keptword KEY STATE]`, the last one, for orgs without our fields."""

import re
from dataclasses import dataclass

from connectors.tasks import KEY_LENGTH, STATE_LENGTH

BODY_LENGTH = 32_000
_PREFIX = "kw1-"
_MARK = re.compile(
    rf"\[keptword ({_PREFIX}[a-z0-9-]{{1,{KEY_LENGTH - len(_PREFIX)}}}) ([a-z0-9]{{1,{STATE_LENGTH}}})\]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedText:
    """A text taken apart."""

    key: str
    state: str
    body: str
    """Without the mark, and without what it left empty."""


def read_mark(text: str) -> MarkedText | None:
    """None for a text without a mark, or with the marks of several tasks: nobody knows then whose it is.

    A person may have written behind the mark, or moved it; what is not exactly one is a person's text.
    """
    found = _MARK.findall(text)
    if len({key for key, _ in found}) != 1:
        return None
    key, state = found[-1]
    return MarkedText(key=key, state=state, body=_without_marks(text))


def with_mark(body: str, key: str, state: str) -> str:
    """The text with its mark, in the room that a task has; ValueError for a key or state that no mark can carry."""
    mark = f"[keptword {key} {state}]"
    if not _MARK.fullmatch(mark):
        raise ValueError(f"a task's text cannot carry the key {key!r} with the state {state!r}")
    text = cut(_without_marks(body), BODY_LENGTH - len(mark) - 2)
    return f"{text}\n\n{mark}" if text else mark


def _without_marks(text: str) -> str:
    lines = (_left_of(line) for line in text.split("\n"))
    return "\n".join(line for line in lines if line is not None).strip()


def _left_of(line: str) -> str | None:
    rest = _MARK.sub("", line)
    return line if rest == line else rest.strip() or None


def cut(text: str, length: int) -> str:
    """At most `length` characters: whole words and an ellipsis where it is longer."""
    if len(text) <= length:
        return text
    head = text[: length - 1]
    words = head.rsplit(None, 1)[0] if not text[length - 1].isspace() else head
    # A single word of that length has no better place to be cut at.
    return (words if len(words) > length // 2 else head).rstrip() + "…"
