"""Which built-in rules can be rehearsed on past days: none of their facts is known of the present alone."""

import pytest

from rules.rule import read_rules

RULES = read_rules({}, [], place="keptword.toml")
OF_THE_PRESENT = {
    "discovery-incomplete", "handover-without-introduction", "happy-client-ask-for-referral",
    "invoice-about-to-go-out-in-trouble", "no-next-step", "owner-gone", "owner-overcommitted", "portfolio-handed-over",
    "renewal-unattended", "retainer-nearly-spent", "team-change-not-announced",
}  # fmt: skip
"""They look at what no CRM keeps the past of: plans, drafts, hours, desks."""


@pytest.mark.parametrize("name", sorted(set(RULES) - OF_THE_PRESENT))
def test_a_rule_about_what_is_dated_can_be_judged_on_past_days(name: str) -> None:
    rule = RULES[name]
    looked_at = {*rule.condition.columns, *rule.file.occurrence}
    assert [each for each in sorted(looked_at) if rule.view.facts[each].past == "now"] == []
