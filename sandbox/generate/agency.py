"""Makes up the agency: who its clients are, which CRM has them, and what goes wrong."""

from datetime import datetime, timedelta
from itertools import count
from random import Random

from sandbox.generate import words
from sandbox.generate.habits import Habits
from sandbox.generate.hero import make_hero
from sandbox.generate.history import Writer
from sandbox.generate.people import make_colleagues, make_contact, plain
from sandbox.generate.slips import Slips, card_of
from sandbox.generate.story import Agency, Client, Colleague, Contact, Crm, Tier

_TIERS: tuple[Tier, ...] = ("A", "B", "C")
_KNOWN_TO: tuple[tuple[Crm, ...], ...] = (("salesforce", "hubspot"), ("salesforce",), ("hubspot",))
_KNOWN_SHARES = (30, 40, 30)
_NEGLECTED = 0.06


def make_agency(client_count: int, seed: int, now: datetime) -> Agency:
    """`client_count` clients as of `now` (naive UTC); the same arguments make the same agency."""
    agency = Agency(now=now, colleagues=make_colleagues(client_count), clients=[])
    managers = [each for each in agency.colleagues if each.title == "Account Manager" and each.active]
    agency.clients.append(make_hero(managers[0], now))
    contact_numbers = count(100)
    for n in range(1, client_count):
        rng = Random(f"{seed}/{n}")  # noqa: S311 (nothing secret depends on it)
        client = _client(n, rng, agency=agency, owner=managers[n % len(managers)])
        client.contacts = _contacts(client, rng, contact_numbers)
        _write_histories(agency, client, rng, card=card_of(n, seed))
        agency.clients.append(client)
    return agency


def _client(n: int, rng: Random, *, agency: Agency, owner: Colleague) -> Client:
    name, ending = _company(n, rng)
    tier = rng.choices(_TIERS, (20, 35, 45))[0]
    return Client(
        n=n, name=name, domain=f"{plain(name)}{n}.example", tier=tier, owner=_owner_of(n, agency, owner),
        industry=words.COMPANY_ENDINGS[ending], city=rng.choice(words.CITIES), revenue=rng.randrange(2, 400) * 50_000,
        created_at=(agency.now - timedelta(days=rng.randrange(60, 2200))).replace(microsecond=0), contacts=[], histories={},
    )  # fmt: skip


def _company(n: int, rng: Random) -> tuple[str, str]:
    beginning, ending = rng.choice(words.COMPANY_BEGINNINGS), rng.choice(list(words.COMPANY_ENDINGS))
    form = rng.choice(("", "", "", " Ltd", " Group", " & Daughters"))
    return f"{beginning} {ending}{form}", ending


def _owner_of(n: int, agency: Agency, owner: Colleague) -> Colleague | None:
    """Small disasters: one client in thirty still belongs to somebody who left, one in forty to nobody."""
    if n % 30 == 7:
        return agency.colleagues[-1]
    return None if n % 40 == 11 else owner


def _contacts(client: Client, rng: Random, numbers: "count[int]") -> list[Contact]:
    if client.n % 45 == 13:
        return []
    made = [
        make_contact(next(numbers), client.domain, rng)
        for _ in range(rng.choice((1, 2, 2, 2, 3, 3, 3, 4, 4, 5)))
    ]
    return list({contact.email: contact for contact in made}.values())


def _write_histories(agency: Agency, client: Client, rng: Random, *, card: str) -> None:
    known_to = rng.choices(_KNOWN_TO, _KNOWN_SHARES)[0]
    neglected = rng.random() < _NEGLECTED
    writer = Writer(agency=agency, client=client, rng=rng, neglected=neglected)
    keeps_money = rng.choice(known_to)
    for crm in known_to:
        client.histories[crm] = writer.history(crm, with_money=crm == keeps_money)
    habits = Habits(agency=agency, client=client, rng=rng)
    if neglected:
        _leave_alone(client)
    habits.look_after(until=_heard_of(client) + timedelta(days=1) if neglected else agency.now)
    if not neglected:
        Slips(agency=agency, client=client, rng=rng, habits=habits).befall(card)
    if client.n % 50 == 17:
        for history in client.histories.values():
            history.touches.clear()


def _leave_alone(client: Client) -> None:
    """Of a client of whom nobody heard, nothing went wrong since."""
    heard_of = _heard_of(client)
    for history in client.histories.values():
        history.incidents = [each for each in history.incidents if each.opened_at < heard_of]


def _heard_of(client: Client) -> datetime:
    touched = (touch.at for history in client.histories.values() for touch in history.touches)
    return max(touched, default=client.created_at)
