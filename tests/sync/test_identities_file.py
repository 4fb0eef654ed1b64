"""The identities file says what is one client; every mistake in it is named with place and remedy."""

from pathlib import Path

import pytest

from rules.identity.proposals import Proposal
from rules.identity.shown import Shown
from sync.config.identities import Said, read_identities, read_said
from sync.config.read import read_config
from sync.errors import ConfigRefused, UserError
from sync.identities.proposals_file import write_proposals

CONFIG = """
[company]
timezone = "Europe/London"
calendar = { country = "GB" }
[connections.sf]
crm = "salesforce"
login = { kind = "client_credentials", domain = "acme.my", key = "env:SF_KEY", secret = "env:SF_SECRET" }
[connections.hs]
crm = "hubspot"
login = { kind = "token", token = "env:HUBSPOT_TOKEN" }
"""
LONG, SHORT = "001AAAAAAAAAAAAEAQ", "001AAAAAAAAAAAA"
NAMES = {"00D1": "sf", "77": "hs"}


def entry(saying: str, *accounts: str) -> str:
    """`sf 1` and the like."""
    shown = ", ".join('{{ connection = "{}", id = "{}" }}'.format(*each.split()) for each in accounts)
    return f"[[{saying}]]\naccounts = [{shown}]\n"


def read(folder: Path, text: str) -> Said:
    (folder / "identities.toml").write_text(text, encoding="utf-8")
    return read_said(folder / "identities.toml", connections=("sf", "hs"))


def configured(folder: Path, *more: str) -> Said:
    (folder / "keptword.toml").write_text("\n".join((CONFIG, *more)), encoding="utf-8")
    return read_identities(read_config(folder / "keptword.toml"))


def test_what_it_says_comes_in_pairs(tmp_path: Path) -> None:
    text = (
        entry("same", "sf 1", "hs 2", "sf 3")
        + entry("different", "sf 1", "hs 4")
        + entry("proposed", "sf 9", "hs 9")
    )
    said = read(tmp_path, text)
    assert said.same == ((("sf", "1"), ("hs", "2")), (("sf", "1"), ("sf", "3")))
    assert said.different == ((("sf", "1"), ("hs", "4")),)
    assert said.proposed == ((("sf", "9"), ("hs", "9")),)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (entry("same", "sf 1"), "identities.toml:2: same[1].accounts: an entry names two accounts, or more"),
        (entry("same", "hsx 1", "hs 2"), "same[1].accounts[1]: the config has no connection 'hsx'; did you mean 'hs'?"),
        (entry("same", f"sf {LONG}", f"sf {SHORT}"), "same[1].accounts[2]: is named twice in this entry; name two accounts"),
        (entry("sane", "sf 1", "hs 2"), "identities.toml:1: sane: unknown key; did you mean 'same'?"),
        (entry("same", "sf 1", "hs 2") + "whi = 1\n", "identities.toml:3: same[1].whi: unknown key; did you mean 'why'?"),
        ('[[same]]\naccounts = [{ connection = "sf" }, { connection = "hs", id = 5 }]\n', "same[1].accounts[2].id: must be a text in quotes"),
        ("[[same]\n", "identities.toml:1: this is not TOML"),
        (entry("same", f"sf {LONG}", "hs 2") + entry("different", "hs 2", f"sf {SHORT}"),
         f"identities.toml:3: different[1]: hs 2 and sf {SHORT} are different here, and the same by [[same]]; take one of the two out"),
        (entry("same", "sf 1", "hs 2") + entry("same", "hs 2", "sf 3") + entry("different", "sf 1", "sf 3"), "identities.toml:5: different[1]: sf 1"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigRefused) as refused:
        read(tmp_path, text)
    assert says in str(refused.value)


def test_without_a_file_nothing_is_said(tmp_path: Path) -> None:
    assert configured(tmp_path) == Said()


def test_the_file_beside_the_config_is_read_unless_another_is_named(tmp_path: Path) -> None:
    (tmp_path / "identities.toml").write_text(entry("same", "sf 1", "hs 2"), encoding="utf-8")
    (tmp_path / "who.toml").write_text(entry("same", "sf 3", "hs 4"), encoding="utf-8")
    assert configured(tmp_path).same == ((("sf", "1"), ("hs", "2")),)
    assert configured(tmp_path, '[identities]\nfile = "who.toml"').same == ((("sf", "3"), ("hs", "4")),)


def test_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"identities\.file: there is no file gone\.toml"):
        configured(tmp_path, '[identities]\nfile = "gone.toml"')


@pytest.mark.parametrize(
    ("crm", "says"), [("hsx", "did you mean 'hs'?"), ("zz", "choose from: owner, sf, hs")]
)
def test_tasks_go_to_a_connection_that_is_there(tmp_path: Path, crm: str, says: str) -> None:
    with pytest.raises(
        ConfigRefused, match=r"tasks\.crm: '.+' is neither 'owner' nor a connection"
    ) as refused:
        configured(tmp_path, f'[tasks]\ncrm = "{crm}"')
    assert says in str(refused.value)


def proposal(sf: str, hs: str, name: str = 'The "Pine" \\ Ltd\x7f') -> Proposal:
    one = Shown(account_id=f"00D1:{sf}", name=name, domain=None, country=None, other_crm_id=None)
    other = Shown(account_id=f"77:{hs}", name=None, domain=None, country=None, other_crm_id=None)
    return Proposal(accounts=(one, other), score=91, speaks_for=("near names",), against=("other countries",))


def write(path: Path, *proposals: Proposal) -> int:
    return write_proposals(path, proposals, NAMES, connections=("sf", "hs"))


def test_proposals_are_written_as_entries_that_join_nothing(tmp_path: Path) -> None:
    assert write(tmp_path / "new.toml", proposal("1", "2"), proposal("3", "4", name="A\nB")) == 2
    said = read_said(tmp_path / "new.toml", connections=("sf", "hs"))
    assert (said.same, said.different) == ((), ())
    assert said.proposed == ((("sf", "1"), ("hs", "2")), (("sf", "3"), ("hs", "4")))


def test_what_stands_in_the_file_stays_and_is_not_proposed_again(tmp_path: Path) -> None:
    before = (
        "# by Ann\r\n" + entry("same", "hs 2", f"sf {SHORT}") + entry("different", "sf 3", "hs 4").rstrip()
    )
    (tmp_path / "who.toml").write_bytes(before.encode())
    proposals = [proposal(LONG, "2"), proposal("3", "4"), proposal("5", "6")]
    assert write(tmp_path / "who.toml", *proposals) == 1
    assert write(tmp_path / "who.toml", *proposals) == 0
    after = (tmp_path / "who.toml").read_bytes().decode()
    assert after.startswith(before)
    assert after.count("[[proposed]]") == 1


def test_a_file_with_a_mistake_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "who.toml").write_text("[[same]]\n", encoding="utf-8")
    with pytest.raises(ConfigRefused):
        write(tmp_path / "who.toml", proposal("1", "2"))
    assert [each.name for each in tmp_path.iterdir()] == ["who.toml"]
    assert (tmp_path / "who.toml").read_text(encoding="utf-8") == "[[same]]\n"
