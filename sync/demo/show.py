"""Tells the demo: starts the CRM, prints each chapter as it happens, says where to look."""

import tempfile
import time
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel

from sync.cli.console import set_up_log, stdout
from sync.demo.config import demo_config
from sync.demo.crm import demo_crm
from sync.demo.story import Chapter, Story
from sync.report.answer import as_json
from sync.report.wrapped import print_indented

ACCOUNTS, SEED = 150, 7
_WIDTH = 110


def show_demo(*, as_document: bool, keep: bool) -> int:
    """The whole story; `keep` leaves the CRM running until Ctrl-C, so that its page can be read."""
    started = time.monotonic()
    console = stdout() if as_document else Console(width=_WIDTH, highlight=False)
    told: list[Chapter] = []
    with tempfile.TemporaryDirectory(prefix="keptword-demo-") as name:
        folder = Path(name)
        with demo_crm(accounts=ACCOUNTS, seed=SEED) as crm:
            if not as_document:
                console.print(
                    f"A CRM is up on this machine, with {ACCOUNTS} clients of an agency: Salesforce and HubSpot, one team.\n"
                )
            config = demo_config(crm, folder)
            set_up_log(config.log)
            for number, chapter in enumerate(Story(crm, config, folder).chapters(), start=1):
                told.append(chapter)
                if not as_document:
                    _print(console, number, chapter)
            seconds = time.monotonic() - started
            if as_document:
                click.echo(as_json(_document(told, seconds)))
            else:
                _where_to_look(console, seconds)
            if keep:
                _wait(console, crm.http_url)
    return 0


def _print(console: Console, number: int, chapter: Chapter) -> None:
    console.print(f"[bold]{number}. {escape(chapter.title)}[/]")
    for line in chapter.lines:
        print_indented(console, line, indent=3)
    if chapter.quoted:
        console.print(Padding(Panel(escape(chapter.quoted), expand=False), (0, 0, 0, 3), expand=False))
    console.print()


def _where_to_look(console: Console, seconds: float) -> None:
    console.print(f"That took {seconds:.0f} seconds. Where to look next:")
    console.print("   keptword demo --keep          the same, and the CRM's page stays open in your browser")
    console.print(
        "   README.md                     how to connect your own Salesforce org and HubSpot portal"
    )
    console.print(
        "   keptword init                 a commented config to start from; nothing is written until it says so"
    )
    console.print("   rules/catalogue/*.toml        the rules: why, when, and what the task says")


def _wait(console: Console, url: str) -> None:
    console.print(f"\nThe clients and their tasks, as people see them: {url}/   (Ctrl-C ends it)")
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        console.print("")


def _document(told: list[Chapter], seconds: float) -> dict[str, object]:
    chapters = [
        {
            "title": chapter.title,
            "lines": list(chapter.lines),
            "quoted": chapter.quoted,
            "figures": chapter.figures,
        }
        for chapter in told
    ]
    return {"format": 1, "seconds": round(seconds, 1), "chapters": chapters}
