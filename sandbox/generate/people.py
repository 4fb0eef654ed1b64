"""Names our own people and the people at clients."""

import unicodedata
from random import Random

from sandbox.generate.story import Colleague, Contact
from sandbox.generate.words import (
    COLLEAGUES,
    CONTACT_TITLES,
    FIRST_NAMES,
    LAST_NAMES,
    LEFT_US,
    NAMES_IN_OTHER_SCRIPTS,
)

OUR_DOMAIN = "tideandtimber.example"
SUPPORT_ADDRESS = f"support@{OUR_DOMAIN}"
_WITHOUT_DECOMPOSITION = str.maketrans({"ł": "l", "ø": "o", "ß": "ss", "æ": "ae", "đ": "d", "ı": "i"})


def make_colleagues(client_count: int) -> list[Colleague]:
    """Six people, and one more for each twenty clients up to thirteen; the last one has left and is inactive."""
    kept = COLLEAGUES[: min(len(COLLEAGUES) - 1, 6 + client_count // 20)]
    made = [_colleague(n, *who, active=True) for n, who in enumerate(kept)]
    return [*made, _colleague(len(made), *LEFT_US, active=False)]


def _colleague(n: int, first: str, last: str, title: str, manager: int | None, *, active: bool) -> Colleague:
    email = f"{plain(first)}.{plain(last)}@{OUR_DOMAIN}"
    return Colleague(n=n, first=first, last=last, email=email, title=title, manager=manager, active=active)


def seller_of(colleagues: list[Colleague]) -> Colleague:
    """Who sells: somebody in sales, or else the head of accounts."""
    return next((each for each in colleagues if each.title == "Sales"), colleagues[1])


def make_contact(n: int, domain: str, rng: Random) -> Contact:
    """A person at the company of that domain; one in twenty-five writes their name in another script."""
    if rng.random() < 0.04:
        first, last, local = rng.choice(NAMES_IN_OTHER_SCRIPTS)
    else:
        first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
        local = f"{plain(first)}.{plain(last)}"
    return Contact(n=n, first=first, last=last, email=f"{local}@{domain}", title=rng.choice(CONTACT_TITLES))


def plain(name: str) -> str:
    """The letters of a name as they stand in an e-mail address."""
    folded = unicodedata.normalize("NFKD", name.lower().translate(_WITHOUT_DECOMPOSITION))
    return "".join(letter for letter in folded if letter.isascii() and letter.isalnum())
