"""Text that is wrapped keeps names in one piece."""

import io

from rich.console import Console

from sync.report.wrapped import print_indented


def test_a_rule_name_is_not_broken_at_its_hyphens() -> None:
    to = io.StringIO()
    print_indented(Console(file=to, width=30), "held back by the rule feedback-unanswered", indent=2)

    assert to.getvalue().splitlines() == ["  held back by the rule", "  feedback-unanswered"]
