"""Which facts a set of rules needs: those that decide whether they fire, and those that are said of whom they fire for."""

from collections.abc import Iterable, Mapping

from rules.rule import Rule
from rules.rule_check import OWNER_COLUMNS
from rules.subject_names import names_of
from rules.wording import names_in

_ALWAYS = frozenset(
    {
        "judged_at", "account_id", "account_name", "account_timezone", "account_own_timezone", "account_revenue", "account_is_muted",
        "account_muted_until",
    }
)  # fmt: skip
"""What a plan asks of every finding, where its subject has it: whose it is, whether they are to be left alone, and
who comes first."""


def deciding_facts(rule: Rule) -> frozenset[str]:
    """What the rule's condition looks at, and what says whether that is in doubt."""
    return rule.condition.columns | rule.holds.columns | rule.flags


def told_facts(rule: Rule) -> frozenset[str]:
    """What a finding, its task and a list of findings say; nothing that is never shown."""
    task = rule.file.task
    texts = (*task.subject, task.body, *task.closes, *names_of(rule.file.about))
    named = frozenset().union(*(names_in(text) for text in texts))
    owners = {OWNER_COLUMNS[who] for who in task.assign if who in OWNER_COLUMNS}
    told = {*_ALWAYS, *named, *owners, *rule.file.occurrence, *deciding_facts(rule), rule.view.key}
    return frozenset(told & rule.view.columns.keys()) - rule.view.restricted


def wanted_facts(rules: Iterable[Rule]) -> Mapping[str, frozenset[str]]:
    """Subject -> the facts that are made for these rules; clients are counted, whatever the rules are about."""
    wanted = {"account": frozenset({"judged_at", "account_id"})}
    for rule in rules:
        facts = deciding_facts(rule) | told_facts(rule)
        wanted[rule.file.about] = wanted.get(rule.file.about, frozenset()) | facts
    return wanted
