"""Every benchmark runs and answers in one form; how fast anything is, is not asked here."""

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.timeout(900)

BENCH = Path(__file__).parents[2] / "bench"
CRMS = ("salesforce", "hubspot")
FIGURES = {
    "backtest": ["days_90_vs_one", "days_90_vs_one_cpu", "days_90_peak_mb", "one_peak_mb"],
    "pull": [
        *(
            f"{crm}_{figure}"
            for crm in CRMS
            for figure in ("records_per_s", "requests_per_1000", "vs_floor", "peak_mb")
        ),
        *("hubspot_vs_get_all", "salesforce_vs_query_all", "salesforce_vs_bulk2"),
        *("idle_requests_per_object", "changed_calls_ratio", "growth_10x", "peak_mb"),
        *("rate_limit_share", "steady_429_count"),
    ],
    "apply": [
        f"{crm}_{figure}"
        for crm in (*CRMS, "hubspot_s", "salesforce_body")
        for figure in ("tasks_per_s", "requests_per_1000", "vs_single", "vs_floor")
    ],
}
MAY_BE_NONE = ("_count", "waiting_share")


@pytest.fixture(scope="module", params=FIGURES)
def document(request: pytest.FixtureRequest) -> dict[str, Any]:
    command = [sys.executable, str(BENCH / f"{request.param}.py"), "--quick", "--json"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    answer: dict[str, Any] = json.loads(ended.stdout)
    return answer


def test_a_benchmark_answers_with_one_document_of_numbers(document: dict[str, Any]) -> None:
    figures, spread = document["figures"], document["spread"]
    assert set(FIGURES[document["bench"]]) <= set(figures)
    assert figures.keys() == spread.keys()
    assert all(
        math.isfinite(figure) and (figure > 0 or name.endswith(MAY_BE_NONE))
        for name, figure in figures.items()
    )
    assert document["context"]["quick"] is True


def test_every_figure_is_explained(document: dict[str, Any]) -> None:
    words = (BENCH / "README.md").read_text(encoding="utf-8")
    names = {
        name.removeprefix("salesforce_").removeprefix("hubspot_").removeprefix("s_").removeprefix("body_")
        for name in document["figures"]
    }
    assert {name for name in names if f"`{name}`" not in words} == set()
