"""The sandbox's task page as its reader sees it: one card a task."""

import re
from dataclasses import dataclass
from html import unescape

from tests.sandbox_process import RunningSandbox

_CARD = re.compile(r"<article[^>]*>(.*?)</article>", re.DOTALL)
_TITLE = re.compile(r"<h3>(.*?)</h3>", re.DOTALL)
_FACT = re.compile(r"<span[^>]*>(.*?)</span>", re.DOTALL)
_BODY = re.compile(r'<p class="body">(.*?)</p>', re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One task on the page."""

    title: str
    status: str
    due: str
    owner: str
    about: str
    lines: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        """As a person would say."""
        return self.status.lower() != "completed"


def cards(sandbox: RunningSandbox, client: str) -> list[Card]:
    """The tasks about a client, in the order of the page."""
    answer = sandbox.pool.request("GET", f"{sandbox.http_url}/")
    assert answer.status == 200
    found = [_card(markup) for markup in _CARD.findall(answer.data.decode())]
    return [card for card in found if card.about == client]


def _card(markup: str) -> Card:
    title = _TITLE.search(markup)
    body = _BODY.search(markup)
    status, due, owner, *rest = [_text(fact) for fact in _FACT.findall(markup)]
    about = next((fact.removeprefix("about ") for fact in rest if fact.startswith("about ")), "")
    return Card(
        title=_text(title[1]) if title else "", status=status, due=due.removeprefix("due "), owner=owner, about=about,
        lines=tuple(_text(body[1]).split("\n")) if body else (),
    )  # fmt: skip


def _text(markup: str) -> str:
    return unescape(_TAG.sub("", markup)).strip()
