"""What a CRM's texts can do to a terminal: nothing."""

import io

from rich.console import Console
from rich.text import Text

from sync.report.lines import print_line


def printed(text: Text | str) -> str:
    to = io.StringIO()
    print_line(Console(file=to, width=80), 2, text)
    return to.getvalue()


def test_a_name_cannot_steer_the_terminal() -> None:
    assert printed("Kestrel \x1b]0;title\x07 Trust \u202egmbh") == "  Kestrel  ]0;title Trust  gmbh\n"


def test_styles_stay_with_their_words() -> None:
    told = Text.assemble("a\x1b", ("bold", "bold"))

    print_line(Console(file=io.StringIO()), 0, told)

    assert printed(told) == "  a bold\n"
    assert told.plain == "a\x1bbold"
