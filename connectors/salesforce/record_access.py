"""Asks Salesforce which people can read which accounts, as its sharing has it: many questions in a request.

UserRecordAccess takes one user and 200 records a query. A batch takes 25 queries, each of which counts for the org's
allowance, and leaves what it may not tell out of its answers.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.errors import NotAllowed, NotUnderstood, Refused
from connectors.salesforce.call import Caller
from connectors.salesforce.full_ids import eighteen
from connectors.salesforce.soql import any_of, encoded, text_literal

Pair = tuple[str, str]
"""Person id and account id, as they were given."""

_IDS_PER_QUERY, _QUERIES_PER_BATCH = 200, 25
_USER = "005"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """One query: whether a person can read some accounts; `pairs` by the account's long id."""

    person_id: str
    pairs: Mapping[str, Sequence[Pair]]

    def request(self, caller: Caller) -> dict[str, str]:
        whose = f"UserId = {text_literal(self.person_id)}"
        soql = f"SELECT RecordId, HasReadAccess FROM UserRecordAccess WHERE {whose} AND {any_of('RecordId', self.pairs)}"
        return {"method": "GET", "url": f"v{caller.api_version:.1f}/query/?q={encoded(soql)}"}


def read_access(caller: Caller, pairs: Collection[Pair]) -> dict[Pair, bool]:
    """What the CRM tells of each pair; a queue, a record that is gone, or one that this login may not see, it does not."""
    questions = list(_questions(pairs))
    told: dict[Pair, bool] = {}
    for start in range(0, len(questions), _QUERIES_PER_BATCH):
        some = questions[start : start + _QUERIES_PER_BATCH]
        try:
            results = _results(caller, some)
        except (NotAllowed, Refused):
            # An org that does not answer such questions answers none of them.
            return told
        for question, result in zip(some, results, strict=True):
            told |= _told(question, result)
    return told


def _questions(pairs: Collection[Pair]) -> Iterator[_Question]:
    by_person: dict[str, dict[str, list[Pair]]] = {}
    for pair in pairs:
        person_id, account_id = map(eighteen, pair)
        if person_id.startswith(_USER):
            by_person.setdefault(person_id, {}).setdefault(account_id, []).append(pair)
    for person_id, accounts in by_person.items():
        ids = list(accounts)
        for start in range(0, len(ids), _IDS_PER_QUERY):
            some = {account_id: accounts[account_id] for account_id in ids[start : start + _IDS_PER_QUERY]}
            yield _Question(person_id=person_id, pairs=some)


def _results(caller: Caller, questions: Sequence[_Question]) -> list[Any]:
    body = {"haltOnError": False, "batchRequests": [question.request(caller) for question in questions]}
    answer = caller.json(caller.order("POST", "composite/batch", body=body))
    results = answer.get("results") if isinstance(answer, dict) else None
    if not isinstance(results, list) or len(results) != len(questions):
        problem = f"the answer to a batch of {len(questions)} queries does not have as many results"
        raise NotUnderstood(caller.place, problem, "Run again; report the answer's shape if it stays so.")
    return results


def _told(question: _Question, result: Any) -> dict[Pair, bool]:
    """Nothing for a query that was refused, which is one person's alone."""
    found = result.get("result") if isinstance(result, dict) and result.get("statusCode") == 200 else None
    records = found.get("records") if isinstance(found, dict) else None
    return {
        pair: record["HasReadAccess"]
        for record in records or ()
        if isinstance(record.get("HasReadAccess"), bool)
        for pair in question.pairs.get(eighteen(str(record.get("RecordId"))), ())
    }
