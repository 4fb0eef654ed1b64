"""The answer of `identities --json`; see docs/json.md."""

from collections.abc import Mapping
from typing import Any

from rules.identity.matches import by_how
from rules.identity.shown import Shown
from rules.records import crm_id, org_of
from sync.identities.identities import Identities
from sync.plan.changes import FORMAT


def identities_document(told: Identities, *, written: int | None, file: str | None) -> dict[str, Any]:
    """Everything that is joined, proposed or contradicts itself; `written` proposals went to `file`."""

    def account(each: Shown) -> dict[str, Any]:
        return account_document(each, told.names)

    return {
        "format": FORMAT,
        "counts": {
            "matches": by_how(list(told.matches)),
            "proposals": len(told.proposals),
            "conflicts": len(told.conflicts),
        },
        "matches": [
            {"client_id": match.accounts[0].account_id, "how": list(match.how), "accounts": [account(each) for each in match.accounts]}
            for match in told.matches
        ],
        "proposals": [
            {
                "score": proposal.score,
                "speaks_for": list(proposal.speaks_for),
                "against": list(proposal.against),
                "accounts": [account(each) for each in proposal.accounts],
            }
            for proposal in told.proposals
        ],
        "conflicts": [
            {
                "kind": conflict.kind,
                "problem": conflict.problem,
                "remedy": conflict.remedy,
                "accounts": [account(each) for each in conflict.accounts],
            }
            for conflict in told.conflicts
        ],
        "written": None if file is None else {"file": file, "proposals": written},
    }  # fmt: skip


def account_document(account: Shown, names: Mapping[str, str]) -> dict[str, Any]:
    """An account as its people know it; `names`: org -> its connection."""
    return {
        "account_id": account.account_id,
        "connection": names.get(org_of(account.account_id)),
        "id": crm_id(account.account_id),
        "name": account.name,
        "domain": account.domain,
        "country": account.country,
    }
