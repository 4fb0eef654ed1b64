"""Writes proposals as entries that an admin makes `[[same]]` or `[[different]]`; what stands in the file stays as it is."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from rules.identity.proposals import Proposal
from rules.identity.shown import Shown
from rules.records import crm_id, org_of
from sync.config.identities import Named, Said, read_said, same_id
from sync.errors import Failed, UserError

_HEAD = """\
# Which accounts of several CRMs are one client. Keep this file under version control.
# Make [[proposed]] into [[same]] or [[different]]; what stays [[proposed]] joins nothing.
"""


def write_proposals(
    path: Path, proposals: Iterable[Proposal], names: dict[str, str], *, connections: tuple[str, ...]
) -> int:
    """Adds at the end of `path` what it does not speak of yet; returns how many. Raises UserError and Failed."""
    held = path.exists()
    if path.is_dir():
        raise UserError("--propose-out", f"{path} is a folder", "Name a file")
    known = {_key(pair) for pair in _pairs(read_said(path, connections=connections))} if held else set()
    entries = [
        _entry(proposal, names)
        for proposal in proposals
        if _key(tuple(_named(each, names) for each in proposal.accounts)) not in known
    ]
    try:
        before = path.read_bytes().decode("utf-8-sig") if held else _HEAD
        if entries or not held:
            ended = before if before.endswith("\n") or not before else f"{before}\n"
            draft = path.with_name(f"{path.name}.new")
            draft.write_text("\n".join((ended, *entries)), encoding="utf-8", newline="")
            draft.replace(path)
    except OSError as error:
        raise Failed(
            str(path), f"cannot be written: {error.strerror}", "Name a file in a folder of yours"
        ) from error
    return len(entries)


def _pairs(said: Said) -> Iterator[tuple[Named, Named]]:
    yield from (*said.same, *said.different, *said.proposed)


def _key(pair: Iterable[Named]) -> frozenset[Named]:
    return frozenset((name, same_id(id_)) for name, id_ in pair)


def _named(account: Shown, names: dict[str, str]) -> Named:
    return names[org_of(account.account_id)], crm_id(account.account_id)


def _entry(proposal: Proposal, names: dict[str, str]) -> str:
    against = f"; against: {', '.join(proposal.against)}" if proposal.against else ""
    accounts = "".join(f"    {_account(each, names)},\n" for each in proposal.accounts)
    why = f"{proposal.score} of 100: {', '.join(proposal.speaks_for)}{against}"
    return f'[[proposed]]\naccounts = [\n{accounts}]\nwho = ""\nwhy = {_text(why)}\n'


def _account(account: Shown, names: dict[str, str]) -> str:
    name, id_ = _named(account, names)
    said = f", name = {_text(account.name)}" if account.name else ""
    return f"{{ connection = {_text(name)}, id = {_text(id_)}{said} }}"


def _text(text: str) -> str:
    """TOML writes texts as JSON does, but for one sign."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
