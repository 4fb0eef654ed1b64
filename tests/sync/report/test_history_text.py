"""Past runs on a terminal: ids that can be copied, and what a preview would have written."""

import io
from datetime import UTC, datetime
from typing import Any

from rich.console import Console

from sync.ledger.runs import Run
from sync.report.history_text import show_runs

RUN_ID = "20260512T090000-12d2"


def shown(*, width: int, mode: str = "write", figures: dict[str, Any] | None = None) -> str:
    at = datetime(2026, 5, 12, 9)
    run = Run(
        run_id=RUN_ID, command="run", mode=mode, config_digest="", rules_digest="", started_at=at, finished_at=at,
        outcome="done", reason=None, figures=figures, approved_by="Ann Other", undoes=None,
    )  # fmt: skip
    text = io.StringIO()
    show_runs(Console(file=text, width=width, highlight=False), [run], UTC)
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
