"""Reads the command line of `python -m sandbox`."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from sandbox.instants import read_instant
from sandbox.refused import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked for; a port of 0 takes a free one."""

    port: int
    http_port: int
    now: datetime
    data: Path | None
    accounts: int | None
    seed: int
    switches: Mapping[str, str]
    faults: Path | None
    exit_with_parent: bool


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Refused(f"{message}; see python -m sandbox --help")


def read_options(arguments: Sequence[str]) -> Options:
    """The options, checked as far as they can be without opening a file; raises Refused."""
    given = _parser().parse_args(arguments)
    if given.seed is not None and given.accounts is None:
        raise Refused("--seed needs --accounts, the number of clients to make; for instance --accounts 150")
    return Options(
        port=given.port, http_port=given.http_port, now=given.now or datetime.now(UTC).replace(microsecond=0),
        data=given.data, accounts=given.accounts, seed=1 if given.seed is None else given.seed,
        switches=dict(given.set), faults=given.faults, exit_with_parent=given.exit_with_parent,
    )  # fmt: skip


def _parser() -> _Parser:
    parser = _Parser(
        prog="python -m sandbox",
        description="A CRM on loopback that speaks Salesforce's and HubSpot's APIs. Prints one JSON line with its addresses when ready.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--port", type=_port, default=0, metavar="P", help="for HTTPS; 0, the default, takes a free one"
    )
    parser.add_argument(
        "--http-port", type=_port, default=0, metavar="P", help="for plain HTTP; 0 takes a free one"
    )
    parser.add_argument(
        "--now", type=_now, metavar="T", help="set the CRM's clock: a date or an ISO instant (default: now)"
    )
    content = parser.add_mutually_exclusive_group()
    content.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="load CSV or Parquet files named by object, such as Account.csv",
    )
    content.add_argument(
        "--accounts", type=_count, metavar="N", help="make an agency's client base of N clients"
    )
    parser.add_argument(
        "--seed",
        type=int,
        metavar="S",
        help="another client base; the same seed makes the same one (default: 1)",
    )
    parser.add_argument(
        "--set",
        type=_setting,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="set a switch, such as rate_limits=true",
    )
    parser.add_argument("--faults", type=Path, metavar="FILE", help="a JSON list of faults to play")
    parser.add_argument(
        "--exit-with-parent", action="store_true", help="end when standard input (a pipe) reaches its end"
    )
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; give a number from 0 to 65535")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of clients; give 1 to 100000")
    return int(text)


def _now(text: str) -> datetime:
    try:
        return read_instant(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{text!r} is neither a date nor an instant; write 2026-05-01 or 2026-05-01T09:00:00Z"
        ) from error


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError(f"{text!r} sets nothing; write NAME=VALUE, such as rate_limits=true")
    return name, value
