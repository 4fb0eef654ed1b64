"""What a person reads of the client that is explained: who it is, which records it consists of, and how these were joined."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from rules.records import crm_id, org_of
from rules.wording import spelled, tame
from sync.explaining.explain import Told
from sync.report.identities_text import HOW, account_words
from sync.report.lines import print_line


def show_client(console: Console, told: Told) -> None:
    """Name, records, who answers for it, and since when it is judged."""
    facts = told.client.facts
    owner = facts["account_owner_name"]
    about = (
        facts["account_domain"],
        f"tier {facts['account_tier']}" if facts["account_tier"] else None,
        f"{owner} answers for it" if owner else "nobody of ours answers for it",
        None if facts["account_is_active"] else "not a live client",
        _muted_in_crm(facts),
    )
    name = Text(tame(facts["account_name"] or "a client without a name"), style="bold")
    print_line(console, 0, Text.assemble(name, "  ", tame(", ".join(part for part in about if part))))
    _show_records(console, told)
    for mute in told.client.mutes:
        rule = f" for {mute.rule}" if mute.rule else ""
        print_line(console, 0, Text(f"New tasks{rule} are {mute}", style="yellow"))
    clocks = f"by the clocks of {told.zone}" if told.zone else ""
    print_line(
        console, 0, Text(f"Judged as of {spelled(told.as_of, told.zone)}, {clocks}".rstrip(", ") + ".")
    )


def _show_records(console: Console, told: Told) -> None:
    """Which records the client consists of, and what made them one."""
    records = {each.account_id: each for each in told.client.records}
    if len(records) == 1:
        print_line(console, 0, Text(f"Record {told.client.account_id}"))
        return
    print_line(console, 0, Text(f"One client, of {len(records)} records:"))
    for each in records.values():
        print_line(console, 2, Text(account_words(each, told.names)))
    for tie in told.client.ties:
        pair = " = ".join(_where(told, account_id) for account_id in (tie.one, tie.other))
        print_line(console, 2, Text(f"{pair}: joined {HOW[tie.how]}", style="dim"))


def _where(told: Told, account_id: str) -> str:
    org = org_of(account_id)
    return f"{told.names.get(org, org)} {crm_id(account_id)}"


def _muted_in_crm(facts: Mapping[str, Any]) -> str | None:
    if not facts["account_is_muted"]:
        return None
    return f"muted in the CRM until {spelled(facts['account_muted_until'])}"
