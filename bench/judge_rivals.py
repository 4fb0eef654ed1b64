"""Ways to judge the three core rules one record at a time: plain Python, and two rule engines of the package index."""

import importlib
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from bench.judge_facts import FACTS, ClientBook, Facts
from bench.measure import Cost, Stopwatch
from rules.columns import Segments
from rules.rule import Rule, read_rules

CORE = ("stale-contact", "missed-commitment", "invoice-after-incident")

PACKAGES: Mapping[str, str] = {"rule_engine": "rule-engine", "zen": "zen-engine"}
"""Module -> the package that it comes in."""

Found = dict[str, frozenset[str]]
"""Rule -> the subjects for which it holds."""

_WHEN: Mapping[str, str] = {
    "stale-contact": "account_is_active and not is_owner_blind and days_since_touch > {max_silence_days} "
    "and (business_days_since_hand_over == null or business_days_since_hand_over > {handover_business_days})",
    "missed-commitment": 'made_by == "us" and is_open and business_days_overdue >= {grace_business_days} '
    "and business_days_overdue <= {clean_up_business_days}",
    "invoice-after-incident": "is_unpaid and not is_disputed and days_overdue > {grace_days} "
    "and days_overdue <= {clean_up_days} and incident_id != null and days_since_incident <= {window_days}",
}
"""The conditions of the built-in rules in the words that both engines understand, params to be filled in."""


def core_rules() -> dict[str, Rule]:
    """The three as they ship."""
    rules = read_rules({}, (), place="bench")
    return {name: rules[name] for name in CORE}


def by_plain_python(path: Path) -> tuple[Cost, Found]:
    """Loops that stop at the first no."""
    limits = {name: _limits(rule) for name, rule in core_rules().items()}
    with Stopwatch() as watch:
        book = ClientBook(path)
        found = {name: frozenset(_PLAIN[name](book, limits[name])) for name in CORE}
    return watch.cost(count=_subjects(book), requests=0), found


def by_rule_engine(path: Path) -> tuple[Cost, Found]:
    """`Rule.matches` of the package rule-engine on the facts of each subject."""
    package = importlib.import_module("rule_engine")
    return _by_engine(path, lambda text: package.Rule(text).matches)


def by_zen(path: Path) -> tuple[Cost, Found]:
    """A compiled expression of the package zen-engine on the facts of each subject."""
    package = importlib.import_module("zen")
    return _by_engine(path, lambda text: package.compile_expression(text).evaluate)


def _by_engine(path: Path, matcher: Callable[[str], Callable[[Facts], Any]]) -> tuple[Cost, Found]:
    texts = {name: _WHEN[name].format_map(_spelt(rule)) for name, rule in core_rules().items()}
    with Stopwatch() as watch:
        book, found = ClientBook(path), {}
        for name in CORE:
            matches = matcher(texts[name])
            found[name] = frozenset(subject for subject, facts in FACTS[name](book) if matches(facts))
    return watch.cost(count=_subjects(book), requests=0), found


def _subjects(book: ClientBook) -> int:
    return len(book.clients) + len(book.commitments) + len(book.invoices)


class _Limits(dict[str | None, Any]):
    """Tier -> limit; the default for every other tier and for none."""

    def __init__(self, cases: Mapping[str, Any], default: Any) -> None:
        super().__init__(**cases)
        self.default = default

    def __missing__(self, _tier: str | None) -> Any:
        return self.default


def _limits(rule: Rule) -> dict[str, _Limits]:
    return {
        name: _Limits(param.value.cases, param.value.default)
        if isinstance(param.value, Segments)
        else _Limits({}, param.value)
        for name, param in rule.params.items()
    }


def _spelt(rule: Rule) -> dict[str, str]:
    """Param -> its value as an expression, a chain of questions where it differs by tier."""
    return {
        name: "".join(f'(account_tier == "{tier}" ? {limit} : ' for tier, limit in limits.items())
        + f"{limits.default}{')' * len(limits)}"
        for name, limits in _limits(rule).items()
    }


def _stale_contact(book: ClientBook, limits: Mapping[str, _Limits]) -> Iterator[str]:
    silence, hand_over = limits["max_silence_days"], limits["handover_business_days"]
    for account_id, client in book.clients.items():
        if book.is_active(client) and not book.is_owner_blind(client):
            days = book.days_since_touch(client)
            if days is not None and days > silence[client.tier]:
                since = book.business_days_since_hand_over(client)
                if since is None or since > hand_over[client.tier]:
                    yield account_id


def _missed_commitment(book: ClientBook, limits: Mapping[str, _Limits]) -> Iterator[str]:
    grace, clean_up = limits["grace_business_days"], limits["clean_up_business_days"]
    calendar = book.calendar
    for commitment_id, account_id, made_by, status, due_on in book.commitments:
        if made_by == "us" and status == "open":
            client = book.clients[account_id]
            today = calendar.business_number(date.fromordinal(calendar.today(client.zone)))
            if grace[client.tier] <= today - calendar.business_number(due_on) <= clean_up[client.tier]:
                yield commitment_id


def _invoice_after_incident(book: ClientBook, limits: Mapping[str, _Limits]) -> Iterator[str]:
    grace, clean_up, window = (limits[name] for name in ("grace_days", "clean_up_days", "window_days"))
    for invoice_id, account_id, status, balance, _, due_on, is_disputed in book.invoices:
        if status == "open" and balance > 0 and due_on and not is_disputed:
            client = book.clients[account_id]
            overdue = book.calendar.today(client.zone) - due_on.toordinal()
            if grace[client.tier] < overdue <= clean_up[client.tier] and client.incidents:
                _, days = book.incident_of(client)
                if days is not None and days <= window[client.tier]:
                    yield invoice_id


_PLAIN: Mapping[str, Callable[[ClientBook, Mapping[str, _Limits]], Iterator[str]]] = {
    "stale-contact": _stale_contact,
    "missed-commitment": _missed_commitment,
    "invoice-after-incident": _invoice_after_incident,
}

RIVALS: Mapping[str, Callable[[Path], tuple[Cost, Found]]] = {
    "python": by_plain_python,
    "rule_engine": by_rule_engine,
    "zen": by_zen,
}
