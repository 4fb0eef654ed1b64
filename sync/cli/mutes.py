"""The commands for quiet: mute and unmute."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from rules.wording import tame
from sync.cli.console import stdout
from sync.cli.ending import ends_well
from sync.cli.person import name_of_person
from sync.cli.reading import config_offline
from sync.cli.words import Instant, with_config
from sync.config.config import Config
from sync.config.whereabouts import ledger_url
from sync.errors import UserError, no_such_rule
from sync.judging.rulebook import read_rulebook
from sync.ledger.database import utc_now
from sync.ledger.ledger import Ledger
from sync.ledger.mutes import Mute
from sync.muting import MutedClient, end_of, find_muted, muted_names
from sync.report.answer import as_json
from sync.report.mutes_text import mutes_document, show_ended, show_muted, show_mutes

_LONGEST = 500


class Day(click.ParamType[date]):
    """A calendar day."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """As ISO has it."""
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"'{value}' is not a day; write 2026-12-12", param, ctx)


@click.command()
@with_config
@click.argument("account", required=False)
@click.option("--rule", default=None, metavar="RULE", help="Only what this rule finds.")
@click.option(
    "--until", type=Day(), default=None, metavar="DATE", help="The last muted day, where the company is."
)
@click.option("--why", default="", metavar="TEXT", help="The reason, for whoever asks later.")
@click.option("--by", default=None, metavar="NAME", help="Who wants it; by default who is logged in here.")
@click.option("--list", "only_list", is_flag=True, help="List the mutes that hold now.")
@click.option(
    "--now", "at", type=Instant(), default=None, metavar="INSTANT",
    help="With --list: those that hold at this day or ISO instant instead (UTC unless it says otherwise).",
)  # fmt: skip
@ends_well
def mute(
    config_file: Path, as_document: bool, account: str | None, rule: str | None, until: date | None, why: str,
    by: str | None, only_list: bool, at: datetime | None,
) -> int:  # fmt: skip
    """Keep new tasks about a client back until the end of a day.

    ACCOUNT is the id of the client's record, its exact name or its web domain. Tasks that are open stay, and are followed as
    before; when the mute ends, only what still holds is raised. Asks no CRM, and works while a run is at work.
    """
    if only_list == (account is not None):
        raise click.UsageError("give either ACCOUNT or --list")
    if at is not None and not only_list:
        raise click.UsageError("--now goes with --list: a mute begins at once")
    config, now = config_offline(config_file), at or utc_now()
    with Ledger.open(ledger_url(config)) as ledger:
        if account is None:
            mutes, before = ledger.mutes.active(now), []
            names = muted_names(config, ledger) if mutes else {}
        else:
            ends_at = _end(config, until, now)
            reason, made_by = _reason(why), name_of_person("--by", by)
            _refuse_unknown(config, rule)
            client = find_muted(config, ledger, account)
            before = [each for each in _mutes_of(ledger, client, now) if each.rule == rule]
            made = Mute(
                account_id=client.account_id, rule=rule, until=ends_at, why=reason, made_by=made_by, made_at=now,
            )  # fmt: skip
            mutes, names = [ledger.mutes.add(made)], {client.account_id: client.name or ""}
            ledger.mutes.remove(before)
    if as_document:
        click.echo(as_json(mutes_document(mutes, names, config, before=before)))
    elif account is None:
        show_mutes(stdout(), mutes, names, config)
    else:
        show_muted(stdout(), mutes[0], names, config, before=before)
    return 0


@click.command()
@with_config
@click.argument("account")
@click.option(
    "--rule", default=None, metavar="RULE", help="Only the mute of this rule; else every mute of the client."
)
@ends_well
def unmute(config_file: Path, as_document: bool, account: str, rule: str | None) -> int:
    """End a client's mutes: what still holds is raised by the next run, as the caps allow."""
    config, now = config_offline(config_file), utc_now()
    with Ledger.open(ledger_url(config)) as ledger:
        client = find_muted(config, ledger, account)
        held = _mutes_of(ledger, client, now)
        ended = [each for each in held if rule in (None, each.rule)]
        if not ended:
            raise _not_muted(client, rule, held)
        ledger.mutes.remove(ended)
    names = {each.account_id: client.name or "" for each in ended}
    if as_document:
        click.echo(as_json(mutes_document([], names, config, before=ended)))
    else:
        show_ended(stdout(), ended, names, config)
    return 0


def _mutes_of(ledger: Ledger, client: MutedClient, now: datetime) -> list[Mute]:
    return [each for each in ledger.mutes.active(now) if each.account_id in client.record_ids]


def _end(config: Config, until: date | None, now: datetime) -> datetime:
    if until is None:
        raise UserError("--until", "a mute needs an end", "Say its last day: --until 2026-12-12")
    ends_at = end_of(config, until) if until < date.max else None
    if ends_at is None or ends_at <= now:
        raise UserError("--until", f"{until} is not a day to come", "Name today or a later day")
    return ends_at


def _reason(why: str) -> str:
    said = tame(why).strip()
    if not said or len(said) > _LONGEST:
        remedy = f'Say it in 1 to {_LONGEST} characters: --why "..."'
        raise UserError("--why", "a mute needs a reason that others can read", remedy)
    return said


def _refuse_unknown(config: Config, rule: str | None) -> None:
    rules = read_rulebook(config)
    if rule is not None and rule not in rules:
        raise no_such_rule(rule, rules)


def _not_muted(client: MutedClient, rule: str | None, held: list[Mute]) -> UserError:
    who = client.name or client.account_id
    if held:
        rules = ", ".join(each.rule or "every rule" for each in held)
        remedy = "Leave --rule out to end all of it"
        return UserError("--rule", f"{who} is not muted for {rule} by itself, but for {rules}", remedy)
    return UserError("ACCOUNT", f"{who} is not muted", "`keptword mute --list` shows who is")
