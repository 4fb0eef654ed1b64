"""Which findings give way to others about the same client: who has bad news to tell does not chase."""

from collections.abc import Mapping

from rules.findings import Finding
from sync.plan.situation import Situation


class Inhibition:
    """What stands before what, client by client, at one moment."""

    def __init__(self, situation: Situation) -> None:
        self._titles = {name: rule.file.title or name for name, rule in situation.rules.items()}
        self._before: Mapping[tuple[str, str], str] = {
            (finding.account_id, name): finding.rule
            for finding in situation.judgement.findings
            if finding.account_id is not None
            and not finding.is_old
            and finding.rule in situation.rules
            and situation.rules[finding.rule].file.mode == "task"
            for name in situation.rules[finding.rule].file.inhibits
        }

    def of(self, finding: Finding) -> str | None:
        """The rule that comes first with the finding's client; None where it need not give way.

        Of two rules that name each other neither gives way.
        """
        if finding.account_id is None:
            return None
        other = self._before.get((finding.account_id, finding.rule))
        if other is None or self._before.get((finding.account_id, other)) == finding.rule:
            return None
        return other

    def title(self, rule: str) -> str:
        """What a person calls the rule that comes first."""
        return self._titles.get(rule, rule)
