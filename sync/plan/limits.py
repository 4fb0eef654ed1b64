"""The blast radius: a plan that changes more than a share of what is there stops whole, and says so."""

from dataclasses import dataclass

from sync.config.settings import Limits
from sync.plan.changes import Action, Plan
from sync.plan.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class _Radius:
    action: Action
    key: str
    """limits.KEY_share and limits.KEY_at_least."""
    words: str
    of: str


_RADII = (
    _Radius(action="create", key="new", words="{count} new tasks for {whole} clients", of="clients"),
    _Radius(action="close", key="close", words="{count} of {whole} open tasks would close", of="tasks"),
    _Radius(
        action="reassign",
        key="reassign",
        words="{count} of {whole} open tasks would change hands",
        of="tasks",
    ),
)


def over_limits(plan: Plan, situation: Situation) -> list[str]:
    """Which of the limits the plan passes, in words that name the number and the key."""
    wholes = {
        "clients": situation.judgement.subjects.get("account", 0),
        "tasks": sum(task.is_open for task in situation.tasks),
    }
    passed: list[str] = []
    for radius in _RADII:
        count, whole = plan.count(radius.action), wholes[radius.of]
        share, most = _most(situation.limits, radius.key, whole)
        if count > most:
            words = radius.words.format(count=count, whole=whole)
            passed.append(f"{words}, limits.{radius.key}_share = {share:g} allows {most}")
    return passed


def _most(limits: Limits, key: str, whole: int) -> tuple[float, int]:
    share: float = getattr(limits, f"{key}_share")
    return share, max(getattr(limits, f"{key}_at_least"), int(share * whole))
