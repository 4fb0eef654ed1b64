"""The answer of `identities --json`; see docs/json.md."""

from typing import Any

from rules.identity.matches import by_how
from rules.identity.shown import Shown
from rules.records import crm_id, org_of
from sync.identities import Identities
from sync.plan.changes import FORMAT


def identities_document(told: Identities, *, written: int | None, file: str | None) -> dict[str, Any]:
    """Everything that is joined, proposed or contradicts itself; `written` proposals went to `file`."""

    def account(each: Shown) -> dict[str, Any]:
        return {
            "account_id": each.account_id,
            "connection": told.names.get(org_of(each.account_id)),
            "id": crm_id(each.account_id),
            "name": each.name,
            "domain": each.domain,
            "country": each.country,
        }

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
