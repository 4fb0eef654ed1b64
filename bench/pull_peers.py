"""Makes an environment of its own for each program that bench/pull.py compares with and that is no dependency of ours.

    python bench/pull_peers.py

They are left in .venv-bench/; bench/pull.py takes those that are there and says which are not, and why.
"""

import subprocess
import sys
import venv
from collections.abc import Mapping
from pathlib import Path

HOME = Path(__file__).parents[1] / ".venv-bench"
PEERS: Mapping[str, str] = {
    "dlt": "dlt[duckdb,parquet]==1.31.0",
    "tap-hubspot": "tap-hubspot==4.5.0",
    "tap-salesforce": "tap-salesforce==2.8.1",
}
"""Environment -> what is installed in it."""
_REFUSED = "refused.txt"
_LAST_WORDS = 300


def interpreter(peer: str) -> Path | None:
    """The Python of a peer's environment; None where it is not there or did not install."""
    found = HOME / peer / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    return found if found.exists() and not (HOME / peer / _REFUSED).exists() else None


def why_not(peer: str) -> str:
    """Why there is no interpreter."""
    refused = HOME / peer / _REFUSED
    if refused.exists():
        return f"{PEERS[peer]} does not install: {refused.read_text(encoding='utf-8')}"
    return "not installed; python bench/pull_peers.py does it"


def install(peer: str) -> str:
    """Makes the peer's environment anew; what became of it, for a person."""
    venv.create(HOME / peer, clear=True, with_pip=True)
    python = interpreter(peer)
    command = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", PEERS[peer]]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode == 0:
        return f"{PEERS[peer]} is there"
    lines = [line for line in ended.stderr.splitlines() if not line.startswith("WARNING")]
    (HOME / peer / _REFUSED).write_text("\n".join(lines)[-_LAST_WORDS:], encoding="utf-8")
    return why_not(peer)


def main() -> None:
    for peer in PEERS:
        print(install(peer))


if __name__ == "__main__":
    main()
