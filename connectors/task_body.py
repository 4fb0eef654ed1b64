"""The body of a task that two hands write: ours on top, and below it what a person added."""

import html
import re
from collections.abc import Iterator

from connectors.tasks import CANONICAL, Crm, digest

_BLOCK_END = re.compile(r"<\s*(?:br\b[^>]*|/p|/div|/li|/ul|/ol)\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"<\s*(?P<close>/)?\s*(?P<name>[a-zA-Z][a-zA-Z0-9]*)[^>]*?(?P<empty>/)?>")
_VOID = frozenset(("br", "hr", "img", "input", "wbr"))
MOST_CUTS = 400
"""Places in a body at which our part is looked for to end."""


def marked_up(crm: Crm, text: str) -> str:
    """Plain text in the CRM's own mark-up: HTML with its signs escaped and its lines kept on HubSpot."""
    if crm == "salesforce":
        return text
    return "<br>".join(html.escape(line, quote=False) for line in text.split("\n"))


def persons_part(crm: Crm, held: str, ours: str) -> str | None:
    """What a person wrote below our text, in the CRM's own mark-up, where `ours` is the digest of what we sent.

    "" where there is nothing but ours; None where our part was edited, or cannot be told from theirs.
    """
    canonical = CANONICAL[crm]["body"]
    for cut in _cuts(crm, held):
        if digest(canonical(held[:cut])) == ours:
            rest = held[cut:]
            return rest if crm == "salesforce" or _is_balanced(rest) else None
    return None


def above(crm: Crm, text: str, rest: str) -> str:
    """A body in the CRM's own mark-up: our plain text, and below it what a person wrote."""
    top = marked_up(crm, text)
    if not rest.strip():
        return top
    return f"{top}\n\n{rest.lstrip()}" if crm == "salesforce" else f"{top}<br><br>{rest}"


def _cuts(crm: Crm, held: str) -> Iterator[int]:
    """Places where our part may end, the last first: the whole, then line by line upwards."""
    yield len(held)
    ends = [
        found.end() if crm == "hubspot" else found.start()
        for found in (_BLOCK_END if crm == "hubspot" else re.compile("\n")).finditer(held)
    ]
    yield from reversed(ends[:MOST_CUTS])


def _is_balanced(markup: str) -> bool:
    """Whether every tag that opens also closes: a half of a block cannot be moved."""
    depth: list[str] = []
    for tag in _TAG.finditer(markup):
        name = tag["name"].lower()
        if name in _VOID or tag["empty"]:
            continue
        if not tag["close"]:
            depth.append(name)
        elif not depth or depth.pop() != name:
            return False
    return not depth
