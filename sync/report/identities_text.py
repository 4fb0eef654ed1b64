"""What a person reads of who is who: how many are joined and how, what may be one client, and what needs mending."""

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.text import Text

from rules.identity.matches import by_how
from rules.identity.shown import Shown
from rules.records import crm_id, org_of
from rules.wording import tame
from sync.identities.identities import Identities
from sync.report.lines import print_line

HOW = {"confirmed": "by hand", "id": "by an id field", "domain": "by web domain"}


def show_identities(console: Console, told: Identities, *, limit: int) -> None:
    """Counts of all, and at most `limit` of each kind; `--json` has them all."""
    counts = by_how(list(told.matches))
    words = ", ".join(f"{count:,} {HOW[how]}" for how, count in counts.items() if count)
    clients = "1 client is" if len(told.matches) == 1 else f"{len(told.matches):,} clients are"
    print_line(console, 0, f"{clients} in several CRMs{f': {words}' if words else ''}.")
    for match in told.matches[:limit]:
        print_line(console, 2, f"{_listed(match.accounts, told)}: {', '.join(HOW[how] for how in match.how)}")
    _more(console, told.matches, limit)
    _headed(console, told.proposals, "Proposed, and joined only once you say so", limit)
    for proposal in told.proposals[:limit]:
        print_line(
            console,
            2,
            Text.assemble((f"{proposal.score:3d}", "bold"), f"  {_listed(proposal.accounts, told)}"),
        )
        against = f"; against: {', '.join(proposal.against)}" if proposal.against else ""
        print_line(console, 7, Text(f"for: {', '.join(proposal.speaks_for)}{against}", style="dim"))
    _more(console, told.proposals, limit)
    _headed(console, told.conflicts, "Not joined, since something contradicts itself", limit)
    for conflict in told.conflicts[:limit]:
        print_line(console, 2, Text.assemble((conflict.kind, "yellow"), f": {tame(conflict.problem)}"))
        print_line(console, 4, _listed(conflict.accounts, told, between=", "))
        print_line(console, 4, Text(conflict.remedy, style="dim"))
    _more(console, told.conflicts, limit)


def _headed(console: Console, found: Sequence[object], words: str, limit: int) -> None:
    console.print()
    print_line(console, 0, Text(f"{words}: {len(found):,}", style="bold" if found else ""))


def _more(console: Console, found: Sequence[object], limit: int) -> None:
    if len(found) > limit:
        print_line(console, 2, f"and {len(found) - limit:,} more; --limit shows more of them")


def _listed(accounts: Iterable[Shown], told: Identities, *, between: str = " = ") -> str:
    return between.join(account_words(each, told.names) for each in accounts)


def account_words(account: Shown, names: Mapping[str, str]) -> str:
    """An account as people compare it with others; `names`: org -> its connection."""
    org, id_ = org_of(account.account_id), crm_id(account.account_id)
    name = tame(account.name) if account.name else "no name"
    return f"{name} ({names.get(org, org)} {id_}{f', {tame(account.domain)}' if account.domain else ''})"
