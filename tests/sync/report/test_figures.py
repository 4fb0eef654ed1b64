"""Tables of figures: every name whole, every figure under its heading, whatever the terminal."""

import io

import pytest
from rich.console import Console

from sync.report.figures import print_figures

ROWS = [("client-silent-after-three-messages", ("12", "1,234")), ("Zs\u00f3fia [red]", ("3", ""))]


def printed(width: int) -> list[str]:
    to = io.StringIO()
    print_figures(Console(file=to, width=width, highlight=False), "rule", ("open at most", "raised"), ROWS)
    return to.getvalue().splitlines()


def test_figures_stand_beside_the_names_where_there_is_room() -> None:
    assert printed(80) == [
        "rule                                open at most  raised",
        "client-silent-after-three-messages            12   1,234",
        "Zs\u00f3fia [red]                                   3",
    ]


def test_headings_fold_before_anything_else() -> None:
    assert printed(50) == [
        "                                    open",
        "                                      at",
        "rule                                most  raised",
        "client-silent-after-three-messages    12   1,234",
        "Zs\u00f3fia [red]                           3",
    ]


@pytest.mark.parametrize("width", [20, 40])
def test_a_narrow_terminal_has_the_names_above_their_figures(width: int) -> None:
    assert printed(width) == [
        " open", "   at", " most raised", "client-silent-after-three-messages", "   12  1,234", "Zs\u00f3fia [red]", "    3",
    ]  # fmt: skip
