"""Tries again, because a person asks for it, what a past run could not write."""

from dataclasses import replace

from sync.errors import UserError
from sync.ledger.ledger import Ledger
from sync.past.past_runs import find_run
from sync.plan.changes import Plan


def keys_to_retry(ledger: Ledger, run_id: str) -> frozenset[str]:
    """Keys of the run's steps that failed or are unclear and that no later run has cleared up.

    `run_id` may be the beginning of an id. Raises UserError where there is no such run, or nothing to try again.
    """
    run = find_run(ledger, run_id, place="--retry")
    keys = frozenset(letter.key for letter in ledger.steps.unsettled(run.run_id))
    if not keys:
        raise UserError(
            "--retry",
            f"everything that run {run.run_id} meant to write is written, or a later run has tried it again",
            "`keptword history --failed` lists what is not",
        )
    return keys


def only(plan: Plan, keys: frozenset[str]) -> Plan:
    """The plan with those of its changes alone that write tasks of these keys."""
    return replace(plan, changes=tuple(change for change in plan.changes if change.key in keys))
