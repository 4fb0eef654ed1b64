"""Past runs on a terminal: ids that can be copied, and what a preview would have written."""

import io
from datetime import UTC, datetime
from typing import Any

from rich.console import Console

from sync.decisions.lines import NOTHING
from sync.ledger.runs import Run
from sync.past.history import PastRun
from sync.report.history_text import show_past_run, show_runs

RUN_ID = "20260512T090000-12d2"


def run_of(*, mode: str = "write", figures: dict[str, Any] | None = None) -> Run:
    at = datetime(2026, 5, 12, 9)
    return Run(
        run_id=RUN_ID, command="run", mode=mode, config_digest="", rules_digest="", started_at=at, finished_at=at,
        outcome="done", reason=None, figures=figures, approved_by="Ann Other", undoes=None,
    )  # fmt: skip


def shown(*, width: int, mode: str = "write", figures: dict[str, Any] | None = None) -> str:
    text = io.StringIO()
    show_runs(Console(file=text, width=width, highlight=False), [run_of(mode=mode, figures=figures)], UTC)
    return text.getvalue()


def test_a_narrow_terminal_leaves_a_run_id_in_one_piece() -> None:
    assert RUN_ID in shown(width=60, figures={"created": 11, "held": 48})


def test_a_preview_says_what_it_would_have_written() -> None:
    figures = {"create": 11, "close": 2, "created": 0, "held": 48}

    assert "11 to create, 2 to close, 48 held" in shown(width=160, mode="preview", figures=figures)


def test_a_run_that_wrote_says_what_it_wrote() -> None:
    said = shown(width=160, figures={"create": 11, "created": 10, "held": 48})

    assert "10 created, 48 held" in said
    assert "to create" not in said


def test_a_task_that_speaks_for_several_findings_is_told_once_with_all_of_them() -> None:
    task = {
        "decision": "create",
        "key": "kw1-x",
        "subject": "Call Ada",
        "why": ["two promises are late"],
        "result": "created",
    }
    lines = [
        {**NOTHING, **task, "rule": rule, "account": "Acme"}
        for rule in ("missed-commitment", "commitment-slipping")
    ]
    text = io.StringIO()

    show_past_run(
        Console(file=text, width=100, highlight=False),
        PastRun(run=run_of(), decisions=lines, steps=()),
        UTC,
    )

    said = text.getvalue()
    assert [said.count(each) for each in ("Call Ada", "two promises are late", "created")] == [1, 1, 1]
    assert "missed-commitment on Acme" in said
    assert "commitment-slipping on Acme" in said
