"""How the numbers of a made-up client base become records: ids as Salesforce spells them, words, days and instants."""

from collections.abc import Callable, Mapping

ORG = "00D5g000004KwptEAC"

_PREFIXES: Mapping[str, str] = {
    "account": "001", "contact": "003", "person": "005", "activity": "00T", "commitment": "a01", "incident": "500",
    "invoice": "a02", "feedback": "a03", "deal": "006",
}  # fmt: skip


def _id(record: str, number: str) -> str:
    return f"'{ORG}:{_PREFIXES[record]}5g00' || lpad(cast({number} as varchar), 8, '0') || 'QAK'"


def _namer(prefix: str) -> Callable[[int], str]:
    return lambda number: f"{ORG}:{prefix}5g00{number:08d}QAK"


ID_OF: Mapping[str, Callable[[int], str]] = {name: _namer(prefix) for name, prefix in _PREFIXES.items()}
"""Record -> the id of its row of that number."""


def _ago(minutes: str) -> str:
    """The instant so many minutes before the judged one."""
    return f"timestamp '2026-05-13 12:00' - to_minutes(cast({minutes} as bigint))"


def _day_ago(days: str) -> str:
    return f"date '2026-05-13' - cast({days} as integer)"


def _pick(number: str, *words: str) -> str:
    listed = ", ".join(f"'{word}'" if word else "null" for word in words)
    return f"list_value({listed})[{number} + 1]"


_THEIRS = {"account_id": _id("account", "account"), "contact_id": _id("contact", "contact")}

RECORD_SQL: Mapping[str, Mapping[str, str]] = {
    "account": {
        "account_id": _id("account", "n"),
        "name": "'Client ' || n || ' of the agency'",
        "owner_id": _id("person", "owner"),
        "tier": _pick("tier", "A", "B", "C", ""),
        "domain": "'client-' || n || '.example'",
        "timezone": _pick(
            "zone", "Europe/London", "", "America/New_York", "Europe/Berlin", "Europe/Dublin", "Asia/Tokyo",
            "Australia/Sydney", "America/Los_Angeles",
        ),
        "revenue": "revenue",
        "is_active": "null",
        "created_at": _ago("age"),
        "muted_until": f"case when luck = 0 then {_day_ago('-20')} end",
        "next_step": "case when luck < 40 then 'Send the outline of phase ' || luck end",
        "update_every_days": "case when luck >= 90 then 7 end",
        "goals": "case when luck < 70 then 'More orders from abroad' end",
        "decision_maker": "case when luck < 80 then 'The owner' end",
        "success_measure": "case when luck < 60 then 'Orders a month' end",
        "known_risks": "case when luck < 50 then 'A new shop system' end",
        "services": _pick("luck % 4", "Web", "Search", "Web and search", "Care"),
    },
    "person": {
        "person_id": _id("person", "n"),
        "name": "'Person ' || n",
        "email": "'person-' || n || '@seller.example'",
        "is_active": "luck >= 3",
        "manager_id": _id("person", "n // 10"),
        "role": _pick("n % 10", *["account management"] * 5, *["sales"] * 2, "support", "delivery", "finance"),
        "timezone": "'Europe/London'",
    },
    "contact": {
        "contact_id": _id("contact", "n"),
        "account_id": _id("account", "account"),
        "name": "'Contact ' || n",
        "email": "'contact-' || n || '@client-' || account || '.example'",
        "role": _pick("n % 4", "Owner", "Head of marketing", "Shop manager", "Accounts"),
        "is_key": "luck < 20",
        "left_on": f"case when mood < 3 then {_day_ago('kind * 4')} end",
    },
    "activity": {
        "activity_id": _id("activity", "n"),
        **_THEIRS,
        "person_id": f"case when owner % 20 <> 0 then {_id('person', 'owner')} end",
        "kind": "case when is_in = 1 and (kind >= 60 or is_unseen = 1) then 'message' when is_in = 1 then 'email' "
        "when age < 0 then 'meeting' when kind < 55 and is_unseen = 0 then 'email' when kind < 75 then 'call' "
        "when kind < 85 or mood = 0 then 'meeting' else 'note' end",
        "direction": "case when is_in = 1 then 'in' when mood between 1 and 8 then 'internal' else 'out' end",
        "is_automated": "is_in = 0 and mood between 9 and 16",
        "outcome": "case when mood between 17 and 22 then 'missed' when mood between 23 and 25 then 'cancelled' "
        "else 'reached' end",
        "is_acknowledgement": "is_in = 0 and mood between 26 and 28",
        "happened_at": _ago("age"),
    },
    "commitment": {
        "commitment_id": _id("commitment", "n"),
        "account_id": _id("account", "account"),
        "owner_id": _id("person", "owner"),
        "subject": "'Promise: the report of week ' || luck",
        "made_by": "case when kind < 85 then 'us' else 'client' end",
        "made_at": _ago("(overdue + ahead) * 1440 + mood"),
        "due_on": f"case when mood > 0 then {_day_ago('overdue')} end",
        "status": "case when is_open = 1 then 'open' when luck = 0 then 'waived' else 'kept' end",
        "kept_at": f"case when is_open = 0 and luck <> 0 then {_ago('(overdue + 1) * 1440 + luck')} end",
    },
    "incident": {
        "incident_id": _id("incident", "n"),
        **_THEIRS,
        "owner_id": _id("person", "owner"),
        "kind": "case when kind < 6 then 'change' else 'problem' end",
        "subject": "'Shop down ' || luck",
        "severity": "case when mood < 12 then 'high' when mood < 70 then 'normal' else 'low' end",
        "opened_at": _ago("age"),
        "closed_at": f"case when luck >= 2 and age > luck * 90 then {_ago('age - luck * 90')} end",
        "told_at": "null",
        "impact_shared_at": f"case when kind < 6 and mood < 50 then {_ago('age // 2')} end",
        "is_open": "not (luck >= 2 and age > luck * 90)",
    },
    "invoice": {
        "invoice_id": _id("invoice", "n"),
        "account_id": _id("account", "account"),
        "number": "'INV-' || n",
        "status": "case when luck = 0 then 'void' when luck = 1 then 'draft' "
        "when age - 30 > kind // 4 and luck > 5 then 'paid' else 'open' end",
        "amount": "200 + mood * 37.5",
        "balance": "case when luck > 5 and age - 30 > kind // 4 then 0 else 200 + mood * 37.5 end",
        "currency": "'GBP'",
        "issued_on": _day_ago("age"),
        "due_on": _day_ago("age - 30"),
        "paid_on": f"case when luck > 5 and age - 30 > kind // 4 then {_day_ago('age - 30 - kind // 4')} end",
        "is_disputed": "luck = 2",
        "disputed_on": f"case when luck = 2 then {_day_ago('age * kind // 100')} end",
    },
    "feedback": {
        "feedback_id": _id("feedback", "n"),
        **_THEIRS,
        "given_by": "case when kind < 80 then 'client' else 'team' end",
        "mood": "case when mood < 10 then 'unhappy' when mood < 40 then 'neutral' else 'happy' end",
        "score": "cast(mood // 10 as decimal(38, 6))",
        "given_at": _ago("age"),
        "answered_at": "null",
    },
    "deal": {
        "deal_id": _id("deal", "n"),
        "account_id": _id("account", "account"),
        "owner_id": _id("person", "owner"),
        "name": "'Shop, phase ' || luck",
        "kind": "case when luck between 10 and 19 then 'contract' else 'sale' end",
        "is_closed": "is_closed = 1",
        "is_won": "is_closed = 1 and kind < 55",
        "amount": "1000 + mood * 250",
        "created_at": _ago("age"),
        "closes_on": f"cast({_ago('age - 90 * 1440')} as date)",
        "delivery_owner_id": f"case when mood < 5 then {_id('person', 'owner + 1')} end",
        "handed_over_at": "null",
        "pitfalls_discussed_at": f"case when mood < 95 then {_ago('age')} end",
        "ends_on": f"case when luck < 60 then cast({_ago('age - (150 + kind * 3) * 1440')} as date) end",
        "renews_on": f"case when luck < 30 then cast({_ago('age - (180 + kind * 5) * 1440')} as date) end",
        "next_step": "case when mood < 70 then 'Send the offer' end",
        "hours_sold": "case when luck < 20 then 100 end",
        "hours_spent": "case when luck < 20 then kind end",
    },
}  # fmt: skip
"""Record -> its columns as SQL over the numbers; a column that is not here, or `null` alone, has no source.

`luck`, `mood` and `kind` are throws of a hundred-sided die; `age` is in minutes (of an invoice in days), `overdue` in days.
"""
