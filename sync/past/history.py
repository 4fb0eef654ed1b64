"""What a past run did: its decisions where their file is here, its steps as the ledger knows them in any case."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sync.config.config import Config
from sync.decisions.files import read_decisions
from sync.decisions.lines import Line
from sync.errors import UserError, nearest_of
from sync.ledger.ledger import Ledger
from sync.ledger.runs import Run
from sync.past.past_runs import find_run


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """One run with what it left behind."""

    run: Run
    decisions: Sequence[Line] | None
    """None: their file is on another machine, was removed, or the run ended before it had decided."""
    steps: Sequence[Mapping[str, Any]]
    """What it meant to write, with what became of it; columns as in the ledger's schema."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which of the decisions a person wants to see; None: all."""

    rule: str | None = None
    account: str | None = None
    """The id of the client's record, with or without its org's prefix, or its name."""
    kind: str | None = None
    """What was decided, or why something was held back."""


def past_run(config: Config, ledger: Ledger, text: str, asked: Asked) -> PastRun:
    """The run whose id begins so; raises UserError where there is none, or no decision of the rule, client or kind asked for."""
    run = find_run(ledger, text, place="RUN")
    decisions = read_decisions(config, run.run_id)
    return PastRun(
        run=run,
        decisions=None if decisions is None else _narrowed(decisions, asked),
        steps=[step for step in ledger.steps.of_run(run.run_id) if _fits_step(step, asked)],
    )


def _narrowed(decisions: Sequence[Line], asked: Asked) -> list[Line]:
    for option, wanted, names in (
        ("--rule", asked.rule, {line["rule"] for line in decisions}),
        ("--kind", asked.kind, {line[name] for line in decisions for name in ("decision", "kind") if line[name]}),
    ):  # fmt: skip
        if wanted is not None and wanted not in names:
            raise _nothing(option, wanted, names)
    of_client = [line for line in decisions if _is_of(asked.account, line["account_id"], line["account"])]
    if asked.account is not None and not of_client:
        clients = {line["account"] or line["account_id"] or "" for line in decisions} - {""}
        raise _nothing("--account", asked.account, clients)
    return [
        line
        for line in of_client
        if asked.rule in (None, line["rule"]) and asked.kind in (None, line["decision"], line["kind"])
    ]


def _nothing(option: str, wanted: str, names: Collection[str]) -> UserError:
    return UserError(option, f"this run decided nothing under '{wanted[:80]}'", nearest_of(wanted, names))


def _fits_step(step: Mapping[str, Any], asked: Asked) -> bool:
    rules = {finding["rule"] for finding in step["detail"].get("findings", ())}
    account = step["detail"].get("task", {}).get("account")
    return (
        (asked.rule is None or asked.rule in rules)
        and asked.kind in (None, step["action"])
        and _is_of(asked.account, step["account_id"], account)
    )


def _is_of(asked: str | None, account_id: str | None, name: str | None) -> bool:
    """HubSpot's ids are numbers, and a name is what people call the client: case does not tell names apart."""
    if asked is None:
        return True
    ids = (account_id, account_id.rpartition(":")[2]) if account_id else ()
    return asked in ids or (name or "").casefold() == asked.casefold()
